"""The two exits of an item: suspected child sexual abuse material, and an imminent threat to life."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from stanch.errors import StanchError
from stanch_server.accounts import clock
from stanch_server.accounts.rules import PersonRequest, by_method, rule
from stanch_server.intake.access import get_item, source_of_item
from stanch_server.intake.models import Item, ItemPart
from stanch_server.review import access, contacts, operations
from stanch_server.review.calendar import Why, periods
from stanch_server.review.forms import ThreatForm
from stanch_server.review.models import ThreatReport
from stanch_server.review.reports import as_text, facts_of
from stanch_server.review.views.shared import INVALID, people, sentence

USE: Final = "exits.use"


@rule(capability=USE, source_from=source_of_item)
def abuse_page(request: PersonRequest, item_id: UUID) -> HttpResponse:
    """Ask once whether an item is to be sealed; show what to do then if it is. Nothing of it is shown."""
    item = get_item(request.caller, item_id, USE)
    return render(request, "review/sealed.html" if item.locked else "review/seal.html", _sealing(item))


@rule(capability=USE, source_from=source_of_item, methods=("POST",))
def seal(request: PersonRequest, item_id: UUID) -> HttpResponse:
    """Seal an item at once, and lead to what is to be done now."""
    item = get_item(request.caller, item_id, USE)
    operations.seal(item=item, acting_user=request.caller.actor, at=clock.now())
    return redirect("review:abuse", item_id=item.id)


abuse = by_method(GET=abuse_page, POST=seal)


@rule(capability=USE, source_from=source_of_item)
def threat_page(request: PersonRequest, item_id: UUID) -> HttpResponse:
    """Show the form for an authority."""
    item = get_item(request.caller, item_id, USE)
    known = {
        "member_state": contacts.own_member_state(),
        "contact": contacts.own_threat_contact(),
        "uploader": item.account,
        "location": item.reference if "://" in item.reference else "",  # it may be an id, or an address
    }
    return render(request, "review/threat.html", _threat(item, ThreatForm(initial=known)))


@rule(capability=USE, source_from=source_of_item, methods=("POST",))
def report(request: PersonRequest, item_id: UUID) -> HttpResponse:
    """Keep the report; nothing is sent."""
    item = get_item(request.caller, item_id, USE)
    form = ThreatForm(request.POST)
    if not form.is_valid():
        return render(request, "review/threat.html", _threat(item, form), status=INVALID)
    try:
        made = operations.report_threat(
            item=item,
            facts=form.facts(),
            acting_user=request.caller.actor,
            at=clock.now(),
            token=form.cleaned_data["token"],
        )
    except StanchError as error:
        shown = {**_threat(item, form), "problem": sentence(error)}
        return render(request, "review/threat.html", shown, status=INVALID)
    return redirect("review:report", report_id=made.id)


threat = by_method(GET=threat_page, POST=report)


@rule(capability=USE, source_from=access.source_of_report)
def report_page(request: PersonRequest, report_id: UUID) -> HttpResponse:
    """Show a report as it is printed."""
    found = access.get_report(request.caller, report_id)
    shown = {
        "report": found,
        "item": found.item,
        "facts": facts_of(found),
        "contacts": contacts.contacts().threat,
        "names": people(found.made_by, found.handed_over_by),
    }
    return render(request, "review/report.html", shown)


@rule(capability=USE, source_from=access.source_of_report)
def report_json(request: PersonRequest, report_id: UUID) -> HttpResponse:
    """Hand out a report for another program."""
    found = access.get_report(request.caller, report_id)
    answer = JsonResponse(
        {fact.key: fact.said for fact in facts_of(found)}, json_dumps_params={"ensure_ascii": False}
    )
    return _download(answer, found, "json")


@rule(capability=USE, source_from=access.source_of_report)
def report_text(request: PersonRequest, report_id: UUID) -> HttpResponse:
    """Hand out a report as plain text."""
    found = access.get_report(request.caller, report_id)
    return _download(HttpResponse(as_text(found), content_type="text/plain; charset=utf-8"), found, "txt")


@rule(capability=USE, source_from=access.source_of_report, methods=("POST",))
def hand_over(request: PersonRequest, report_id: UUID) -> HttpResponse:
    """Record that this person has handed a report over."""
    found = access.get_report(request.caller, report_id)
    operations.hand_over(report=found, acting_user=request.caller.actor, at=clock.now())
    return redirect("review:report", report_id=found.id)


def _sealing(item: Item) -> dict[str, Any]:
    return {
        "item": item,
        "kept": ItemPart.objects.filter(item=item).exclude(blob="").count(),
        "hotline": contacts.own_hotline(),
        "contacts": contacts.contacts().abuse,
        "period": periods()[Why.SEALED],
        "names": people(item.locked_by),
    }


def _threat(item: Item, form: ThreatForm) -> dict[str, Any]:
    return {
        "item": item,
        "form": form,
        "contacts": contacts.contacts().threat,
        "own_member_state": contacts.own_member_state(),
        "reports": access.reports_of(item),
    }


def _download(answer: HttpResponse, report: ThreatReport, ending: str) -> HttpResponse:
    answer.headers["Content-Disposition"] = f'attachment; filename="threat-{report.id}.{ending}"'
    return answer
