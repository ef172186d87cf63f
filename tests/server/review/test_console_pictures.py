"""Pictures: blurred until revealed, small and made anew after, and only for who has just revealed them."""

import io
from collections.abc import Callable

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from PIL import Image

from stanch_server.accounts.models import Person, Source
from stanch_server.banks.live import follower
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake.models import Item
from tests.server.accounts.helpers import text as page_of
from tests.server.conftest import Clock
from tests.server.review.console_cast import (
    ARABIC,
    LINK,
    address,
    altered_poster,
    file,
    opened,
    pictures,
    poster,
    received,
    reveal,
    stocked_bank,
    text,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]


@pytest.fixture
def bank(source: Source) -> Bank:
    return stocked_bank(source)


@pytest.fixture
def post(bank: Bank, source: Source) -> Item:  # noqa: ARG001 - what it matches
    return received(source, text(f"Listen! {ARABIC} Pass it on."), file(altered_poster()), address(LINK))


def image(answer: HttpResponseBase) -> Image.Image:
    assert answer.status_code == 200
    return Image.open(io.BytesIO(getattr(answer, "content"))).convert("RGB")  # noqa: B009 - the client's own type


def test_pictures_are_blurred_until_revealed_and_small_after(post: Item, bob: Person, signed_in: SignIn) -> None:
    browser = signed_in(bob)
    veiled = pictures(page_of(browser.get(f"/items/{post.id}/")))
    assert len(veiled) == 2
    for one in veiled:
        seen = image(browser.get(one))
        assert max(seen.size) == 160
    assert opened() == [(bob.actor, "shown blurred")] * 2
    ours, theirs = pictures(page_of(reveal(browser, post, 1)))
    assert image(browser.get(ours)).size == (240, 180)
    assert image(browser.get(theirs)).size == (320, 240)
    assert opened()[2:] == [(bob.actor, "revealed")] * 3


def test_a_picture_is_made_anew_and_nothing_in_it_can_act(
    bank: Bank, source: Source, bob: Person, signed_in: SignIn
) -> None:
    assert bank
    hidden = poster(pnginfo=None) + b"<script>alert(1)</script>"
    post, browser = received(source, file(hidden, "p.png")), signed_in(bob)
    answer = browser.get(pictures(page_of(reveal(browser, post)))[0])
    sent: bytes = getattr(answer, "content")  # noqa: B009 - the client's own type
    assert sent.startswith(b"\x89PNG\r\n\x1a\n")
    assert b"script" not in sent
    assert sent not in hidden
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'inline; filename="picture.png"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_picture_is_sent_only_to_who_just_revealed_it(
    post: Item, bob: Person, alice: Person, signed_in: SignIn, clock: Clock
) -> None:
    browser = signed_in(bob)
    (ours, _theirs) = pictures(page_of(reveal(browser, post, 1)))
    token = ours.rstrip("/").rpartition("/")[2]
    before = len(opened())
    for other in (signed_in(alice), signed_in(bob)):  # another person, and another session
        assert other.get(ours).status_code == 404
    for place in (f"/items/{post.id}/parts/0/picture/{token}/", f"/items/{post.id}/parts/1/picture/{token}x/"):
        assert browser.get(place).status_code == 404
    assert browser.get(ours).status_code == 200
    clock.advance(minutes=2)
    assert browser.get(ours).status_code == 404
    assert len(opened()) == before + 1


def test_no_picture_is_decoded_in_the_process_of_the_web(
    post: Item, bob: Person, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(bob)
    follower().decoders.previews(poster())  # the workers run already

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Image, "open", refuse)
    (ours, _theirs) = pictures(page_of(reveal(browser, post, 1)))
    assert browser.get(ours).status_code == 200


def test_an_entry_is_shown_only_beside_what_matches_it(
    post: Item, bank: Bank, bob: Person, signed_in: SignIn
) -> None:
    browser = signed_in(bob)
    shown = pictures(page_of(browser.get(f"/items/{post.id}/")))
    entries = {str(row.id) for row in Entry.objects.filter(bank=bank)}
    beside = {one for one in entries if any(one in place for place in shown)}
    assert len(beside) == 1
    for other in entries - beside:
        assert browser.get(f"/items/{post.id}/parts/1/blurred/{other}/").status_code == 404
    assert browser.get(f"/items/{post.id}/parts/0/blurred/").status_code == 404  # a text has no picture
    assert reveal(browser, post, 9).status_code == 404


def test_an_entry_of_a_bank_that_one_may_not_read_stays_closed(
    source: Source, other_source: Source, bob: Person, signed_in: SignIn
) -> None:
    bank = stocked_bank(source)
    post = received(source, file(altered_poster()))
    Bank.objects.filter(id=bank.id).update(source=other_source)  # given away after it matched
    browser = signed_in(bob)
    page = page_of(browser.get(f"/items/{post.id}/"))
    assert len(pictures(page)) == 1
    assert "not kept here" in page_of(reveal(browser, post))
