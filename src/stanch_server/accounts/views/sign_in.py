"""Signing in and out."""

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from stanch_server.accounts import clock, doors, operations, sessions
from stanch_server.accounts.errors import SignInLinkError
from stanch_server.accounts.factors import verify
from stanch_server.accounts.forms import AgainForm, CodeForm, SignInForm
from stanch_server.accounts.models import Person
from stanch_server.accounts.names import normalise
from stanch_server.accounts.rules import PersonRequest, open_to_all, own_account

HOME = "console:home"  # by name: the room is above this one
BOTH = ("GET", "POST")


@open_to_all(reason="nobody is signed in before", methods=BOTH)
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by name, passphrase and code."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if (someone := _prove(request, form, form.cleaned_data["name"])) is not None:
            sessions.begin(request, someone, now=clock.now())
            operations.note_sign_in(someone, by="passphrase", now=clock.now())
            return redirect(doors.wanted(request, HOME))
        form.add_error(None, _("Name, passphrase or code is wrong."))
    return render(request, "accounts/sign_in.html", {"form": form, "next": doors.wanted(request, HOME)})


@open_to_all(reason="the token in the address is what proves it", methods=BOTH)
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button; only pressing it uses the link up, so that previews of messages do not."""
    if request.method == "POST":
        try:
            someone = operations.use_sign_in_link(token, now=clock.now())
        except SignInLinkError:
            return render(request, "accounts/link.html", {"spent": True}, status=410)
        sessions.begin(request, someone, now=clock.now())
        return redirect(HOME)
    return render(request, "accounts/link.html", {"spent": False})


@own_account(reason="a step of signing in", methods=BOTH, step=doors.CODE)
@sensitive_post_parameters()
def code(request: PersonRequest) -> HttpResponse:
    """Ask whoever came by a link for the second factor."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = verify(request.caller, form.cleaned_data["code"])
        if device is not None:
            sessions.prove(request, device, now=clock.now())
            operations.note_sign_in(request.caller, by="link", now=clock.now())
            return redirect(HOME)
        operations.note_sign_in_refused(request.caller.sign_in_name, now=clock.now())
        form.add_error("code", _("This code is wrong, was used, or came too soon after a wrong one."))
    return render(request, "accounts/code.html", {"form": form})


@own_account(reason="proves oneself once more", methods=BOTH)
@sensitive_post_parameters()
def again(request: PersonRequest) -> HttpResponse:
    """Ask for passphrase and code before something dangerous."""
    form = AgainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        someone = _prove(request, form, request.caller.sign_in_name)
        if someone is not None and someone.otp_device is not None:
            sessions.prove(request, someone.otp_device, now=clock.now())
            operations.note_sign_in(someone, by="more", now=clock.now())
            return redirect(doors.wanted(request, HOME))
        form.add_error(None, _("Passphrase or code is wrong."))
    return render(request, "accounts/again.html", {"form": form, "next": doors.wanted(request, HOME)})


@own_account(reason="ends one's own session", methods=("POST",), step=doors.ANY_STEP)
def sign_out(request: PersonRequest) -> HttpResponse:
    """End the session."""
    sessions.end(request, why="signed-out", now=clock.now())
    return redirect(doors.SIGN_IN)


def _prove(request: HttpRequest, form: SignInForm | AgainForm, name: str) -> Person | None:
    """Return whom name, passphrase and code belong to; a failure counts and is recorded, unless locked out."""
    someone = authenticate(
        request,
        sign_in_name=normalise(name),
        password=form.cleaned_data["passphrase"],
        token=form.cleaned_data["code"],
    )
    if isinstance(someone, Person):
        return someone
    if getattr(request, "axes_failures_since_start", None) is not None:  # axes does not count who is locked out
        operations.note_sign_in_refused(name, now=clock.now())
    return None
