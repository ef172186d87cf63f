"""What no page may do: complain in the console, fail to load something, ask others, or shut somebody out."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

ABORTED = "net::ERR_ABORTED"  # the browser itself, when a page is left before its pictures are there

# Each line is a fault that a person without eyes or mouse would meet first, or one that breaks a small screen.
FAULTS = """
language => {
  const found = [], page = document.documentElement, all = (what) => [...document.querySelectorAll(what)];
  const told = (element) => element.outerHTML.slice(0, 160);
  const named = (element) => element.textContent.trim() || element.ariaLabel || element.querySelector("img[alt]")?.alt;
  const labelled = (one) => [...(one.labels ?? [])].some(named) || one.ariaLabel || one.ariaLabelledByElements?.some(named);
  if (page.lang !== language) found.push(`lang is ${page.lang}`);
  if (page.dir !== (language === "ar" ? "rtl" : "ltr")) found.push(`dir is ${page.dir}`);
  if (getComputedStyle(document.body).direction !== page.dir) found.push("the page is not turned");
  if (all("h1").length !== 1) found.push(`${all("h1").length} headings of the first rank`);
  if (all("main").length !== 1) found.push("not one main part");
  if (!/\\S.* – Stanch$/.test(document.title)) found.push(`title is ${document.title}`);
  for (const one of all("input:not([type=hidden]), select, textarea")) if (!labelled(one)) found.push(`no label: ${told(one)}`);
  for (const one of all("a, button, summary")) if (!named(one)) found.push(`no name: ${told(one)}`);
  for (const one of all("img:not([alt]), svg:not([role=img][aria-label]):not([aria-hidden])")) found.push(`no words: ${told(one)}`);
  for (const one of all("th:not([scope])")) found.push(`no scope: ${told(one)}`);
  for (const one of all("nav")) if (!one.ariaLabel) found.push(`no name: ${told(one)}`);
  const ids = all("[id]").map((one) => one.id);
  for (const id of new Set(ids.filter((one, place) => ids.indexOf(one) !== place))) found.push(`twice: #${id}`);
  for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "for"])
    for (const one of all(`[${name}]`))
      for (const id of one.getAttribute(name).split(/\\s+/)) if (!document.getElementById(id)) found.push(`leads nowhere: ${told(one)}`);
  all("main :is(h1, h2, h3, h4)").reduce((above, one) => {
    if (+one.tagName[1] > above + 1) found.push(`a rank is left out: ${told(one)}`);
    return +one.tagName[1];
  }, 0);
  if (language === "ar") {
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
      const one = words.currentNode.parentElement, text = words.currentNode.textContent.trim();
      const foreign = one.closest("bdi, code, kbd, [dir=ltr], [dir=auto], [lang=en], [translate=no], script, style, time");
      if (/[A-Za-z]{4}/.test(text) && !/[\\u0600-\\u06ff]/.test(text) && !foreign) found.push(`not in Arabic: ${text}`);
    }
  }
  return found;
}
"""
WIDE_PARTS = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const beyond = (one) => { const box = one.getBoundingClientRect(); return box.right > width + 1 || box.left < -1; };
  return [...document.querySelectorAll("body *")].filter(beyond).map((one) => one.outerHTML.slice(0, 120));
}
"""


@dataclass
class Watch:
    """Everything that went wrong on a page since it was opened."""

    home: str
    troubles: list[str] = field(default_factory=list)

    def over(self, page: Page) -> "Watch":
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("request", self._request)
        page.on("response", self._response)
        return self

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"{message.type} in the console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != ABORTED:
            self.troubles.append(f"not loaded: {request.url}: {request.failure}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.home).netloc and not request.url.startswith("data:"):
            self.troubles.append(f"somebody else is asked: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
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
    return [f"{page.url}: {one}" for one in page.evaluate(WIDE_PARTS)]
