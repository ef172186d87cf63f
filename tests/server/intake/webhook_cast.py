"""A receiver that tests can tell what to answer, and items to tell it of."""

import ssl
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from standardwebhooks.webhooks import Webhook as Verifier

from stanch_server.accounts.models import Source
from stanch_server.intake.models import Item, Webhook
from stanch_server.intake.webhooks import announce, operations
from stanch_server.outbox.worker import Delivered, run_once
from tests.server.conftest import START

LATER = datetime(2100, 1, 1, tzinfo=UTC)
"""When the tests' worker looks: everything that was queued is due by then."""
ARABIC = "أُزيل المنشور لأنه يحرّض على العنف؛ see §7 – «الفانوس»\u200f\u0000\u2028"
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Letter:
    """What a receiver got: where, with which headers, the very bytes."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def read(self, secret: str) -> Any:
        """Return the message if the signature is right, as any receiver would."""
        return Verifier(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """A listener on this machine. `answers` are used up one by one; then it says 204."""

    url: str = ""
    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    answers: list[int | Answer] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["content-length"]))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.letters.append(Letter(handler.path, headers, body))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, int):
            handler.send_response(answer)
            handler.send_header("content-length", "0")
            handler.end_headers()
        else:
            answer(handler)


@contextmanager
def receiving(certificate: Path | None = None) -> Iterator[Receiver]:
    """Listen on this machine, with TLS if a certificate (and its key, in one file) is given."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # whoever hangs up is no news
        receiver.port = server.server_address[1]
        receiver.url = f"http://127.0.0.1:{receiver.port}/hooks?of=harbour"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            context.sni_callback = lambda _socket, name, _context: receiver.names.append(name)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def certificate(path: Path, name: str) -> Path:
    """Write a certificate for a name, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(serialization.Encoding.PEM, form, plain)
    )
    return path


def make_item(source: Source, **fields: Any) -> Item:
    usual = {"reference": "post-7", "account": "a-1", "audience": "public", "state": "done", "level": 3}
    return Item.objects.create(source=source, key=uuid.uuid4(), received=START, **usual | fields)


def add(source: Source, url: str) -> tuple[Webhook, str]:
    return operations.add_webhook(source=source, url=url, acting_user="alice", at=START)


def tell(item: Item, kind: str = "item.outcome", **said: Any) -> int:
    with transaction.atomic():
        return announce(item=item, kind=kind, at=START, **said)


def deliver(*, days: float = 0, worker: str = "w") -> Delivered:
    """Deliver what is due, as long after everything was queued as is said."""
    return run_once(worker=worker, now=LATER + timedelta(days=days))
