"""What the service learnt of a bank's entries: looked at, revealed, and taken back, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.matching.writing import cut, writing
from tests.server.browser import pages
from tests.server.browser.conftest import Program
from tests.server.browser.watching import faults, too_wide
from tests.server.project.running import until

pytestmark = pytest.mark.xdist_group("browser")

SCRIPTS = ("arabic", "latin", "han", "thaana")
WORKS = {script: writing(8123, 250, script) for script in SCRIPTS}
NARROW = ViewportSize(width=390, height=800)
MUCH = "latin"
"""Of the work in this script more is printed than a formula can be."""


def formulae(script: str) -> list[str]:
    ends = range(0, 1000, 50) if script == MUCH else (400,)
    return [cut(WORKS[script], begin, begin + 50) for begin in ends]


@pytest.fixture(scope="module")
def learnt(program: Program) -> Callable[[Page], str]:
    """Return a function that adds the works to a bank, has formulae of them printed, and returns its page."""
    found: list[str] = []

    def learn(page: Page) -> str:
        if not found:
            page.goto("/banks/")
            bank = page.get_by_role("link", name="grey-lantern", exact=True).get_attribute("href") or ""
            for work in WORKS.values():
                page.goto(f"{bank}add/?by=text")
                page.locator("textarea[name=text]").fill(work)
                pages.press(page, "Confirm and add")
                pages.headed(page, "Entry")
            for paper in range(5):
                for place, formula in enumerate(one for script in SCRIPTS for one in formulae(script)):
                    number = 9_000 + paper * 100 + place
                    article = f"{writing(number, 60)} {formula} {writing(number + 50_000, 60)}"
                    program.send(article, account=f"paper-{paper}")
            address = f"{bank.strip('/')}/learnt"
            until("it is learnt", lambda: len(program.get(address)["learnt"]) == len(SCRIPTS))
            found.append(f"{bank}learnt/")
        return found[0]

    return learn


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_of_it_opens_whole_and_labelled(
    page: Page, learnt: Callable[[Page], str], language: str, keep_picture: Callable[[Page, str], None]
) -> None:
    address = learnt(page)
    page.goto(address)
    pages.speak(page, language)
    entries = page.locator("tbody a")
    expect(entries).to_have_count(len(SCRIPTS))
    much, little = (entries.nth(place).get_attribute("href") or "" for place in (0, 1))
    wide = page.viewport_size
    for one in (address, f"{address}undo/", much, little, f"{little}undo/"):
        page.goto(one)
        assert faults(page, language) == []
        assert too_wide(page) == []
        if (one, language) == (address, "en"):
            keep_picture(page, "learnt-en.png")
        page.set_viewport_size(NARROW)
        assert too_wide(page) == []
        page.set_viewport_size(wide or NARROW)


def test_passages_are_revealed_by_keyboard_and_marked(page: Page, learnt: Callable[[Page], str]) -> None:
    page.goto(learnt(page))
    for address in [one.get_attribute("href") or "" for one in page.locator("tbody a").all()]:
        page.goto(address)
        assert not any(work[:20] in page.content() for work in WORKS.values())
        page.keyboard.press("r")
        box = page.locator("#passages-text .text")
        expect(box.locator("mark").first).to_be_visible()
        expect(page.locator("#said")).to_contain_text("Revealed")
        marked = [re.sub(r"^\d+\s*", "", one) for one in box.locator("mark").all_inner_texts()]
        (script,) = (one for one, work in WORKS.items() if marked[0] in work)
        expect(box).to_have_css("direction", "rtl" if script in {"arabic", "thaana"} else "ltr")
        printed = WORKS[script] if script == MUCH else formulae(script)[0]
        assert all(one in printed for one in marked)
        if script == "arabic":
            pages.speak(page, "ar")
            page.keyboard.press("r")
            expect(box.locator("mark").first).to_be_visible()
            pages.speak(page, "en")
    page.goto("/audit/?action=vault.opened")
    expect(page.get_by_role("row").nth(1)).to_contain_text("revealed")


def test_it_is_taken_back_with_a_reason(page: Page, learnt: Callable[[Page], str], program: Program) -> None:
    address = learnt(page)
    page.goto(address)
    pages.speak(page, "en")
    page.locator("tbody a").first.click()
    pages.headed(page, "Learnt of an entry")
    expect(page.locator("main")).to_contain_text("may be the entry itself")
    page.get_by_role("link", name="Take back…").click()
    pages.headed(page, "Take back what was learnt of this entry?")
    pages.press(page, "Let it count again")
    expect(page.get_by_label("Reason")).to_be_focused()  # the browser asks for it
    page.get_by_label("Reason").fill("It is the statement itself that they quote.")
    pages.press(page, "Let it count again")
    expect(page.locator(".alert-info")).to_contain_text("Taken back")
    expect(page.locator("tbody a")).to_have_count(len(SCRIPTS) - 1)
    assert len(program.get(f"{address.strip('/')}")["learnt"]) == len(SCRIPTS) - 1
    page.goto("/audit/?action=background.refused")
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("Admin")
    expect(row).to_contain_text("It is the statement itself that they quote.")
