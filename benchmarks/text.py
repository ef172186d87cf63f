"""Known texts found again after edits, in 80 languages, as the right kind of match; benign texts passed.

One bank holds all documents. Thresholds are fixed on one half of the documents and reported on the other:
--half calibrate shows the first instead, --verbose names what was matched wrongly. Last come a million other
texts, which take minutes to be made; --no-scale leaves them out.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.report import Result, report, require_assets
from benchmarks.text_asking import bank_of, found, say
from benchmarks.text_benign import benign
from benchmarks.text_documents import HALVES, SEED, Collection, Document, Half, collection
from benchmarks.text_edits import Edit, Truth, edits
from benchmarks.text_peers import Beside, best
from benchmarks.text_poisoning import poisoning
from stanch.matching import Matcher
from stanch.values import Kind

QUICK, QUICK_BANK = 20, 4
"""One document in so many is edited, and one in so many banked, where it has to be quick."""
BARS = {
    "words-20": 0.995, "words-30": 0.98, "noise-10": 0.97, "noise-20": 0.6, "evasion-words-20": 0.99,
    "first-40": 0.99, "passage-200": 0.99, "buried": 0.99, "passage-100": 0.93,
}  # fmt: skip
BINDS_ANY = frozenset({"noise-20", "passage-200", "passage-100"})
"""Rows whose bar binds matches of any kind; that of the others binds the right kind."""
WORST = 4
PEERS, PEERS_QUICK = 12, 60
"""Peers are slow: they hold one document in so many, also where it has to be quick."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """One edited document: what its match should be called, and what it was called; None if it was not found."""

    document: Document
    text: str
    truth: Truth
    said: Kind | None

    @property
    def is_right(self) -> bool:
        """Whether it was found as what it is."""
        return self.said is not None and self.said == self.truth.kind


def edited(
    chosen: Iterable[Document], known: Collection, name: str, edit: Edit
) -> Iterator[tuple[Document, Truth, str]]:
    """Yield documents edited, with the truth about them; the same text whichever others are edited."""
    for document in chosen:
        language = known.languages[document.language]
        made = edit(document, language, Random(f"{SEED} {name} {document.name}"))
        if made is not None:
            yield document, Truth.of(made, document), made.text


def tried(matcher: Matcher, chosen: Iterable[Document], known: Collection, name: str, edit: Edit) -> list[Tried]:
    """Edit documents and look for them; only what is a match by definition."""
    results = []
    for document, truth, text in edited(chosen, known, name, edit):
        if truth.kind is not None:
            own = [match.kind for match in found(matcher, text) if match.entry == document.name]
            results.append(Tried(document=document, text=text, truth=truth, said=own[0] if own else None))
    return results


def recall(name: str, results: Sequence[Tried], left_out: int, beside: Sequence[Result]) -> Result:
    """Return the row of an edit; as its peer, the best of those beside it."""
    any_kind = [each.said is not None for each in results]
    right = [each.is_right for each in results]
    counted = any_kind if name in BINDS_ANY else right
    close = sum(each.truth.is_close for each in results if not each.is_right)
    mistaken = Counter(
        f"{each.truth.kind} taken for {each.said or 'nothing'}" for each in results if not each.is_right
    )
    note = [f"any match {mean(any_kind):.4f}, right kind {mean(right):.4f}, of {len(results):,}"]
    note += [f"{left_out} too short" if left_out else ""]
    note += [f"worst: {worst(results, counted)}" if not all(counted) else ""]
    note += [f"{count} times {what}" for what, count in mistaken.most_common(3)]
    note += [f"{close} of the wrong are within two grams of another kind" if close else ""]
    peer, reached = best(beside) or (None, None)
    return Result(
        name=f"recall-{name}",
        value=mean(counted),
        unit="share",
        better="higher",
        bar=BARS[name],
        peer=peer,
        peer_value=reached,
        note="; ".join(filter(None, note)),
    )


def mean(values: Sequence[bool]) -> float:
    """Return the share that is true; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def worst(results: Sequence[Tried], counted: Sequence[bool]) -> str:
    """Name the languages with the lowest shares."""
    by_group: dict[str, list[bool]] = defaultdict(list)
    for each, good in zip(results, counted, strict=True):
        by_group[each.document.group].append(good)
    ordered = sorted(by_group, key=lambda group: (mean(by_group[group]), -len(by_group[group])))
    return ", ".join(f"{group} {mean(by_group[group]):.2f}" for group in ordered[:WORST])


def measure(*, quick: bool, half: Half = "report", verbose: bool = False, scale: bool = True) -> Iterator[Result]:
    """Bank all documents, and look for those of one half after each edit; then, if wanted, a million others."""
    assets = require_assets()
    known = collection(assets)
    chosen = known.of(half, one_in=QUICK if quick else 1)
    banked = [each for one in HALVES for each in known.of(one, one_in=QUICK_BANK if quick else 1)]
    beside = Beside.of(known.of(half, one_in=PEERS_QUICK if quick else PEERS))
    for name in beside.missing:
        say(f"NOT MEASURED: {name} is not installed in this environment")
    say(f"banking {len(banked):,} documents in {len(known.languages)} languages")
    with Matcher([bank_of(banked)]) as matcher:
        for name, edit in edits(assets).items():
            results = tried(matcher, chosen, known, name, edit)
            rows = beside.recall(f"recall-{name}", *as_peers_see(results))
            result = recall(name, results, len(chosen) - len(results), rows)
            say(f"{result.name} {result.value:.4f}: {result.note}")
            if verbose:
                list_wrong(results)
            yield from (result, *rows)
    yield from benign(known, half, quick=quick, verbose=verbose)
    yield from poisoning(assets, known, quick=quick)
    if scale:
        from benchmarks.text_scale import measure_scale  # noqa: PLC0415 - imports numba, which --no-scale does without

        yield from measure_scale(quick=quick)


def as_peers_see(results: Sequence[Tried]) -> tuple[list[tuple[str, str]], dict[str, bool]]:
    """Return the edited texts with the names of their documents, and which of them we found."""
    texts = [(each.document.name, each.text) for each in results]
    return texts, {each.document.name: each.said is not None for each in results}


def list_wrong(results: Iterable[Tried]) -> None:
    """Name what was not found as what it is."""
    for each in results:
        if not each.is_right:
            say(f"    {each.document.name}: {each.truth.kind} taken for {each.said or 'nothing'}, {each.truth}")


def main() -> None:
    """Read what is this benchmark's own, and leave the rest to the frame."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--half", choices=HALVES, default="report")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--no-scale", action="store_true")
    own, rest = parser.parse_known_args()

    def chosen(*, quick: bool) -> Iterator[Result]:
        return measure(quick=quick, half=own.half, verbose=own.verbose, scale=not own.no_scale)

    report("text", chosen, packages=["numpy", "numba"], arguments=rest)


if __name__ == "__main__":
    main()
