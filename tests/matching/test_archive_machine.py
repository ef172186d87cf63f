"""After any history, a matcher above archives answers as one that holds the same entries in memory."""

import dataclasses
import shutil
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from uuid import UUID

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from numpy.typing import NDArray

from stanch.matching import Archive, ArchiveSegment, Matcher, merge_archives
from stanch.values import Entry
from tests.matching.archives import BANKS, KNOWN, NAMES, NONE, entry, matcher, plain, results, written
from tests.matching.test_archive_words import divided, words_of

MOST = 4
"""Segments at a time."""

ASKED = [(0, None), (0, frozenset({"known", "good"})), (0, None), (2, None), (0, frozenset({"shadow"}))]
"""So many hours after noon, in these banks: one after each step."""

banks = st.sampled_from(sorted(BANKS))
keys = st.sampled_from(sorted(KNOWN))
hours = st.sampled_from([None, None, 1])


class Archives(RuleBasedStateMachine):
    """Entries come, change and go above one to four segments, as they would in a service.

    What is in memory is written as a segment of its own (`fold`), what has left a segment becomes dead in it,
    neighbours are merged, and all is opened anew. A dictionary says what is held.
    """

    entries = Bundle("entries")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.held: dict[str, tuple[str, Entry]] = {}
        self.tail: set[str] = set()
        self.gone: set[str] = set()
        self.segments: list[tuple[ArchiveSegment, NDArray[np.uint32]]] = []
        self.numbers, self.asked = count(), count()
        self.above: Matcher = matcher()

    @rule(
        target=entries,
        bank=banks,
        chosen=st.lists(keys, min_size=1, max_size=6),
        confirmed=st.booleans(),
        hours=hours,
    )
    def add(self, bank: str, chosen: list[str], *, confirmed: bool, hours: int | None) -> object:
        added = [entry(key, next(self.numbers), confirmed=confirmed, hours=hours) for key in chosen]
        self.above.add(bank, *added)
        self.held |= {each.id: (bank, each) for each in added}
        self.tail |= {each.id for each in added}
        return multiple(*(each.id for each in added))

    @rule(name=consumes(entries))
    def remove(self, name: str) -> None:
        bank, _ = self.held.pop(name)
        self.above.remove(bank, name)
        self.tail.discard(name)
        self.gone.add(name)

    @rule(name=entries, key=keys, confirmed=st.booleans(), hours=hours)
    def replace(self, name: str, key: str, *, confirmed: bool, hours: int | None) -> None:
        bank, _ = self.held[name]
        changed = dataclasses.replace(entry(key, "", confirmed=confirmed, hours=hours), id=name)
        self.above.replace(bank, changed)
        self.held[name] = (bank, changed)
        self.tail.add(name)

    @precondition(lambda self: len(self.segments) < MOST)
    @rule()
    def fold(self) -> None:
        """Write what is in memory as a segment, bury in the others what changed, and start from these."""
        segments = [(segment, self._dead(segment, dead)) for segment, dead in self.segments]
        fresh = written(self._file(), (self.held[name] for name in sorted(self.tail)))
        self.segments = [*segments, (fresh, NONE)]
        self.tail, self.gone = set(), set()
        self._open()

    @precondition(lambda self: len(self.segments) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        """Merge some of the segments, without what has left them since; what is in memory stays there."""
        first = data.draw(st.integers(0, len(self.segments) - 1))
        last = data.draw(st.integers(first + 1, len(self.segments)))
        path = self._file()
        merge_archives(path, [(segment, self._dead(segment, dead)) for segment, dead in self.segments[first:last]])
        self.segments[first:last] = [(ArchiveSegment.open(path), NONE)]
        self._open()

    @precondition(lambda self: self.segments)
    @rule()
    def reopen(self) -> None:
        """Open the same files again; what is in memory is added anew."""
        self.segments = [(ArchiveSegment.open(segment.file.path), dead) for segment, dead in self.segments]
        self._open()

    @invariant()
    def answers_as_a_plain_matcher(self) -> None:
        right = plain(self.held.values())
        hours, banks = ASKED[next(self.asked) % len(ASKED)]
        assert results(self.above, hours=hours, banks=banks) == results(right, hours=hours, banks=banks)
        assert _texts(self.above) == _texts(right)

    @invariant()
    def knows_the_words_of_each_entry(self) -> None:
        where = self.above._catalogue
        numbers = [where._number(where._number_of(bank), name) for name, (bank, _) in self.held.items()]
        assert None not in numbers
        found = divided(where.simhashes(np.array(numbers, np.int64)))
        assert found == [words_of(each) for _, each in self.held.values()]

    @invariant()
    def knows_where_each_entry_stands(self) -> None:
        archive = Archive(self.segments)
        changed = self.tail | self.gone
        for name, (bank, each) in self.held.items():
            place = archive.place(name)
            if name not in changed:
                assert place is not None
                assert (NAMES[place.bank], place.confirmed) == (bank, each.confirmed_by is not None)
        assert len(archive) == len(self.held.keys() - self.tail) + sum(
            archive.place(name) is not None for name in changed
        )

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def _file(self) -> Path:
        return self.folder / f"{next(self.numbers)}.segment"

    def _dead(self, segment: ArchiveSegment, dead: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Return what is dead in a segment now that what is in memory has gone elsewhere."""
        ordinals = segment.find([UUID(name) for name in sorted(self.tail | self.gone)])
        return np.union1d(dead, ordinals[ordinals >= 0]).astype(np.uint32)

    def _open(self) -> None:
        """Begin anew above the segments, and follow what has changed since they were written."""
        self.above = matcher(self.segments)
        archive = Archive(self.segments)
        for name in sorted(self.gone | self.tail):
            place = archive.place(name)
            if place is not None:
                self.above.remove(NAMES[place.bank], name)
        for name in sorted(self.tail):
            bank, each = self.held[name]
            self.above.add(bank, each)


def _texts(where: Matcher) -> list[int]:
    return [where._catalogue.texts(bank) for bank in range(len(BANKS))]


def test_any_history_leads_to_the_same_answers(campaign: Callable[[int], int]) -> None:
    rules = settings(max_examples=campaign(120), stateful_step_count=15)
    run_state_machine_as_test(Archives, settings=rules)
