"""What people do on the pages of the console, step by step."""

import base64
import re
import time
from dataclasses import dataclass, field

from django_otp.oath import TOTP
from playwright.sync_api import Locator, Page, expect

PASSPHRASE = "barefoot tide copper ledger 9"
SECRET = re.compile(r"secret=([A-Z2-7]+)")
REVIEWS = {
    "assessment": "It reports on nothing and comments on nothing.",
    "reasons": "It is a statement of the Grey Lantern itself.",
}


@dataclass
class Factor:
    """A person's second factor: an app that shows codes, and codes on paper."""

    secret: str
    paper: list[str] = field(default_factory=list)
    last: int = 0

    def code(self) -> str:
        """Return a code that the service has not seen: the one of now, or the next one if that was used."""
        key = base64.b32decode(self.secret + "=" * (-len(self.secret) % 8))
        made = TOTP(key)
        made.time = time.time()
        self.last = max(made.t(), self.last + 1)
        made.drift = self.last - made.t()
        return f"{made.token():06d}"


def press(page: Page, name: str) -> None:
    """Press the button of the page's own part that bears a name."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def headed(page: Page, words: str) -> None:
    """Wait until the page with this heading is there whole."""
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()
    page.wait_for_load_state()


def follow(link: Locator) -> None:
    """Click a link, and wait until the page that it leads to is there whole."""
    address = link.evaluate("link => link.href")
    link.click()
    link.page.wait_for_url(address)


def sign_in_by_link(page: Page, link: str) -> Factor:
    """Take every step from a one-time link to the recovery codes."""
    page.goto(link)
    press(page, "Sign in")
    headed(page, "Choose a passphrase")
    for one in page.locator("input[type=password]").all():
        one.fill(PASSPHRASE)
    press(page, "Save")
    headed(page, "Set up your authenticator app")
    expect(page.locator("svg.qr")).to_be_visible()
    found = SECRET.search(page.locator("main").text_content() or "")
    assert found is not None
    factor = Factor(found.group(1))
    page.get_by_label("Code").fill(factor.code())
    press(page, "Confirm")
    headed(page, "Recovery codes")
    factor.paper = page.locator("main ol li").all_text_contents()
    return factor


def sign_in(page: Page, name: str, code: str) -> None:
    """Sign in as somebody who has chosen a passphrase."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_label("Code").fill(code)
    press(page, "Sign in")


def add_webhook(page: Page, address: str) -> None:
    """Ask for a webhook on the page of webhooks."""
    page.get_by_label("Address").fill(address)
    press(page, "Add")


def shown_secret(page: Page) -> str:
    """Return the secret of the webhook that was just added."""
    headed(page, "Secret of the webhook")
    return page.locator("main code").inner_text()


def restrict(page: Page) -> None:
    """Decide to restrict an item."""
    fill_in(page)
    page.locator("#decide form").get_by_role("button", name="Decide").click()
    expect(page.get_by_role("heading", name="Decided")).to_be_visible()


def fill_in(page: Page) -> None:
    """Fill in the decision to restrict, with everything that it needs."""
    form = page.locator("#decide form")
    form.get_by_label("restrict", exact=True).check()
    form.get_by_label("Exemption: Article 1(3)").select_option("none")
    form.get_by_label("Type of terrorist content").select_option("incites")
    form.get_by_label("Assessment").fill(REVIEWS["assessment"])
    form.get_by_label("Reasons").fill(REVIEWS["reasons"])


def panel(page: Page, heading: str) -> Locator:
    """Return the panel under a heading."""
    return page.locator(".panel").filter(has=page.get_by_role("heading", name=heading, exact=True))


def part(page: Page, name: str) -> Locator:
    """Return the part of an item that bears a name."""
    return page.get_by_role("region", name=name)


def reveal(page: Page, name: str) -> Locator:
    """Reveal a part, and return it."""
    found = part(page, name)
    found.locator("[data-reveal]").click()
    expect(found.locator("form.again")).to_be_visible()
    return found


def to_the_top(page: Page) -> None:
    """Leave whatever was typed in, and go to where the page begins."""
    page.evaluate("document.activeElement.blur(), scrollTo(0, 0), document.querySelector('.act').scrollTo(0, 0)")


def marked(box: Locator) -> str:
    """Return what is highlighted in a text, without the numbers of the matches."""
    said: str = box.evaluate(
        """box => [...box.querySelectorAll("mark")].map((mark) => {
             const copy = mark.cloneNode(true);
             for (const one of copy.querySelectorAll(".ref, .sign")) one.remove();
             return copy.textContent;
           }).join("")"""
    )
    return said


def speak(page: Page, language: str) -> None:
    """Change the language of the pages, if it is another."""
    button = page.get_by_role("banner").locator(f"button[name=language][value={language}]")
    if button.count():
        button.click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.wait_for_load_state()
