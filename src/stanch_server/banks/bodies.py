"""What programs send and are told of banks and entries."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from stanch.errors import StanchError
from stanch.formats import FingerprintRecord
from stanch.language import LONGEST_TEXT
from stanch.values import BEHAVIOUR_BASED, HashPart, LinkPart, Part, TextPart
from stanch_server.banks import access
from stanch_server.banks.making import LABEL, LABELS, NOTE, Details, hash_method
from stanch_server.banks.models import ID_LENGTH, Bank, Entry
from stanch_server.endpoints.problems import invalid

MOST_FINGERPRINTS = 64

Label = Annotated[str, Meta(min_length=1, max_length=LABEL)]
Short = Annotated[str, Meta(min_length=1, max_length=ID_LENGTH)]


class SentListedHash(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A bare hash: hexadecimal, by `pdq`, `md5`, `sha256`, or the id of a method."""

    method: Annotated[str, Meta(max_length=40)]
    value: Annotated[str, Meta(min_length=1, max_length=128)]


class SentEntryFingerprint(FingerprintRecord, kw_only=True, forbid_unknown_fields=True):
    """A fingerprint of the content as it is, as the library writes it."""


class SentEntry(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An entry: exactly one of text, link, hash and fingerprints. It is never confirmed: only people do that.

    `name` stands in its bank once; without one, it follows from the content. `subdomains` is for links only:
    whether a bare host stands for everything below it. A bank of known-good content needs `note` and `expires`.
    """

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)] | None = None
    link: Short | None = None
    hash: SentListedHash | None = None
    fingerprints: (
        Annotated[list[SentEntryFingerprint], Meta(min_length=1, max_length=MOST_FINGERPRINTS)] | None
    ) = None
    name: Annotated[str, Meta(max_length=ID_LENGTH)] = ""
    labels: Annotated[list[Label], Meta(max_length=LABELS)] = []
    note: Annotated[str, Meta(max_length=NOTE)] = ""
    expires: Annotated[datetime, Meta(tz=True)] | None = None
    subdomains: bool = False

    def form(self) -> str:
        """Return which of its forms the content has.

        Raises
        ------
        ProblemError
            422 if it has none or several.
        """
        given = [name for name in ("text", "link", "hash", "fingerprints") if getattr(self, name) is not None]
        if len(given) != 1:
            raise invalid("Give exactly one of text, link, hash and fingerprints.", place="$")
        return given[0]

    def part(self) -> Part | None:
        """Return the content as a part; None for fingerprints.

        Raises
        ------
        ProblemError
            422 if the method of a hash is not known.
        """
        if self.text is not None:
            return TextPart(name="text", text=self.text)
        if self.link is not None:
            return LinkPart(name="link", link=self.link)
        if self.hash is None:
            return None
        try:
            return HashPart(name="hash", method=hash_method(self.hash.method), value=self.hash.value)
        except StanchError as error:
            raise invalid(str(error), code=error.code, place="$.hash.method") from error

    def details(self) -> Details:
        """Return what is said of the content."""
        return Details(labels=tuple(dict.fromkeys(self.labels)), note=self.note, expires=self.expires)


class DesignationAnswer(msgspec.Struct, kw_only=True, frozen=True):
    """The list that names the group behind the content, its identifier there, and since when."""

    list: str
    identifier: str
    date: date


class BankAnswer(msgspec.Struct, kw_only=True, frozen=True):
    """A bank. `source` is null for one of all sources; `radius` holds thresholds that differ from the usual ones.

    `designation` is null for known-good content, `behaviour-based` where no list names the group.
    """

    id: UUID
    name: str
    source: UUID | None
    owner: str
    legal_basis: str
    purpose: str
    state: str
    content_type: str
    designation: DesignationAnswer | str | None
    reason: str
    radius: dict[str, int]
    created: datetime
    entries: int


class BankAnswers(msgspec.Struct, kw_only=True, frozen=True):
    """Banks, by name."""

    banks: list[BankAnswer]


class EntryAnswer(msgspec.Struct, kw_only=True, frozen=True):
    """An entry. `confirmed` says whether a named person has looked at it; who that was is not told to programs."""

    id: UUID
    bank: UUID
    name: str
    methods: list[str]
    added: datetime
    confirmed: bool
    expires: datetime | None
    labels: list[str]
    note: str


class EntryAnswers(msgspec.Struct, kw_only=True, frozen=True):
    """Entries by id; `next` is what to give as `after` for those that follow, null at the end."""

    entries: list[EntryAnswer]
    next: str | None


def bank_answer(bank: Bank, *, held: int) -> BankAnswer:
    """Return a bank as programs are told of it."""
    return BankAnswer(
        id=bank.id,
        name=bank.name,
        source=bank.source_id,
        owner=bank.owner,
        legal_basis=bank.legal_basis,
        purpose=bank.purpose,
        state=bank.state,
        content_type=bank.content_type,
        designation=_designation(bank),
        reason=bank.reason,
        radius=bank.radius,
        created=bank.created,
        entries=held,
    )


def entry_answer(entry: Entry) -> EntryAnswer:
    """Return an entry as programs are told of it."""
    return EntryAnswer(
        id=entry.id,
        bank=entry.bank_id,
        name=entry.name,
        methods=access.methods_of(entry),
        added=entry.added,
        confirmed=bool(entry.confirmed_by),
        expires=entry.expires,
        labels=entry.labels,
        note=entry.note,
    )


def entry_answers(entries: Iterator[Entry], *, after: str) -> EntryAnswers:
    """Return a page of entries."""
    return EntryAnswers(entries=[entry_answer(one) for one in entries], next=after or None)


def _designation(bank: Bank) -> DesignationAnswer | str | None:
    if bank.behaviour_based:
        return BEHAVIOUR_BASED
    if bank.designation_date is None:
        return None
    return DesignationAnswer(
        list=bank.designation_list, identifier=bank.designation_identifier, date=bank.designation_date
    )
