"""What surrounds every request: its line in the log and its place in the metrics."""

import logging
import time
import uuid
from collections.abc import Callable, Iterable

import structlog
from django.http import HttpRequest, HttpResponse

from stanch_server.endpoints.answered import Answered
from stanch_server.project import logs, metrics

Next = Callable[[HttpRequest], HttpResponse]

NO_ROUTE = "(none)"
REQUEST_ID = "X-Request-ID"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = logging.getLogger(__name__)


def observe(get_response: Next) -> Next:
    """Give a request an id, then log and count it by its route's pattern: an address may hold a token or an id."""

    def respond(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        name = uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request=name):
            response = get_response(request)
        answered = Answered(
            name=name,
            route=route_of(request),
            method=request.method or "",
            status=response.status_code,
            seconds=time.perf_counter() - began,
            actor=getattr(getattr(request, "caller", None), "actor", None),
        )
        note([answered])
        response.headers[REQUEST_ID] = name
        return response

    return respond


def note(several: Iterable[Answered]) -> None:
    """Log and count requests that were answered: a line for each, all of them written at once."""
    lines = []
    for one in several:
        known = one.method if one.method in METHODS else "other"
        metrics.count_request(route=one.route, method=known, status=one.status, seconds=one.seconds)
        fields = {
            "request": one.name,
            "route": one.route,
            "method": known,
            "status": one.status,
            "ms": round(one.seconds * 1000, 1),
            "actor": one.actor,
        }
        lines.append(fields)
    if lines:
        log.info("request", extra={logs.EACH: lines})


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the address, as the URL configuration has it."""
    found = request.resolver_match
    return f"/{found.route}" if found is not None else NO_ROUTE
