"""Bytes to typed values at the door, and values to answers."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from stanch_server.endpoints.problems import ProblemError, invalid, too_large, unsupported
from stanch_server.endpoints.slow import waiting_for_a_body

T = TypeVar("T")
JSON = "application/json"


def body_of(request: HttpRequest, *, limit: int | None = None) -> bytes:
    """Return the body of a request of JSON.

    Raises
    ------
    ProblemError
        413 if it is larger than the limit, 415 if it says that it is something else.
    """
    if request.content_type not in {JSON, ""}:
        raise unsupported(JSON)
    return read_at_most(request, limit or settings.LARGEST_REQUEST)


def read_at_most(request: HttpRequest, limit: int) -> bytes:
    """Read a body, the whole of it and no more than is taken.

    Raises
    ------
    ProblemError
        413 if it is larger; 422 if it does not say how long it is, or less came: half a file is another file.
    """
    declared = declared_length(request)
    if declared > limit:
        raise too_large(limit)
    if not declared and "HTTP_TRANSFER_ENCODING" in request.META:
        raise invalid("Say how long the body is: it is not taken in chunks.", code="length-required")
    try:
        with waiting_for_a_body():
            body: bytes = request.read(limit + 1)
    except OSError as error:
        raise _broken_off() from error
    if len(body) > limit:
        raise too_large(limit)
    if len(body) < declared:
        raise _broken_off()
    return body


def _broken_off() -> ProblemError:
    return invalid("The request broke off before it was complete.", code="broken-off")


def declared_length(request: HttpRequest) -> int:
    """Return how long a body is said to be, as Django reads it; 0 if nothing is said, or no number."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def decoded(data: bytes, kind: type[T]) -> T:
    """Return JSON as a typed value.

    Raises
    ------
    ProblemError
        422 if it is not JSON or not of this type; it says what was wrong, and where.
    """
    try:
        value: T = _decoder(kind).decode(data)
    except msgspec.ValidationError as error:
        raise misfit(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid(f"This is not JSON: {error}") from error
    return value


def misfit(error: msgspec.ValidationError) -> ProblemError:
    """Return 422 for what does not fit its type; msgspec says where at the end of its message."""
    said, _, place = str(error).partition(" - at `")
    return invalid(said, place=place.removesuffix("`"))


def answer(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a value as JSON."""
    response = HttpResponse(encoded(value), status=status, content_type=JSON)
    for name, said in (headers or {}).items():
        response.headers[name] = said
    return response


def encoded(value: object) -> bytes:
    """Return a value as the JSON that `answer` sends."""
    return _ENCODER.encode(value)


_ENCODER = msgspec.json.Encoder(decimal_format="number")


_DECODERS: dict[type, msgspec.json.Decoder[Any]] = {}


def _decoder(kind: type[Any]) -> msgspec.json.Decoder[Any]:
    if kind not in _DECODERS:
        _DECODERS[kind] = msgspec.json.Decoder(kind)
    return _DECODERS[kind]
