"""What is compared passage by passage: texts."""

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stanch.matching.candidates import Candidate, Led, LookedUp, candidates, faint
from stanch.matching.catalogue import Catalogue
from stanch.matching.compared import Compared
from stanch.matching.comparing import Mask, Shared, compare
from stanch.matching.faint import ENOUGH, Faint, sides
from stanch.matching.finding import find_candidates
from stanch.matching.kinds import kind_of
from stanch.matching.strands import FEWEST
from stanch.matching.unfolded import Unfolded
from stanch.matching.wholes import found
from stanch.values import GRAM, TEXT_GRAM, TEXT_SIMHASH, AlignedSpans, Fingerprint, Kind, Match, Span

LIMIT = 200
"""How many entries of a bank one gram is followed into."""

SEVERAL = 2
"""Of so many entries it is found out together what of them counts."""


def find_passages(
    catalogue: Catalogue,
    unfolded: Unfolded,
    query: Fingerprint,
    shorts: NDArray[np.uint64] | None,
    *,
    now: int,
    banks: Container[str] | None = None,
) -> list[Match]:
    """Return the entries that share passages with a text, or of which it is a copy with hardly a gram left.

    Parameters
    ----------
    unfolded : entries of the catalogue.
    query : every gram of the text, by `text-gram/1`.
    shorts : its short grams, if they are known: they are asked where grams alone find no more than quotations.
    now : seconds since 1970.
    banks : the names of those to look in; None for all.
    """
    led = _led_to(catalogue, query, shorts, now, banks)
    found: dict[int, Match] = {}
    for candidate in _weighed(catalogue, unfolded, query, led.compared, now):
        match = _match(catalogue, unfolded, query, led.repeated, candidate, now)
        if match is not None:
            found[candidate.number] = match
    if shorts is not None and led.faint is not None and all(match.kind is Kind.QUOTES for match in found.values()):
        few = led.faint.placed()
        for number, match in _faint_matches(catalogue, unfolded, query, shorts, few, led.repeated, now):
            if number not in found or match.kind.rank > found[number].kind.rank:
                found[number] = match
    return list(found.values())


def _led_to(
    catalogue: Catalogue,
    query: Fingerprint,
    shorts: NDArray[np.uint64] | None,
    now: int,
    banks: Container[str] | None,
) -> Led:
    """Return the entries that the grams of a text lead to."""
    handles = catalogue.handles(banks)
    if handles is not None and handles.suit(len(query)):
        return find_candidates(handles, catalogue.background, query, shorts, catalogue.held, now=now, limit=LIMIT)
    looked_up = LookedUp.of(query, catalogue.background)
    hits = catalogue.search(TEXT_GRAM, looked_up.bits, now=now, limit=LIMIT, banks=banks)
    compared = candidates(hits, looked_up) if len(hits) >= FEWEST else ()
    return Led(looked_up.repeated, tuple(compared), faint(hits, looked_up))


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


def _faint_matches(
    catalogue: Catalogue,
    unfolded: Unfolded,
    query: Fingerprint,
    shorts: NDArray[np.uint64],
    few: Faint,
    repeated: Mask,
    now: int,
) -> Iterator[tuple[int, Match]]:
    """Yield the numbers of entries that agree with a text along their short grams, and the matches with them."""
    agreement, spans = few.lines(*catalogue.simhashes(few.numbers), shorts, repeated)
    for place in np.flatnonzero(agreement >= ENOUGH).tolist():
        number, (_, at) = int(few.numbers[place]), few.of(place)
        match = _faint_match(catalogue, unfolded, query, repeated, number, at, spans[place].tolist(), now)
        if match is not None:
            yield number, match


def _faint_match(
    catalogue: Catalogue,
    unfolded: Unfolded,
    query: Fingerprint,
    repeated: Mask,
    number: int,
    at: NDArray[np.float64],
    span: Sequence[int],
    now: int,
) -> Match | None:
    """Return the match with one entry; None if too little of both is the same, or all that led to it is common."""
    listed, entry = unfolded.of(number)
    weighed = catalogue.weighed(number, listed.bank_number, entry, now=now)
    mine, theirs = sides(span, repeated, weighed.common)
    kind = kind_of(mine, theirs)
    if kind is None or not (weighed.weight[_rows_at(entry, at)] >= 0).any():
        return None
    query_from, query_to, bank_from, bank_to = span
    first, last = _rows_at(query, np.array([query_from, query_to - GRAM]))
    theirs_first, theirs_last = _rows_at(entry, np.array([bank_from, bank_to - GRAM]))
    slope = (bank_to - bank_from) / (query_to - query_from)
    pair = AlignedSpans(
        query=_span(query, first, last), bank=_span(entry, theirs_first, theirs_last), slope=round(slope, 3)
    )
    return found(
        listed,
        TEXT_SIMHASH,
        kind=kind,
        cover=(mine.cover, theirs.cover),
        spans=(pair,),
        variant=query.variant,
    )


def _rows_at(text: Fingerprint, places: NDArray[Any]) -> NDArray[np.intp]:
    """Return the grams of a text that begin at these places, or next behind; else the last."""
    return np.minimum(np.searchsorted(text.at, places), len(text) - 1)


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


def _span(fingerprint: Fingerprint, first: int | np.intp, last: int | np.intp) -> Span:
    return Span(start=float(fingerprint.start[first]), end=float(fingerprint.end[last]))
