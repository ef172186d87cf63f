"""What leaves this room: frozen values, never rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

BlobId = NewType("BlobId", str)
"""32 hexadecimal digits, drawn at random: they say nothing of the content."""

Source = UUID | str
"""The opaque id of whom a blob belongs to; kept as text."""


class Purpose(TextChoices):
    """What a blob is kept for."""

    ITEM = "item", _("Item")
    ENTRY = "entry", _("Entry of a bank")
    EVIDENCE = "evidence", _("Evidence")


class State(TextChoices):
    """Whether a blob can still be opened."""

    STORED = "stored", _("Stored")
    ERASED = "erased", _("Erased")


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredBlob:
    """What may be known of a blob without opening it.

    Parameters
    ----------
    size : bytes of the content; 0 once it is erased.
    expires : from when on it is erased unless preserved; None keeps it until somebody erases it.
    preserved_until : the latest end of its preservations that have not been released; it may have passed.
    """

    id: BlobId
    purpose: Purpose
    source: str
    size: int
    state: State
    created: datetime
    expires: datetime | None
    erased: datetime | None
    preserved_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What shows that a blob is erased; it proves it if all three hold.

    Parameters
    ----------
    key_gone : the row holds no key, or there is no row.
    file_gone : no file of that id stands in the vault.
    listed : the list kept apart says that it was erased, so that a restore cannot bring it back.
    """

    blob: BlobId
    key_gone: bool
    file_gone: bool
    listed: bool

    @property
    def holds(self) -> bool:
        """Whether the blob is erased for good."""
        return self.key_gone and self.file_gone and self.listed


@dataclass(frozen=True, kw_only=True, slots=True)
class Expired:
    """What a round of retention did: blobs erased, and due ones that are preserved."""

    erased: int
    preserved: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reapplied:
    """What was done after a restore.

    Parameters
    ----------
    erased : came back with the restore and were erased again.
    files : stood in the vault without a row that could open them, and were removed.
    listed : erased rows that the list did not know, now on it.
    preserved : their erasure had begun and was never confirmed, and they are preserved now: left as they are.
    """

    erased: tuple[BlobId, ...]
    files: int
    listed: int
    preserved: tuple[BlobId, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """Erasures that a crash had left half-way: confirmed ones, and ones whose transaction never committed."""

    finished: int
    withdrawn: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """Files that no row knows, removed: drafts of writers that died, and whole files whose row never committed."""

    drafts: int
    orphans: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rotation:
    """How far a rotation is: the current key, what was wrapped anew, and what could not be unwrapped.

    Parameters
    ----------
    damaged : rows that their key does not fit; the old key stays for as long as one is there.
    """

    key: str
    rewrapped: int
    damaged: tuple[BlobId, ...]
