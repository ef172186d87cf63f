"""Signed heads, outside the database: who rewrites the log cannot rewrite what was signed and kept elsewhere.

A folder holds one file a month; a file one head a line, `{"number", "chain", "at", "signature"}`. Lines are only
ever appended, and are on the disk before the call returns. Copy the folder to where the service cannot write.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import router
from filelock import FileLock

from stanch_server.audit.errors import AnchorAheadError
from stanch_server.audit.hashing import head_bytes
from stanch_server.audit.keys import sync_folder
from stanch_server.audit.models import AuditEntry, AuditHead

EVERY = timedelta(minutes=1)
PATTERN = "heads-*.jsonl"
END_BYTES = 16_384  # some fifty lines; that many torn in a row would be no power cut


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """One signed head, and the file and line it was read from."""

    number: int
    chain: str
    at: datetime
    signature: str
    place: str = ""

    def signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the key signed exactly this."""
        try:
            key.verify(bytes.fromhex(self.signature), head_bytes(number=self.number, chain=self.chain, at=self.at))
        except (InvalidSignature, ValueError, OverflowError):
            return False
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class TornLine:
    """A line that is no head: cut off by a power cut, or damaged."""

    place: str


def write_head(folder: Path, key: Ed25519PrivateKey, now: datetime) -> Anchor | None:
    """Sign the present head and append it, if it has moved and the last one is at least a minute old.

    Returns
    -------
    What was written, if anything.

    Raises
    ------
    AnchorAheadError
        If the folder names a record that the log does not hold as signed: nothing is signed over a gap.
    """
    using = router.db_for_write(AuditHead)
    head = AuditHead.objects.using(using).filter(pk=1).first()
    if head is None:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(folder / ".lock"):
        last = last_anchor(folder)
        if last is not None and not _follows(head, last, using):
            raise AnchorAheadError(anchored=last.number, number=head.number)
        if last is not None and (last.number == head.number or timedelta() <= now - last.at < EVERY):
            return None
        chain = head.chain
        signature = key.sign(head_bytes(number=head.number, chain=chain, at=now)).hex()
        made = Anchor(number=head.number, chain=chain, at=now, signature=signature)
        _append(_current_file(folder, now), made)
    AuditHead.objects.using(using).filter(pk=1, anchored__lt=made.number).update(anchored=made.number)
    return made


def _follows(head: AuditHead, last: Anchor, using: str) -> bool:
    """Whether the log still holds what was signed last."""
    if head.number <= last.number:
        return (head.number, head.chain) == (last.number, last.chain)
    return AuditEntry.objects.using(using).filter(number=last.number, chain=last.chain).exists()


def _current_file(folder: Path, now: datetime) -> Path:
    """Return this month's file, or a later one if the clock was set back: the last line is always the newest."""
    names = [f"heads-{now:%Y-%m}.jsonl", *(path.name for path, _ in sizes(folder)[-1:])]
    return folder / max(names)


def _append(path: Path, anchor: Anchor) -> None:
    new = not path.exists()
    with path.open("a+b") as stream:
        stream.write((b"" if _ends_whole(path) else b"\n") + _line(anchor))
        stream.flush()
        os.fsync(stream.fileno())
    if new:
        sync_folder(path.parent)


def _ends_whole(path: Path) -> bool:
    """Whether the last line is whole, so that a torn one never spoils the next."""
    with path.open("rb") as stream:
        if not stream.seek(0, os.SEEK_END):
            return True
        stream.seek(-1, os.SEEK_END)
        return stream.read() == b"\n"


def _line(anchor: Anchor) -> bytes:
    fields = {
        "number": anchor.number,
        "chain": anchor.chain,
        "at": anchor.at.isoformat(),
        "signature": anchor.signature,
    }
    return json.dumps(fields).encode() + b"\n"


def sizes(folder: Path) -> list[tuple[Path, int]]:
    """Return the files of a folder, oldest first, with their sizes: what is there now."""
    return [(path, path.stat().st_size) for path in sorted(folder.glob(PATTERN))]


def read_anchors(files: list[tuple[Path, int]]) -> Iterator[Anchor | TornLine]:
    """Yield the heads of some files, up to the given sizes, one line in memory at a time."""
    for path, size in files:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if (size := size - len(line)) < 0:  # appended since
                    break
                yield _parsed(line, f"{path.name}, line {number}")


def _parsed(line: bytes, place: str) -> Anchor | TornLine:
    try:
        fields = json.loads(line)
        at = datetime.fromisoformat(fields["at"])
        anchor = Anchor(
            number=int(fields["number"]),
            chain=str(fields["chain"]),
            at=at,
            signature=str(fields["signature"]),
            place=place,
        )
    except (ValueError, KeyError, TypeError):
        return TornLine(place=place)
    return anchor if at.tzinfo else TornLine(place=place)


def last_anchor(folder: Path) -> Anchor | None:
    """Return the head that was written last, from the end of the newest file that holds one."""
    for path, size in reversed(sizes(folder)):
        with path.open("rb") as stream:
            stream.seek(max(0, size - END_BYTES))
            lines = stream.read().splitlines(keepends=True)
        for line in reversed(lines):
            if isinstance(read := _parsed(line, path.name), Anchor):
                return read
    return None
