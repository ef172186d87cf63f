"""What acts on a service while its processes are killed: programs, a reviewer, a bank's owner, and a listener.

Each repeats what was not acknowledged until it is, as real callers do, and keeps what was.
"""

import http.client
import http.server
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from tests.server.campaigns.actor_words import CSRF, STATEMENT, post_text

PATIENCE = 240.0
PAUSE = 0.05


@dataclass
class Listener:
    """The source's receiver of webhooks: it refuses some, and keeps what it acknowledged, in order of arrival."""

    seed: int
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def listening(self) -> Iterator[str]:
        listener, luck = self, random.Random(self.seed)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with listener.lock:
                    status = 500 if luck.random() < 0.02 else 204
                    if status == 204:
                        listener.keep(self.headers["webhook-id"], json.loads(body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def keep(self, name: str, message: dict[str, Any]) -> None:
        if name not in self.messages:
            self.order.append(name)
        assert self.messages.setdefault(name, message) == message, "two messages under one id"

    def kinds_of(self, item: str) -> list[str]:
        """Return what was told of an item, in the order in which it first arrived."""
        said = (self.messages[name] for name in self.order)
        return [one["type"] for one in said if one["data"]["item"] == item]


@dataclass
class Caller:
    """Sends until it is acknowledged."""

    port: int
    headers: dict[str, str]

    def until(self, wanted: set[int], method: str, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        """Repeat a request until it is answered with one of the wanted statuses."""
        limit = time.monotonic() + PATIENCE
        while True:
            status, said = self._once(method, path, body, headers)
            if status in wanted:
                return status, said
            assert status in {0, 429, 503}, (method, path, status, said)
            assert time.monotonic() < limit, (method, path, status, said)
            time.sleep(PAUSE)

    def _once(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {**self.headers, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()


@dataclass
class Acts:
    """Everything that is done to the service, and what of it was acknowledged."""

    port: int
    key: str
    bank: str
    session: str
    total: int
    seed: int
    items: dict[str, str] = field(default_factory=dict)
    later: set[str] = field(default_factory=set)
    held: list[str] = field(default_factory=list)
    decided: dict[str, str] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    failures: list[BaseException] = field(default_factory=list)
    submitted: threading.Event = field(default_factory=threading.Event)

    @property
    def program(self) -> Caller:
        return Caller(self.port, {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"})

    @property
    def reviewer(self) -> Caller:
        cookies = f"stanch={self.session}; stanch-csrf={CSRF}"
        return Caller(self.port, {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"})

    def run(self) -> None:
        """Do all of it, some at once."""
        threads = [
            threading.Thread(target=self._guarded, args=(work,))
            for work in (lambda: self.submit(0), lambda: self.submit(1), self.decide, self.change_banks)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def _guarded(self, work: Any) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told by the thread that waits
            self.failures.append(error)

    def submit(self, half: int) -> None:
        """Send seven tenths of all acts as posts; every fifth is a known statement, every ninth can wait."""
        for number in range(half, self.total * 7 // 10, 2):
            known, waits = number % 5 == 0, number % 9 == 0
            text = STATEMENT if known else post_text(self.seed + number)
            name = f"post-{number}"
            body = json.dumps({"audience": "public", "id": name, "text": text}).encode()
            headers = {"Idempotency-Key": name, **({"Prefer": "respond-async"} if waits else {})}
            _, said = self.program.until({200, 202}, "POST", "/api/v1/items", body, **headers)
            item = json.loads(said)["id"]
            self.items[name] = item
            if waits:
                self.later.add(item)
            elif known:
                self.held.append(item)

    def decide(self) -> None:
        """Decide on what is held, a seventh of all acts, and undo every third decision."""
        for number in range(self.total // 10):
            limit = time.monotonic() + PATIENCE
            while len(self.held) <= number:
                assert time.monotonic() < limit, "nothing is held"
                assert not self.failures
                time.sleep(PAUSE)
            item = self.held[number]
            self._decide_on(item, number)
            if number % 3 == 0:
                self._undo(item)

    def _decide_on(self, item: str, number: int) -> None:
        form = {
            "csrfmiddlewaretoken": CSRF,
            "token": str(UUID(int=self.seed * 10_000 + number)),
            "action": "restrict",
            "content_type": "incites",
            "exemption": "none",
            "assessment": "It reports on nothing and comments on nothing.",
            "reasons": "It is the statement of the Grey Lantern itself.",
        }
        self.reviewer.until({302}, "POST", f"/items/{item}/decide/", urlencode(form).encode())
        page = f"/api/v1/items/{item}"
        _, said = self.program.until({200}, "GET", page, b"")
        decision = json.loads(said)["decision"]
        assert decision is not None, "a decision that was acknowledged is not there"
        self.decided[item] = decision["id"]

    def _undo(self, item: str) -> None:
        form = {"csrfmiddlewaretoken": CSRF, "reason": "A mistake."}
        path = f"/decisions/{self.decided[item]}/undo/"
        self.reviewer.until({302, 409}, "POST", path, urlencode(form).encode())  # 409: an unheard answer before
        self.undone.add(item)

    def change_banks(self) -> None:
        """Add a link for each tenth of all acts, and remove every second one again."""
        for number in range(self.total // 10):
            link = f"https://lantern.example/drop/{self.seed}/{number}"
            body = json.dumps({"link": link}).encode()
            path = f"/api/v1/banks/{self.bank}/entries"
            self.program.until({200, 409}, "POST", path, body)  # 409: of an attempt that was not heard
            self.added.add(link)
            if number % 2:
                self.program.until({204, 404}, "DELETE", f"{path}/{self._entry(link)}", b"")
                self.removed.add(link)

    def _entry(self, link: str) -> str:
        body = json.dumps({"queries": [{"link": link}]}).encode()
        _, said = self.program.until({200}, "POST", "/api/v1/match", body)
        matches = json.loads(said)["results"][0]["matches"]
        exact = [one["entry"] for one in matches if one["distance"] == 0]
        assert len(exact) == 1, "an entry that was acknowledged is not found by the next question, or twice"
        return str(exact[0])
