"""A decision as programs are told of it, and what is forgotten with an item."""

from collections.abc import Collection, Mapping
from uuid import UUID

from stanch_server.accounts import clock
from stanch_server.intake.answers import DecisionAnswer
from stanch_server.intake.errors import PreservedItemError
from stanch_server.intake.models import Item
from stanch_server.review.access import standing_on
from stanch_server.review.calendar import Why, periods
from stanch_server.review.models import Decision, ThreatReport


def answer_of(decision: Decision) -> DecisionAnswer:
    """Return a decision as programs are told of it; who decided stays here."""
    return DecisionAnswer(
        id=decision.id,
        item=decision.item_id,
        action=decision.action,
        label=decision.label,
        content_type=decision.content_type,
        exemption=decision.exemption,
        assessment=decision.assessment,
        reasons=decision.reasons,
        decided=decision.decided,
        undone=decision.undone,
    )


def decision_answers(items: Collection[UUID]) -> Mapping[UUID, DecisionAnswer]:
    """Return the decisions that stand on items, by item: what the room below is told when it answers for them."""
    return {item: answer_of(decision) for item, decision in standing_on(items).items()}


def forget(item: Item) -> None:
    """Erase what this room holds of an item, in the transaction in which it is forgotten.

    Raises
    ------
    PreservedItemError
        If a threat to life was reported, and the authority may still ask.
    """
    last = ThreatReport.objects.filter(item=item).order_by("-made").first()
    if last is not None and (end := periods()[Why.THREAT].end(last.made)) > clock.now():
        raise PreservedItemError(item=item.id, until=end)
    ThreatReport.objects.filter(item=item).delete()
    Decision.objects.filter(item=item).delete()
