"""Errors for programs: problem documents (RFC 9457)."""

import msgspec
from django.http import HttpResponse


def problem(status: int, code: str, title: str) -> HttpResponse:
    """Return a problem document.

    Parameters
    ----------
    status : of HTTP.
    code : stable, for programs; it becomes the problem's type.
    title : a short English sentence, the same for each code.
    """
    body = {"type": f"urn:stanch:problem:{code}", "title": title, "status": status}
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/problem+json")


def unauthenticated() -> HttpResponse:
    """Return 401: no key, or none that is valid."""
    response = problem(401, "unauthenticated", "Send a valid API key: Authorization: Bearer stanch_…")
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refused() -> HttpResponse:
    """Return 403: the key is valid, but not for this."""
    return problem(403, "refused", "This key has not the capability that this needs.")


def not_found() -> HttpResponse:
    """Return 404: there is no such thing that the key may know of."""
    return problem(404, "not-found", "There is no such thing here.")
