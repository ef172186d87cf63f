"""Parts of an item that become entries of a bank, by the word of the person who decides."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from stanch.errors import CannotBankError
from stanch.values import Entry as EntryValue
from stanch_server.banks import contents as bank_contents
from stanch_server.banks import live, making
from stanch_server.banks import operations as banks
from stanch_server.banks.models import Bank, Entry
from stanch_server.banks.records import packed
from stanch_server.intake.contents import Content, as_part, open_content
from stanch_server.intake.errors import GoneContentError
from stanch_server.intake.models import Item, ItemPart
from stanch_server.review.errors import WrongBankError
from stanch_server.review.grounds import Grounds
from stanch_server.review.resting import NOTE


@dataclass(frozen=True, kw_only=True, slots=True)
class Fresh:
    """An entry to be, and what is kept of its content; None for a link or a hash."""

    value: EntryValue
    content: bytes | None = field(repr=False)


def refuse_unfit(bank: Bank, item: Item, grounds: Grounds, positions: Collection[int]) -> None:
    """Let a bank pass in which parts of this item can be confirmed on these grounds.

    Raises
    ------
    WrongBankError
        If it is another source's, or of known-good content, or the decision does not call it terrorist content.
    """
    if bank.source_id not in {None, item.source_id}:
        problem = "it belongs to another source"
    elif bank.purpose != Bank.Purpose.KNOWN:
        problem = "it holds what is known to be good"
    elif not grounds.content_type:
        problem = "the decision names no type of terrorist content"
    elif not positions:
        problem = "no part was chosen"
    else:
        return
    raise WrongBankError(bank=bank.name, problem=problem)


def fresh_entries(
    *, item: Item, positions: Collection[int], decision: UUID, acting_user: str, at: datetime
) -> list[Fresh]:
    """Return what the chosen parts make, before any transaction: files are decoded in processes of their own.

    Raises
    ------
    GoneContentError
        If a part is not there, or nothing of it is kept.
    StanchError
        If it cannot be opened, read or banked, each under its own code.
    """
    kept = {part.position: part for part in ItemPart.objects.filter(item=item).select_related("item")}
    made: dict[str, Fresh] = {}
    for position in sorted(set(positions)):
        if position not in kept:
            raise GoneContentError(item=item.id, part=str(position))
        one = _fresh(kept[position], decision, acting_user, at)
        made[one.value.id] = one  # two equal parts are one entry
    return list(made.values())


def confirm(*, bank: Bank, fresh: Sequence[Fresh], acting_user: str, at: datetime) -> list[Entry]:
    """Write the entries, in the decision's transaction, which holds those that stand there already.

    Of these, the unconfirmed ones are confirmed, if they are of the very content that this person has before
    them: a program may have given the name that follows from it to something else.

    Their content is stored within the transaction, although that makes it longer: so nothing is left in the vault
    that no entry names, wherever the process dies.

    Raises
    ------
    EntryExistsError
        If somebody has added one of them at the same instant.
    WrongBankError
        If an entry of the same name is of other content.
    """
    names = [one.value.id for one in fresh]
    rows = Entry.objects.filter(bank=bank, removed=None, name__in=names).select_related("bank")
    standing = {row.name: row for row in rows.order_by("id")}
    _refuse_others(bank, standing, fresh)
    for row in standing.values():
        banks.confirm_entry(entry=row, acting_user=acting_user, at=at)
    new = [one for one in fresh if one.value.id not in standing]
    blobs = {
        one.value.id: bank_contents.keep(bank=bank, content=one.content, acting_user=acting_user, at=at)
        for one in new
        if one.content is not None
    }
    values = [one.value for one in new]
    added = []
    if new:
        added = banks.add_entries(bank=bank, entries=values, acting_user=acting_user, at=at, blobs=blobs)
    by_name = standing | {row.name: row for row in added}
    return [by_name[name] for name in names]


def _refuse_others(bank: Bank, standing: Mapping[str, Entry], fresh: Sequence[Fresh]) -> None:
    for one in fresh:
        row = standing.get(one.value.id)
        if row is not None and bytes(row.fingerprints) != packed(one.value.fingerprints):
            raise WrongBankError(
                bank=bank.name, problem=f"its entry {row.id} has that name, and is of other content"
            )


def _fresh(part: ItemPart, decision: UUID, acting_user: str, at: datetime) -> Fresh:
    """Return what a part makes.

    Fingerprints that a source made are for looking up: those of a link name its whole host too, those of a text
    are not thinned. In a bank they would match what nobody has seen.
    """
    if part.form == ItemPart.Form.FINGERPRINTS:
        raise CannotBankError(
            name=part.name, problem="only fingerprints came of it; a bank needs the content itself"
        )
    data = open_content(part, acting_user=acting_user, reason="confirmed as an entry", now=at)
    read = as_part(Content(name=part.name, form=ItemPart.Form(part.form), data=data))
    details = making.Details(note=NOTE.format(decision=decision))
    decoders = live.follower().decoders
    value = making.made(read, decoders, details=details, confirmed_by=acting_user, at=at)
    return Fresh(value=value, content=making.content_of(read))
