"""From changes to segments: what has changed is written into a new one, and small ones are merged.

Each entry is alive in one segment at most. What has changed or gone is marked as dead where it stood, and what has
changed is written anew elsewhere; so no segment is ever changed, and little is written when little has changed.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from stanch.errors import DamagedSegmentError
from stanch.formats import check_blocks
from stanch.matching import ArchiveSegment, merge_archives, write_archive
from stanch.values import BankInfo, Entry
from stanch_server.banks.generations import NO_DEAD, Dead, Generation
from stanch_server.banks.known import Held
from stanch_server.banks.manifests import new_path
from stanch_server.banks.marks import Mark
from stanch_server.banks.tail import follow, nothing_held, read_others
from stanch_server.banks.trouble import NoRoomError

ENTRIES = 100_000
"""So many entries go into a segment at once; larger ones come of merging."""

GROWTH = 4
"""A segment is merged with the smaller ones unless it holds at least so many times as many entries as they do."""

DEAD = 4
"""A segment is merged away when more than one entry in so many is dead."""

Segment = tuple[ArchiveSegment, Dead]


class Changed:
    """What has changed since a mark, as it is now; see `tail.Holder`."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[UUID, Entry]] = {}
        self.gone: set[str] = set()

    def take_bank(self, bank: UUID, info: BankInfo, *, source: UUID | None) -> None:
        """Pass a bank over: banks are read from the database at each start."""

    def take_background(self, grams: Sequence[int]) -> None:
        """Pass over what was learnt; it is read from the database at each start too."""

    def take(self, entries: Iterable[tuple[UUID, Entry]]) -> None:
        """Note that entries are there, as they are."""
        told = {entry.id: (bank, entry) for bank, entry in entries}
        self.entries.update(told)
        self.gone.difference_update(told)

    def drop(self, entries: Iterable[str]) -> None:
        """Note that entries are gone."""
        for entry in entries:
            self.entries.pop(entry, None)
            self.gone.add(entry)


def changes_since(mark: Mark) -> tuple[Changed, Mark]:
    """Return what has changed since a mark, and the mark that was reached: the newest, or enough for a segment."""
    changed = Changed()
    while len(changed.entries) < ENTRIES and (followed := follow(changed, mark)) is not None:
        mark = followed.mark
        if followed.ended:
            break
    return changed, mark


def everything(folder: Path, mark: Mark) -> list[Segment]:
    """Write all entries of the database; `mark` was the newest change before that."""
    return list(_segments(folder, mark, read_others(nothing_held)))


def folded(folder: Path, generation: Generation, changed: Changed, mark: Mark) -> list[Segment]:
    """Return the segments of a generation with what has changed, which is written into a new one.

    What is in them as it is now, which it is when only a note of it has changed, is not written again.
    """
    archive = generation.archive()
    fresh = [
        (bank, entry)
        for bank, entry in changed.entries.values()
        if Held.archived(archive, entry.id) != Held.of(bank, entry)
    ]
    moved = [UUID(name) for name in (*(entry.id for _, entry in fresh), *changed.gone)]
    kept = [(segment, _with(dead, segment.find(moved))) for segment, dead in generation.segments]
    return [*kept, *_segments(folder, mark, fresh)]


def healed(folder: Path, generation: Generation) -> list[Segment]:
    """Return the segments that are whole, with all that is in none of them, which is read from the database."""
    return [*generation.segments, *_segments(folder, generation.mark, read_others(generation.holds))]


def merged(folder: Path, generation: Generation) -> list[Segment] | None:
    """Return the segments of a generation with small and half-dead ones merged; None if none are to be.

    Raises
    ------
    NoRoomError
        If the disk has less room than it will take; nothing is written then.
    """
    alive = generation.alive()
    chosen = to_merge(alive, [len(dead) for _, dead in generation.segments])
    if not chosen:
        return None
    parts = [generation.segments[place] for place in chosen]
    kept = [pair for place, pair in enumerate(generation.segments) if place not in chosen]
    if not any(alive[place] for place in chosen):
        return kept
    path = new_path(folder, generation.mark)
    _check_room(path, parts)
    merge_archives(path, parts)
    return [*kept, _read_back(path)]


def to_merge(alive: Sequence[int], dead: Sequence[int]) -> list[int]:
    """Return which segments to merge into one, so that each that is left is far larger than all smaller ones.

    So there are as many segments as the logarithm of the number of entries, and each entry is written as often.

    Parameters
    ----------
    alive, dead : how many entries of each segment are found, and are not.
    """
    order = sorted(range(len(alive)), key=lambda place: alive[place])
    wasteful = [place for place in order if dead[place] * DEAD > alive[place] + dead[place] or not alive[place]]
    rest = [place for place in order if place not in wasteful]
    total, until = sum(alive[place] for place in wasteful), 0
    for count, place in enumerate(rest, start=1):
        until = count if alive[place] < GROWTH * total else until
        total += alive[place]
    return sorted((*wasteful, *rest[:until]))


def _segments(folder: Path, mark: Mark, entries: Iterable[tuple[UUID, Entry]]) -> Iterator[Segment]:
    left = iter(entries)
    while batch := list(islice(left, ENTRIES)):
        path = new_path(folder, mark)
        write_archive(path, batch)
        yield _read_back(path)


def _read_back(path: Path) -> Segment:
    """Open what was written, if it is what was written."""
    segment = ArchiveSegment.open(path)
    for damaged in check_blocks(segment.file):
        raise DamagedSegmentError(path=path, place="blocks", problem=str(damaged))
    return segment, NO_DEAD


def _with(dead: Dead, ordinals: NDArray[np.int64]) -> Dead:
    """Return what is dead, with these ordinals; -1 is none."""
    return np.union1d(dead, ordinals[ordinals >= 0]).astype(np.uint32)


def _check_room(path: Path, parts: Sequence[Segment]) -> None:
    needed = sum(
        segment.file.size * (segment.entries - len(dead)) // max(1, segment.entries) for segment, dead in parts
    )
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        problem = f"merging segments takes about {needed / 1e6:,.1f} MB, and {free / 1e6:,.1f} MB are free"
        raise NoRoomError(path=path, problem=problem)
