"""What is looked up: the features of many contents, method by method."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints import Queries
from stanch.values import Fingerprint, Method

Content = tuple[int, int]
"""The place of a part, and of one of its readings."""


class Asked:
    """The features of many contents by one method, one below the other.

    A bare hash becomes a fingerprint only when it finds something, which few do.
    """

    def __init__(self, method: Method) -> None:
        self.method = method
        self.contents: list[Content] = []
        self._variants: list[list[Fingerprint]] = []
        self._bits: list[NDArray[np.uint64]] = []

    def ask(self, content: Content, fingerprint: Fingerprint) -> None:
        """Add a fingerprint; those of one content come one after the other."""
        if not self.contents or self.contents[-1] != content:
            self.contents.append(content)
            self._variants.append([])
        self._variants[-1].append(fingerprint)
        self._bits.append(fingerprint.bits)

    def ask_hashes(self, contents: Iterable[Content], bits: NDArray[np.uint64]) -> None:
        """Add contents that are one feature each; `bits` has one row for each."""
        self.contents += contents
        self._variants += [[] for _ in range(len(bits))]
        self._bits.append(bits)

    def fingerprints(self) -> Iterator[tuple[Content, Fingerprint]]:
        """Yield those that were asked, each with its content."""
        for content, some in zip(self.contents, self._variants, strict=True):
            yield from ((content, one) for one in some)

    def bits(self) -> NDArray[np.uint64]:
        """Return all features, shape (features, words)."""
        return self._bits[0] if len(self._bits) == 1 else np.concatenate(self._bits)

    def counts(self) -> list[int]:
        """Return how many features each content has."""
        return [sum([len(one) for one in some]) or 1 for some in self._variants]

    def variants(self, number: int, bits: NDArray[np.uint64]) -> Sequence[Fingerprint]:
        """Return the fingerprints of a content by its number here; `bits` are its features."""
        return self._variants[number] or [Fingerprint.whole(self.method, bits)]


def by_method(queries: Queries) -> list[Asked]:
    """Return what is looked up by each method, in the order of their ids."""
    asked: dict[str, Asked] = {}
    for place, readings in queries.readings.items():
        for number, reading in enumerate(readings):
            for one in reading.fingerprints:
                if len(one) and one.method.finds:
                    asked.setdefault(one.method.id, Asked(one.method)).ask((place, number), one)
    for hashes in queries.hashes:
        contents = [(place, 0) for place in hashes.places]
        for method in hashes.methods:
            asked.setdefault(method.id, Asked(method)).ask_hashes(contents, hashes.bits)
    return [asked[method] for method in sorted(asked)]


def short_grams(queries: Queries, content: Content) -> NDArray[np.uint64] | None:
    """Return the short grams of a content; None where they are not known."""
    place, number = content
    return queries.readings[place][number].shorts
