"""What surrounds every request: its line in the log and its place in the metrics."""

import logging
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

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
        _note(request, name, response.status_code, time.perf_counter() - began)
        response.headers[REQUEST_ID] = name
        return response

    return respond


def _note(request: HttpRequest, name: str, status: int, seconds: float) -> None:
    route, method = route_of(request), request.method if request.method in METHODS else "other"
    metrics.count_request(route=route, method=method or "other", status=status, seconds=seconds)
    fields = {
        "request": name,
        "route": route,
        "method": method,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "actor": getattr(getattr(request, "caller", None), "actor", None),
    }
    log.info("request", extra={logs.READY: fields})


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the address, as the URL configuration has it."""
    found = request.resolver_match
    return f"/{found.route}" if found is not None else NO_ROUTE
