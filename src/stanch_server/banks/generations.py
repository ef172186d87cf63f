"""Generations: which segments hold all that is searched up to one change, and which of their entries are dead.

A derived cache in one folder. Any file may be damaged, or all be deleted, at any time: what does not fit its
checksums, or is of another database, is not used, and what is missing then is read from the database.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from stanch.errors import DamagedSegmentError, FormatError
from stanch.formats import check_blocks, open_segment, write_segment
from stanch.matching import Archive, ArchiveSegment
from stanch_server.banks.manifests import Manifest, Named, new_path, read_manifest, sweep, write_manifest
from stanch_server.banks.marks import Mark

TRIES = 3
"""So often a manifest is read again whose files were swept before they were opened."""

MOST_DAMAGED = 100
"""So many segments are remembered as damaged, the last ones."""

Dead = NDArray[np.uint32]
"""Ordinals of entries of one segment that are found no longer, rising."""

NO_DEAD: Dead = np.empty(0, np.uint32)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """A segment that cannot be used, and why."""

    name: str
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Generation:
    """A generation whose segments are open.

    Attributes
    ----------
    segments : those that are whole, each with what is dead in it.
    lost : the others, whose entries have to be read from the database.
    """

    manifest: Manifest
    segments: tuple[tuple[ArchiveSegment, Dead], ...]
    lost: tuple[Lost, ...] = ()

    @property
    def mark(self) -> Mark:
        """The last change that is certainly in it."""
        return self.manifest.mark

    def archive(self) -> Archive:
        """Return the segments as one."""
        return Archive(self.segments)

    def alive(self) -> list[int]:
        """Return how many entries of each segment are found."""
        return [segment.entries - len(dead) for segment, dead in self.segments]

    def holds(self, ids: Sequence[UUID]) -> NDArray[np.bool_]:
        """Return which of these entries are found in it."""
        found = np.zeros(len(ids), np.bool_)
        for segment, dead in self.segments:
            ordinals = segment.find(ids)
            found |= (ordinals >= 0) & ~is_among(ordinals, dead)
        return found

    def without(self, lost: Sequence[Lost]) -> "Generation":
        """Return what is left when these segments turn out to be damaged."""
        names = {each.name for each in lost}
        kept = tuple(pair for pair in self.segments if pair[0].name not in names)
        return Generation(manifest=self.manifest, segments=kept, lost=(*self.lost, *lost))


def is_among(ordinals: NDArray[np.int64], dead: Dead) -> NDArray[np.bool_]:
    """Return which of these ordinals are dead."""
    if not len(dead):
        return np.zeros(len(ordinals), np.bool_)
    places = np.minimum(np.searchsorted(dead, ordinals), len(dead) - 1)
    return np.asarray(dead[places] == ordinals)


def newest(folder: Path) -> Generation | None:
    """Open the newest generation; None if there is none, or it is of another database.

    No column is read. What is passed over is told in the log.
    """
    manifest = read_manifest(folder)
    for _ in range(TRIES):
        if manifest is None:
            return None
        generation = _opened(folder, manifest)
        again = read_manifest(folder) if generation is None or generation.lost else manifest
        if again == manifest:
            return _used(generation)
        manifest = again  # its files were swept meanwhile
    return _used(generation)


def publish(
    folder: Path,
    segments: Sequence[tuple[ArchiveSegment, Dead]],
    *,
    mark: Mark,
    made: datetime,
    damaged: Sequence[str] = (),
) -> Manifest:
    """Make these segments the newest generation, in one step, and remove what is no longer used.

    For whoever is alone in `writing`. After a crash at any instant the old generation or the new one stands.

    Parameters
    ----------
    segments : whose files lie in `folder` under names of `new_path`, each with what is dead in it. No entry is
        alive in two of them.
    mark : of a change that is in them with all those before; what came later is followed from there.
    damaged : names of segments that are used no longer, since they are damaged.

    Raises
    ------
    CannotWriteError
        If the system refuses; the generation before stands.
    """
    before = read_manifest(folder)
    manifest = Manifest(
        mark=mark,
        made=made,
        segments=[_named(segment.file.path, segment.file.sha256, segment.entries) for segment, _ in segments],
        tombstones=_write_tombstones(folder, segments, mark),
        before=[] if before is None else before.files(),
        damaged=[*([] if before is None else before.damaged), *damaged][-MOST_DAMAGED:],
    )
    write_manifest(folder, manifest)
    sweep(folder)
    return manifest


def _used(generation: Generation | None) -> Generation | None:
    """Return a generation unless it is of another database, and say what is lost of it."""
    if generation is None or not generation.mark.stands():
        if generation is not None:
            logger.warning("index is of another database")
        return None
    for lost in generation.lost:
        logger.warning("index segment is not used", extra={"file": lost.name, "error": lost.problem})
    return generation


def _opened(folder: Path, manifest: Manifest) -> Generation | None:
    try:
        dead = _read_tombstones(folder, manifest)
    except (FormatError, OSError) as error:
        logger.warning("index is not used: what is dead in it is not known", extra={"error": str(error)})
        return None
    whole, lost = [], []
    for named in manifest.segments:
        try:
            whole.append((_open_segment(folder, named), dead.get(named.name, NO_DEAD)))
        except (FormatError, OSError) as error:
            lost.append(Lost(name=named.name, problem=str(error)))
    return Generation(manifest=manifest, segments=tuple(whole), lost=tuple(lost))


def _open_segment(folder: Path, named: Named) -> ArchiveSegment:
    segment = ArchiveSegment.open(folder / named.name)
    if (segment.file.sha256.hex(), segment.entries) != (named.sha256, named.entries):
        raise DamagedSegmentError(
            path=segment.file.path, place="header", problem="it is not the one that was named"
        )
    return segment


def _named(path: Path, sha256: bytes, entries: int) -> Named:
    return Named(name=path.name, sha256=sha256.hex(), entries=entries)


def _write_tombstones(folder: Path, segments: Sequence[tuple[ArchiveSegment, Dead]], mark: Mark) -> Named | None:
    """Write what is dead, a column for each segment in which something is."""
    columns = {segment.name: dead for segment, dead in segments if len(dead)}
    if not columns:
        return None
    path = folder / f"tombstones-{new_path(folder, mark).name}"
    write_segment(path, columns)
    return _named(path, open_segment(path).sha256, sum(map(len, columns.values())))


def _read_tombstones(folder: Path, manifest: Manifest) -> dict[str, Dead]:
    """Return what is dead by segment, in memory; every block is checked, since all hangs on them."""
    if manifest.tombstones is None:
        return {}
    path = folder / manifest.tombstones.name
    file = open_segment(path)
    wrong = [str(block) for block in check_blocks(file)]
    if file.sha256.hex() != manifest.tombstones.sha256:
        wrong.append("it is not the one that was named")
    entries = {named.name: named.entries for named in manifest.segments}
    for name, dead in file.columns.items():
        rising = dead.dtype == np.uint32 and dead.ndim == 1 and bool((dead[1:] > dead[:-1]).all())
        if not rising or dead[-1] >= entries.get(name, 0):
            wrong.append(f"what is dead in {name!r} does not fit it")
    if wrong:
        raise DamagedSegmentError(path=path, place="tombstones", problem=wrong[0])
    return {name: np.array(dead) for name, dead in file.columns.items()}
