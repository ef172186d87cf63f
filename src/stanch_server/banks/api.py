"""Banks and their entries, for programs."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse

from stanch.errors import EntryExistsError, InvalidValueError, StanchError, UnknownEntryError
from stanch.values import Entry as EntryValue
from stanch_server.accounts import clock
from stanch_server.accounts.rules import KeyRequest, key_rule
from stanch_server.banks import access, live, making, operations
from stanch_server.banks.bodies import (
    BankAnswer,
    BankAnswers,
    EntryAnswer,
    EntryAnswers,
    SentEntry,
    bank_answer,
    entry_answer,
    entry_answers,
)
from stanch_server.banks.models import Bank, Entry
from stanch_server.banks.paging import is_id, page_by_id
from stanch_server.endpoints.bodies import answer, body_of, decoded
from stanch_server.endpoints.endpoint import Parameter, endpoint
from stanch_server.endpoints.problems import ProblemError, invalid

MOST = 1_000
USUAL = 100
AFTER = Parameter(
    name="after",
    place="query",
    description="The `next` of the page before.",
    schema={"type": "string", "format": "uuid"},
)
LIMIT = Parameter(
    name="limit",
    place="query",
    description="How many entries at most.",
    schema={"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
)
REMOVED_BY_PROGRAM = "removed by a program"


@key_rule(capability="banks.read")
@endpoint(summary="The banks that this source's content is matched against", gives={200: BankAnswers})
def list_banks(request: KeyRequest) -> HttpResponse:
    """List the banks of the source, and those of all sources."""
    held = Count("entries", filter=Q(entries__removed=None))
    rows = access.banks_with(request.caller, "banks.read").annotate(held=held).order_by("name")
    return answer(BankAnswers(banks=[bank_answer(row, held=row.held) for row in rows]))


@key_rule(capability="banks.read")
@endpoint(summary="One bank", gives={200: BankAnswer})
def show_bank(request: KeyRequest, bank_id: UUID) -> HttpResponse:
    """Return a bank."""
    bank = access.get_bank(request.caller, bank_id, "banks.read")
    return answer(bank_answer(bank, held=access.entries_of(bank).count()))


@key_rule(capability="banks.read")
@endpoint(summary="The entries of a bank, page by page", gives={200: EntryAnswers}, parameters=(AFTER, LIMIT))
def list_entries(request: KeyRequest, bank_id: UUID) -> HttpResponse:
    """Return a page of entries, by id."""
    bank = access.get_bank(request.caller, bank_id, "banks.read")
    page = page_by_id(access.entries_of(bank), after=_after(request), limit=_limit(request))
    return answer(entry_answers(iter(page.entries), after=page.after))


@key_rule(capability="banks.read")
@endpoint(summary="One entry", gives={200: EntryAnswer})
def show_entry(request: KeyRequest, bank_id: UUID, entry_id: UUID) -> HttpResponse:
    """Return an entry."""
    return answer(entry_answer(access.get_entry(request.caller, bank_id, entry_id, "banks.read")))


@key_rule(capability="banks.write", methods=("POST",))
@endpoint(
    summary="Add an entry to a bank of one's own source",
    takes=SentEntry,
    gives={200: EntryAnswer},
    refuses=(409,),
)
def add_entry(request: KeyRequest, bank_id: UUID) -> HttpResponse:
    """Add an entry, unconfirmed: it is found with the next question once this is answered."""
    bank = access.get_bank(request.caller, bank_id, "banks.write")
    sent = decoded(body_of(request), SentEntry)
    entry = _added(request, bank, sent)
    headers = {"Location": f"/api/v1/banks/{bank.id}/entries/{entry.id}"}
    return answer(entry_answer(entry), headers=headers)


@key_rule(capability="banks.write", methods=("DELETE",))
@endpoint(summary="Remove an entry that no person has confirmed", gives={204: None}, refuses=(409,))
def remove_entry(request: KeyRequest, bank_id: UUID, entry_id: UUID) -> HttpResponse:
    """Remove an entry; what a person confirmed, only a person removes, who sees what rests on it."""
    entry = access.get_entry(request.caller, bank_id, entry_id, "banks.write")
    with transaction.atomic():
        held = Entry.objects.select_for_update(of=("self",)).get(id=entry.id)
        if held.confirmed_by:
            raise ProblemError(
                409,
                "confirmed",
                "A person has confirmed this entry.",
                detail="Only a person removes it, in the console.",
            )
        try:
            operations.remove_entries(
                bank=entry.bank,
                names=[held.name],
                acting_user=request.caller.actor,
                at=clock.now(),
                reason=REMOVED_BY_PROGRAM,
            )
        except UnknownEntryError as error:  # somebody else was first
            raise ProblemError(404, "not-found", "There is no such thing here.") from error
    return HttpResponse(status=204)


def _added(request: KeyRequest, bank: Bank, sent: SentEntry) -> Entry:
    """Add what was sent; each refusal names its place."""
    now, form, part = clock.now(), sent.form(), sent.part()
    if not sent.name.isprintable():
        raise invalid("Use printable characters.", place="$.name")
    content = None if part is None else making.content_of(part)
    try:
        making.check(sent.details(), bank=bank, at=now)
    except InvalidValueError as error:
        raise invalid(str(error), code=error.code, place=f"$.{error.fields['what']}") from error
    try:
        entry = _made(sent, now)
    except StanchError as error:
        raise invalid(str(error), code=error.code, place=f"$.{form}") from error
    try:
        return operations.add_with_content(
            bank=bank, entry=entry, content=content, acting_user=request.caller.actor, at=now
        )
    except EntryExistsError as error:
        title = "The bank holds this entry already."
        raise ProblemError(409, error.code, title, detail=str(error)) from error


def _made(sent: SentEntry, now: datetime) -> EntryValue:
    part = sent.part()
    if part is None:
        return making.made_from_records(sent.fingerprints or [], details=sent.details(), at=now, name=sent.name)
    return making.made(
        part,
        live.follower().decoders,
        details=sent.details(),
        confirmed_by=None,
        at=now,
        subdomains=sent.subdomains,
        name=sent.name,
    )


def _after(request: KeyRequest) -> UUID | None:
    given = request.GET.get(AFTER.name)
    if given is None:
        return None
    if not is_id(given.lower()):
        raise invalid("Give the `next` of the page before.", place=AFTER.name)
    return UUID(given)


def _limit(request: KeyRequest) -> int:
    given = request.GET.get(LIMIT.name, str(USUAL))
    if not (given.isascii() and given.isdecimal() and len(given) <= 4 and 1 <= int(given) <= MOST):
        raise invalid(f"Give a number from 1 to {MOST:,}.", place=LIMIT.name)
    return int(given)
