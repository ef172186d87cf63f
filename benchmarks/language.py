"""Identification of languages: how often it is right at 20 and 50 characters and whole, its speed and size."""

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import resources

import numpy as np

from benchmarks.language_peers import Peer, peers
from benchmarks.language_texts import SERBIAN_IN_LATIN, Texts, declaration, held_out, windows
from benchmarks.report import Result, report, require_assets
from stanch.language import identify_many, rank, segments
from stanch.language.identification.letters import letters
from stanch.language.identification.model import FILE, families

SEED = 20_261_123
LENGTHS = {"20": 20, "50": 50, "sentence": None}
BARS = {"20": 0.92, "50": 0.96, "sentence": 0.97}
WINDOWS, QUICK_WINDOWS = 10, 2
GROUPS = (("bs", "hr", SERBIAN_IN_LATIN), ("id", "ms"), ("fa", "prs"))
"""Languages so near that one for another counts as right; how well they are told apart is reported."""
FOR_SPEED, FOR_PEERS, FOR_RANKS, FOR_SEGMENTS = 50_000, 2_000, 3_000, 600
BINS = 10

Tried = dict[str, list[bool]]
"""Whether each text of a language, or of a group, was told."""


def group_of(language: str) -> str:
    """Return the group that a language counts in, or the language."""
    return next(("/".join(group) for group in GROUPS if language in group), language)


def is_right(said: str, language: str) -> bool:
    """Whether an answer counts as right, groups as one; Serbian is one language in two alphabets."""
    if said == language.partition("-")[0]:
        return True
    return any(said in {name.partition("-")[0] for name in group} and language in group for group in GROUPS)


def tried(texts: Texts, identify: Callable[[list[str]], list[str]]) -> Tried:
    """Identify every text."""
    return {
        language: [is_right(said, language) for said in identify(listed)] for language, listed in texts.items()
    }


def by_group(results: Tried) -> dict[str, float]:
    """Return the share that is right of each language, of a group the mean of its languages."""
    shares: dict[str, list[float]] = {}
    for language, right in results.items():
        shares.setdefault(group_of(language), []).append(statistics.fmean(right))
    return {group: statistics.fmean(values) for group, values in shares.items()}


def macro(results: Tried) -> float:
    """Return the mean over languages and groups."""
    return statistics.fmean(by_group(results).values())


def lowest(results: Tried, count: int = 5) -> str:
    """Name the languages and groups that are told the least."""
    ordered = sorted(by_group(results).items(), key=lambda pair: pair[1])[:count]
    return ", ".join(f"{group} {share:.3f}" for group, share in ordered)


def known_to(peer: Peer, texts: Texts) -> Texts:
    """Return the texts in the languages that a peer knows."""
    return {code: listed for code, listed in texts.items() if code.partition("-")[0] in peer.languages}


def accuracy(texts: Mapping[str, Texts], others: list[Peer], missing: list[str]) -> Iterator[Result]:
    """Measure at each length, all languages and then those of each peer; and the worst of all."""
    worst: dict[str, float] = {}
    for name, cut in texts.items():
        ours = tried(cut, identify_many)
        worst |= {f"{group} at {name}": share for group, share in by_group(ours).items()}
        count = sum(map(len, cut.values()))
        yield Result(
            name=f"lid-{name}",
            value=macro(ours),
            unit="share",
            better="higher",
            bar=BARS[name],
            note=f"{len(by_group(ours))} languages and groups, {count:,} texts; the least: {lowest(ours)}",
        )
        for peer in others:
            yield beside(peer, name, known_to(peer, cut))
        for peer_name in missing:
            print(f"NOT MEASURED: {peer_name} is not installed in this environment", file=sys.stderr)
            yield absent(peer_name, name)
    least = min(worst, key=worst.__getitem__)
    yield Result(name="lid-worst", value=worst[least], unit="share", better="higher", bar=0.7501, note=least)


def beside(peer: Peer, name: str, texts: Texts) -> Result:
    """Measure a peer and us in the languages that it knows."""
    theirs = tried(texts, lambda listed: list(map(peer.identify, listed)))
    return Result(
        name=f"lid-{name}-beside-{peer.name}",
        value=macro(tried(texts, identify_many)),
        unit="share",
        better="higher",
        peer=peer.name,
        peer_value=macro(theirs),
        note=f"the {len(by_group(theirs))} languages and groups that it knows; its least: {lowest(theirs)}",
    )


def absent(peer: str, name: str) -> Result:
    """Say that a peer was not measured."""
    return Result(
        name=f"lid-{name}-beside-{peer}",
        value=None,
        unit="share",
        better="higher",
        note=f"NOT MEASURED: {peer} is not installed in this environment",
    )


def pairs(texts: Texts) -> Iterator[Result]:
    """Measure how often languages of one group are told apart, and not only from the others."""
    for group in GROUPS:
        members = {language: texts[language] for language in group if language in texts}
        exact = {
            language: statistics.fmean(said == language.partition("-")[0] for said in identify_many(listed))
            for language, listed in members.items()
        }
        yield Result(
            name=f"lid-apart-{'-'.join(language.partition('-')[0] for language in group)}",
            value=statistics.fmean(exact.values()),
            unit="share",
            better="higher",
            note="whole texts: " + ", ".join(f"{language} {share:.3f}" for language, share in exact.items()),
        )


def in_domain(texts: Mapping[str, Texts]) -> Iterator[Result]:
    """Measure the languages of which the only texts are of the kind that was trained on."""
    for name, cut in texts.items():
        ours = tried(cut, identify_many)
        yield Result(
            name=f"lid-{name}-in-domain",
            value=macro(ours),
            unit="share",
            better="higher",
            note=f"apart, since tested on the kind of text that was trained on: {lowest(ours)}",
        )


def confidence(texts: Texts) -> Iterator[Result]:
    """Measure how far confidence is from how often it is right (expected calibration error, ten bins)."""
    pairs_ = [(language, text) for language, listed in texts.items() for text in listed]
    chance = np.random.default_rng(SEED)
    sample = [pairs_[i] for i in chance.permutation(len(pairs_))[:FOR_RANKS]]
    told = [(first[0], language) for language, text in sample if (first := rank(text, at_most=1))]
    sure = np.array([first.confidence for first, _ in told])
    right = np.array([first.language == language.partition("-")[0] for first, language in told])
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs(right[bins == i].sum() - sure[bins == i].sum()) for i in range(BINS)]
    high = sure >= 0.9
    yield Result(
        name="lid-calibration",
        value=float(sum(gaps)) / len(told),
        unit="share",
        better="lower",
        note=f"20 characters, the exact language; of {high.mean():.0%} with confidence 0.9 and more, "
        f"{right[high].mean():.3f} are right",
    )


def mixed(texts: Texts) -> Iterator[Result]:
    """Join two paragraphs of different languages and count the characters in the right stretch."""
    chance = np.random.default_rng(SEED)
    names, right, total = sorted(texts), 0, 0
    for _ in range(FOR_SEGMENTS):
        one, other = chance.choice(len(names), 2, replace=False)
        parts = [(names[i], texts[names[i]][chance.integers(len(texts[names[i]]))]) for i in (one, other)]
        wanted = [language for language, text in parts for _ in text]
        for stretch in segments("".join(text for _, text in parts)):
            right += sum(is_right(stretch.language, language) for language in wanted[stretch.start : stretch.end])
        total += len(wanted)
    note = f"characters of {FOR_SEGMENTS} pairs of paragraphs, in random languages, in a stretch of their language"
    yield Result(name="lid-segments", value=right / total, unit="share", better="higher", note=note)


def speed(texts: Mapping[str, Texts], others: list[Peer]) -> Iterator[Result]:
    """Measure one core, in processor time: a batch of each length, the slowest counts."""
    rates: dict[str, float] = {}
    theirs: dict[str, float] = {}
    for name, cut in texts.items():
        listed = [text for language in cut.values() for text in language]
        batch = (listed * (FOR_SPEED // len(listed) + 1))[:FOR_SPEED]
        np.random.default_rng(SEED).shuffle(batch)
        identify_many(batch)  # loads what is compiled
        rates[name] = FOR_SPEED / min(seconds(identify_many, batch) for _ in range(3))
        if name == "sentence":
            few = batch[:FOR_PEERS]
            theirs = {peer.name: len(few) / seconds(each_of(peer), few) for peer in others}
    fastest = max(theirs, key=theirs.__getitem__, default=None)
    yield Result(
        name="lid-per-s",
        value=min(rates.values()),
        unit="texts/s",
        better="higher",
        bar=50_000,
        peer=fastest,
        peer_value=theirs[fastest] if fastest else None,
        note=", ".join(f"{name}: {rate:,.0f}" for name, rate in rates.items())
        + "".join(f"; {name}, sentence: {rate:,.0f}" for name, rate in theirs.items()),
    )


def each_of(peer: Peer) -> Callable[[list[str]], object]:
    """Return a function that asks a peer about one text after the other."""
    return lambda texts: list(map(peer.identify, texts))


def seconds(identify: Callable[[list[str]], object], texts: list[str]) -> float:
    """Return the processor time that identifying texts takes."""
    began = time.process_time()
    identify(texts)
    return time.process_time() - began


def size() -> Result:
    """Return what weights and tables take in memory."""
    tables = letters()
    held = tables.symbols.nbytes + tables.scripts.nbytes
    held += sum(family.weights.nbytes for family in families().values())
    shipped = len(resources.files("stanch.language.identification").joinpath(FILE).read_bytes())
    note = f"in memory, with the tables of letters; the file is {shipped / 1e6:.2f} MB"
    return Result(name="lid-mb", value=held / 1e6, unit="MB", better="lower", bar=20, note=note)


def measure(*, quick: bool) -> Iterator[Result]:
    """Measure accuracy beside the peers, confidence, stretches, speed and size."""
    assets, each = require_assets(), QUICK_WINDOWS if quick else WINDOWS
    tested, apart = declaration(assets, half=1), held_out(assets)
    cuts, apart_cuts = (
        {name: windows(texts, length, each=each, seed=SEED) for name, length in LENGTHS.items()}
        for texts in (tested, apart)
    )
    others, missing = peers()
    yield from accuracy(cuts, others, missing)
    yield from pairs(tested | {"prs": apart["prs"]})
    yield from in_domain(apart_cuts)
    yield from confidence(cuts["20"])
    yield from mixed(tested)
    yield from speed(cuts, others)
    yield size()


if __name__ == "__main__":
    report("language", measure, packages=["numpy", "numba"])
