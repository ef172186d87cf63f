"""One item: nothing of its content before somebody reveals it, and each reveal is recorded."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Person, Source
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake import operations as intake
from stanch_server.intake.models import Item
from tests.server.accounts.helpers import text as page_of
from tests.server.conftest import START
from tests.server.review.cast import SECOND, STATEMENT, decided
from tests.server.review.console_cast import (
    ARABIC,
    LINK,
    address,
    altered_poster,
    file,
    opened,
    pictures,
    received,
    reveal,
    stocked_bank,
    text,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]
SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"


@pytest.fixture
def bank(source: Source) -> Bank:
    return stocked_bank(source)


@pytest.fixture
def post(bank: Bank, source: Source) -> Item:  # noqa: ARG001 - what it matches
    return received(source, text(f"Listen! {ARABIC} Pass it on."), file(altered_poster()), address(LINK))


def plain(page: str) -> str:
    """Return what a reader reads, without the numbers of passages."""
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r'<sup class="ref">\d+</sup>', "", page)))


def test_nothing_is_shown_before_it_is_revealed(post: Item, bob: Person, signed_in: SignIn) -> None:
    answer = signed_in(bob).get(f"/items/{post.id}/")
    content: bytes = getattr(answer, "content")  # noqa: B009 - the client's own type
    for words in (*ARABIC.split(), LINK, "lantern.example", "Listen", "Pass it on"):
        if len(words) > 5:
            assert words.encode() not in content, words
    assert opened() == []
    page = page_of(answer)
    assert re.search(r"9\d% of the part, 100% of the entry", page)
    for said in ("image by PDQ", "distance", "Most of it is the entry"):
        assert said in page
    assert page.index("hold</span> Most") < page.index("review</span> Most")  # most severe first


def test_a_reveal_is_recorded_and_shows_passages_side_by_side(post: Item, bob: Person, signed_in: SignIn) -> None:
    answer = reveal(signed_in(bob), post)
    page = page_of(answer)
    assert opened() == [(bob.actor, "revealed")] * 2  # the part, and the entry beside it
    assert "<html" not in page
    assert "no-store" in answer.headers["Cache-Control"]
    ours, theirs = re.findall(r'<div class="text" dir="auto">(.*?)</div>', page, re.DOTALL)
    assert plain(ours) == f"Listen! {ARABIC} Pass it on."
    assert plain(theirs) == ARABIC
    (title, marked), *more = re.findall(r'<mark [^>]*title="([^"]*)">(.*?)</mark>', ours)
    assert (title, more) == ("1. copy, lantern", [])
    assert plain(marked) == ARABIC.rstrip(".")
    assert plain(re.findall(r"<mark[^>]*>(.*?)</mark>", theirs)[0]) == ARABIC.rstrip(".")


def test_without_scripts_a_reveal_is_a_page_of_its_own(post: Item, bob: Person, signed_in: SignIn) -> None:
    page = page_of(signed_in(bob).post(f"/items/{post.id}/parts/0/reveal/"))
    assert "<html" in page
    assert "Pass it on." in page


def test_an_address_is_never_a_link(post: Item, bob: Person, signed_in: SignIn) -> None:
    page = page_of(reveal(signed_in(bob), post, 2))
    assert "hxxps://lantern[.]example/drop/7" in page
    assert LINK in page
    assert not re.search(r'(?:href|src|action)="[^"]*lantern', page)
    assert "not kept here, only its fingerprint" in page


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_locked_item_shows_nothing_but_the_lock(post: Item, bob: Person, signed_in: SignIn, part: int) -> None:
    browser = signed_in(bob)
    tokens = pictures(page_of(reveal(browser, post, 1)))
    intake.lock(item=post, acting_user=bob.actor, at=START)
    before = opened()
    page = page_of(browser.get(f"/items/{post.id}/"))
    assert "Locked item" in page
    assert not any(word in page for word in ("poster.jpg", "copy", "lantern", "post-7", "data-reveal", "parts/"))
    refused = reveal(browser, post, part)
    assert refused.status_code == 423
    assert "This item is locked" in page_of(refused)
    assert refused.headers["X-Part"] == "true"
    entry = Entry.objects.exclude(blob="").last()
    assert entry is not None
    blurred = f"/items/{post.id}/parts/1/blurred/"
    assert [browser.get(one).status_code for one in (blurred, tokens[0])] == [423, 423]
    assert all(browser.get(one).status_code in {404, 423} for one in (f"{blurred}{entry.id}/", tokens[1]))
    assert opened() == before


def test_who_may_not_reveal_is_told_and_gets_nothing(
    post: Item, source: Source, new_person: Callable[..., Person], charlie: Person, signed_in: SignIn
) -> None:
    auditor = signed_in(new_person("dana", source, Role.AUDITOR))
    page = page_of(auditor.get(f"/items/{post.id}/"))
    assert "you need a role that may" in page
    assert "<img class" not in page
    places = (f"/items/{post.id}/parts/1/blurred/", f"/items/{post.id}/parts/1/picture/x/")
    assert reveal(auditor, post).status_code == 403
    assert [auditor.get(place).status_code for place in places] == [403, 403]
    stranger = signed_in(charlie)
    assert reveal(stranger, post).status_code == stranger.get(f"/items/{post.id}/").status_code == 404
    assert opened() == []


def test_decided_content_that_is_gone_is_said_to_be(
    bank: Bank, source: Source, bob: Person, signed_in: SignIn
) -> None:
    assert bank
    post = received(source, text(STATEMENT))
    decided(post, bob, action="allow", content_type="", exemption="journalistic", assessment="")
    browser = signed_in(bob)
    assert "Nothing of this is kept any more." in page_of(browser.get(f"/items/{post.id}/"))
    assert reveal(browser, post).status_code == 410


def test_what_cannot_be_read_says_why(source: Source, bob: Person, signed_in: SignIn) -> None:
    post = received(source, file(b"\x89PNG\r\n\x1a\n nothing", "broken.png"))
    browser = signed_in(bob)
    page = page_of(browser.get(f"/items/{post.id}/"))
    assert "Not scanned:" in page
    assert "damaged, or cut short" in page
    refused = reveal(browser, post)
    assert (refused.status_code, "damaged, or cut short" in page_of(refused)) == (422, True)


def test_files_that_are_not_read_are_not_opened(source: Source, bob: Person, signed_in: SignIn) -> None:
    post = received(source, file(b"%PDF-1.7\n\x00\x01\x02\xff" * 9, "p.pdf"))
    page = page_of(reveal(signed_in(bob), post))
    assert "not opened here" in page or "PDF" in page
    assert "<img" not in page


def test_what_tags_hide_is_shown_beside_what_came_in(
    bank: Bank, source: Source, bob: Person, signed_in: SignIn
) -> None:
    assert bank
    post = received(source, text("<p>" + STATEMENT.replace(" ", "<br> ") + "</p>"))
    page = page_of(reveal(signed_in(bob), post))
    ours, without, _theirs = re.findall(r'<div class="text" dir="auto">(.*?)</div>', page, re.DOTALL)
    assert "&lt;p&gt;" in ours
    assert "<br>" not in ours
    assert plain("".join(re.findall(r"<mark[^>]*>(.*?)</mark>", without))).split() == STATEMENT.split()


def test_characters_that_reorder_others_are_marks(
    bank: Bank, source: Source, bob: Person, signed_in: SignIn
) -> None:
    assert bank
    post = received(source, text(f"open \u202egnp.exe {ARABIC}"))
    page = page_of(reveal(signed_in(bob), post))
    assert ">RLO</span>" in page
    assert "\u202e" not in page


def test_markup_in_anything_that_came_in_stays_text(source: Source, bob: Person, signed_in: SignIn) -> None:
    stocked_bank(source)
    post = received(
        source,
        text(f"{SCRIPT} {ARABIC}"),
        file(altered_poster(), f"{SCRIPT}.jpg"),
        address(f"https://lantern.example/drop/7?{SCRIPT}", SCRIPT),
        reference=SCRIPT,
        account=SCRIPT,
    )
    browser = signed_in(bob)
    bob.display_name = SCRIPT
    bob.save()
    Source.objects.filter(id=source.id).update(name=SCRIPT)
    Bank.objects.update(name=SCRIPT)
    decided(received(source, text(SECOND)), bob, reasons=SCRIPT)
    pages = [page_of(browser.get(place)) for place in ("/items/", f"/items/{post.id}/")]
    pages += [page_of(reveal(browser, post, part)) for part in range(3)]
    pages += [page_of(browser.get(f"/items/{item}/")) for item in Item.objects.values_list("id", flat=True)]
    assert sum("&lt;script&gt;" in page for page in pages) >= 4
    for page in pages:
        assert "<script>" not in page
        assert "<img src=x" not in page
        assert not re.search(r"<[^>]*\son\w+=", page)


def test_a_long_text_is_shown_around_its_passages(
    bank: Bank, source: Source, bob: Person, signed_in: SignIn
) -> None:
    assert bank
    post = received(source, text(f"{SECOND} " * 30 + ARABIC + f" {SECOND}" * 30))
    page = page_of(reveal(signed_in(bob), post))
    assert page.count("characters left out:") == 2
    assert ARABIC.split()[40] in page
    assert len(page) < 12_000


def test_a_pending_item_says_so(source: Source, bob: Person, signed_in: SignIn) -> None:
    post = received(source, text(SECOND))
    Item.objects.filter(id=post.id).update(state="pending", level=None, first_level=None, found=b"")
    page = page_of(signed_in(bob).get(f"/items/{post.id}/"))
    assert "being scanned</span>" in page
    assert "what comes of it will stand here" in page


def test_a_hold_says_until_when(post: Item, bob: Person, signed_in: SignIn) -> None:
    until = post.received + timedelta(hours=24)
    assert post.hold_until == until
    assert f'<time datetime="{until.isoformat()}">' in page_of(signed_in(bob).get(f"/items/{post.id}/"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ("evasion 30%", "machines misread it: letters of other alphabets, invisible characters", "nothing"),
        ),
        ("ar", ("تمويه 30%", "تخطئ الآلات قراءته:", "أحرف من أبجديات أخرى", "محارف لا تُرى", "يترتب")),
    ],
)
def test_how_a_text_is_written_is_said_in_the_readers_words(
    source: Source, bob: Person, signed_in: SignIn, language: str, said: tuple[str, ...]
) -> None:
    item, clean = received(source, text("hеllo wо\u200brld")), received(source, text("hello world"))
    browser = signed_in(bob)
    browser.cookies["django_language"] = language
    page = plain(page_of(browser.get(f"/items/{item.id}/")))
    assert all(words in page for words in said), page
    assert said[1] not in plain(page_of(browser.get(f"/items/{clean.id}/")))
