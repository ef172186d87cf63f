"""HTTP without sockets: requests and answers as values, and how each call of the API is written."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import msgspec

from stanch.client.posts import POST_FIELD, Names, NewPost, Query, wire

API = "/api/v1"
JSON = "application/json"
IDEMPOTENCY_KEY = "Idempotency-Key"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is sent, byte for byte the same at every attempt; the API key is added by whoever sends it."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """What came back, whole; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """That no whole answer came back, and why. The service may have acted on the request all the same."""

    problem: str


def submission(post: NewPost, *, files: Mapping[str, bytes], key: str, respond_async: bool = False) -> Request:
    """Return the request that submits a post with its files."""
    names = Names()
    sent = {names.free(name): content for name, content in files.items()}
    text = msgspec.json.encode(wire(post, media=tuple(sent)))
    kind, body = _form(text, sent) if sent else (JSON, text)
    prefer = {"Prefer": "respond-async"} if respond_async else {}
    headers = {"Content-Type": kind, IDEMPOTENCY_KEY: key, **prefer}
    return Request(method="POST", path=f"{API}/items", headers=headers, body=body)


def batch(elements: Iterable[bytes]) -> Request:
    """Return the request that submits several posts, each written by `element`."""
    return posted(b'{"items":[' + b",".join(elements) + b"]}", "items", "batch")


def element(post: NewPost, *, key: str) -> bytes:
    """Return one post of a batch."""
    return msgspec.json.encode(wire(post, key=key))


def match(queries: Iterable[Query]) -> Request:
    """Return the request that asks about hashes, links and texts."""
    return posted(msgspec.json.encode({"queries": list(queries)}), "match")


def posted(body: bytes, *steps: str) -> Request:
    """Return a request that posts JSON."""
    return Request(method="POST", path=_path(steps), headers={"Content-Type": JSON}, body=body)


def got(*steps: str, **parameters: str | None) -> Request:
    """Return a request that reads; steps of the path are quoted, parameters that are None are left out."""
    given = urlencode({name: value for name, value in parameters.items() if value is not None})
    return Request(method="GET", path=_path(steps) + (f"?{given}" if given else ""))


def deleted(*steps: str) -> Request:
    """Return a request that deletes."""
    return Request(method="DELETE", path=_path(steps))


def _path(steps: Iterable[str]) -> str:
    return "/".join([API, *(quote(step, safe="") for step in steps)])


def _form(post: bytes, files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Return type and bytes of a form; its boundary follows from what it holds, so that a repetition is equal."""
    digest = hashlib.sha256(post)
    for name, content in files.items():
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    boundary = f"stanch-{digest.hexdigest()}"
    pieces = [_field(boundary, f'name="{POST_FIELD}"', JSON, post)]
    for name, content in files.items():
        pieces.append(_field(boundary, f'name="file"; filename="{name}"', "application/octet-stream", content))
    return f"multipart/form-data; boundary={boundary}", b"".join(pieces) + f"--{boundary}--\r\n".encode()


def _field(boundary: str, named: str, kind: str, content: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {named}\r\nContent-Type: {kind}\r\n\r\n"
    return head.encode() + content + b"\r\n"
