"""Learning on site which grams are common: what several independent publishers printed."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from stanch.errors import InvalidValueError
from stanch.matching.background import Background
from stanch.matching.background_sightings import Sightings

WANTED = 5
"""A gram is learnt once so many independent publishers printed it."""

KEPT = 8
"""So many independent sightings of a gram are kept: if one publisher is taken back, others may still carry it."""

KEY_BYTES = 16


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Sighting:
    """One publisher that printed a gram in a benign text.

    Parameters
    ----------
    at : when it was seen; with a time zone.
    publisher : a digest (`publisher_digest`), so that nobody's name is kept.
    printing : what stood around it; equal where the same text was printed again.
    """

    at: datetime
    publisher: int
    printing: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """That a named person said of a gram that it is common, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Learnt:
    """A gram that was learnt.

    Parameters
    ----------
    publishers : how many independent publishers are known that printed it; no more than `KEPT` are.
    since : when the last one came that was wanted.
    """

    gram: int
    publishers: int
    since: datetime


def publisher_digest(*names: str, key: bytes) -> int:
    """Return a number below 2^63 by which a publisher is known and from which nobody learns who it is.

    Parameters
    ----------
    names : whatever tells publishers apart, such as the source and the account.
    key : secret, `KEY_BYTES` long; digests under different keys cannot be compared.
    """
    digest = hashlib.blake2b(digest_size=8, key=key)
    for name in names:
        written = name.encode("utf-8", "surrogatepass")
        digest.update(len(written).to_bytes(8, "big") + written)
    return int.from_bytes(digest.digest(), "big") >> 1


def independent(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return those sightings that count: in order of time, each of a publisher and of a text not seen before.

    A text that is printed again says nothing new, whoever prints it; nor does a publisher who repeats himself.
    """
    publishers, printings = set[int](), set[int]()
    counted = []
    for one in sorted(sightings):
        if one.publisher not in publishers and one.printing not in printings:
            publishers.add(one.publisher)
            printings.add(one.printing)
            counted.append(one)
    return counted


class BackgroundLearner:
    """Counts who printed what, and says which grams are common.

    Only grams that some bank holds ever come here (`Matcher.sightings`), so of the traffic almost nothing is kept,
    and of texts that share nothing with a bank nothing at all. What a person has undone is not learnt again.

    Parameters
    ----------
    key : secret of this installation, under which publishers are known; of `KEY_BYTES` bytes.
    seen : by gram, who printed it.
    stated : by gram, who said that it is common.
    refused : grams that a person has undone.
    wanted : how many independent publishers make a gram common; at least 2.

    Raises
    ------
    InvalidValueError
        If fewer are wanted, or the key has another length.
    """

    def __init__(
        self,
        *,
        key: bytes,
        seen: Mapping[int, Iterable[Sighting]] | None = None,
        stated: Mapping[int, Stated] | None = None,
        refused: Iterable[int] = (),
        wanted: int = WANTED,
    ) -> None:
        if wanted < 2:  # one publisher alone is nobody independent
            raise InvalidValueError(what="wanted", problem="at least 2 publishers must be wanted")
        if len(key) != KEY_BYTES:
            raise InvalidValueError(what="key", problem=f"must have {KEY_BYTES} bytes")
        self.key = key
        self.wanted = wanted
        self._seen: dict[int, list[Sighting]] = {}
        self._stated = dict(stated or {})
        self._refused = set(refused)
        for gram, some in (seen or {}).items():
            self._take(gram, some)

    @property
    def seen(self) -> Mapping[int, tuple[Sighting, ...]]:
        """By gram, which independent publishers printed it, in order of time."""
        return {gram: tuple(some) for gram, some in sorted(self._seen.items())}

    @property
    def stated(self) -> Mapping[int, Stated]:
        """By gram, who said that it is common."""
        return dict(sorted(self._stated.items()))

    @property
    def refused(self) -> frozenset[int]:
        """The grams that a person has undone."""
        return frozenset(self._refused)

    def observe(self, seen: Sightings, *, publisher: int, at: datetime) -> list[int]:
        """Take in what one benign text printed, and return the grams that are learnt by it.

        Parameters
        ----------
        seen : of a text that a person cleared, or that matched nothing of effect.
        publisher : a digest (`publisher_digest`).
        at : when; with a time zone.
        """
        new = []
        for gram, printing in zip(seen.grams.tolist(), seen.printings.tolist(), strict=True):
            before = self._is_learnt(gram)
            self._take(gram, [Sighting(at=at, publisher=publisher, printing=printing)])
            if self._is_learnt(gram) and not before:
                new.append(gram)
        return new

    def learnt(self) -> tuple[Learnt, ...]:
        """Return what was learnt, in order of gram; what was stated is not listed again."""
        return tuple(
            Learnt(gram=gram, publishers=len(some), since=some[self.wanted - 1].at)
            for gram, some in sorted(self._seen.items())
            if self._is_learnt(gram) and gram not in self._stated
        )

    def background(self) -> Background:
        """Return what is shipped, stated and learnt."""
        return Background.shipped().joined(stated=self._stated, learnt=[each.gram for each in self.learnt()])

    def state(self, grams: Iterable[int], *, by: str, at: datetime) -> None:
        """Note that a named person says of these grams that they are common, however much of an entry they are.

        Raises
        ------
        InvalidValueError
            If nobody is named.
        """
        if not by.strip():
            raise InvalidValueError(what="by", problem="must name the person who says so")
        for gram in grams:
            self._refused.discard(gram)
            self._stated[gram] = Stated(by=by, at=at)

    def undo(self, grams: Iterable[int]) -> int:
        """Forget these grams, and never learn them again by counting; return how many were common."""
        chosen = set(grams)
        common = sum(gram in self._stated or self._is_learnt(gram) for gram in chosen)
        for gram in chosen:
            self._seen.pop(gram, None)
            self._stated.pop(gram, None)
        self._refused |= chosen
        return common

    def undo_publisher(self, publisher: int) -> int:
        """Forget what one publisher printed; return how many grams are no longer common."""
        return self._drop(lambda one: one.publisher == publisher)

    def undo_since(self, moment: datetime) -> int:
        """Forget what was printed or stated from a moment on; return how many grams are no longer common."""
        stated = [gram for gram, said in self._stated.items() if said.at >= moment]
        for gram in stated:
            del self._stated[gram]
        return self._drop(lambda one: one.at >= moment) + sum(not self._is_learnt(gram) for gram in stated)

    def undo_all(self) -> int:
        """Forget everything that was learnt and stated; return how many grams are no longer common."""
        common = len(self.learnt()) + len(self._stated)
        self._seen.clear()
        self._stated.clear()
        return common

    def forget_before(self, moment: datetime) -> int:
        """Forget sightings of before a moment of grams that were never learnt; return how many."""
        old = {
            gram: [one for one in some if one.at >= moment]
            for gram, some in self._seen.items()
            if not self._is_learnt(gram) and some[0].at < moment
        }
        gone = sum(len(self._seen[gram]) - len(left) for gram, left in old.items())
        for gram, left in old.items():
            self._replace(gram, left)
        return gone

    def merge(self, other: Self) -> None:
        """Take in what another learner of this installation has seen, stated and undone.

        Raises
        ------
        InvalidValueError
            If it is of another installation: their publishers cannot be compared.
        """
        if other.key != self.key:
            raise InvalidValueError(what="background", problem="is of another installation, under another key")
        self._refused |= other.refused
        self._stated = {**other.stated, **self._stated}
        for gram in self._refused:
            self._seen.pop(gram, None)
            self._stated.pop(gram, None)
        for gram, some in other.seen.items():
            self._take(gram, some)

    def _take(self, gram: int, some: Iterable[Sighting]) -> None:
        if gram not in self._refused:
            self._replace(gram, independent([*self._seen.get(gram, ()), *some])[:KEPT])

    def _drop(self, gone: Callable[[Sighting], bool]) -> int:
        before = len(self.learnt())
        for gram, some in list(self._seen.items()):
            self._replace(gram, [one for one in some if not gone(one)])
        return before - len(self.learnt())

    def _replace(self, gram: int, some: list[Sighting]) -> None:
        if some:
            self._seen[gram] = some
        else:
            self._seen.pop(gram, None)

    def _is_learnt(self, gram: int) -> bool:
        return len(self._seen.get(gram, ())) >= self.wanted
