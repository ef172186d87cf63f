"""What was learnt to be a formula: of a bank, of one entry with its passages, and taking it back."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stanch.errors import StanchError
from stanch.matching import LearntOfEntry
from stanch_server.accounts import clock
from stanch_server.accounts.rules import PersonRequest, Scope, by_method, rule
from stanch_server.banks import contents as bank_contents
from stanch_server.banks.access import get_bank, get_entry, may
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake.operations import undo_grams
from stanch_server.review import access
from stanch_server.review.console.contents import REVEALED, sentence_for, status_for
from stanch_server.review.console.learnt import learnt_text
from stanch_server.review.console.words import Said
from stanch_server.review.forms import UnlearnForm
from stanch_server.review.learnt import described, grams_of, learnt_anywhere, learnt_in, learnt_of, others_with
from stanch_server.review.views.shared import INVALID

PAGE: Final = 50
DONE: Final = "done"
SENTENCES: Final[Mapping[str, Said]] = {
    "unlearnt": _("Taken back. It counts again from the next question on."),
    "nothing": _("Nothing was taken back: nothing was learnt here any more."),
}

# A bank may belong to all sources; so the views fetch it through the access function, which authorises.
reading = rule(capability="banks.read", source_from=Scope.ANYWHERE)
asking = rule(capability="banks.write", source_from=Scope.ANYWHERE)
undoing = rule(capability="banks.write", source_from=Scope.ANYWHERE, methods=("POST",))


@reading
def listing(request: PersonRequest, bank_id: UUID) -> HttpResponse:
    """List the entries of a bank of which something was learnt: what waits for a person first."""
    bank = get_bank(request.caller, bank_id, "banks.read")
    found = learnt_in(bank, now=clock.now())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "bank": bank,
        "messages": _messages(request),
        "page": page,
        "rows": described(list(page), bank=bank),
        "waiting": sum(not one.believed for one in found),
        "may_undo": may(request.caller, bank, "banks.write"),
    }
    return render(request, "review/learnt.html", shown)


@reading
def one(request: PersonRequest, bank_id: UUID, entry_id: UUID) -> HttpResponse:
    """Show how much was learnt of an entry; its text only once somebody asks for it."""
    entry = get_entry(request.caller, bank_id, entry_id, "banks.read")
    return render(request, "review/learnt_of.html", _one(request, entry))


@rule(capability="items.reveal", source_from=Scope.ANYWHERE, methods=("POST",))
def reveal(request: PersonRequest, bank_id: UUID, entry_id: UUID) -> HttpResponse:
    """Show an entry with the passages that were learnt, recorded. To htmx only the text is sent, else a page."""
    entry = access.get_entry_to_reveal(request.caller, bank_id, entry_id)
    status, said = _revealed(request, entry)
    if request.headers.get("HX-Request"):
        answer = render(request, "review/_learnt_text.html", {"entry": entry, **said}, status=status)
    else:
        answer = render(request, "review/learnt_of.html", {**_one(request, entry), **said}, status=status)
    answer.headers["X-Part"] = "true"  # a refusal is shown where the content would have been
    return answer


@asking
def ask(request: PersonRequest, bank_id: UUID) -> HttpResponse:
    """Say what taking back all that was learnt of a bank changes, before it does."""
    return _ask(request, get_bank(request.caller, bank_id, "banks.write"), None, UnlearnForm())


@undoing
def undo(request: PersonRequest, bank_id: UUID) -> HttpResponse:
    """Take back all that was learnt of a bank."""
    return _undo(request, get_bank(request.caller, bank_id, "banks.write"), None)


@asking
def ask_of(request: PersonRequest, bank_id: UUID, entry_id: UUID) -> HttpResponse:
    """Say what taking back what was learnt of an entry changes, before it does."""
    entry = get_entry(request.caller, bank_id, entry_id, "banks.write")
    return _ask(request, entry.bank, entry, UnlearnForm())


@undoing
def undo_of(request: PersonRequest, bank_id: UUID, entry_id: UUID) -> HttpResponse:
    """Take back what was learnt of an entry."""
    entry = get_entry(request.caller, bank_id, entry_id, "banks.write")
    return _undo(request, entry.bank, entry)


unlearn = by_method(GET=ask, POST=undo)
unlearn_of = by_method(GET=ask_of, POST=undo_of)


def _one(request: PersonRequest, entry: Entry) -> dict[str, Any]:
    return {
        "bank": entry.bank,
        "entry": entry,
        "learnt": learnt_of(entry, now=clock.now()),
        "may_reveal": access.may_reveal_entry(request.caller, entry),
        "may_undo": may(request.caller, entry.bank, "banks.write"),
    }


def _revealed(request: PersonRequest, entry: Entry) -> tuple[int, dict[str, Any]]:
    """Return the text of an entry with what was learnt of it, or why it cannot be shown, each with its status."""
    now = clock.now()
    try:
        data = bank_contents.open_content(entry=entry, acting_user=request.caller.actor, reason=REVEALED, now=now)
    except (StanchError, Http404) as error:
        return status_for(error), {"problem": sentence_for(error)}
    found = learnt_of(entry, now=now)
    return 200, {"text": learnt_text(data, entry, found.of.grams if found else ())}


def _ask(
    request: PersonRequest, bank: Bank, entry: Entry | None, form: UnlearnForm, *, status: int = 200
) -> HttpResponse:
    every = learnt_anywhere(now=clock.now())
    meant = [one for one in every if _is_meant(one, bank, entry)]
    grams = grams_of(meant)
    others = [one for one in every if not _is_meant(one, bank, entry)]
    shown = {
        "bank": bank,
        "entry": entry,
        "form": form,
        "entries": len(meant),
        "grams": len(grams),
        "others": others_with(grams, others, caller=request.caller),
        "known_good": bank.purpose == Bank.Purpose.KNOWN_GOOD,
    }
    return render(request, "review/unlearn.html", shown, status=status)


def _undo(request: PersonRequest, bank: Bank, entry: Entry | None) -> HttpResponse:
    """Take back whatever is learnt at this moment of a bank, or of one of its entries."""
    form, now = UnlearnForm(request.POST), clock.now()
    if not form.is_valid():
        return _ask(request, bank, entry, form, status=INVALID)
    meant = [one for one in learnt_anywhere(now=now) if _is_meant(one, bank, entry)]
    gone = undo_grams(
        grams=grams_of(meant),
        acting_user=request.caller.actor,
        at=now,
        reason=form.cleaned_data["reason"],
        bank=bank,
        **({} if entry is None else {"entry": str(entry.id)}),
    )
    word = urlencode({DONE: "unlearnt" if gone else "nothing"})
    return redirect(f"{reverse('review:learnt', args=[bank.id])}?{word}")


def _is_meant(one: LearntOfEntry, bank: Bank, entry: Entry | None) -> bool:
    return one.bank == bank.name if entry is None else one.entry == str(entry.id)


def _messages(request: PersonRequest) -> list[Said]:
    said = SENTENCES.get(request.GET.get(DONE, ""))
    return [said] if said else []
