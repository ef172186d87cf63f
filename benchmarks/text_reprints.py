"""Which articles are reprints of each other: whatever the matcher says, by common runs of symbols.

Newspapers print the texts of agencies and officials. An article is a reprint of another if at least half of the
shorter one lies inside runs of 60 symbols or more that both have, symbols of normalised text being compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from stanch.language import normalise

SHORTEST_RUN = 60
HALF = 0.5


class SuffixAutomaton:
    """All runs of a sequence, in a machine that reads another sequence and knows what of it is a run too.

    A. Blumer, J. Blumer, D. Haussler, A. Ehrenfeucht, M. T. Chen, J. Seiferas, "The smallest automaton recognizing
    the subwords of a text", Theoretical Computer Science 40, 1985.

    Parameters
    ----------
    symbols : the sequence. There are fewer than twice as many states.
    """

    def __init__(self, symbols: Iterable[int]) -> None:
        self._next: list[dict[int, int]] = [{}]
        self._shorter = [-1]  # the state of the longest suffix that stands in more places
        self._length = [0]
        last = 0
        for symbol in symbols:
            last = self._extend(last, symbol)

    def longest(self, symbols: Iterable[int]) -> list[int]:
        """Return for each place of another sequence how long the longest run is that ends there and both have."""
        lengths, state, length = [], 0, 0
        for symbol in symbols:
            while state and symbol not in self._next[state]:
                state = self._shorter[state]
                length = self._length[state]
            if symbol in self._next[state]:
                state, length = self._next[state][symbol], length + 1
            lengths.append(length)
        return lengths

    def _extend(self, last: int, symbol: int) -> int:
        new = self._state({}, -1, self._length[last] + 1)
        state = last
        while state >= 0 and symbol not in self._next[state]:
            self._next[state][symbol] = new
            state = self._shorter[state]
        self._shorter[new] = self._ending(state, symbol)
        return new

    def _ending(self, state: int, symbol: int) -> int:
        """Return the state that stands for one symbol more than a state does, and nothing longer."""
        if state < 0:
            return 0
        target = self._next[state][symbol]
        if self._length[target] == self._length[state] + 1:
            return target
        copy = self._state(dict(self._next[target]), self._shorter[target], self._length[state] + 1)
        self._shorter[target] = copy
        while state >= 0 and self._next[state].get(symbol) == target:
            self._next[state][symbol] = copy
            state = self._shorter[state]
        return copy

    def _state(self, onwards: dict[int, int], shorter: int, length: int) -> int:
        self._next.append(onwards)
        self._shorter.append(shorter)
        self._length.append(length)
        return len(self._next) - 1


def in_runs(symbols: Sequence[int], other: SuffixAutomaton, shortest: int = SHORTEST_RUN) -> int:
    """Return how many symbols of a sequence lie inside runs of at least `shortest` that another has too."""
    count, counted_to = 0, 0
    for end, length in enumerate(other.longest(symbols), start=1):
        if length >= shortest:
            count += end - max(counted_to, end - length)
            counted_to = end
    return count


def reprints(texts: Mapping[str, str], others: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the names of the others that each text is a reprint of, or they of it; only texts that have any."""
    symbols = {name: tuple(normalise(text).symbols.tolist()) for name, text in texts.items()}
    of_others = {name: tuple(normalise(text).symbols.tolist()) for name, text in others.items()}
    found: dict[str, set[str]] = defaultdict(set)
    for name, near in _sharing(symbols, of_others).items():
        for other in near:
            shorter, longer = sorted((symbols[name], of_others[other]), key=len)
            if in_runs(shorter, SuffixAutomaton(longer)) >= HALF * len(shorter):
                found[name].add(other)
    return dict(found)


def _sharing(texts: Mapping[str, tuple[int, ...]], others: Mapping[str, tuple[int, ...]]) -> dict[str, set[str]]:
    """Return the others that each text may have a long enough run in common with; none that has is missing.

    A run of at least 60 symbols holds a whole block of 30, blocks being cut from the beginning.
    """
    size = SHORTEST_RUN // 2
    blocks: dict[tuple[int, ...], set[str]] = defaultdict(set)
    for name, symbols in others.items():
        for start in range(0, len(symbols) - size + 1, size):
            blocks[symbols[start : start + size]].add(name)
    found: dict[str, set[str]] = {}
    for name, symbols in texts.items():
        near = [blocks.get(symbols[start : start + size], ()) for start in range(len(symbols) - size + 1)]
        found[name] = {other for some in near for other in some}
    return found
