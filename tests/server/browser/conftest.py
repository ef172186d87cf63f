"""One service with the demo in it, somebody who has signed in, a source that listens, and Chromium."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, ViewportSize, expect, sync_playwright

from tests.conftest import ROOT
from tests.server.browser import pages, pictures
from tests.server.browser.listener import Listener
from tests.server.browser.watching import Watch
from tests.server.project.running import Home, Service, new_database, serving

SOURCE = "Harbour Forum"
ADMIN = "admin"
WIDE = ViewportSize(width=1280, height=800)
PATIENCE = 30_000.0  # ms, for what a slow machine takes; nothing waits this long that comes sooner
LINK = re.compile(r"http://\S+/sign-in/link/\S+")
KEY_MAY = ("items.submit", "items.read", "decisions.read", "match.query", "banks.read")


class Harbour(Home):
    """A service that may send to this machine."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "STANCH_SERVICE_WEBHOOKS_TO_PRIVATE_ADDRESSES": "true"}

    def age(self, session: str) -> None:
        """Make what a session proved an hour older."""
        environment = {
            **self.environment,
            "DJANGO_SETTINGS_MODULE": "stanch_server.project.settings",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "tests.server.browser.ageing", session]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, timeout=300)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Somebody's second factor, and what their browser keeps."""

    factor: pages.Factor
    state: StorageState


@dataclass(frozen=True, kw_only=True)
class Program:
    """The source's own program: it sends in posts, and asks what became of them."""

    asked: httpx.Client

    def send(self, text: str = "", files: Mapping[str, bytes] = MappingProxyType({}), *, account: str = "") -> str:
        """Send a post and return the item's id."""
        post = {"audience": "public", "account": account, "text": text, "media": list(files)}
        parts: dict[str, Any] = {name: (name, data) for name, data in files.items()}
        parts["post"] = (None, msgspec.json.encode(post), "application/json")
        answer = self.asked.post("items", files=parts)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def get(self, path: str) -> dict[str, Any]:
        """Return what stands at an address below `/api/v1/`."""
        answer = self.asked.get(path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harbour]:
    """Return the data folder of a service into which the demo was loaded."""
    folder = tmp_path_factory.mktemp("browser")
    with new_database() as database:
        home = Harbour(folder / "data", database)
        said = home.said("service", "demo", str(folder / "demo"))
        assert "295 items, 295 new" in said
        yield home


@pytest.fixture(scope="package")
def program_key(home: Harbour) -> str:
    may = [word for name in KEY_MAY for word in ("--capability", name)]
    return home.said("service", "create-key", "--source", SOURCE, *may)


@pytest.fixture(scope="package")
def service(home: Harbour, program_key: str) -> Iterator[Service]:  # noqa: ARG001 - made before it starts
    with serving(home) as service:
        yield service


@pytest.fixture(scope="package")
def address(service: Service) -> str:
    return f"http://127.0.0.1:{service.port}"


@pytest.fixture(scope="package")
def program(address: str, program_key: str) -> Iterator[Program]:
    headers = {"Authorization": f"Bearer {program_key}"}
    with httpx.Client(base_url=f"{address}/api/v1/", headers=headers, timeout=30) as asked:
        yield Program(asked=asked)


@pytest.fixture(scope="package")
def browser(system_program: Callable[[str, str], Path]) -> Iterator[Browser]:
    """Start Debian's Chromium; in a container it has no sandbox of its own to make."""
    chromium = system_program("chromium", "chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def admin(browser: Browser, service: Service) -> SignedIn:
    """Sign in by the link that the service printed at its first start."""
    (link,) = LINK.findall(service.out.read_text())
    with browser.new_context() as context:
        page = context.new_page()
        factor = pages.sign_in_by_link(page, link)
        return SignedIn(factor=factor, state=context.storage_state())


@pytest.fixture
def watch(address: str) -> Iterator[Watch]:
    """Return what is noted of the pages of a test; at the end nothing may have gone wrong on them."""
    watch = Watch(address)
    yield watch
    assert watch.troubles == []


@pytest.fixture
def window(browser: Browser, address: str, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a browser of its own."""
    opened: list[BrowserContext] = []

    def open_one(**options: Any) -> Page:
        context = browser.new_context(base_url=address, viewport=WIDE, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        watch.over(page)
        return page

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def page(window: Callable[..., Page], admin: SignedIn) -> Page:
    """Return a page on which the admin, who is a manager too, has signed in."""
    return window(storage_state=admin.state)


@pytest.fixture(scope="package")
def listener() -> Iterator[Listener]:
    with Listener().listening() as listener:
        yield listener


@pytest.fixture(scope="package")
def secret(browser: Browser, address: str, admin: SignedIn, listener: Listener) -> str:
    """Add the webhook of the source, and return its secret."""
    with browser.new_context(base_url=address, storage_state=admin.state) as context:
        page = context.new_page()
        page.goto("/webhooks/")
        pages.add_webhook(page, listener.address)
        return pages.shown_secret(page)


@pytest.fixture
def keep_picture() -> Callable[[Page, str], None]:
    """Return a function that keeps a picture for the documentation, where STANCH_SCREENSHOTS names a folder."""
    folder = os.environ.get("STANCH_SCREENSHOTS")
    return lambda page, name: pictures.keep(page, Path(folder) / name) if folder else None
