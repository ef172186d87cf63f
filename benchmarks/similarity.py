"""How alike two sequences are: 1 minus their edit distance over the length of the longer."""

from collections import defaultdict
from collections.abc import Hashable, Sequence


def similarity(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Return a share from 0 to 1; two empty sequences are alike."""
    longest = max(len(first), len(second))
    return 1 - distance(first, second) / longest if longest else 1.0


def distance(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """Return the Levenshtein distance, a column of its table at a time in the bits of two numbers.

    G. Myers, "A Fast Bit-Vector Algorithm for Approximate String Matching Based on Dynamic Programming", JACM
    1999, as H. Hyyrö restated it for the distance of whole strings, 2003.
    """
    if not first:
        return len(second)
    everything, last = (1 << len(first)) - 1, 1 << (len(first) - 1)
    places: dict[Hashable, int] = defaultdict(int)
    for i, symbol in enumerate(first):
        places[symbol] |= 1 << i
    up, down, total = everything, 0, len(first)
    for symbol in second:
        equal = places.get(symbol, 0)
        diagonal = (((equal & up) + up) ^ up) | equal | down
        right_up, right_down = down | ~(diagonal | up) & everything, up & diagonal
        total += bool(right_up & last) - bool(right_down & last)
        right_up, right_down = right_up << 1 | 1, right_down << 1
        up, down = (right_down | ~(diagonal | right_up)) & everything, right_up & diagonal & everything
    return total
