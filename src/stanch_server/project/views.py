"""What machines ask: whether the service runs, whether it is ready, and its metrics."""

import hmac
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from stanch_server.accounts import clock
from stanch_server.accounts.rules import open_to_all
from stanch_server.project import health, metrics

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


@open_to_all(reason="says nothing but that the process answers")
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers; a supervisor restarts one that does not."""
    return HttpResponse("ok\n", content_type="text/plain")


@open_to_all(reason="says which part is late or full, and neither number nor detail to anybody elsewhere")
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests should be sent here: 200, or 503 with the part that is not as it should be."""
    seen = health.kept.look(now=clock.now())
    answer: dict[str, Any] = {"ready": seen.ready, "parts": dict(seen.verdicts)}
    if from_here(request):
        answer |= {"numbers": dict(seen.numbers), "details": dict(seen.details)}
    return JsonResponse(answer, status=200 if seen.ready else 503)


@open_to_all(reason="only for this machine, or whoever has the token of the settings")
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus."""
    if not from_here(request) and not _has_token(request):
        raise PermissionDenied
    return HttpResponse(metrics.exposition(now=clock.now()), content_type=CONTENT_TYPE_LATEST)


def from_here(request: HttpRequest) -> bool:
    """Whether a request comes from this machine itself, and not through a proxy that runs on it."""
    if any(name in request.META for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    token: str = settings.METRICS_TOKEN
    in_clear = settings.HTTPS and not request.is_secure()  # these pages are not led to HTTPS: see the settings
    known = scheme.lower() == "bearer" and hmac.compare_digest(sent.encode(), token.encode())
    return bool(token) and known and not in_clear
