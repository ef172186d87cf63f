"""Requests as a server hands them to the application, whatever a client made of them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from stanch_server.endpoints.turns import Application


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request.

    Parameters
    ----------
    path : as it stands in the address, percent-encoded or not; `query` what follows the question mark.
    length : what it says of its length; None for what is true, empty for nothing.
    """

    method: str = "POST"
    path: str = "/api/v1/items"
    query: str = ""
    body: bytes = b""
    kind: str | None = "application/json"
    length: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Told:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        """Its JSON."""
        return json.loads(self.body)


def ask(application: Application, asked: Asked, headers: Mapping[str, str]) -> Told:
    """Return what the application answers; `headers` are those that every request of the campaign has."""
    begun: list[Any] = []

    def begin(status: str, fields: list[tuple[str, str]], _error: object = None, /) -> Callable[[bytes], object]:
        begun.extend([status, fields])
        return begun.append

    chunks = application(_environ(asked, headers), begin)
    body = b"".join(chunks)
    if close := getattr(chunks, "close", None):
        close()
    return Told(status=int(begun[0][:3]), headers=dict(begun[1]), body=body)


def _environ(asked: Asked, headers: Mapping[str, str]) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": asked.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _unquoted(asked.path),
        "QUERY_STRING": asked.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(asked.body)) if asked.length is None else asked.length,
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(asked.body),
        "wsgi.errors": BytesIO(),
    }
    if asked.kind is not None:
        environ["CONTENT_TYPE"] = asked.kind
    for name, value in {**headers, **asked.headers}.items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return environ


def _unquoted(path: str) -> str:
    """Return a path as WSGI has it: each byte as one character."""
    return unquote_to_bytes(path.encode("utf-8", "surrogateescape")).decode("latin-1")
