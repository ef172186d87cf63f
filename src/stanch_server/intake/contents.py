"""The content of a part: kept in the vault where it has to be, and read again from there."""

import logging
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec

from stanch.errors import InvalidValueError
from stanch.fingerprints import Reading
from stanch.formats import FingerprintRecord, fingerprint_from
from stanch.values import FilePart, HashPart, LinkPart, Medium, NotScanned, Part, TextPart, method
from stanch_server.endpoints.problems import busy
from stanch_server.intake.errors import GoneContentError, LockedItemError
from stanch_server.intake.models import ItemPart
from stanch_server.vault import operations as vault
from stanch_server.vault.errors import ErasedBlobError, VaultError
from stanch_server.vault.values import BlobId, Purpose, Source

HASH_NAMES = {"pdq": "pdq/1", "md5": "file-md5/1", "sha256": "file-sha256/1"}
"""The names that people use for methods of hashes."""

HEXADECIMAL = re.compile("[0-9a-fA-F]*")

VAULT_SECONDS = 60
"""A vault that cannot keep what is new needs somebody to look at it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """One part as it came in.

    Parameters
    ----------
    data : a text or a link in UTF-8, the bytes of a file, or the JSON of a hash or of fingerprints.
    """

    name: str
    form: ItemPart.Form
    data: bytes = field(repr=False)


class _Fingerprint(FingerprintRecord, kw_only=True):
    variant: str = "as-is"


class _NotScanned(msgspec.Struct):
    code: str
    reason: str = ""


class _Readings(msgspec.Struct):
    medium: Medium
    fingerprints: list[_Fingerprint] = []
    symbols: int = 0
    not_scanned: list[_NotScanned] = []
    evasion: float = 0.0
    undone: list[str] = []


class _Hash(msgspec.Struct):
    method: str
    value: str


def as_part(content: Content) -> Part:
    """Return a content as the library reads it; fingerprints are no part of this kind.

    Raises
    ------
    StanchError
        If a hash is of no known method, or is none.
    """
    match content.form:
        case ItemPart.Form.TEXT:
            return TextPart(name=content.name, text=content.data.decode(errors="surrogatepass"))
        case ItemPart.Form.LINK:
            return LinkPart(name=content.name, link=content.data.decode(errors="surrogatepass"))
        case ItemPart.Form.FILE:
            return FilePart(name=content.name, data=content.data)
        case _:
            return _hash(content)


def _hash(content: Content) -> HashPart:
    sent = msgspec.json.decode(content.data, type=_Hash)
    return hash_part(content.name, method_id=sent.method, value=sent.value)


def hash_part(name: str, *, method_id: str, value: str) -> HashPart:
    """Return a hash as the library reads it.

    Parameters
    ----------
    method_id : of a method, or one of the `HASH_NAMES`.

    Raises
    ------
    StanchError
        If it is of no known method, or is none.
    """
    kind = method(HASH_NAMES.get(method_id.lower(), method_id))
    digits = kind.bits // 4
    if len(value) != digits or not HEXADECIMAL.fullmatch(value):
        raise InvalidValueError(what="hash", problem=f"{kind.id} has {digits} hexadecimal digits")
    return HashPart(name=name, method=kind, value=value)


def as_readings(content: Content) -> list[Reading]:
    """Return fingerprints that were made on the source's side.

    Raises
    ------
    StanchError, ValueError
        If they contradict themselves.
    """
    sent = msgspec.json.decode(content.data, type=_Readings)
    made = tuple(replace(fingerprint_from(one), variant=one.variant) for one in sent.fingerprints)
    missed = tuple(NotScanned(code=why.code, reason=why.reason) for why in sent.not_scanned)
    return [
        Reading(
            medium=sent.medium,
            fingerprints=made,
            symbols=sent.symbols,
            not_scanned=missed,
            evasion=sent.evasion,
            undone=tuple(sent.undone),
        )
    ]


def keep(
    contents: Iterable[Content], *, source: Source, acting_user: str, now: datetime
) -> list[tuple[Content, BlobId]]:
    """Put contents into the vault, before the transaction that makes the item known.

    If that transaction fails, `let_go` erases them; if the process dies before, `erase_unnamed` does a day later.

    Raises
    ------
    ProblemError
        503 if the vault cannot keep one, which is not the program's fault; then none is kept.
    """
    kept: list[tuple[Content, BlobId]] = []
    try:
        for one in contents:
            blob = vault.store(
                data=one.data, purpose=Purpose.ITEM, source=source, acting_user=acting_user, now=now
            )
            kept.append((one, blob))
    except BaseException as error:
        let_go((blob for _, blob in kept), acting_user=acting_user, reason="not taken in", now=now)
        if isinstance(error, VaultError):
            log.error("content cannot be kept: %s", error.code)  # noqa: TRY400 - its message may name a path
            raise busy(VAULT_SECONDS) from error
        raise
    return kept


def let_go(blobs: Iterable[str], *, acting_user: str, reason: str, now: datetime) -> None:
    """Erase contents that are no longer needed."""
    for blob in blobs:
        vault.erase(blob=blob, acting_user=acting_user, reason=reason, now=now)


def erase_unnamed(*, now: datetime) -> int:
    """Erase contents of items that never came to be, because the process died before it had written them."""
    return vault.erase_unnamed(purpose=Purpose.ITEM, named=_named, now=now)


def _named(blobs: Collection[str]) -> Iterable[str]:
    return ItemPart.objects.filter(blob__in=blobs).values_list("blob", flat=True)


def hold_on_to(blobs: Iterable[str], *, until: datetime, reason: str, acting_user: str, now: datetime) -> None:
    """Preserve contents until a date. What is gone is passed over: it was erased again after a restore."""
    for blob in blobs:
        with suppress(ErasedBlobError):
            vault.preserve(blob=blob, until=until, reason=reason, acting_user=acting_user, now=now)


def open_content(part: ItemPart, *, acting_user: str, reason: str, now: datetime) -> bytes:
    """Return the content of a part, and record who opened it and why.

    Raises
    ------
    LockedItemError
        If the item is locked: nobody opens it here any more.
    GoneContentError
        If nothing of it is kept.
    VaultError
        If it was erased, is damaged, or its key is not there.
    """
    if part.item.locked is not None:
        raise LockedItemError(item=part.item_id)
    return read(part, acting_user=acting_user, reason=reason, now=now).data


def read(part: ItemPart, *, acting_user: str, reason: str, now: datetime) -> Content:
    """Return a kept part as it came in, to this room; the errors are those of `open_content`."""
    if not part.blob:
        raise GoneContentError(item=part.item_id, part=part.name)
    opened = vault.open_blob(
        blob=part.blob,
        sources=[part.item.source_id],
        acting_user=acting_user,
        reason=reason,
        holder=str(part.item_id),
        now=now,
    )
    with opened:
        return Content(name=part.name, form=ItemPart.Form(part.form), data=opened.read())
