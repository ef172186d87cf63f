"""The patrol: reads the segments block by block, so that damage is found before somebody rests on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from stanch.formats import check_blocks
from stanch_server.banks.generations import Generation, Lost

BLOCKS = 64
"""So many blocks, of a megabyte each, are read at a time."""

CHECKED = timedelta(minutes=10)
"""So long after its last block was read a segment is read again."""


@dataclass(kw_only=True, slots=True)
class _Walk:
    """How far a file was read, and when its end was reached."""

    status: tuple[int, ...]
    block: int = 0
    ended: datetime | None = None


class Patrol:
    """Where the patrol stands. Each generation is taken up when it is opened."""

    def __init__(self) -> None:
        self._walks: dict[str, _Walk] = {}
        self._tombstones: tuple[int, ...] = ()

    def begin(self, generation: Generation, folder: Path) -> None:
        """Take up a generation that was opened just now; what the patrol has read it need not read again yet."""
        self._tombstones = _of_tombstones(generation, folder)
        before = self._walks
        self._walks = {}
        for segment, _ in generation.segments:
            seen = status(segment.file.path)
            walk = before.get(segment.name)
            self._walks[segment.name] = _Walk(status=seen) if walk is None or walk.status != seen else walk

    def touched(self, generation: Generation) -> bool:
        """Return whether somebody has touched a file since it was opened; then it is to be opened again."""
        files = [segment.file.path for segment, _ in generation.segments]
        return any(self._walks[path.name].status != status(path) for path in files)

    def tombstones_touched(self, generation: Generation, folder: Path) -> bool:
        """Return whether somebody has touched the file of what is dead, which is held in memory too."""
        return self._tombstones != _of_tombstones(generation, folder)

    def look(self, generation: Generation, *, now: datetime) -> list[Lost]:
        """Read the next few blocks, and return the segments in which one is damaged."""
        lost, left = [], BLOCKS
        for segment, _ in generation.segments:
            walk = self._walks[segment.name]
            if walk.ended is not None and timedelta() <= now - walk.ended < CHECKED:
                continue
            until = min(walk.block + left, segment.file.blocks)
            damaged = next(check_blocks(segment.file, from_block=walk.block, most=left), None)
            left -= until - walk.block
            walk.block, walk.ended = (0, now) if until == segment.file.blocks else (until, None)
            if damaged is not None:
                lost.append(Lost(name=segment.name, problem=str(damaged)))
            if not left:
                break
        return lost


def _of_tombstones(generation: Generation, folder: Path) -> tuple[int, ...]:
    named = generation.manifest.tombstones
    return () if named is None else status(folder / named.name)


def status(path: Path) -> tuple[int, ...]:
    """Return what changes when somebody touches a file; nothing if it is gone."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
