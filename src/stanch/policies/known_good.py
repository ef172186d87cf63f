"""How much of a match known-good content accounts for."""

from collections.abc import Iterable

import numpy as np

from stanch.values import AS_IS, Kind, Match, Medium


def known_good_cover(match: Match, known_good: Iterable[Match]) -> float:
    """Return the share (0 to 1) of what a match found in the part that known-good entries cover as well.

    What is identical to a known-good entry is covered whole. An image or a link is covered where a known-good
    entry of the same frames, or of the same link, is at least as near. A text is covered where the known-good
    spans lie over its own.
    """
    good = list(known_good)
    if any(other.kind is Kind.IDENTICAL and other.variant == AS_IS for other in good):
        return 1.0
    same = [other for other in good if other.medium is match.medium and _same_place(other, match)]
    if match.medium is not Medium.TEXT:
        same = [other for other in same if (other.distance or 0) <= (match.distance or 0)]
    return _share(_union(match), _union(*same))


def _same_place(other: Match, match: Match) -> bool:
    """Whether both are of one link, where a text holds several; of other media, their spans tell."""
    return match.medium is not Medium.LINK or other.variant == match.variant


def _share(whole: list[tuple[float, float]], cover: list[tuple[float, float]]) -> float:
    """Return the share of some stretches that lies in others; both are in order and do not overlap."""
    length = sum(end - start for start, end in whole)
    if not length:  # the whole, such as the host of a link, has no length
        return float(bool(cover))
    begins, ends = np.array(cover, dtype=np.float64).reshape(-1, 2).T
    inside = sum(np.clip(np.minimum(ends, end) - np.maximum(begins, start), 0, None).sum() for start, end in whole)
    return float(inside) / length


def _union(*matches: Match) -> list[tuple[float, float]]:
    """Return the query's spans of all matches as stretches in order that neither touch nor overlap."""
    union: list[tuple[float, float]] = []
    for start, end in sorted((pair.query.start, pair.query.end) for match in matches for pair in match.spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union
