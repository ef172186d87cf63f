"""How the service's parts are, one finding each, and what to do where one is not as it should be."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings
from django.db import Error, connection

from stanch.cli.doctor import Finding
from stanch.errors import StanchError
from stanch.formats import check_blocks
from stanch_server.banks import generations, trouble
from stanch_server.banks.changes import last_number
from stanch_server.banks.generations import Generation
from stanch_server.project import health
from stanch_server.project.start import unapplied
from stanch_server.vault.operations.common import erasures, key_ring
from stanch_server.vault.places import places

MENDED = "`stanch serve` makes it anew while it runs, and everything is found meanwhile"

TO_DO = {
    "full": "make room on its disk; the index before serves until then",
    "refused": "see who owns the folder and whether it may be written to; the index before serves until then",
    "damaged": f"{MENDED}. If it happens again, have the disk looked at",
}
"""What to do about each kind of trouble of the indexer."""


def look(*, now: datetime) -> Iterator[Finding]:
    """Look at the database, the index, the vault and the disks. Every block of the index is read."""
    for what, ask in (("database", _database), ("index", _index), ("vault", _vault)):
        yield _finding(f"service: {what}", ask, now)
    yield from _disks()


def _finding(what: str, ask: Callable[[datetime], Finding], now: datetime) -> Finding:
    try:
        return ask(now)
    except Error as error:
        said = (str(error).strip().splitlines() or [type(error).__qualname__])[0]
        detail = f"the database cannot be used: {said.rstrip('.')}. See whether it runs, and `service.database`"
    except (StanchError, OSError) as error:
        detail = str(error)
    return Finding(what=what, state="broken", detail=detail)


def _database(now: datetime) -> Finding:
    what = "service: database"
    if unapplied():
        detail = "its tables are of another version: start `stanch serve`, which brings them up to date"
        return Finding(what=what, state="broken", detail=detail)
    if health.look(now=now).verdicts["database"] is not health.Verdict.OK:
        detail = "it takes no writes: see whether its disk is full, or it stands by for another"
        return Finding(what=what, state="broken", detail=detail)
    detail = f"{connection.display_name}, takes writes, {last_number():,} changes of banks"
    return Finding(what=what, state="ok", detail=detail)


def _index(_now: datetime) -> Finding:
    what, folder = "service: index", settings.INDEX_FOLDER
    if (told := trouble.read(folder)) is not None:
        return Finding(what=what, state="broken", detail=f"{told.said.rstrip('.')}: {TO_DO[told.kind]}")
    generation = generations.newest(folder)
    if generation is None:
        detail = f"there is none in {folder} for this database: {MENDED}"
        return Finding(what=what, state="missing", detail=detail)
    if damaged := _damaged(generation):
        return Finding(what=what, state="broken", detail=f"{'; '.join(damaged)}: {MENDED}")
    alive, behind = sum(generation.alive()), last_number() - generation.mark.number
    counted = (
        f"{alive:,} entries in {len(generation.segments)} segments, all blocks whole, {behind:,} changes behind"
    )
    return Finding(what=what, state="ok", detail=counted)


def _damaged(generation: Generation) -> list[str]:
    lost = [f"{lost.name}: {lost.problem}" for lost in generation.lost]
    blocks = [
        f"{segment.name}: {block}" for segment, _ in generation.segments for block in check_blocks(segment.file)
    ]
    return lost + blocks


def _vault(_now: datetime) -> Finding:
    what, ring, listed = "service: vault", key_ring(), len(erasures().read())
    if not ring.is_founded():
        return Finding(what=what, state="ok", detail="nothing was stored yet")
    key, folder = ring.current(), places().folder
    if not folder.is_dir():
        detail = f"{folder} is not there: put it back, or mount its disk; what was stored cannot be read without"
        return Finding(what=what, state="broken", detail=detail)
    return Finding(
        what=what, state="ok", detail=f"master key {key.id} is there, {listed:,} erasures are on the list"
    )


def _disks() -> Iterator[Finding]:
    for name, free in health.free_bytes().items():
        what, short = f"service: disk of {name.removesuffix('_free_bytes')}", free < settings.FREE_DISK
        detail = f"{free / 1e9:,.1f} GB free"
        if short:
            detail += f", less than `service.free_disk_mib` ({settings.FREE_DISK / 2**20:,.0f} MiB): make room"
        yield Finding(what=what, state="broken" if short else "ok", detail=detail)
