"""The source's receiver of webhooks: it verifies each message with the standard's own library, and keeps it."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook

PATIENCE = 30.0
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass
class Listener:
    """What arrived, as it arrived, and the address on which it listens."""

    address: str = ""
    arrived: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def listening(self) -> Iterator["Listener"]:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def verified(self, secret: str, kind: str, item: str) -> dict[str, Any]:
        """Wait for a message about an item, and return its data; it must bear the signature of this secret."""
        with self.news:
            found = self.news.wait_for(lambda: self._message(secret, kind, item), timeout=PATIENCE)
        assert found, f"no {kind} of {item} has arrived"
        return found

    def _message(self, secret: str, kind: str, item: str) -> dict[str, Any] | None:
        for body, headers in self.arrived:
            message: dict[str, Any] = Webhook(secret).verify(body, headers)
            if (message["type"], message["data"].get("item")) == (kind, item):
                return dict(message["data"])
        return None

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(204)
                self.end_headers()
                with listener.news:
                    listener.arrived.append((body, {name: self.headers[name] for name in HEADERS}))
                    listener.news.notify_all()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
