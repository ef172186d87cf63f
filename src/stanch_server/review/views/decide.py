"""Deciding on one item: the fragment that stands on its page, and a page of its own when something was missing."""

from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from stanch.errors import StanchError
from stanch_server.accounts import clock
from stanch_server.accounts.models import Person
from stanch_server.accounts.rules import PersonRequest, by_method, rule
from stanch_server.banks.access import banks_with
from stanch_server.banks.models import Bank
from stanch_server.intake.access import get_item, source_of_item
from stanch_server.intake.models import Item, ItemPart
from stanch_server.review import access, operations, resting
from stanch_server.review.errors import DecisionTakenError, ItemPendingError
from stanch_server.review.forms import DecisionForm, ReasonForm
from stanch_server.review.models import Decision
from stanch_server.review.views.shared import CONFLICT, INVALID, people, sentence, to_item

PAGE: Final = "review/decide.html"


def context(request: HttpRequest, item: Item, *, form: DecisionForm | None = None) -> dict[str, Any]:
    """Return what `review/_decide.html` shows of an item that the caller was already authorised for.

    That is: the decision that stands and the way back from it, or the form to decide with; and both exits. What
    the person may not do is not offered.
    """
    caller: Person = request.caller  # type: ignore[attr-defined] # each page of people has it, by its rule
    standing = access.standing(item)
    open_to = standing is None and item.locked is None and item.state == Item.State.DONE
    may_decide = open_to and access.may(caller, "items.decide", item.source_id)
    return {
        "item": item,
        "decision": standing,
        "confirmed": resting.entries_of(standing) if standing else [],
        "names": people(*([standing.decided_by] if standing else [])),
        "decide_form": (form or _form(request, item)) if may_decide else None,
        "undo_form": ReasonForm() if standing and access.may(caller, "items.undo", item.source_id) else None,
        "undone": Decision.objects.filter(item=item).exclude(undone=None).order_by("-undone")[:3],
        "may_exit": access.may(caller, "exits.use", item.source_id),
        "reports": access.reports_of(item),
    }


@rule(capability="items.decide", source_from=source_of_item)
def page(request: PersonRequest, item_id: UUID) -> HttpResponse:
    """Show the form on a page of its own."""
    item = get_item(request.caller, item_id, "items.decide")
    return render(request, PAGE, context(request, item))


@rule(capability="items.decide", source_from=source_of_item, methods=("POST",))
def act(request: PersonRequest, item_id: UUID) -> HttpResponse:
    """Decide, or say what is missing."""
    item = get_item(request.caller, item_id, "items.decide")
    form = _form(request, item, given=True)
    if not form.is_valid():
        return render(request, PAGE, context(request, item, form=form), status=INVALID)
    try:
        _decide(request, item, form)
    except StanchError as error:
        shown = {**context(request, item, form=form), "problem": sentence(error)}
        return render(request, PAGE, shown, status=_status(error))
    return to_item(item.id)


decide = by_method(GET=page, POST=act)


@rule(capability="items.undo", source_from=access.source_of_decision, methods=("POST",))
def undo(request: PersonRequest, decision_id: UUID) -> HttpResponse:
    """Take a decision back; twice does no harm."""
    decision = access.get_decision(request.caller, decision_id, "items.undo")
    form = ReasonForm(request.POST)
    shown = {**context(request, decision.item), "undo_form": form}
    if not form.is_valid():
        return render(request, PAGE, shown, status=INVALID)
    reason = form.cleaned_data["reason"]
    try:
        operations.undo(decision=decision, reason=reason, acting_user=request.caller.actor, at=clock.now())
    except StanchError as error:
        return render(request, PAGE, {**shown, "problem": sentence(error)}, status=CONFLICT)
    return redirect("review:decision", decision_id=decision.id)


def _form(request: HttpRequest, item: Item, *, given: bool = False) -> DecisionForm:
    """Return the form with the banks and parts that this person may confirm in; all others are no choice."""
    of_item = Q(source=item.source_id) | Q(source=None)
    caller: Person = request.caller  # type: ignore[attr-defined] # ditto
    banks = banks_with(caller, "banks.confirm").filter(of_item, purpose=Bank.Purpose.KNOWN).order_by("name")
    parts = list(item.parts.exclude(blob="").exclude(form=ItemPart.Form.FINGERPRINTS))
    return DecisionForm(request.POST if given else None, banks=banks, parts=parts)


def _decide(request: PersonRequest, item: Item, form: DecisionForm) -> Decision:
    given, grounds = form.cleaned_data, form.grounds()
    return operations.decide(
        item=item,
        action=grounds.action,
        content_type=grounds.content_type,
        exemption=grounds.exemption,
        assessment=grounds.assessment,
        reasons=grounds.reasons,
        label=grounds.label,
        confirm_in=given["bank"],
        parts=given["parts"],
        acting_user=request.caller.actor,
        at=clock.now(),
        token=given["token"],
    )


def _status(error: StanchError) -> int:
    return CONFLICT if isinstance(error, DecisionTakenError | ItemPendingError) else INVALID
