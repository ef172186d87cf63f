"""What of a part is told, once all its readings were looked up."""

from collections.abc import Mapping, Sequence

import numpy as np

from stanch.fingerprints import IN_TEXT, Reading
from stanch.matching.asking import Content
from stanch.matching.wholes import EQUAL
from stanch.values import TEXT_GRAM, Kind, Match, Medium, PartResult


def result_of(
    name: str, readings: Sequence[Reading], found: Mapping[Content, Sequence[Match]], place: int
) -> PartResult:
    """Return what the readings of one part found.

    Parameters
    ----------
    name : of the part.
    found : what each content finds; `place` is that of the part among them.
    """
    matches = [match for number in range(len(readings)) for match in found.get((place, number), ())]
    best = best_of_each_entry(matches)
    evading = max(readings, key=_evasion, default=None)
    return PartResult(
        name=name,
        medium=readings[-1].medium if readings else Medium.FILE,
        matches=best,
        not_scanned=tuple([reason for reading in readings for reason in reading.not_scanned]),
        symbols=sum([reading.symbols for reading in readings]),
        unmatched=sum([_unmatched(reading, best) for reading in readings]),
        remarks=tuple([remark for reading in readings for remark in reading.remarks]),
        evasion=evading.evasion if evading else 0.0,
        undone=evading.undone if evading else (),
    )


def _evasion(reading: Reading) -> float:
    return reading.evasion


def _unmatched(reading: Reading, matches: Sequence[Match]) -> int:
    """Return how many symbols of a text lie outside every span that is aligned with known content."""
    if not reading.symbols or not matches:
        return reading.symbols
    counted = [match for match in matches if match.medium is Medium.TEXT and match.has_effect]
    if any(match.kind is Kind.IDENTICAL for match in counted):
        return 0
    grams = next((found for found in reading.fingerprints if found.method == TEXT_GRAM), None)
    if grams is None or not len(grams) or not counted:
        return reading.symbols
    inside = np.zeros(len(grams), dtype=np.bool_)
    for start, end in {(pair.query.start, pair.query.end) for match in counted for pair in match.spans}:
        inside |= (grams.start >= start) & (grams.end <= end)
    return round(reading.symbols * ((len(grams) - int(np.count_nonzero(inside))) / len(grams)))


def best_of_each_entry(matches: Sequence[Match]) -> tuple[Match, ...]:
    """Return one match an entry, the strongest, strongest first; one for each link to it in a text.

    SHA-256 goes before MD5, which can be forged, and an identical text keeps the spans of its passages.
    """
    if len(matches) < 2:
        return tuple(matches)
    best: dict[tuple[str, str, str], Match] = {}
    for match in sorted(matches, key=_weakness):
        place = match.variant if match.variant.startswith(IN_TEXT) else ""
        best.setdefault((match.bank, match.entry, place), match)
    return tuple(best.values())


_RANK = {kind: kind.rank for kind in Kind}
_ORDER = {method.id: place for place, method in enumerate(EQUAL)}


def _weakness(match: Match) -> tuple[int, int, float, float, str, str]:
    return (
        -_RANK[match.kind],
        _ORDER.get(match.method, len(_ORDER)),
        match.distance or 0,
        -(match.query_cover or 0),
        match.bank,
        match.entry,
    )
