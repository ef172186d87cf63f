"""What surrounds every request."""

from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from stanch_server.accounts import clock, rules, sessions

# Everything comes from here and nothing is inline. `same-origin`, not `no-referrer`: with the latter browsers send
# `Origin: null` along with forms, and Django rightly refuses those; other sites get no referrer either way.
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}

Next = Callable[[HttpRequest], HttpResponse]


def security_headers(get_response: Next) -> Next:
    """Give every response its headers; pages of people are kept by no cache."""

    def respond(request: HttpRequest) -> HttpResponse:
        return with_security_headers(get_response(request))

    return respond


def with_security_headers(response: HttpResponse) -> HttpResponse:
    """Return a response with its headers."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def session_limits(get_response: Next) -> Next:
    """End sessions in time, before anything acts on them."""

    def respond(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            sessions.enforce(request, now=clock.now())
        return get_response(request)

    return respond


class RulesFirst:
    """Refuse every page that carries no rule: forgetting one closes a page instead of opening it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_view(self, _request: HttpRequest, view: rules.View, *_arguments: object) -> None:
        """Look at the page that was found.

        Raises
        ------
        PermissionDenied
            If nobody has said who may open it.
        """
        if not rules.rules_of(view):
            raise PermissionDenied
