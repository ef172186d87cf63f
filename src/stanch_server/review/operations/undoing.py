"""One click back."""

from datetime import datetime

from django.db import transaction

from stanch_server.intake import operations as intake
from stanch_server.intake.models import Item
from stanch_server.intake.webhooks import announce
from stanch_server.review.grounds import ADVERSE
from stanch_server.review.models import Decision
from stanch_server.review.operations.common import held, record, stated

REINSTATE = "reinstate"


def undo(*, decision: Decision, reason: str, acting_user: str, at: datetime) -> bool:
    """Take a decision back, and ask the source to reinstate what it was asked to take down or label.

    The item then stands as the machine had said, but never above `review`: it waits for a look again, and nothing
    is hidden meanwhile. What was preserved stays preserved until its date, for complaints; what the decision had
    let go is gone. Entries that it had confirmed stay in their bank: removing them is a step of its own.

    Returns
    -------
    Whether it was this call that did; False if it was undone before.

    Raises
    ------
    UnfoundedDecisionError
        If no reason is given.
    LockedItemError, ItemGoneError
        If there is nothing to reinstate any more.
    """
    why = stated(reason)
    with transaction.atomic():
        item = held(decision.item_id)
        done = take_back(decision, item, reason=why, acting_user=acting_user, at=at)
    if done:
        decision.undone, decision.undone_by, decision.undo_reason = at, acting_user, why
    return done


def take_back(decision: Decision, item: Item, *, reason: str, acting_user: str, at: datetime) -> bool:
    """Undo a decision on a held item, in the transaction that holds it. Return whether it stood."""
    standing = Decision.objects.filter(id=decision.id, undone=None)
    if not standing.update(undone=at, undone_by=acting_user, undo_reason=reason):
        return False
    record("undone", item, acting_user=acting_user, at=at, decision=str(decision.id), action=decision.action)
    intake.reopen(item=item, acting_user=acting_user, at=at)
    announce(
        item=item,
        kind="decision.undone",
        at=at,
        action=REINSTATE if decision.action in ADVERSE else None,
        decision=decision.id,
        reasons=reason,
    )
    return True
