"""What stands before a page for people: signing in, the second factor, and proving it once more."""

from datetime import datetime
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from stanch_server.accounts import sessions
from stanch_server.accounts.factors import has_authenticator
from stanch_server.accounts.models import Person

SIGN_IN: Final = "accounts:sign-in"
CODE: Final = "accounts:code"
PASSPHRASE: Final = "accounts:passphrase"  # noqa: S105 - the name of a page
AUTHENTICATOR: Final = "accounts:authenticator"
AGAIN: Final = "accounts:again"
ANY_STEP: Final = "any"
NEXT: Final = "next"


def person(request: HttpRequest) -> Person:
    """Return who is signed in, after `detour` has found somebody."""
    assert isinstance(request.user, Person)
    return request.user


def detour(request: HttpRequest, *, step: str | None, fresh: bool, now: datetime) -> HttpResponse | None:
    """Return where a request has to go first, None if nothing is missing.

    Parameters
    ----------
    step : which the page itself is; it opens to those who are at it, and to nobody who is before it.
    fresh : whether the person must have shown within ten minutes who they are.
    """
    if not request.user.is_authenticated:
        return _send(request, SIGN_IN)
    missing = missing_step(request)
    if missing is not None:
        return None if step in {missing, ANY_STEP} else redirect(missing)
    if fresh and not sessions.proved_recently(request, now=now):
        return _send(request, AGAIN)
    return None


def missing_step(request: HttpRequest) -> str | None:
    """Return the step of signing in that a person has to take next, None if they have taken all."""
    someone = person(request)
    if someone.otp_device is not None:
        return None
    if has_authenticator(someone):
        return CODE
    return AUTHENTICATOR if someone.has_usable_password() else PASSPHRASE


def wanted(request: HttpRequest, otherwise: str) -> str:
    """Return the page of ours that a person wanted before a detour."""
    page = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    ours = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if ours else reverse(otherwise)


def _send(request: HttpRequest, name: str) -> HttpResponse:
    page = request.get_full_path() if request.method in {"GET", "HEAD"} else _page_of_the_form(request)
    query = urlencode({NEXT: page}) if page else ""
    return redirect(f"{reverse(name)}?{query}" if query else reverse(name))


def _page_of_the_form(request: HttpRequest) -> str:
    """Return the page of ours on which a form was filled in; it has to be sent again, by the person."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from._replace(scheme="", netloc="").geturl() if came_from.netloc == request.get_host() else ""
