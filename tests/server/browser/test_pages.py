"""Every page of the console, in both languages, on wide and on narrow screens, and by keyboard alone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from stanch.demo.writings import statements
from tests.server.browser import pages
from tests.server.browser.conftest import Program
from tests.server.browser.watching import faults, too_wide

pytestmark = pytest.mark.xdist_group("browser")

BODY = {one.id: one.body for one in statements()}
NARROW = ViewportSize(width=390, height=800)
REGISTER = "/banks/register/"
ROOMS = (
    "/items/",
    "/decisions/",
    "/banks/",
    REGISTER,
    "/policies/",
    "/webhooks/",
    "/audit/",
    "/system/",
)
OWN = ("/people/", "/account/", "/account/passphrase/", "/account/authenticator/", "/banks/new/")
OF_ITEM = ("", "decide/", "exits/abuse/", "exits/threat/")
FOCUSED = """
() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  if (one === document.body) return null;
  const seen = parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none" && box.width > 0;
  return { seen, name: one.outerHTML.slice(0, 200), inside: box.top < innerHeight && box.bottom > 0 };
}
"""
REACHABLE = """
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((one) => one.checkVisibility() && !one.disabled && !(one.type === "radio" && one.name === "action"))
  .map((one) => one.outerHTML.slice(0, 200))
"""


def addresses(page: Page, item: str) -> Iterator[str]:
    """Yield the address of every kind of page, those below a bank, a source and an entry found as people do."""
    yield from ROOMS + OWN
    yield from (f"/items/{item}/{rest}" for rest in OF_ITEM)
    page.goto("/banks/")
    bank = page.locator("tbody a").first.get_attribute("href") or ""
    yield from (bank, f"{bank}state/", f"{bank}add/?by=file", f"{bank}add/?by=hash", f"{bank}learnt/")
    page.goto(bank)
    entry = page.locator("tbody a").first.get_attribute("href") or ""
    yield from (entry, f"{entry}remove/", f"{entry}learnt/", f"{entry}learnt/undo/")
    page.goto("/webhooks/")
    yield f"{page.url}letters/"
    page.goto("/policies/")
    yield page.locator("main a.btn").first.get_attribute("href") or ""
    yield page.get_by_role("link", name="Keys").get_attribute("href") or ""


@pytest.fixture(scope="package")
def item(program: Program) -> str:
    return program.send(BODY["ar-1"])


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_opens_whole_labelled_and_no_wider_than_its_screen(
    page: Page,
    window: Callable[..., Page],
    item: str,
    language: str,
    keep_picture: Callable[[Page, str], None],
) -> None:
    every = list(addresses(page, item))
    assert len(every) == len(set(every)) > 24
    pages.speak(page, language)
    wide = page.viewport_size
    for address in every:
        page.set_viewport_size(wide or NARROW)
        page.goto(address)
        assert faults(page, language) == []
        assert too_wide(page) == []
        if (address, language) == (REGISTER, "en"):
            keep_picture(page, "register-en.png")
        page.set_viewport_size(NARROW)
        assert too_wide(page) == []
    stranger = window(locale=language)
    stranger.goto("/sign-in/")
    assert faults(stranger, language) == []


def test_everything_on_an_item_is_reached_by_keyboard_and_seen_when_it_is(page: Page, item: str) -> None:
    page.goto(f"/items/{item}/")
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Hide again")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    left = set(page.evaluate(REACHABLE))
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    while (focused := page.evaluate(FOCUSED)) is not None:
        assert focused["seen"], focused["name"]
        assert focused["inside"], focused["name"]
        left.discard(focused["name"])
        page.keyboard.press("Tab")
    assert left == set()


def test_the_keys_lead_from_the_list_to_a_decision(page: Page, program: Program) -> None:
    program.send("Nobody knows this text.")
    item = program.send(BODY["tr-1"])
    page.goto("/items/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    rows = page.locator("[data-row] a")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    pages.headed(page, "The item")
    assert item in page.url
    page.keyboard.press("r")
    expect(page.locator(".text mark").first).to_be_visible()
    page.keyboard.press("d")
    expect(page.get_by_label("restrict", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("n")  # none applies
    page.keyboard.press("Tab")
    page.keyboard.type("It reports on nothing.")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # it incites
    page.keyboard.press("Tab")
    page.keyboard.type("A statement; d and ! are letters here.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Decide")).to_be_focused()
    page.keyboard.press("Enter")
    decided = pages.panel(page, "Decided")
    expect(decided).to_contain_text("d and ! are letters here")
    expect(decided).to_contain_text("incites")
