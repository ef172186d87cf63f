"""Signing in, telling a source by webhook, and looking at items, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from stanch.demo.image_edits import IMAGE_EDITS
from stanch.demo.inputs import inputs
from stanch.demo.posters import draw_poster
from stanch.demo.writings import benign, statements
from tests.server.browser import pages
from tests.server.browser.conftest import ADMIN, Harbour, Program, SignedIn
from tests.server.browser.listener import Listener
from tests.server.project.running import Service

pytestmark = pytest.mark.xdist_group("browser")

REVIEWER = "mara.lind"
STATEMENT = {one.id: one.body for one in statements()}
INPUT = {one.name: one.text for one in inputs()}
JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))  # they shape letters, and are shown as they are
MARKET = next(one.body for one in benign() if one.id == "obituary-en")


def numbers(counts: Locator) -> list[int]:
    return [int(one) for one in counts.locator(".number").all_inner_texts()]


def items_of(rows: Locator) -> list[str]:
    return [one.get_attribute("href") or "" for one in rows.locator("a").all()]


def test_a_link_leads_over_passphrase_app_and_recovery_codes_to_the_items(
    window: Callable[..., Page], browser: Browser, home: Harbour, service: Service
) -> None:
    link = home.said("service", "sign-in", REVIEWER, "--port", str(service.port))
    page = window()
    factor = pages.sign_in_by_link(page, link)
    assert len(factor.paper) == len(set(factor.paper)) >= 8
    page.get_by_role("link", name="I have kept them").click()
    pages.headed(page, "Items")
    page.get_by_role("button", name="Sign out").click()
    pages.headed(page, "Sign in")
    with browser.new_context() as unwatched:  # the refusal is one that a browser complains of
        page = unwatched.new_page()
        page.goto(link)
        pages.press(page, "Sign in")
        expect(page.get_by_role("alert")).to_contain_text("was used")


def test_a_page_that_was_wanted_opens_after_signing_in(window: Callable[..., Page], admin: SignedIn) -> None:
    page = window()
    page.goto("/banks/register/")
    pages.headed(page, "Sign in")
    pages.sign_in(page, ADMIN, admin.factor.paper.pop())
    pages.headed(page, "Register of banks")


def test_a_webhook_needs_a_fresh_proof_and_shows_its_secret_once(
    window: Callable[..., Page], admin: SignedIn, home: Harbour
) -> None:
    page = window()
    page.goto("/webhooks/")
    pages.sign_in(page, ADMIN, admin.factor.paper.pop())
    pages.headed(page, "Webhooks")
    home.age(next(one["value"] for one in page.context.cookies() if one["name"] == "stanch"))
    with Listener().listening() as listener:
        pages.add_webhook(page, listener.address)
        pages.headed(page, "Show once more that it is you")
        page.get_by_label("Passphrase").fill(pages.PASSPHRASE)
        page.get_by_label("Code").fill(admin.factor.paper.pop())
        pages.press(page, "Go on")
        pages.headed(page, "Webhooks")  # where the person was, not at the beginning
        assert not listener.arrived
        pages.add_webhook(page, listener.address)
        secret = pages.shown_secret(page)
        pages.follow(page.get_by_role("link", name="Back"))
        hook = page.get_by_role("region").filter(has_text=listener.address)
        expect(hook).to_contain_text("active")
        assert secret not in page.content()
        hook.get_by_text("Remove…").click()
        hook.get_by_role("button", name="Remove").click()
        expect(hook).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_list_counts_filters_and_pages(
    page: Page, language: str, keep_picture: Callable[[Page, str], None]
) -> None:
    page.goto("/items/")
    pages.speak(page, language)
    if language == "en":
        keep_picture(page, "items-en.png")
    rows, counts, more = page.locator("[data-row]"), page.locator("#counts"), page.locator("nav.pages a[rel=next]")
    everything, seen = numbers(counts), items_of(rows)
    while more.count():
        assert len(seen) % 50 == 0
        pages.follow(more)
        seen += items_of(rows)
    assert len(seen) == len(set(seen)) == sum(everything) >= 150
    page.goto("/items/")
    page.locator("select[name=language]").select_option("zh")
    expect(counts).to_have_attribute("hx-get", re.compile("language=zh"))
    assert sum(numbers(counts)) == rows.count() < 50
    pages.follow(counts.locator("a", has=page.locator(".tag.bad")))
    chosen = counts.locator("a[aria-current]")
    expect(chosen.locator(".tag.bad")).to_be_visible()
    assert numbers(chosen) == [rows.count()] != [0]
    page.locator("select[name=kind]").select_option("image")
    expect(page.locator("#list")).to_contain_text({"en": "nothing here that fits", "ar": "لا يوجد"}[language])


def test_an_arabic_text_is_shown_only_when_it_is_revealed_and_this_is_recorded(
    page: Page, program: Program, keep_picture: Callable[[Page, str], None]
) -> None:
    item = program.send(INPUT["copy-ar-2-zero-width.txt"])
    page.goto(f"/items/{item}/")
    pages.speak(page, "ar")
    assert STATEMENT["ar-2"][:12] not in page.content()
    assert INPUT["copy-ar-2-zero-width.txt"][:12] not in page.content()
    shown = pages.reveal(page, "text").locator(".text").first
    expect(shown).to_have_css("direction", "rtl")
    assert pages.marked(shown).translate(JOINERS) == STATEMENT["ar-2"].strip()
    expect(shown.locator(".sign").first).to_be_visible()  # what hides between the letters
    pages.part(page, "text").evaluate("part => part.scrollIntoView()")
    keep_picture(page, "item-revealed-ar.png")
    page.goto(f"/audit/?subject={item}&action=vault.opened")
    expect(page.get_by_role("row").filter(has_text="revealed")).to_contain_text("Admin")
    page.goto(f"/items/{item}/")
    assert STATEMENT["ar-2"][:12] not in page.content()


def test_only_the_passage_is_highlighted(
    page: Page, program: Program, keep_picture: Callable[[Page, str], None]
) -> None:
    item = program.send(INPUT["buried-en-2.txt"])
    page.goto(f"/items/{item}/")
    shown = pages.reveal(page, "text").locator(".text").first
    expect(shown).to_contain_text(MARKET[:60])
    assert pages.marked(shown) in STATEMENT["en-2"]
    assert len(pages.marked(shown)) > 0.9 * len(STATEMENT["en-2"])
    pages.part(page, "text").evaluate("part => part.scrollIntoView()")
    keep_picture(page, "item-revealed-en.png")


def test_mixed_directions_keep_their_order(page: Page, program: Program) -> None:
    item = program.send(INPUT["link-in-arabic-text.txt"])
    page.goto(f"/items/{item}/")
    pages.speak(page, "ar")
    assert "الفانوس.example" not in page.content()
    shown = pages.reveal(page, "text").locator(".text").first
    expect(shown).to_have_css("direction", "rtl")
    assert "https://الفانوس.example/بيان" in pages.marked(shown)
    assert shown.locator("a").count() == 0


def test_a_picture_stays_blurred_until_it_is_revealed_beside_the_entry(
    page: Page, program: Program, keep_picture: Callable[[Page, str], None]
) -> None:
    mirrored = IMAGE_EDITS["mirrored"](draw_poster(9))
    page.goto("/banks/")
    page.get_by_role("link", name="grey-lantern").click()
    page.get_by_role("link", name="Add an entry").click()
    page.get_by_role("link", name="File").click()
    page.get_by_label("File").set_input_files({"name": "m.jpg", "mimeType": "image/jpeg", "buffer": mirrored})
    pages.press(page, "Confirm and add")
    pages.headed(page, "Entry")
    item = program.send(files={"poster.png": IMAGE_EDITS["resized"](draw_poster(9))})
    page.goto(f"/items/{item}/")
    veiled = pages.part(page, "poster.png").locator("img")
    expect(veiled).to_have_count(3)  # the part, the demo's entry and the new one
    assert all("blurred" in (one.get_attribute("src") or "") for one in veiled.all())
    for one in veiled.all():
        one.scroll_into_view_if_needed()  # they are fetched when they come near
        expect(one).not_to_have_js_property("naturalWidth", 0)
    pages.part(page, "poster.png").evaluate("part => part.scrollIntoView()")
    keep_picture(page, "item-blurred-en.png")
    shown = pages.reveal(page, "poster.png").locator("img.shown")
    expect(shown).to_have_count(3)
    for one in shown.all():
        expect(one).not_to_have_js_property("naturalWidth", 0)
        assert one.evaluate("image => Math.max(image.naturalWidth, image.naturalHeight)") <= 512
