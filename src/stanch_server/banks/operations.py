"""The only place that writes banks and entries: rows, changes and audit record in one transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from stanch.errors import (
    BankExistsError,
    EntryExistsError,
    InvalidValueError,
    StanchError,
    UnknownEntryError,
)
from stanch.values import BankInfo, State
from stanch.values import Entry as EntryValue
from stanch_server.accounts.models import Source
from stanch_server.audit import operations as audit
from stanch_server.banks import contents
from stanch_server.banks.changes import record_changes
from stanch_server.banks.making import Details, check
from stanch_server.banks.models import Bank, Entry
from stanch_server.banks.records import info_of, packed, row_of


def create_bank(*, info: BankInfo, source: Source | None, acting_user: str, at: datetime) -> Bank:
    """Make an empty bank, always in shadow.

    Parameters
    ----------
    info : what it is; its state is not taken over.
    source : whose it is; None for all sources of the installation.

    Raises
    ------
    BankExistsError
        If there is one of this name.
    """
    bank = row_of(info)
    bank.source, bank.state, bank.created = source, State.SHADOW.value, at
    try:
        with transaction.atomic():
            bank.save(force_insert=True)
            _record("bank.created", bank, acting_user, at, owner=info.owner, legal_basis=info.legal_basis)
            record_changes(bank, [None], at=at)
    except IntegrityError as error:
        raise BankExistsError(bank=info.name) from error
    return bank


def set_state(*, bank: Bank, state: State, acting_user: str, at: datetime) -> bool:
    """Give a bank effect or take it away; return False if it is in that state already."""
    with transaction.atomic():
        if not Bank.objects.filter(id=bank.id).exclude(state=state.value).update(state=state.value):
            return False
        bank.state = state.value
        _record(f"bank.{state.value}", bank, acting_user, at)
        record_changes(bank, [None], at=at)
    return True


def set_radius(*, bank: Bank, method: str, radius: int, acting_user: str, at: datetime) -> None:
    """Set how near something must be to match in this bank, for one method.

    Raises
    ------
    InvalidValueError
        If there is no such method, or the radius is out of its range.
    """
    with transaction.atomic():
        held = Bank.objects.select_for_update().get(id=bank.id)
        held.radius = {**held.radius, method: radius}
        info_of(held)  # refuses what the library would refuse
        held.save(update_fields=["radius"])
        bank.radius = held.radius
        _record("bank.radius-set", bank, acting_user, at, method=method, radius=radius)
        record_changes(bank, [None], at=at)


def add_entries(
    *,
    bank: Bank,
    entries: Iterable[EntryValue],
    acting_user: str,
    at: datetime,
    blobs: dict[str, str] | None = None,
) -> list[Entry]:
    """Add entries, all or none; each is found in every process as soon as this has committed.

    Parameters
    ----------
    entries : as the library made them. `confirmed_by` is an opaque id of a person, or None for an import.
    blobs : by entry, the id of its content in the vault.

    Raises
    ------
    EntryExistsError
        If the bank holds one of them already.
    """
    rows = [_row(bank, entry, (blobs or {}).get(entry.id, ""), at) for entry in entries]
    taken = Entry.objects.filter(bank=bank, removed=None, name__in=[row.name for row in rows])
    try:
        with transaction.atomic():
            if existing := taken.values_list("name", flat=True).first():
                raise EntryExistsError(bank=bank.name, entry=existing)
            Entry.objects.bulk_create(rows)
            confirmed = sum(bool(row.confirmed_by) for row in rows)
            _record("bank.entries-added", bank, acting_user, at, entries=_ids(rows), confirmed=confirmed)
            record_changes(bank, rows, at=at)
    except (
        IntegrityError
    ) as error:  # somebody else added one of them at the same instant, or one stands here twice
        raise EntryExistsError(bank=bank.name, entry=rows[0].name if len(rows) == 1 else "one of these") from error
    return rows


def remove_entries(
    *, bank: Bank, names: Iterable[str], acting_user: str, at: datetime, reason: str
) -> list[Entry]:
    """Remove entries, all or none; none of them is found any more as soon as this has committed.

    The rows stay and say when; which decisions rested on them is for those who ask `decisions` above.

    Raises
    ------
    UnknownEntryError
        If the bank does not hold one of them.
    """
    chosen = list(dict.fromkeys(names))
    with transaction.atomic():
        rows = list(Entry.objects.filter(bank=bank, removed=None, name__in=chosen))
        missing = set(chosen) - {row.name for row in rows}
        if missing:
            raise UnknownEntryError(bank=bank.name, entry=min(missing))
        gone = Entry.objects.filter(id__in=[row.id for row in rows], removed=None).update(removed=at)
        if gone != len(rows):  # somebody else removed one of them at the same instant
            raise UnknownEntryError(bank=bank.name, entry="one of these")
        _record("bank.entries-removed", bank, acting_user, at, entries=_ids(rows), reason=reason)
        _forget_contents(rows, acting_user, at)
        record_changes(bank, rows, at=at)
    return rows


def add_with_content(
    *, bank: Bank, entry: EntryValue, content: bytes | None, acting_user: str, at: datetime
) -> Entry:
    """Add one entry and keep its content, which is stored first; if the entry is refused, it is erased again.

    Raises
    ------
    EntryExistsError
        If the bank holds it already.
    InvalidValueError
        If something is said of it that this bank does not take; see `making.check`.
    VaultError
        If its content cannot be kept.
    """
    details = Details(labels=entry.labels, note=entry.note, expires=entry.expires)
    check(details, bank=bank, at=at)
    if Entry.objects.filter(bank=bank, removed=None, name=entry.id).exists():
        raise EntryExistsError(bank=bank.name, entry=entry.id)
    if content is None:
        return add_entries(bank=bank, entries=[entry], acting_user=acting_user, at=at)[0]
    blob = contents.keep(bank=bank, content=content, acting_user=acting_user, at=at)
    try:
        rows = add_entries(bank=bank, entries=[entry], acting_user=acting_user, at=at, blobs={entry.id: blob})
    except StanchError:
        contents.forget(blob=blob, acting_user=acting_user, reason="its entry was refused", at=at)
        raise
    return rows[0]


def confirm_entry(*, entry: Entry, acting_user: str, at: datetime) -> bool:
    """Note that a person has looked at an entry and said what it is: identical content may be blocked from now on.

    Returns
    -------
    False if somebody had confirmed it before; then it stays confirmed by them.

    Raises
    ------
    UnknownEntryError
        If it was removed.
    """
    with transaction.atomic():
        standing = Entry.objects.filter(id=entry.id, removed=None)
        if not standing.filter(confirmed_by="").update(confirmed_by=acting_user):
            if not standing.exists():
                raise UnknownEntryError(bank=entry.bank.name, entry=entry.name)
            return False
        _record("bank.entry-confirmed", entry.bank, acting_user, at, entry=str(entry.id))
        record_changes(entry.bank, [entry], at=at)
    entry.confirmed_by = acting_user
    return True


def set_details(*, entry: Entry, details: Details, acting_user: str, at: datetime) -> bool:
    """Change what is said of an entry, and until when it is matched; return False if nothing changes.

    An expiry that has passed may stay as it is.

    Raises
    ------
    InvalidValueError
        If something is said of it that its bank does not take; see `making.check`.
    UnknownEntryError
        If it was removed.
    """
    with transaction.atomic():
        held = Entry.objects.select_for_update(of=("self",)).select_related("bank").get(id=entry.id)
        if held.removed is not None:
            raise UnknownEntryError(bank=held.bank.name, entry=held.name)
        told = {"labels": list(details.labels), "note": details.note, "expires": details.expires}
        changed = [name for name, value in told.items() if getattr(held, name) != value]
        if not changed:
            return False
        check(details, bank=held.bank, at=at if "expires" in changed else None)
        Entry.objects.filter(id=held.id).update(**told)
        expires = details.expires.isoformat() if details.expires else None
        _record(
            "bank.entry-changed", held.bank, acting_user, at, entry=str(held.id), changed=changed, expires=expires
        )
        record_changes(held.bank, [held], at=at)
    for name, value in told.items():
        setattr(entry, name, value)
    return True


def _forget_contents(rows: Iterable[Entry], acting_user: str, at: datetime) -> None:
    """Erase what was kept of removed entries, unless it is preserved for an authority."""
    for row in rows:
        if row.blob:
            contents.forget(blob=row.blob, acting_user=acting_user, reason="its entry was removed", at=at)


def _row(bank: Bank, entry: EntryValue, blob: str, at: datetime) -> Entry:
    if not entry.fingerprints:
        raise InvalidValueError(what=f"entry {entry.id!r}", problem="holds no fingerprint")
    return Entry(
        bank=bank,
        name=entry.id,
        fingerprints=packed(entry.fingerprints),
        added=at,
        confirmed_by=entry.confirmed_by or "",
        expires=entry.expires,
        labels=list(entry.labels),
        note=entry.note,
        blob=blob,
    )


def _ids(rows: Iterable[Entry]) -> list[str]:
    return [str(row.id) for row in rows]


def _record(action: str, bank: Bank, actor: str, at: datetime, **detail: Any) -> None:  # noqa: ANN401 - any JSON
    source = str(bank.source_id) if bank.source_id else None
    audit.record(actor=actor, action=action, subject=str(bank.id), source=source, detail=detail, at=at)
