"""From what somebody gives to an entry of a bank, with the checks that hold for people and programs alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from stanch.errors import InvalidValueError, StanchError
from stanch.formats import FingerprintRecord, fingerprint_from
from stanch.formats.hash_values import METHODS as LISTED
from stanch.matching import entry_id, entry_of
from stanch.media import Decoders
from stanch.values import Entry as EntryValue
from stanch.values import FilePart, Fingerprint, HashPart, Method, Part, TextPart, method
from stanch_server.banks.models import ID_LENGTH, Bank
from stanch_server.banks.records import packed

NOTE: Final = 5_000
LABELS: Final = 50
LABEL: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """What is said of an entry beside its content.

    Parameters
    ----------
    expires : from when on it is no longer matched; required in a bank of known-good content, as is the note.
    """

    labels: tuple[str, ...] = ()
    note: str = ""
    expires: datetime | None = None


def check(details: Details, *, bank: Bank, at: datetime | None) -> None:
    """Refuse what cannot be said of an entry of this bank.

    Parameters
    ----------
    at : the expiry must lie after it; None where it stays as it was, and may have passed.

    Raises
    ------
    InvalidValueError
        `what` names the field: `labels`, `note` or `expires`.
    """
    if len(details.labels) > LABELS or not all(map(_is_label, details.labels)):
        problem = f"give at most {LABELS} of at most {LABEL} printable characters each"
        raise InvalidValueError(what="labels", problem=problem)
    if len(details.note) > NOTE or "\0" in details.note:
        raise InvalidValueError(what="note", problem=f"give at most {NOTE:,} characters")
    if details.expires is not None and (details.expires.tzinfo is None or (at and details.expires <= at)):
        raise InvalidValueError(what="expires", problem="must lie ahead, and needs a time zone")
    if bank.purpose == Bank.Purpose.KNOWN_GOOD:
        _check_known_good(details)


def made(
    part: Part,
    decoders: Decoders,
    *,
    details: Details,
    confirmed_by: str | None,
    at: datetime,
    subdomains: bool = False,
    name: str = "",
) -> EntryValue:
    """Return the entry that content makes; files are opened in the decoders' processes only.

    Parameters
    ----------
    confirmed_by : opaque id of the person who looked at it, None for a program.
    subdomains : whether a bare host stands for everything below it too; for links only.
    name : the entry's name in its bank; by default one that follows from the content.

    Raises
    ------
    StanchError
        If the content cannot be banked or read, each under its own code.
    """
    if isinstance(part, HashPart):
        part = replace(part, value=part.value.lower())
    entry = entry_of(
        part,
        decoders,
        added=at,
        confirmed_by=confirmed_by,
        subdomains=subdomains,
        expires=details.expires,
        labels=details.labels,
        note=details.note,
        name=name or None,
    )
    return _named(entry)


def made_from_records(
    records: Sequence[FingerprintRecord], *, details: Details, at: datetime, name: str = ""
) -> EntryValue:
    """Return the entry that fingerprints make which a program took elsewhere; raises as `made` does."""
    fingerprints = tuple(_fingerprint(record, place) for place, record in enumerate(records))
    entry = EntryValue(
        id=name or entry_id(packed(fingerprints)),
        fingerprints=fingerprints,
        added=at,
        expires=details.expires,
        labels=details.labels,
        note=details.note,
    )
    return _named(entry)


def content_of(part: Part) -> bytes | None:
    """Return what is kept of a part in the vault; links and hashes say all there is by themselves."""
    match part:
        case TextPart():
            return part.text.encode(errors="surrogatepass")
        case FilePart():
            return part.read()
        case _:
            return None


def hash_method(name: str) -> Method:
    """Return the method of a bare hash by the name that lists use (`pdq`, `md5`, `sha256`), or by its id.

    A bare PDQ hash is taken for one that was made without normalisation, as in all lists; queries look under both.

    Raises
    ------
    UnknownMethodError
        If there is none.
    """
    return LISTED.get(name) or method(name)


def _check_known_good(details: Details) -> None:
    if not details.note.strip():
        raise InvalidValueError(what="note", problem="say why this content is known to be good")
    if details.expires is None:
        raise InvalidValueError(what="expires", problem="known-good content must expire")


def _is_label(label: str) -> bool:
    return 0 < len(label) <= LABEL and label.isprintable() and label == label.strip()


def _named(entry: EntryValue) -> EntryValue:
    if len(entry.id) > ID_LENGTH:
        raise InvalidValueError(what="name", problem=f"is longer than {ID_LENGTH:,} characters")
    return entry


def _fingerprint(record: FingerprintRecord, place: int) -> Fingerprint:
    try:
        return fingerprint_from(record)
    except StanchError:
        raise
    except ValueError as error:
        raise InvalidValueError(what=f"fingerprint {place}", problem=str(error)) from error
