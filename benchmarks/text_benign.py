"""What must pass: news that is no reprint of banked news, and sentences of 80 languages that no document has."""

from collections import Counter
from collections.abc import Iterator

from benchmarks.report import Result, require_assets
from benchmarks.text_asking import bank_of, found, say
from benchmarks.text_documents import HALVES, Collection, Document, Half, articles
from benchmarks.text_peers import benign_beside
from benchmarks.text_reprints import HALF, SHORTEST_RUN, SuffixAutomaton, in_runs, reprints
from stanch.language import normalise
from stanch.matching import Matcher
from stanch.values import GRAM, Kind, Match

COPIES = frozenset({Kind.IDENTICAL, Kind.COPY, Kind.COPY_WITH_ADDITIONS})
QUICK = 4
"""One text in so many is looked at, and one in so many banked, where it has to be quick."""


def benign(known: Collection, half: Half, *, quick: bool, verbose: bool) -> Iterator[Result]:
    """Look for texts of one half in banks of the other."""
    yield from _news(half, quick=quick, verbose=verbose)
    yield _sentences(known, half, quick=quick)


def _news(half: Half, *, quick: bool, verbose: bool) -> Iterator[Result]:
    every = [each for each in articles(require_assets(), shortest=0) if len(normalise(each.text))]
    every = every[:: QUICK if quick else 1]
    asked = {each.name: each for each in every if each.half == half}
    banked = {each.name: each for each in every if each.half != half}
    say(f"{len(asked)} articles against a bank of {len(banked)}")
    printed = reprints(_texts(asked), _texts(banked))
    with Matcher([bank_of(banked.values())]) as matcher:
        matches = {name: found(matcher, each.text) for name, each in asked.items()}
    copies = [
        (name, match)
        for name, some in matches.items()
        for match in some
        if match.kind in COPIES and match.entry not in printed.get(name, ())
    ]
    originals = {name: each.text for name, each in asked.items() if name not in printed}
    matched = [(name, matches[name][0]) for name in originals if matches[name]]
    if verbose:
        for name, others in sorted(printed.items()):
            say(f"    reprint: {name} and {', '.join(sorted(others))}")
        for name, match in (*copies, *matched):
            shares = _shares(asked[name], banked[match.entry])
            what = f"in runs of 60 {shares[0]:.2f}, of 12 {shares[1]:.2f}"
            say(f"    {name} called {match.kind} of {match.entry}; {what}")
    yield Result(
        name="benign-copy",
        value=len({name for name, _ in copies}),
        unit="violations",
        better="lower",
        bar=0,
        note=f"of {len(asked)} articles against {len(banked)}; {len(printed)} are reprints, in "
        f"{sum(map(len, printed.values()))} pairs; {_described(copies, asked, banked)}",
    )
    yield Result(
        name="benign-match",
        value=len(matched) / len(originals),
        unit="share",
        better="lower",
        bar=0.005,
        note=f"{len(matched)} of {len(originals)} articles that are no reprint; "
        f"{_described(matched, asked, banked)}",
    )
    yield from benign_beside(originals, _texts(banked), len(matched) / len(originals))


def _texts(documents: dict[str, Document]) -> dict[str, str]:
    return {name: each.text for name, each in documents.items()}


def _described(pairs: list[tuple[str, Match]], asked: dict[str, Document], banked: dict[str, Document]) -> str:
    """Say of which kinds matches are, and how far the texts are the same all the same."""
    kinds = Counter(str(match.kind) for _, match in pairs)
    shares = [_shares(asked[name], banked[match.entry]) for name, match in pairs]
    return (
        f"pairs: {', '.join(f'{count} {kind}' for kind, count in kinds.items()) or 'none'}; "
        f"{sum(long > 0 for long, _ in shares)} have a common run of {SHORTEST_RUN} symbols, "
        f"{sum(short >= HALF for _, short in shares)} half of the shorter in runs of {GRAM}: reworded reprints"
    )


def _shares(one: Document, other: Document) -> tuple[float, float]:
    """Return the share of the shorter text in common runs of 60 symbols, and in common runs of a gram."""
    texts = (normalise(each.text).symbols.tolist() for each in (one, other))
    shorter, longer = sorted(texts, key=len)
    automaton = SuffixAutomaton(longer)
    whole, grams = (in_runs(shorter, automaton, shortest) / len(shorter) for shortest in (SHORTEST_RUN, GRAM))
    return whole, grams


def _sentences(known: Collection, half: Half, *, quick: bool) -> Result:
    """Look for documents of one half among those of the other; no sentence of a language is in two of them."""
    one_in = QUICK if quick else 1
    asked, banked = (
        [each for each in known.of(one, one_in=one_in) if each.group in known.languages]
        for one in sorted(HALVES, key=half.__ne__)
    )
    say(f"{len(asked):,} documents of sentences against a bank of {len(banked):,} others")
    of_language = {each.name: each.language for each in banked}
    own, others = Counter[str](), Counter[str]()
    with Matcher([bank_of(banked)]) as matcher:
        for each in asked:
            languages = {of_language[match.entry] for match in found(matcher, each.text)}
            own[each.language] += each.language in languages
            others[each.language] += bool(languages - {each.language})
    most = ", ".join(f"{language} {count}" for language, count in others.most_common(6) if count)
    return Result(
        name="benign-sentences",
        value=own.total() / len(asked),
        unit="share",
        better="lower",
        note=f"of {len(asked):,} documents matched with one of their language, with which they share no sentence;"
        f" {others.total()} matched with translations into a language as near as this: {most}",
    )
