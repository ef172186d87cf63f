"""The receiver of the documentation, as it is pasted, and a service that sends to it."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone

from stanch_server.accounts.models import Source
from stanch_server.intake.webhooks.sealing import unseal
from stanch_server.intake.webhooks.signing import headers, shown
from stanch_server.outbox.models import OutboxRow
from stanch_server.outbox.worker import Delivered
from tests.conftest import ROOT
from tests.server.intake.webhook_cast import add, deliver, make_item, tell

PAGE = ROOT / "docs" / "howto" / "receive-webhooks.md"
REASONS = "يحرّض على العنف، وليس خبرًا"


@contextmanager
def pasted(folder: Path, secret: str, port: int) -> Iterator["subprocess.Popen[str]"]:
    """Run the example in a process of its own until it listens."""
    (example,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (folder / "receiver.py").write_text(example, encoding="utf-8")
    environment = {**os.environ, "STANCH_WEBHOOK_SECRET": secret, "PORT": str(port), "PYTHONUTF8": "1"}
    command = [sys.executable, "receiver.py"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            wait_for(port)
            yield process
        finally:
            process.kill()


def wait_for(port: int) -> None:
    for _ in range(300):
        with closing(socket.socket()) as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the example does not listen")


@pytest.mark.django_db(transaction=True)
def test_the_example_verifies_writes_down_once_and_acts_in_order(
    source: Source, settings: Any, tmp_path: Path
) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    webhook, secret = add(source, f"http://127.0.0.1:{port}/")
    item = make_item(source)
    with pasted(tmp_path, secret, port) as process:
        assert process.stdout is not None
        tell(item, "decision.made", action="remove", reasons=REASONS)
        assert deliver() == Delivered(done=1)
        OutboxRow.objects.update(done=None)  # as if the worker had died before it could say so
        assert deliver(days=1) == Delivered(done=1)
        tell(item, "decision.undone", action="reinstate")
        assert deliver() == Delivered(done=1)
        assert process.stdout.readline() == f"decision.made post-7 remove {REASONS}\n"
        assert process.stdout.readline() == "decision.undone post-7 reinstate \n"

        forged = headers("msg_1", b"{}", keys=[b"another"], at=timezone.now())
        assert httpx.post(f"http://127.0.0.1:{port}/", content=b"{}", headers=forged).status_code == 401
    assert shown(unseal(bytes(webhook.secret), webhook=webhook.id)) == secret


def test_the_page_shows_every_field_and_kind_of_message() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for kind in ("item.done", "item.outcome", "decision.made", "decision.undone", "webhook.test"):
        assert f"`{kind}`" in page
    for name in ("item", "post", "account", "outcome", "action", "label", "decision", "reasons"):
        assert f'"{name}":' in page
    for action in ("remove", "restrict", "label", "allow", "reinstate"):
        assert f"`{action}`" in page
