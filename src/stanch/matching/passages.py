"""What is compared passage by passage: texts."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence

from stanch.matching.candidates import Candidate, LookedUp, candidates
from stanch.matching.catalogue import Catalogue
from stanch.matching.compared import Compared
from stanch.matching.comparing import Mask, Shared, compare
from stanch.matching.finding import find_candidates
from stanch.matching.kinds import kind_of
from stanch.matching.strands import FEWEST
from stanch.matching.unfolded import Unfolded
from stanch.matching.wholes import found
from stanch.values import TEXT_GRAM, AlignedSpans, Fingerprint, Match, Span

LIMIT = 200
"""How many entries of a bank one gram is followed into."""

SEVERAL = 2
"""Of so many entries it is found out together what of them counts."""


def find_passages(
    catalogue: Catalogue,
    unfolded: Unfolded,
    query: Fingerprint,
    *,
    now: int,
    banks: Container[str] | None = None,
) -> list[Match]:
    """Return the entries that share passages with a text.

    Parameters
    ----------
    unfolded : entries of the catalogue.
    query : every gram of the text, by `text-gram/1`.
    now : seconds since 1970.
    banks : the names of those to look in; None for all.
    """
    repeated, found_in = _compared_with(catalogue, query, now, banks)
    compared = _weighed(catalogue, unfolded, query, list(found_in), now)
    matches = (_match(catalogue, unfolded, query, repeated, candidate, now) for candidate in compared)
    return [match for match in matches if match is not None]


def _compared_with(
    catalogue: Catalogue, query: Fingerprint, now: int, banks: Container[str] | None
) -> tuple[Mask, Iterable[Candidate]]:
    """Return which symbols of a text are common whatever the entry, and the entries that it is compared with."""
    handles = catalogue.handles(banks)
    if handles is not None and handles.suit(len(query)):
        return find_candidates(handles, catalogue.background, query, now=now, limit=LIMIT)
    looked_up = LookedUp.of(query, catalogue.background)
    hits = catalogue.search(TEXT_GRAM, looked_up.bits, now=now, limit=LIMIT, banks=banks)
    return looked_up.repeated, candidates(hits, looked_up) if len(hits) >= FEWEST else ()


def _weighed(
    catalogue: Catalogue, unfolded: Unfolded, query: Fingerprint, compared: Sequence[Candidate], now: int
) -> Sequence[Candidate]:
    """Find out what counts of those entries of which that is not known, if they are several: all at once.

    Returns
    -------
    The entries without those that are shown to say nothing, whatever counts of them.
    """
    new = {each.number: each for each in compared if not catalogue.is_weighed(each.number)}
    if len(new) < SEVERAL:
        return compared
    by_bank = defaultdict[int, dict[int, Fingerprint]](dict)
    for number, (listed, entry) in unfolded.together(new).items():
        by_bank[listed.bank_number][number] = entry
    silent = set[int]()
    for bank, entries in by_bank.items():
        silent |= catalogue.silent(bank, [Compared(new[each], entries[each]) for each in entries], query, now=now)
        catalogue.weigh(bank, {each: entries[each] for each in entries if each not in silent}, now=now)
    return [each for each in compared if each.number not in silent]


def _match(
    catalogue: Catalogue, unfolded: Unfolded, query: Fingerprint, repeated: Mask, candidate: Candidate, now: int
) -> Match | None:
    """Return the match with one entry, or None if they share too little."""
    listed, entry = unfolded.of(candidate.number)
    shared = compare(
        candidate,
        repeated,
        entry,
        catalogue.weighed(candidate.number, listed.bank_number, entry, now=now),
    )
    kind = None if shared is None else kind_of(shared.query, shared.bank)
    if shared is None or kind is None:
        return None
    return found(
        listed,
        TEXT_GRAM,
        kind=kind,
        cover=(shared.query.cover, shared.bank.cover),
        spans=_spans(shared, query, entry),
        variant=query.variant,
    )


def _spans(shared: Shared, query: Fingerprint, entry: Fingerprint) -> tuple[AlignedSpans, ...]:
    """Return strands as stretches of both originals, as far as grams reach, in order of the query."""
    spans = [
        AlignedSpans(
            query=_span(query, first, last), bank=_span(entry, theirs_first, theirs_last), slope=round(slope, 3)
        )
        for (first, last, theirs_first, theirs_last), slope in zip(
            shared.spans.tolist(), shared.slope.tolist(), strict=True
        )
    ]
    return tuple(sorted(spans, key=lambda pair: (pair.query.start, pair.query.end)))


def _span(fingerprint: Fingerprint, first: int, last: int) -> Span:
    return Span(start=float(fingerprint.start[first]), end=float(fingerprint.end[last]))
