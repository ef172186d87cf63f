"""A person's decision and its undoing, entries that are removed, and the two exits, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from stanch.demo.image_edits import IMAGE_EDITS
from stanch.demo.posters import draw_poster
from stanch.demo.writings import statements
from tests.server.browser import pages
from tests.server.browser.conftest import Program
from tests.server.browser.listener import Listener
from tests.server.browser.watching import Watch, faults

pytestmark = pytest.mark.xdist_group("browser")

BODY = {one.id: one.body for one in statements()}
INVALID, LOCKED = 422, 423


def test_a_decision_reaches_the_source_and_is_undone_by_one_click(
    page: Page, program: Program, listener: Listener, secret: str, keep_picture: Callable[[Page, str], None]
) -> None:
    item = program.send(BODY["en-1"])
    page.goto(f"/items/{item}/")
    pages.fill_in(page)
    pages.to_the_top(page)
    keep_picture(page, "decide-en.png")
    pages.restrict(page)
    expect(pages.panel(page, "Decided")).to_contain_text(pages.REVIEWS["reasons"])
    made = listener.verified(secret, "decision.made", item)
    assert (made["action"], made["reasons"]) == ("restrict", pages.REVIEWS["reasons"])
    said = program.get(f"items/{item}")["decision"]
    assert said["id"] == made["decision"]
    assert (said["action"], said["content_type"], said["exemption"]) == ("restrict", "incites", "none")
    assert (said["assessment"], said["undone"]) == (pages.REVIEWS["assessment"], None)
    page.get_by_label("Reason", exact=True).fill("A museum shows it, with a label.")
    page.get_by_role("button", name="Undo and reinstate").click()
    pages.headed(page, "Decision on")
    expect(page.locator(".alert-warning")).to_contain_text("Undone")
    page.get_by_role("link", name="To the item").click()
    expect(pages.panel(page, "Decide")).to_contain_text("Undone before: restrict")
    undone = listener.verified(secret, "decision.undone", item)
    assert (undone["action"], undone["decision"]) == ("reinstate", made["decision"])
    assert undone["reasons"] == "A museum shows it, with a label."
    assert program.get(f"items/{item}")["decision"] is None
    assert program.get(f"decisions/{made['decision']}")["undone"] is not None
    page.goto("/decisions/")
    expect(page.get_by_role("row").nth(1)).to_contain_text("undone")


def test_what_a_decision_lacks_is_said_beside_it_and_nothing_typed_is_lost(
    page: Page, program: Program, watch: Watch
) -> None:
    watch.expected.add(INVALID)
    page.goto(f"/items/{program.send(BODY['fr-1'])}/")
    form = page.locator("#decide form")
    form.get_by_label("remove", exact=True).check()
    form.get_by_label("Reasons").fill("The same words in a play.")
    form.get_by_role("button", name="Decide").click()
    expect(form.locator(".errorlist")).to_have_count(3)
    assert faults(page, "en") == []
    expect(form.get_by_label("remove", exact=True)).to_be_checked()
    form.get_by_label("allow", exact=True).check()
    form.get_by_label("Exemption: Article 1(3)").select_option("artistic")
    form.get_by_role("button", name="Decide").click()
    expect(pages.panel(page, "Decided")).to_contain_text("The same words in a play.")


def test_removing_an_entry_shows_what_rested_on_it_and_reinstates_it(
    page: Page, program: Program, listener: Listener, secret: str
) -> None:
    text = "The harbour lights go out at nine. " * 12
    page.goto("/banks/")
    page.get_by_role("link", name="grey-lantern").click()
    page.get_by_role("link", name="Add an entry").click()
    page.get_by_label("Text").fill(text)
    page.get_by_label("Labels").fill("a mistake")
    pages.press(page, "Confirm and add")
    pages.headed(page, "Entry")
    entry = page.url.partition("?")[0]
    decided, blocked = program.send(text), program.send(text)
    page.goto(f"/items/{decided}/")
    pages.restrict(page)
    page.goto(entry)
    page.get_by_role("link", name="Remove…").click()
    pages.headed(page, "Remove an entry")
    row = pages.panel(page, "Decisions that rest on it").get_by_role("row").nth(1)
    expect(row).to_contain_text(decided)
    expect(row).to_contain_text("The source is asked to reinstate it")
    expect(row.get_by_role("checkbox")).to_be_checked()
    held = pages.panel(page, "Items that the machine alone holds or blocks because of it")
    expect(held.get_by_role("row").nth(1)).to_contain_text(blocked)
    page.get_by_label("Reason").fill("It is the harbour's own notice.")
    pages.press(page, "Remove, and reinstate what is chosen")
    pages.headed(page, "Removed")
    expect(page.locator("main")).to_contain_text(re.compile(r"Decisions undone:\s*1"))
    undone = listener.verified(secret, "decision.undone", decided)
    assert (undone["action"], undone["reasons"]) == ("reinstate", "It is the harbour's own notice.")
    assert program.get(f"items/{blocked}")["outcome"] == "review"
    assert program.asked.post("match", json={"queries": [{"text": text}]}).json()["results"][0]["matches"] == []


def test_one_key_locks_an_item_for_everybody(page: Page, program: Program) -> None:
    item = program.send("A caption.", {"picture.png": IMAGE_EDITS["resized"](draw_poster(3))})
    page.goto(f"/items/{item}/")
    expect(page.locator("img.veil")).to_have_count(2)
    page.keyboard.press("!")
    pages.headed(page, "Suspected child sexual abuse material")
    assert page.locator("main img").count() == 0
    pages.press(page, "Lock it now")
    pages.headed(page, "Locked")
    expect(pages.panel(page, "Do this now")).to_contain_text("hotline")
    for address in (f"/items/{item}/", f"/items/{item}/decide/"):
        page.goto(address)
        assert page.locator("main img, [data-reveal], #decide form").count() == 0
    looks = page.context.request.get(f"/items/{item}/parts/1/blurred/")
    assert (looks.status, looks.body()) == (LOCKED, b"")
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "stanch-csrf")
    reveal = page.context.request.post(
        f"/items/{item}/parts/0/reveal/", form={"csrfmiddlewaretoken": token}, headers={"Referer": page.url}
    )
    assert reveal.status == LOCKED
    assert "A caption." not in reveal.text()


def test_one_key_leads_to_the_report_of_a_threat_to_life(page: Page, program: Program) -> None:
    item = program.send("Tonight at nine, at the north gate of the ferry.")
    page.goto(f"/items/{item}/")
    page.keyboard.press("t")
    pages.headed(page, "Imminent threat to life")
    page.get_by_label("What threatens whom").fill("An attack on the ferry, tonight at nine.")
    page.get_by_label("Authority that is told").fill("Police of Veldmar")
    page.get_by_label("Who can be asked").fill("Mara Lind, +00 1234")
    pages.press(page, "Make the report")
    pages.headed(page, "Report of a threat to life")
    page.emulate_media(media="print")
    expect(page.get_by_role("row").filter(has_text="An attack on the ferry")).to_be_visible()
    for unprinted in ("banner", "navigation", "button", "link"):
        expect(page.get_by_role(unprinted).locator("visible=true")).to_have_count(0)
    page.emulate_media(media="screen")
    pages.press(page, "I have handed it over")
    expect(page.locator("main")).to_contain_text("Handed over")
    page.goto(f"/items/{item}/")
    expect(page.get_by_role("navigation", name="Exits")).to_contain_text("handed over")
