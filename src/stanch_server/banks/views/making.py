"""A new bank."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from stanch.errors import BankExistsError
from stanch_server.accounts import access as accounts
from stanch_server.accounts import clock
from stanch_server.accounts.rules import PersonRequest, Scope, rule
from stanch_server.banks import access, operations
from stanch_server.banks.forms import BankForm
from stanch_server.banks.sentences import sentence
from stanch_server.banks.views.said import with_word

MANAGING = "banks.manage"


@rule(capability=MANAGING, source_from=Scope.ANYWHERE)
def new(request: PersonRequest) -> HttpResponse:
    """Ask what the bank is."""
    return render(request, "banks/new.html", {"form": _form(request)})


@rule(capability=MANAGING, source_from=Scope.ANYWHERE, methods=("POST",))
def make(request: PersonRequest) -> HttpResponse:
    """Make it, in shadow."""
    form = _form(request)
    if form.is_valid():
        source = form.cleaned_data["source"]
        accounts.require(request.caller, MANAGING, source)
        try:
            bank = operations.create_bank(
                info=form.cleaned_data["info"], source=source, acting_user=request.caller.actor, at=clock.now()
            )
        except BankExistsError as error:
            form.add_error("name", ValidationError(sentence(error)))
        else:
            return redirect(with_word("made", "banks:bank", bank.id))
    return render(request, "banks/new.html", {"form": form}, status=422)


def _form(request: PersonRequest) -> BankForm:
    given = [request.POST] if request.method == "POST" else []
    return BankForm(
        *given,
        sources=accounts.sources_with(request.caller, MANAGING),
        everywhere=access.everywhere(request.caller, MANAGING),
    )
