"""Entries of every kind under UUIDs, the posts that look for them, and archives of them, for tests."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints import Queries, as_entry, as_queries
from stanch.matching import Archive, ArchiveSegment, Bank, Matcher, write_archive
from stanch.media import Decoders
from stanch.values import (
    BEHAVIOUR_BASED,
    FILE_MD5,
    FILE_SHA256,
    PDQ,
    PDQ_RAW,
    BankInfo,
    ContentType,
    Entry,
    FilePart,
    HashPart,
    LinkPart,
    Part,
    PartResult,
    Purpose,
    State,
    TextPart,
)
from tests.matching.writing import changed, writing

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DECODERS = Decoders()  # nothing here is decoded, so that no process is started
NAMESPACE = UUID(int=2021784)
SCRIPTS = ("arabic", "persian", "urdu", "han", "devanagari", "ethiopic", "thaana", "latin")
WORKS = {script: writing(1, 15, script) for script in SCRIPTS}
REFRAIN = "the grey lantern "
PICTURE = int("5a" * 32, 16)
MD5, SHA256 = "0123456789abcdef" * 2, "fedcba98" * 8


def picture(away: int, *, raw: bool = False) -> HashPart:
    """Return a hash that lies so many bits from a certain picture's."""
    return HashPart(name="h", method=PDQ_RAW if raw else PDQ, value=f"{PICTURE ^ ((1 << away) - 1):064x}")


KNOWN: dict[str, Part] = {
    **{script: TextPart(name="t", text=text) for script, text in WORKS.items()},
    "version": TextPart(name="t", text=changed(WORKS["arabic"], 0.1, seed=5)),
    "refrain": TextPart(name="t", text=REFRAIN * 5 + writing(8, 15)),
    "litany": TextPart(name="t", text=f"{REFRAIN * 3}{writing(9, 12)} {REFRAIN * 2}"),
    "short": TextPart(name="t", text="السلام عليكم"),
    "mixed": TextPart(name="t", text=f"{writing(3, 12, 'persian')} {writing(4, 12)} {writing(5, 12, 'han')}"),
    "link": LinkPart(name="l", link="https://lantern.example/channel/grey"),
    "host": LinkPart(name="l", link="https://lantern.example/"),
    "md5": HashPart(name="h", method=FILE_MD5, value=MD5),
    "sha256": HashPart(name="h", method=FILE_SHA256, value=SHA256),
    "picture": picture(0),
    "near": picture(5),
    "far": picture(40),
    "raw": picture(9, raw=True),
}
"""What may be banked."""

ASKED: list[Part] = [
    *KNOWN.values(),
    *(TextPart(name="t", text=changed(WORKS[script], 0.2, seed=3)) for script in ("persian", "han")),
    TextPart(
        name="t", text=f"{WORKS['arabic']} {writing(2, 40, 'arabic')} https://lantern.example/channel/grey/7"
    ),
    TextPart(name="t", text=f"<p>{WORKS['latin']}</p> {REFRAIN * 2} lantern[.]example/x"),
    TextPart(name="t", text=writing(2, 24, "urdu")),
    LinkPart(name="l", link="https://lantern.example/channel/grey/a?c=1"),
    LinkPart(name="l", link="https://harbour.example/"),
    FilePart(name="f", data=WORKS["persian"].encode()),
    *(picture(away) for away in (3, 20, 36, 71, 100)),
]
"""What is looked for."""

QUERIES: Queries = as_queries(ASKED, DECODERS)

BANKS = {name: uuid5(NAMESPACE, f"bank {name}") for name in ("known", "shadow", "good")}
NAMES = {bank: name for name, bank in BANKS.items()}
NONE: NDArray[np.uint32] = np.empty(0, np.uint32)


def info(name: str) -> BankInfo:
    """Return the description of one of `BANKS`."""
    good = name == "good"
    return BankInfo(
        name=name,
        owner="us",
        legal_basis="terms",
        purpose=Purpose.KNOWN_GOOD if good else Purpose.KNOWN,
        content_type=None if good else ContentType.INCITES,
        designation=None if good else BEHAVIOUR_BASED,
        reason="an archive" if good else None,
        state=State.SHADOW if name == "shadow" else State.ENABLED,
        radius={PDQ.id: 4} if name == "shadow" else {},
    )


def _entry(key: str) -> Entry:
    prints = tuple(found for reading in as_entry(KNOWN[key], DECODERS) for found in reading.fingerprints)
    return Entry(id="x", fingerprints=prints, added=NOON)


_ENTRIES = {key: _entry(key) for key in KNOWN}


def entry(key: str, name: object, *, confirmed: bool = False, hours: int | None = None) -> Entry:
    """Return an entry with this of `KNOWN`, under the id of a name, which expires so many hours after noon."""
    return replace(
        _ENTRIES[key],
        id=str(uuid5(NAMESPACE, str(name))),
        confirmed_by="alice" if confirmed else None,
        expires=None if hours is None else NOON + timedelta(hours=hours, microseconds=7),
    )


def written(path: Path, entries: Iterable[tuple[str, Entry]]) -> ArchiveSegment:
    """Write entries, each with its bank's name, and open what was written."""
    write_archive(path, ((BANKS[bank], each) for bank, each in entries))
    return ArchiveSegment.open(path)


def matcher(segments: Sequence[tuple[ArchiveSegment, NDArray[np.uint32]]] = ()) -> Matcher:
    """Return a matcher with the three banks, above these segments."""
    made = Matcher([Bank(info(name)) for name in BANKS], decoders=DECODERS)
    made.attach(Archive(segments), NAMES)
    return made


def plain(entries: Iterable[tuple[str, Entry]]) -> Matcher:
    """Return a matcher with the three banks and without an archive: what all others are held to."""
    made = Matcher([Bank(info(name)) for name in BANKS], decoders=DECODERS)
    for bank, each in entries:
        made.add(bank, each)
    return made


def results(where: Matcher, *, hours: int = 0, banks: frozenset[str] | None = None) -> tuple[PartResult, ...]:
    """Return what everything that is looked for finds, so many hours after noon."""
    return where.match_many(QUERIES, now=NOON + timedelta(hours=hours), banks=banks)
