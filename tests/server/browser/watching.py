"""What no page may do: complain in the console, fail to load something, ask others, or shut somebody out."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

ABORTED = "net::ERR_ABORTED"  # the browser itself, when a page is left before its pictures are there

HERE = Path(__file__).parent
FAULTS, TOO_WIDE = ((HERE / name).read_text(encoding="utf-8") for name in ("faults.js", "too_wide.js"))


@dataclass
class Watch:
    """Everything that went wrong on pages since they were opened; `expected` are answers that a test asks for."""

    home: str
    expected: set[int] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)

    def over(self, page: Page) -> "Watch":
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("request", self._request)
        page.on("response", self._response)
        return self

    def _console(self, message: ConsoleMessage) -> None:
        asked_for = any(f"status of {status} " in message.text for status in self.expected)
        if message.type in {"error", "warning"} and not asked_for:
            self.troubles.append(f"{message.type} in the console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != ABORTED:
            self.troubles.append(f"not loaded: {request.url}: {request.failure}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.home).netloc and not request.url.startswith("data:"):
            self.troubles.append(f"somebody else is asked: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.troubles.append(f"{response.status}: {response.url}")
        policy = response.headers.get("content-security-policy", "")
        if response.headers.get("content-type", "").startswith("text/html") and (
            "default-src" not in policy or "unsafe" in policy
        ):
            self.troubles.append(f"no strict policy of content: {response.url}: {policy}")


def faults(page: Page, language: str) -> list[str]:
    """Return what is wrong with the page that is open, for whoever reads it in a language."""
    found: list[Any] = page.evaluate(FAULTS, language)
    return [f"{page.url}: {one}" for one in found]


def too_wide(page: Page) -> list[str]:
    """Return what makes the page itself scroll sideways."""
    return [f"{page.url}: {one}" for one in page.evaluate(TOO_WIDE)]
