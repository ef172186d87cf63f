"""The list of items: whose, in which order, narrowed to what; and never a word of their content."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Person, Source
from stanch_server.intake import operations as intake
from stanch_server.intake.models import Item
from stanch_server.review.console.filters import Filters, Place
from tests.server.accounts.helpers import text as page_of
from tests.server.conftest import START
from tests.server.review.cast import STATEMENT, decided
from tests.server.review.console_cast import (
    ARABIC,
    LINK,
    address,
    altered_poster,
    file,
    received,
    stocked_bank,
    text,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]
Level = Item.Level


def made(source: Source, *, age: int = 0, **fields: object) -> Item:
    """Return an item of so many minutes of age, as a row."""
    given = {
        "key": uuid4(),
        "audience": "public",
        "state": "done",
        "level": Level.ALLOW,
        "first_level": Level.ALLOW,
    }
    return Item.objects.create(source=source, received=START - timedelta(minutes=age), **given | fields)


def shown(page: str) -> list[str]:
    """Return the ids of the items in a list, in order."""
    return re.findall(r'<th scope="row"><a href="/items/([0-9a-f-]{36})/', page)


def ids(*items: Item) -> list[str]:
    return [str(item.id) for item in items]


def test_newest_first_and_only_of_ones_sources(
    source: Source, other_source: Source, bob: Person, charlie: Person, signed_in: SignIn
) -> None:
    old, new, theirs = made(source, age=9), made(source, age=1), made(other_source, age=5)
    assert shown(page_of(signed_in(bob).get("/items/"))) == ids(new, old)
    assert shown(page_of(signed_in(charlie).get("/items/"))) == ids(theirs)
    assert "Mountain" not in page_of(signed_in(bob).get("/items/"))


def test_each_filter_narrows(source: Source, bob: Person, signed_in: SignIn) -> None:
    later, sooner = START + timedelta(hours=9), START + timedelta(hours=1)
    held = made(source, age=1, level=Level.HOLD, hold_until=later, language="ar", kinds="image text")
    urgent = made(source, age=2, level=Level.HOLD, hold_until=sooner, kinds="link")
    pending = made(source, age=3, state="pending", level=None, first_level=None)
    done = made(source, age=4, level=Level.REVIEW, decided=START, kinds="text")
    browser = signed_in(bob)

    def of(query: str) -> list[str]:
        return shown(page_of(browser.get(f"/items/?{query}")))

    assert of("outcome=hold") == of("order=newest&outcome=hold") == ids(held, urgent)
    assert of("order=holds") == ids(urgent, held)
    assert of("outcome=pending") == ids(pending)
    assert of("decided=no") == ids(held, urgent)
    assert of("decided=yes") == ids(done)
    assert of("language=ar") == of("kind=image") == ids(held)
    assert of("kind=text&decided=yes") == ids(done)
    assert of(f"source={source.id}") == of("outcome=nonsense&source=x&after=y") == ids(held, urgent, pending, done)
    assert of(f"source={uuid4()}") == []


def test_what_evades_most_comes_first_and_the_rest_still_comes(
    source: Source, bob: Person, signed_in: SignIn
) -> None:
    plain, some = made(source, age=1, level=Level.REVIEW), made(source, age=9, level=Level.REVIEW, evasion=31)
    much, other = made(source, age=5, level=Level.REVIEW, evasion=90), made(source, age=8, evasion=31)
    browser = signed_in(bob)
    page = page_of(browser.get("/items/?order=evasion"))
    assert shown(page) == ids(much, other, some, plain)
    assert shown(page_of(browser.get("/items/?order=evasion&outcome=review"))) == ids(much, some, plain)
    rows = {row.split("/items/")[1][:36]: row for row in page.split("<tr data-row>")[1:]}
    assert "evasion 31%" in rows[str(some.id)]
    assert "evasion" not in rows[str(plain.id)].replace("order=evasion", "")
    beside = page_of(browser.get(f"/items/{other.id}/?order=evasion"))
    assert f'data-previous href="/items/{much.id}/?order=evasion"' in beside
    assert f'data-next href="/items/{some.id}/?order=evasion"' in beside


def test_pages_by_evasion_follow_one_another_without_gap_or_repetition(
    source: Source, bob: Person, signed_in: SignIn
) -> None:
    for place in range(120):
        made(source, age=place % 5, evasion=max(0, place - 60) // 9)
    browser, query, seen = signed_in(bob), "?order=evasion", []
    while query:
        page = page_of(browser.get(f"/items/{query}"))
        seen += shown(page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        query = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 120
    scores = {str(item.id): item.evasion for item in Item.objects.all()}
    assert [scores[one] for one in seen] == sorted(scores.values(), reverse=True)


@pytest.mark.parametrize("order", ["newest", "holds"])
def test_pages_follow_one_another_without_gap_or_repetition(
    source: Source, bob: Person, signed_in: SignIn, order: str
) -> None:
    for place in range(120):
        made(source, age=place // 7, level=Level.HOLD, hold_until=START + timedelta(hours=place // 7))
    browser, query, seen = signed_in(bob), f"?order={order}", []
    while query:
        page = page_of(browser.get(f"/items/{query}"))
        seen += shown(page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        query = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 120
    times = dict(Item.objects.values_list("id", "received"))
    ages = [next(times[one] for one in times if str(one) == name) for name in seen]
    assert ages == sorted(ages, reverse=True)


def test_each_outcome_is_counted_within_what_was_asked_for(source: Source, bob: Person, signed_in: SignIn) -> None:
    for level, count in ((Level.BLOCK, 1), (Level.HOLD, 3), (Level.ALLOW, 2)):
        for _ in range(count):
            made(source, level=level, language="ar")
    made(source, level=Level.ALLOW)
    browser = signed_in(bob)
    for path in ("/items/", "/items/counts/"):
        page = page_of(browser.get(f"{path}?language=ar&outcome=hold"))
        assert re.findall(r'<span class="number">(\S+)</span>', page) == ["0", "1", "3", "0", "2"]
    assert "<html" not in page_of(browser.get("/items/counts/"))


def test_counting_ends_somewhere(
    source: Source, bob: Person, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stanch_server.review.console.items.MOST_COUNTED", 2)
    for _ in range(3):
        made(source)
    assert '<span class="number">2+</span>' in page_of(signed_in(bob).get("/items/counts/"))


def test_a_row_says_why_and_never_what(source: Source, bob: Person, signed_in: SignIn) -> None:
    stocked_bank(source)
    post = received(source, text(f"Listen! {ARABIC} Pass it on."), file(altered_poster()), address(LINK))
    decided(received(source, text(STATEMENT)), bob)
    page = page_of(signed_in(bob).get("/items/"))
    row = next(row for row in page.split("<tr data-row>") if str(post.id) in row)
    for said in (
        "hold</span>",
        "Most of it is the entry",
        "lantern</bdi>",
        "copy",
        "image, link, text",
        "Harbour Forum",
    ):
        assert said in row
    assert "remove</span>" in page
    assert not leaks(page)


def leaks(page: str) -> list[str]:
    """Return what stands in a page of the content of what these tests send."""
    words = [*ARABIC.split()[2:9], *STATEMENT.split()[:9], "lantern.example", "drop/7", "Listen"]
    return [word for word in words if len(word) > 5 and word in page]


def test_of_a_locked_item_only_the_lock_is_listed(source: Source, bob: Person, signed_in: SignIn) -> None:
    stocked_bank(source)
    post = received(source, text(ARABIC))
    intake.lock(item=post, acting_user=bob.actor, at=START)
    page = page_of(signed_in(bob).get("/items/"))
    row = page.split("<tr data-row>")[1]
    assert "locked" in row
    assert not any(word in row for word in ("hold", "identical", "lantern", "text"))


def test_htmx_gets_the_list_alone(source: Source, bob: Person, signed_in: SignIn) -> None:
    item = made(source)
    part = page_of(signed_in(bob).get("/items/", headers={"HX-Request": "true", "HX-Target": "list"}))
    assert shown(part) == ids(item)
    assert "<html" not in part


def test_the_items_beside_one_are_those_of_the_list(source: Source, bob: Person, signed_in: SignIn) -> None:
    first, _other, second, third = (
        made(source, age=age, level=level)
        for age, level in ((1, Level.HOLD), (2, Level.ALLOW), (3, Level.HOLD), (4, Level.HOLD))
    )
    browser = signed_in(bob)
    page = page_of(browser.get(f"/items/{second.id}/?outcome=hold"))
    assert f'data-previous href="/items/{first.id}/?outcome=hold"' in page
    assert f'data-next href="/items/{third.id}/?outcome=hold"' in page
    assert "data-previous" not in page_of(browser.get(f"/items/{first.id}/?outcome=hold"))
    assert "data-next" not in page_of(browser.get(f"/items/{third.id}/?outcome=hold"))
    assert browser.get(f"/items/{third.id}/?order=holds").status_code == 200  # it is not among them


def test_home_is_the_list_for_those_who_may_and_the_account_for_others(
    source: Source, bob: Person, new_person: Callable[..., Person], signed_in: SignIn
) -> None:
    keeper = new_person("dana", source, Role.ADMIN)
    assert signed_in(bob).get("/").headers["Location"] == "/items/"
    assert signed_in(keeper).get("/").headers["Location"] == "/account/"


NAMES = ("outcome", "decided", "kind", "language", "source", "order", "after")


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40)))
def test_whatever_stands_in_an_address_is_read_and_written_alike(asked: dict[str, str]) -> None:
    read = Filters.read(asked)
    again = {name: values[0] for name, values in parse_qs(read.address(after=read.after)[1:]).items()}
    assert Filters.read(again) == read


@given(st.datetimes(timezones=st.timezones()), st.uuids(), st.integers(-1, 101))
def test_a_place_is_read_as_it_was_written(at: datetime, item: object, evasion: int) -> None:
    place = Place.read(f"{at.isoformat()}~{item}")
    assert place is not None
    assert (place.at.utcoffset(), str(place.item)) == (at.utcoffset(), str(item))
    among_others = Place.read(f"{at.isoformat()}~{item}~{evasion}")
    assert (among_others is not None) == (0 <= evasion <= 100)
    assert among_others is None or Place.read(str(among_others)) == among_others
    assert Place.read(str(place)) == place
    assert Place.read(f"{at.replace(tzinfo=None).isoformat()}~{item}") is None
