"""Between the rows of this room and the values of the library."""

import msgspec

from stanch.formats import FingerprintRecord, fingerprint_from, record_of
from stanch.values import (
    BEHAVIOUR_BASED,
    BankInfo,
    ContentType,
    Designation,
    Fingerprint,
    Purpose,
    State,
)
from stanch.values import Entry as EntryValue
from stanch_server.banks.models import Bank, Entry


def info_of(bank: Bank) -> BankInfo:
    """Return a bank's description as the library has it; the same checks hold for both."""
    return BankInfo(
        name=bank.name,
        owner=bank.owner,
        legal_basis=bank.legal_basis,
        purpose=Purpose(bank.purpose),
        state=State(bank.state),
        content_type=ContentType(bank.content_type) if bank.content_type else None,
        designation=_designation(bank),
        reason=bank.reason or None,
        radius=bank.radius,
    )


def row_of(info: BankInfo) -> Bank:
    """Return an unsaved row of a description."""
    named = info.designation if isinstance(info.designation, Designation) else None
    return Bank(
        name=info.name,
        owner=info.owner,
        legal_basis=info.legal_basis,
        purpose=info.purpose.value,
        state=info.state.value,
        content_type=info.content_type.value if info.content_type else "",
        behaviour_based=info.designation == BEHAVIOUR_BASED,
        designation_list=named.list if named else "",
        designation_identifier=named.identifier if named else "",
        designation_date=named.date if named else None,
        reason=info.reason or "",
        radius=dict(info.radius),
    )


def value_of(entry: Entry) -> EntryValue:
    """Return an entry as the library matches it, under the id that names its row."""
    records = msgspec.json.decode(bytes(entry.fingerprints), type=list[FingerprintRecord])
    return EntryValue(
        id=str(entry.id),
        fingerprints=tuple(fingerprint_from(record) for record in records),
        added=entry.added,
        confirmed_by=entry.confirmed_by or None,
        expires=entry.expires,
        labels=tuple(entry.labels),
        note=entry.note,
    )


def packed(fingerprints: tuple[Fingerprint, ...]) -> bytes:
    """Return fingerprints as they are kept in a row."""
    return msgspec.json.encode([record_of(fingerprint) for fingerprint in fingerprints])


def _designation(bank: Bank) -> Designation | str | None:
    if bank.behaviour_based:
        return BEHAVIOUR_BASED
    if bank.designation_date is None:
        return None
    return Designation(
        list=bank.designation_list, identifier=bank.designation_identifier, date=bank.designation_date
    )
