"""Texts that hide from machines: how much normalised text undoes, and whether clean text counts as evasion."""

import gzip
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from random import Random

from benchmarks import ordinary
from benchmarks.icu import skeleton
from benchmarks.perturbations import PERTURBATIONS, homoglyphs
from benchmarks.report import Result, report, require_assets
from benchmarks.similarity import similarity
from stanch.language import evasion, normalise

SENTENCES = "text/sib200_80langs.tsv.gz"
PERTURBED, PERTURBED_QUICKLY = 20, 3
"""How many sentences of each language are perturbed."""
SEED = 20221124


def sentences() -> dict[str, list[str]]:
    """Return the sentences of SIB-200 by language."""
    found: dict[str, list[str]] = defaultdict(list)
    with gzip.open(require_assets() / SENTENCES, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            language, *_, sentence = line.rstrip("\n").split("\t")
            found[language].append(sentence)
    return found


def measure(*, quick: bool) -> Iterator[Result]:
    """Perturb sentences of every language and normalise them; score clean ones."""
    by_language = sentences()
    yield from _undone(by_language, PERTURBED_QUICKLY if quick else PERTURBED)
    yield _benign(by_language)
    yield _speed(by_language)


def _undone(by_language: dict[str, list[str]], count: int) -> Iterator[Result]:
    alike, peer = homoglyphs(), skeleton()
    ways: list[Callable[[str], Sequence[object]]] = [lambda text: normalise(text).symbols.tolist()]
    ways += [peer[1]] if peer else []
    random = Random(SEED)
    means: list[dict[str, float]] = [{} for _ in ways]
    for perturbation in PERTURBATIONS:
        kind = perturbation.__name__
        pairs = {
            language: [(text, perturbation(text, random, alike)) for text in texts[:count]]
            for language, texts in by_language.items()
        }
        shares = [{language: _mean(way, listed) for language, listed in pairs.items()} for way in ways]
        for mean, share in zip(means, shares, strict=True):
            mean[kind] = sum(share.values()) / len(share)
        worst = sorted(shares[0], key=shares[0].__getitem__)[:5]
        yield Result(
            name=f"evasion-undone-{kind}",
            value=means[0][kind],
            unit="share",
            better="higher",
            peer=peer and peer[0],
            peer_value=means[1][kind] if peer else None,
            note="worst: " + ", ".join(f"{language} {shares[0][language]:.3f}" for language in worst),
        )
    least = min(means[0], key=means[0].__getitem__)
    yield Result(
        name="evasion-undone",
        value=means[0][least],
        unit="share",
        better="higher",
        bar=0.99,
        peer=peer and peer[0],
        peer_value=min(means[1].values()) if peer else None,
        note=f"worst class: {least}; mean over {len(by_language)} languages, {count} sentences each, seed {SEED}",
    )


def _mean(way: Callable[[str], Sequence[object]], pairs: list[tuple[str, str]]) -> float:
    """Return how alike normalised texts are, clean and perturbed; seqences of symbols, compared by edits."""
    return sum(similarity(way(clean), way(perturbed)) for clean, perturbed in pairs) / len(pairs)


def _benign(by_language: dict[str, list[str]]) -> Result:
    groups = {**by_language, **ordinary.texts()}
    shares = {name: sum(evasion(text).score == 0 for text in texts) / len(texts) for name, texts in groups.items()}
    worst = min(shares, key=shares.__getitem__)
    count = sum(map(len, groups.values()))
    return Result(
        name="evasion-benign",
        value=shares[worst],
        unit="share",
        better="higher",
        bar=0.999,
        note=f"worst: {worst}, of {len(groups[worst]):,} texts; {count:,} texts in all, {len(groups)} groups",
    )


def _speed(by_language: dict[str, list[str]]) -> Result:
    speeds = {}
    for language, texts in by_language.items():
        text = " ".join(texts)
        normalise(text)
        began = time.thread_time()
        normalise(text)
        speeds[language] = len(text) / (time.thread_time() - began)
    slowest = min(speeds, key=speeds.__getitem__)
    middle = sorted(speeds.values())[len(speeds) // 2]
    note = f"CPU time, clean long text; slowest: {slowest}; median of languages {middle / 1e6:.0f} million"
    return Result(
        name="normalise-speed", value=speeds[slowest], unit="characters/s", better="higher", bar=20e6, note=note
    )


if __name__ == "__main__":
    report("evasion", measure, packages=["numpy", "numba"])
