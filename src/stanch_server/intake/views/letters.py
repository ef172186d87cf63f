"""Dead letters: messages that no attempt could deliver. Their content is not shown."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from stanch_server.accounts import access as accounts
from stanch_server.accounts import clock
from stanch_server.accounts.rules import PersonRequest, rule
from stanch_server.intake.views.webhooks import MANAGE, READ, may_manage
from stanch_server.intake.webhooks import letters as messages
from stanch_server.intake.webhooks import words
from stanch_server.intake.webhooks.letters import PAGE, source_of_letter
from stanch_server.outbox.handlers import lane_of

LIST = "intake:letters"


@rule(capability=READ, source_from="source_id")
def letters(request: PersonRequest, source_id: UUID) -> HttpResponse:
    """List a source's dead letters, newest first."""
    before = request.GET.get("before", "")
    source = accounts.get_source(request.caller, source_id, READ)
    found = messages.letters_of(
        request.caller, source_id, before=int(before) if before.isascii() and before.isdecimal() else None
    )
    shown = {
        "source": source,
        "letters": [
            {
                "row": letter,
                "kind": words.kind(letter.kind),
                "problem": words.problem(letter.last_error),
                "item": letter.key.partition(" ")[2],
                "webhook": lane_of(letter.key),
            }
            for letter in found
        ],
        "next": found[-1].id if len(found) == PAGE else None,
        "may_manage": may_manage(request, source),
    }
    return render(request, "intake/webhooks_letters.html", shown)


@rule(capability=MANAGE, source_from="source_id", methods=("POST",), fresh=True)
def replay_all(request: PersonRequest, source_id: UUID) -> HttpResponse:
    """Send all dead letters of a source once more."""
    messages.replay_letters(source=source_id, acting_user=request.caller.actor, at=clock.now())
    return redirect(LIST, source_id=source_id)


@rule(capability=MANAGE, source_from=source_of_letter, methods=("POST",), fresh=True)
def settle(request: PersonRequest, letter_id: int) -> HttpResponse:
    """Send a dead letter once more, or let it go."""
    letter = messages.get_letter(request.caller, letter_id)
    source = source_of_letter(letter_id)
    act = messages.discard_letter if "discard" in request.POST else messages.replay_letter
    act(letter=letter, acting_user=request.caller.actor, at=clock.now())
    return redirect(LIST, source_id=source)
