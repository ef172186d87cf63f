"""Errors for programs: problem documents (RFC 9457)."""

from collections.abc import Mapping

import msgspec
from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True, frozen=True):
    """A problem document.

    Parameters
    ----------
    type : `urn:stanch:problem:` and a stable code, for programs.
    title : a short English sentence, the same for each code.
    status : of HTTP.
    detail : what it was this time.
    place : where in what was sent, as a path of JSON: `$.links[2]`.
    """

    type: str
    title: str
    status: int
    detail: str = ""
    place: str = ""


def problem(
    status: int,
    code: str,
    title: str,
    *,
    detail: str = "",
    place: str = "",
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return a problem document as an answer; the parameters are those of `Problem`."""
    body = document(status, code, title, detail=detail, place=place)
    response = HttpResponse(msgspec.json.encode(body), status=status, content_type=CONTENT_TYPE)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def document(status: int, code: str, title: str, *, detail: str = "", place: str = "") -> Problem:
    """Return the document itself; the parameters are those of `Problem`."""
    return Problem(
        type=f"urn:stanch:problem:{code}", title=title, status=status, detail=detail[:1000], place=place[:200]
    )


def unauthenticated() -> HttpResponse:
    """Return 401: no key, or none that is valid."""
    title = "Send a valid API key: Authorization: Bearer stanch_…"
    return problem(401, "unauthenticated", title, headers={"WWW-Authenticate": "Bearer"})


def refused(capability: str = "") -> HttpResponse:
    """Return 403: the key is valid, but not for this, which needs a capability that it has not."""
    detail = f"It needs {capability}: make a key that has it." if capability else ""
    return problem(403, "refused", "This key has not the capability that this needs.", detail=detail)


def not_found() -> HttpResponse:
    """Return 404: there is no such thing that the key may know of."""
    return problem(404, "not-found", "There is no such thing here.")
