"""The pages of decisions: what is offered to whom, what a form that lacks something says, what a page shows."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.test import Client

from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Person, Source
from stanch_server.banks import operations as banks
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake.models import Item
from stanch_server.review.models import Decision
from stanch_server.review.views import decisions as views
from tests.server.accounts.helpers import text
from tests.server.conftest import START
from tests.server.review.cast import ALLOWED, GROUNDS, STATEMENT, UNKNOWN, decided, entry, new_bank, taken_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def bank(source: Source) -> Bank:
    return new_bank("lantern", source, {STATEMENT: "alice"})


@pytest.fixture
def item(bank: Bank, source: Source) -> Item:  # noqa: ARG001 - it has to be there first
    return taken_in(source, STATEMENT)


def address(item: Item) -> str:
    return f"/items/{item.id}/decide/"


def token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


class TestDeciding:
    def test_a_form_that_is_filled_in_decides_once(
        self, item: Item, bob: Person, signed_in: Callable[[Person], Client]
    ) -> None:
        browser = signed_in(bob)
        given = {**GROUNDS, "token": token(text(browser.get(address(item))))}
        for _ in range(2):
            answer = browser.post(address(item), given)
            assert answer.headers["Location"] == f"/items/{item.id}/"
        made = Decision.objects.get()
        assert (made.id, made.decided_by, made.decided) == (UUID(given["token"]), bob.actor, START)

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"assessment": ""}, "Say why an exemption applies"),
            ({"exemption": "artistic"}, "is not terrorist content"),
            ({"exemption": ""}, "Say which exemption applies"),
            ({"content_type": ""}, "Say which type"),
            ({"action": ""}, "required"),
            ({"action": "label"}, "Say what the label is"),
            ({"bank": "BANK"}, "Choose the parts"),
            ({"bank": "BANK", "parts": ["7"]}, "not one of the available choices"),
        ],
    )
    def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(
        self,
        item: Item,
        bank: Bank,
        bob: Person,
        signed_in: Callable[[Person], Client],
        changes: dict[str, object],
        said: str,
    ) -> None:
        given = {**GROUNDS, "token": str(uuid4()), **changes}
        if given.get("bank"):
            given["bank"] = str(bank.id)
        answer = signed_in(bob).post(address(item), given)
        assert answer.status_code == 422
        assert said in text(answer)
        assert GROUNDS["reasons"] in text(answer)
        assert not Decision.objects.exists()

    def test_what_belongs_to_another_action_is_left_out(
        self, item: Item, bank: Bank, bob: Person, signed_in: Callable[[Person], Client]
    ) -> None:
        left = {"label": "x", "exemption": "", "bank": str(bank.id), "parts": ["0"]}
        signed_in(bob).post(address(item), {**GROUNDS, **ALLOWED, **left, "token": str(uuid4())})
        made = Decision.objects.get()
        assert (made.action, made.content_type, made.label, made.confirmed) == ("allow", "", "", None)
        assert made.exemption == "none"

    def test_confirming_by_the_form(
        self, item: Item, source: Source, bob: Person, signed_in: Callable[[Person], Client]
    ) -> None:
        drops = new_bank("drops", source, {})
        given = {**GROUNDS, "bank": str(drops.id), "parts": ["0"], "token": str(uuid4())}
        browser = signed_in(bob)
        assert browser.post(address(item), given).status_code == 302
        made = Decision.objects.get()
        assert made.confirmed == Entry.objects.get(bank=drops)
        page = text(browser.get(f"/decisions/{made.id}/"))
        assert "What it confirmed" in page
        assert "drops" in page

    def test_banks_and_parts_that_are_not_offered_cannot_be_chosen(
        self,
        item: Item,
        source: Source,
        other_source: Source,
        bob: Person,
        new_person: Callable[..., Person],
        signed_in: Callable[[Person], Client],
    ) -> None:
        theirs, shared = new_bank("theirs", other_source, {}), new_bank("shared", None, {})
        page = text(signed_in(new_person("eli", None, Role.MANAGER)).get(address(item)))
        assert "shared" in page
        assert "theirs" not in page  # what the harbour received is confirmed in no other source's bank
        browser = signed_in(bob)
        page = text(browser.get(address(item)))
        assert "theirs" not in page  # a reviewer of the harbour confirms in the harbour's banks
        assert "shared" not in page
        for bank in (theirs, shared):
            given = {**GROUNDS, "bank": str(bank.id), "parts": ["0"], "token": str(uuid4())}
            assert browser.post(address(item), given).status_code == 422
        assert not Decision.objects.exists()
        assert "Confirm parts" not in text(browser.get(address(taken_in(source, UNKNOWN))))  # nothing is kept

    def test_who_comes_second_sees_what_was_decided(
        self, item: Item, alice: Person, bob: Person, signed_in: Callable[[Person], Client]
    ) -> None:
        browser = signed_in(bob)
        given = {**GROUNDS, "token": token(text(browser.get(address(item))))}
        decided(item, alice, reasons="the first word")
        answer = browser.post(address(item), given)
        assert answer.status_code == 409
        page = text(answer)
        assert "Somebody else has decided" in page
        assert "the first word" in page
        assert "Alice" in page

    def test_a_part_that_makes_no_entry_is_said(
        self, bank: Bank, source: Source, bob: Person, signed_in: Callable[[Person], Client]
    ) -> None:
        item = taken_in(source, STATEMENT, "…!")
        given = {**GROUNDS, "bank": str(bank.id), "parts": ["1"], "token": str(uuid4())}
        answer = signed_in(bob).post(address(item), given)
        assert answer.status_code == 422
        assert "This could not be done" in text(answer)
        assert not Decision.objects.exists()

    def test_each_is_offered_what_they_may(
        self,
        item: Item,
        source: Source,
        charlie: Person,
        new_person: Callable[..., Person],
        signed_in: Callable[[Person], Client],
    ) -> None:
        for role, status in ((Role.MANAGER, 200), (Role.REVIEWER, 200), (Role.ANALYST, 403), (Role.AUDITOR, 403)):
            browser = signed_in(new_person(role.value, source, role))
            assert browser.get(address(item)).status_code == status
            assert browser.post(address(item), {"action": "allow"}).status_code == (422 if status == 200 else 403)
        browser = signed_in(charlie)
        assert browser.get(address(item)).status_code == browser.post(address(item)).status_code == 404
        assert not Decision.objects.exists()


class TestUndoing:
    def test_one_click_and_a_reason(self, item: Item, bob: Person, signed_in: Callable[[Person], Client]) -> None:
        made, browser = decided(item, bob), signed_in(bob)
        assert "Undo and reinstate" in text(browser.get(f"/decisions/{made.id}/"))
        assert browser.post(f"/decisions/{made.id}/undo/", {"reason": " "}).status_code == 422
        for _ in range(2):  # again is no harm
            answer = browser.post(f"/decisions/{made.id}/undo/", {"reason": "a newspaper"})
            assert answer.headers["Location"] == f"/decisions/{made.id}/"
        page = text(browser.get(f"/decisions/{made.id}/"))
        assert "a newspaper" in page
        assert "Undo and reinstate" not in page

    def test_who_may_not_is_not_offered_it(
        self,
        item: Item,
        source: Source,
        bob: Person,
        charlie: Person,
        new_person: Callable[..., Person],
        signed_in: Callable[[Person], Client],
    ) -> None:
        made = decided(item, bob)
        browser = signed_in(new_person("dana", source, Role.AUDITOR))
        assert "Undo and reinstate" not in text(browser.get(f"/decisions/{made.id}/"))
        assert browser.post(f"/decisions/{made.id}/undo/", {"reason": "x"}).status_code == 403
        assert signed_in(charlie).post(f"/decisions/{made.id}/undo/", {"reason": "x"}).status_code == 404
        assert Decision.objects.get().undone is None


class TestLooking:
    def test_a_decision_shows_what_it_rested_on_and_what_became_of_that(
        self, item: Item, bank: Bank, alice: Person, signed_in: Callable[[Person], Client]
    ) -> None:
        made, browser = decided(item, alice), signed_in(alice)
        page = text(browser.get(f"/decisions/{made.id}/"))
        for said in (
            "lantern",
            entry(bank).name,
            "identical",
            "still there",
            "Preserved until 1 Sep 2026",
            "Alice",
        ):
            assert said in page
        banks.remove_entries(bank=bank, names=[entry(bank).name], acting_user="alice", at=START, reason="wrong")
        assert "removed since" in text(browser.get(f"/decisions/{made.id}/"))

    def test_the_list_holds_the_sources_that_a_person_knows(
        self,
        item: Item,
        other_source: Source,
        alice: Person,
        charlie: Person,
        signed_in: Callable[[Person], Client],
    ) -> None:
        mine, theirs = decided(item, alice), decided(taken_in(other_source, UNKNOWN), charlie)
        page = text(signed_in(alice).get("/decisions/"))
        assert str(mine.id) in page
        assert str(theirs.id) not in page

    def test_pages_of_the_list_and_a_chosen_action(
        self,
        source: Source,
        alice: Person,
        signed_in: Callable[[Person], Client],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(views, "PAGE_ROWS", 2)
        made = [decided(taken_in(source, UNKNOWN), alice, **ALLOWED, content_type="") for _ in range(3)]
        removed = decided(taken_in(source, UNKNOWN), alice)
        browser = signed_in(alice)
        seen: list[str] = []
        address = "/decisions/?"
        for _ in range(2):
            page = text(browser.get(address))
            seen += re.findall(r"/decisions/([0-9a-f-]{36})/", page)
            older = re.search(r'href="\?before=([^"]+)"', page)
            address = f"/decisions/?before={older[1]}" if older else ""
        assert address == ""
        assert len(seen) == 4
        assert set(seen) == {str(one.id) for one in (*made, removed)}
        chosen = text(browser.get("/decisions/?action=remove&before=nonsense"))
        assert re.findall(r"/decisions/([0-9a-f-]{36})/", chosen) == [str(removed.id)]

    def test_foreign_words_are_kept_apart(
        self, source: Source, alice: Person, signed_in: Callable[[Person], Client]
    ) -> None:
        made = decided(taken_in(source, UNKNOWN, reference="<script>"), alice, reasons="أسباب <b>\u202e")
        page = text(signed_in(alice).get(f"/decisions/{made.id}/"))
        assert "<bdi>&lt;script&gt;</bdi>" in page
        assert "<script>" not in page.replace("<script src", "")
        assert "أسباب &lt;b&gt;" in page
