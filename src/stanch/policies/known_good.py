"""How much of a match known-good content accounts for."""

from collections.abc import Iterable

from stanch.values import Match, Medium, Span


def known_good_cover(match: Match, known_good: Iterable[Match]) -> float:
    """Return the share (0 to 1) of what a match found in the part that known-good entries cover as well.

    A whole, such as an image or a link, is covered if a known-good entry is at least as near. A text is covered
    where the known-good spans lie over its own.
    """
    good = list(known_good)
    if match.medium is Medium.TEXT:
        spans = [pair.query for other in good if other.medium is Medium.TEXT for pair in other.spans]
        return _share([pair.query for pair in match.spans], spans)
    return float(any(_as_near(other, match) for other in good))


def _as_near(other: Match, match: Match) -> bool:
    if other.medium not in {match.medium, Medium.FILE}:
        return False
    return (other.distance or 0) <= (match.distance or 0)


def _share(of: list[Span], by: list[Span]) -> float:
    """Return the share of the union of some spans that lies in the union of others."""
    whole = _union(of)
    length = sum(end - start for start, end in whole)
    inside = sum(
        max(0.0, min(end, other_end) - max(start, other_start))
        for start, end in whole
        for other_start, other_end in _union(by)
    )
    return inside / length if length else 0.0


def _union(spans: list[Span]) -> list[tuple[float, float]]:
    """Return spans as stretches in order that neither touch nor overlap."""
    union: list[tuple[float, float]] = []
    for start, end in sorted((span.start, span.end) for span in spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union
