"""A person's word on an item."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from stanch_server.banks.models import Bank, Entry
from stanch_server.intake import operations as intake
from stanch_server.intake.models import Item
from stanch_server.intake.webhooks import announce
from stanch_server.review.calendar import Why, periods
from stanch_server.review.errors import DecisionTakenError
from stanch_server.review.grounds import TAKES_DOWN, Grounds
from stanch_server.review.models import Decision, DecisionEntry
from stanch_server.review.operations.common import held, record, refuse_pending
from stanch_server.review.operations.confirming import Fresh, confirm, fresh_entries, refuse_unfit
from stanch_server.review.operations.keeping import let_go_later, preserved_until
from stanch_server.review.resting import held_entries


def decide(
    *,
    item: Item,
    action: str,
    content_type: str = "",
    exemption: str,
    assessment: str = "",
    reasons: str,
    label: str = "",
    confirm_in: Bank | None = None,
    parts: Collection[int] = (),
    acting_user: str,
    at: datetime,
    token: UUID | None = None,
) -> Decision:
    """Decide on an item, tell its source, and keep or let go of its content; all of it or nothing.

    What is restricted or removed stays preserved for as long as Article 6 of Regulation (EU) 2021/784 says; what
    is allowed or labelled is let go.

    Parameters
    ----------
    content_type, exemption, assessment, reasons, label : as `grounds.Grounds` demands them for the action.
    confirm_in : the bank in which parts of the item become entries, confirmed by the acting person.
    parts : positions of those parts.
    token : drawn when the form was shown; it becomes the decision's id, so that the same form sent twice decides
        once.

    Raises
    ------
    UnfoundedDecisionError
        If the grounds are not complete.
    DecisionTakenError
        If somebody has decided already.
    ItemPendingError, ItemGoneError, LockedItemError
        If there is nothing to be decided.
    WrongBankError, GoneContentError
        If the parts cannot become entries of that bank.
    CannotBankError, NotScannedError
        If the library cannot take a part's fingerprints.
    """
    grounds = Grounds(
        action=action,
        exemption=exemption,
        reasons=reasons.strip(),
        content_type=content_type,
        assessment=assessment.strip(),
        label=label.strip(),
    )
    grounds.require()
    identity = token or uuid4()
    if earlier := _earlier(identity, item, acting_user):
        return earlier
    fresh: Sequence[Fresh] = ()
    if confirm_in is not None:
        refuse_unfit(confirm_in, item, grounds, parts)
        _refuse_taken(item)  # nothing is opened in vain
        fresh = fresh_entries(item=item, positions=parts, decision=identity, acting_user=acting_user, at=at)
    with transaction.atomic():
        row = held(item.id)
        if earlier := _earlier(identity, row, acting_user):
            return earlier
        refuse_pending(row)
        made = _insert(identity, row, grounds, acting_user, at)
        matched = _rest(made, row, confirm_in, fresh)
        confirmed = confirm(bank=confirm_in, fresh=fresh, acting_user=acting_user, at=at) if confirm_in else []
        _follow(made, row, matched, confirmed)
    return made


def _earlier(identity: UUID, item: Item, acting_user: str) -> Decision | None:
    """Return the decision that this very form has made already."""
    return Decision.objects.filter(id=identity, item=item, decided_by=acting_user).first()


def _refuse_taken(item: Item) -> None:
    standing = Decision.objects.filter(item=item, undone=None).first()
    if standing is not None:
        raise DecisionTakenError(item=item.id, action=standing.action, decision=standing.id)


def _insert(identity: UUID, item: Item, grounds: Grounds, acting_user: str, at: datetime) -> Decision:
    """Write the decision. The database holds to it that one stands: of two at once, the second fails here."""
    made = Decision(
        id=identity,
        item=item,
        source_id=item.source_id,
        action=grounds.action,
        label=grounds.label,
        content_type=grounds.content_type,
        exemption=grounds.exemption,
        assessment=grounds.assessment,
        reasons=grounds.reasons,
        decided_by=acting_user,
        decided=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        _refuse_taken(item)
        # The token stands for another decision: a form that was shown for something else.
        raise DecisionTakenError(item=item.id, action="another", decision=identity) from error
    return made


def _rest(made: Decision, item: Item, bank: Bank | None, fresh: Sequence[Fresh]) -> list[Entry]:
    """Note on which entries the decision rests: those matched with effect that are still there."""
    entries = held_entries(item, bank=bank, names=[one.value.id for one in fresh])
    DecisionEntry.objects.bulk_create(DecisionEntry(decision=made, entry=entry) for entry in entries)
    return entries


def _follow(made: Decision, item: Item, matched: list[Entry], confirmed: list[Entry]) -> None:
    """Write what follows from a decision: what it confirmed, its record, its messages, what becomes of content."""
    if confirmed:
        made.confirmed = confirmed[0]
        made.save(update_fields=["confirmed"])
    record(
        "decided",
        item,
        acting_user=made.decided_by,
        at=made.decided,
        decision=str(made.id),
        action=made.action,
        content_type=made.content_type,
        exemption=made.exemption,
        rests_on=[str(entry.id) for entry in matched],
        confirmed=[str(entry.id) for entry in confirmed],
    )
    if made.action == Decision.Action.ALLOW:
        intake.count_sightings(item=item)
    _keep_or_let_go(made, item)
    announce(
        item=item,
        kind="decision.made",
        at=made.decided,
        action=made.action,
        label=made.label,
        decision=made.id,
        reasons=made.reasons,
    )


def _keep_or_let_go(made: Decision, item: Item) -> None:
    """Preserve what was taken down; of the rest, keep only what something else preserves already."""
    period = periods()[Why.REMOVED]
    takes_down = made.action in TAKES_DOWN
    until = period.end(made.decided) if takes_down else preserved_until(item, now=made.decided)
    intake.close(
        item=item,
        acting_user=made.decided_by,
        at=made.decided,
        preserve_until=until,
        reason=f"decision {made.id}: {period.law}" if takes_down else f"decision {made.id}",
    )
    if until is not None:
        let_go_later(item, due=until)
