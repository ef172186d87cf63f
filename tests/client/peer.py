"""A service on a real socket that behaves as the API says, and fails as it is told to."""

import hashlib
import json
import threading
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from email.policy import HTTP
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "stanch_key-of-the-harbour"
RECEIVED = "2026-03-01T09:00:00Z"

Answer = tuple[int, dict[str, str], Any]


class Trouble(Enum):
    """What goes wrong with one request."""

    NONE = auto()
    DROPPED_BEFORE = auto()
    """The connection ends before the service has done anything."""
    DROPPED_AFTER = auto()
    """The service has committed, and the connection ends before it can say so."""
    HALF = auto()
    """The service has committed, and half of its answer arrives."""
    RUBBISH = auto()
    """Something in between answers 200 with a page of its own."""
    BUSY = auto()
    LIMITED = auto()
    GATEWAY = auto()
    GATEWAY_TIMEOUT = auto()
    FAILED = auto()
    SILENT = auto()
    """Nothing comes until the peer is closed."""
    TRICKLE = auto()
    """The head of an answer, and then a byte now and then, for ever."""


STATUS = {Trouble.BUSY: 503, Trouble.LIMITED: 429, Trouble.GATEWAY: 502, Trouble.GATEWAY_TIMEOUT: 504}


class Peer:
    """What the service has, and what it will do next.

    Parameters
    ----------
    troubles : for the requests to come, one by one; none when they are used up.
    """

    def __init__(self) -> None:
        self.troubles: deque[Trouble] = deque()
        self.forever = Trouble.NONE
        self.retry_after = "7"
        self.items: dict[str, dict[str, Any]] = {}
        self.names: dict[str, tuple[str, str]] = {}
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.files: list[dict[str, bytes]] = []
        self.pending = 0
        self.outcome = "allow"
        self.extra: dict[str, Any] = {}
        self.closing = threading.Event()
        self.url = ""
        self._lock = threading.Lock()

    def next_trouble(self) -> Trouble:
        return self.troubles.popleft() if self.troubles else self.forever

    def posts(self) -> list[str]:
        """Return the references of what was taken in, in order."""
        return [item["post"] for item in self.items.values()]

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        with self._lock:
            if headers.get("authorization") != f"Bearer {KEY}":
                return problem(401, "unauthenticated")
            return self._answer(method, path, headers, body)

    def _answer(  # noqa: PLR0911 - one for each call of the API
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> Answer:
        match method, path.removeprefix("/api/v1").partition("?")[0].split("/")[1:]:
            case "POST", ["items"]:
                return self._submit(headers, body)
            case "POST", ["items", "batch"]:
                return 200, {}, {"items": [self._element(each) for each in json.loads(body)["items"]]}
            case "GET", ["items", item]:
                return self._item(item)
            case "DELETE", ["items", item]:
                return (204, {}, None) if self.items.pop(item, None) else problem(404, "not-found")
            case "POST", ["match"]:
                asked = json.loads(body)["queries"]
                return 200, {}, {"results": [{"matches": [], "not_scanned": [], "of": one} for one in asked]}
            case "GET", ["decisions"]:
                return 200, {}, {"decisions": [DECISION], "next": None, "later": "field"}
            case "GET", ["banks"]:
                return 200, {}, {"banks": [{"id": "b-1", "name": "lantern", "state": "enabled"}]}
            case _:
                return problem(404, "not-found")

    def _submit(self, headers: dict[str, str], body: bytes) -> Answer:
        post, files = taken_apart(headers["content-type"], body)
        self.files.append(files)
        if sorted(post.get("media", [])) != sorted(files):
            return problem(422, "invalid", place="$.media")
        return self._take_in(post, headers["idempotency-key"], body)

    def _element(self, sent: dict[str, Any]) -> dict[str, Any]:
        key = sent.pop("idempotency_key")
        status, _, said = self._take_in(sent, key, json.dumps(sent).encode())
        return {"status": status, "item" if status == 200 else "problem": said}

    def _take_in(self, post: dict[str, Any], key: str, body: bytes) -> Answer:
        digest = hashlib.sha256(body).hexdigest()
        if post["audience"] == "private":
            return problem(422, "private-audience", place="$.audience")
        if post.get("text") == "refuse":
            return problem(422, "invalid", place="$.text")
        if key in self.names:
            known, item = self.names[key]
            if known != digest:
                return problem(422, "idempotency-key-reused")
            return 200, {"Idempotent-Replay": "true"}, self.items[item]
        item = str(uuid.UUID(int=len(self.names) + 1))
        self.names[key] = digest, item
        self.items[item] = self._described(item, post)
        return (202 if self.pending else 200), {}, self.items[item]

    def _described(self, item: str, post: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": item,
            "post": post.get("id", ""),
            "account": post.get("account", ""),
            "audience": post["audience"],
            "state": "pending" if self.pending else "done",
            "received": RECEIVED,
            "outcome": None if self.pending else self.outcome,
            "hold_until": None,
            "language": "ar",
            "kinds": ["text"],
            "reasons": [],
            "matches": [],
            "not_scanned": [],
            "remarks": [],
            "decision": None,
            "a field of later": {"nobody": "knows"},
            **self.extra,
        }

    def _item(self, item: str) -> Answer:
        if item not in self.items:
            return problem(404, "not-found")
        if self.pending:
            self.pending -= 1
            if not self.pending:
                self.items[item] |= {"state": "done", "outcome": self.outcome}
        return 200, {}, self.items[item]


DECISION = {
    "id": "d-1",
    "item": "i-1",
    "action": "remove",
    "label": "",
    "content_type": "incites",
    "exemption": "none",
    "assessment": "no exemption applies",
    "reasons": "it is the group's own statement",
    "decided": RECEIVED,
    "undone": None,
}


def problem(status: int, code: str, *, place: str = "") -> Answer:
    said = {"type": f"urn:stanch:problem:{code}", "title": f"It is {code}.", "status": status, "place": place}
    return status, {"Content-Type": "application/problem+json"}, said


def taken_apart(kind: str, body: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the post and the files of a request, as another implementation reads forms."""
    if kind == "application/json":
        return json.loads(body), {}
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    post: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_param("name", header="content-disposition") == "post":
            post = json.loads(content)
        else:
            name = part.get_param("filename", header="content-disposition")
            files[str(name).encode(errors="surrogateescape").decode()] = content
    return post, files


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def _respond(self) -> None:
        peer = self.server.peer
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        peer.requests.append((self.command, self.path, headers, body))
        trouble = peer.next_trouble()
        if trouble in {Trouble.NONE, Trouble.DROPPED_AFTER, Trouble.HALF}:
            answer = peer.answer(self.command, self.path, headers, body)
            self._give(answer, trouble)
        else:
            self._fail(trouble)

    do_GET = do_POST = do_DELETE = _respond  # noqa: N815 - names that the base class asks for

    def _give(self, answer: Answer, trouble: Trouble) -> None:
        status, headers, said = answer
        content = b"" if said is None else json.dumps(said).encode()
        if trouble is Trouble.DROPPED_AFTER:
            self.close_connection = True
            return
        self._head(status, {"Content-Type": "application/json", **headers, "Content-Length": str(len(content))})
        if trouble is Trouble.HALF:
            self.close_connection = True
            content = content[: len(content) // 2]
        self.wfile.write(content)

    def _fail(self, trouble: Trouble) -> None:
        peer = self.server.peer
        self.close_connection = True
        if trouble in STATUS:
            busy = trouble in {Trouble.BUSY, Trouble.LIMITED}
            more = {"Retry-After": peer.retry_after} if busy else {}
            self._head(STATUS[trouble], {"Content-Length": "0", "Date": "Sun, 01 Mar 2026 09:00:00 GMT", **more})
        elif trouble is Trouble.FAILED:
            self._give(problem(500, "failed"), Trouble.NONE)
        elif trouble is Trouble.RUBBISH:
            self._head(200, {"Content-Type": "text/html", "Content-Length": "14"})
            self.wfile.write(b"<h1>Hotel</h1>")
        elif trouble is Trouble.SILENT:
            peer.closing.wait()
        elif trouble is Trouble.TRICKLE:
            self._head(200, {"Content-Type": "application/json"})
            while not peer.closing.wait(0.02):
                self.wfile.write(b" ")

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has given up is no error of the peer."""


@contextmanager
def serving(peer: Peer) -> Iterator[Peer]:
    server = _Server(peer)
    peer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield peer
    finally:
        peer.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
