"""The way in for programs: no session, no cookie, no language, so none of the middleware that is about those."""

import logging
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, URLResolver, get_resolver, resolve

from stanch_server.accounts import problems
from stanch_server.accounts.rules import rules_of
from stanch_server.endpoints.endpoint import BUSY_SECONDS
from stanch_server.endpoints.problems import busy, invalid
from stanch_server.outbox.worker import describe

PREFIX: Final = "/api/"
UTF_8: Final = "utf-8"

Next = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger(__name__)


def api_door(get_response: Next) -> Next:
    """Lead requests of programs straight to their endpoint; as everywhere, one without a rule opens for nobody."""

    def respond(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        if settings.HTTPS and not request.is_secure():
            return problems.problem(403, "insecure", "Use HTTPS: a key that is sent in clear is known to others.")
        try:
            return _answer(request)
        except (OperationalError, InterfaceError):  # the database went away before the endpoint was reached
            return busy(BUSY_SECONDS).response()
        except (SuspiciousOperation, BadRequest):  # what Django itself refuses to read: too many parameters
            return invalid("This request has too much in its address.").response()
        except Exception as error:  # noqa: BLE001 - an answer of the documented form is owed for whatever it was
            got_request_exception.send(sender=None, request=request)
            return failed(error)

    return respond


def failed(error: Exception) -> HttpResponse:
    """Return what is answered to an error that nobody has foreseen, or that is the database's."""
    if isinstance(error, OperationalError | InterfaceError):
        return busy(BUSY_SECONDS).response()
    log.error("an endpoint failed: %s", describe(error))  # its message may hold content
    return problems.problem(500, "failed", "The service failed here; nothing was acknowledged.")


_fixed: dict[tuple[URLResolver, str], ResolverMatch] = {}
"""What addresses without arguments lead to: there are only as many as the URL configuration has."""


def _resolved(path: str) -> ResolverMatch:
    """Return what an address leads to; to walk through all patterns takes a twentieth of a short request."""
    place = get_resolver(), path
    found = _fixed.get(place) or resolve(path)
    if not found.args and not found.kwargs:
        _fixed[place] = found
    return found


def _answer(request: HttpRequest) -> HttpResponse:
    try:
        found = _resolved(request.path_info)
    except Resolver404:
        return problems.not_found()
    request.resolver_match = found
    if request.encoding is not None:  # addresses and forms are in UTF-8, whatever charset a body claims for itself
        request.encoding = UTF_8
    if not rules_of(found.func):
        return problems.refused()
    response: HttpResponse = found.func(request, *found.args, **found.kwargs)
    if response.status_code == 405:
        return problems.problem(
            405, "method-not-allowed", "This method is not for this address.", headers={"Allow": response["Allow"]}
        )
    return response
