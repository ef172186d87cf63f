"""One's own account: passphrase, authenticator app, recovery codes."""

import segno
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.i18n import set_language

from stanch_server.accounts import access, clock, doors, operations, sessions
from stanch_server.accounts.forms import CodeForm, PassphraseForm
from stanch_server.accounts.models import Authenticator
from stanch_server.accounts.rules import PersonRequest, open_to_all, own_account
from stanch_server.accounts.views.sign_in import BOTH, HOME

language = open_to_all(reason="pages are read before signing in, too", methods=("POST",))(set_language)


@own_account(reason="one's own account")
def account(request: PersonRequest) -> HttpResponse:
    """Show who is signed in and what they can change."""
    sources = access.sources_with(request.caller, "keys.manage")
    return render(request, "accounts/account.html", {"person": request.caller, "key_sources": sources})


@own_account(reason="one's own passphrase", methods=BOTH, step=doors.PASSPHRASE, fresh=True)
@sensitive_post_parameters()
def passphrase(request: PersonRequest) -> HttpResponse:
    """Set a passphrase: the first after a link, or another later."""
    form = PassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _set_passphrase(request, form):
        return redirect(HOME)
    return render(request, "accounts/passphrase.html", {"form": form, "person": request.caller})


@own_account(reason="one's own second factor", methods=BOTH, step=doors.AUTHENTICATOR, fresh=True)
@sensitive_post_parameters()
def authenticator(request: PersonRequest) -> HttpResponse:
    """Show the code to scan; a code that the app then gives confirms it and brings the recovery codes."""
    device = operations.begin_authenticator(request.caller)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        confirmed = operations.confirm_authenticator(
            request.caller, form.cleaned_data["code"], acting_user=request.caller.actor, now=clock.now()
        )
        if confirmed is not None:
            device, codes = confirmed
            sessions.prove(request, device, now=clock.now())
            operations.note_sign_in(request.caller, by="link", now=clock.now())
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
        form.add_error("code", _("This code is wrong, was used, or came too soon after a wrong one."))
    return render(request, "accounts/authenticator.html", {"form": form, **_to_scan(device)})


@own_account(reason="one's own recovery codes", methods=("POST",), fresh=True)
def recovery_codes(request: PersonRequest) -> HttpResponse:
    """Make new recovery codes and show them once."""
    codes = operations.new_recovery_codes(request.caller, acting_user=request.caller.actor, now=clock.now())
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


def _set_passphrase(request: PersonRequest, form: PassphraseForm) -> bool:
    someone = request.caller
    try:
        operations.set_passphrase(
            someone, form.cleaned_data["passphrase"], acting_user=someone.actor, now=clock.now()
        )
    except ValidationError as error:
        form.add_error("passphrase", error)
        return False
    update_session_auth_hash(request, someone)  # this session stays; all others end
    return True


def _to_scan(device: Authenticator) -> dict[str, str]:
    address: str = device.config_url
    picture = segno.make(address).svg_inline(scale=5, svgclass="qr", omitsize=True)
    return {"picture": mark_safe(picture), "address": address}  # noqa: S308 - drawn here, from no one's markup
