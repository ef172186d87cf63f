"""The two exits: sealed at once and for everybody; reported by a person, on paper."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Person, Source
from stanch_server.audit.models import AuditPayload
from stanch_server.intake import operations as intake
from stanch_server.intake.contents import open_content
from stanch_server.intake.errors import LockedItemError, PreservedItemError
from stanch_server.intake.models import Item, ItemPart
from stanch_server.review import operations
from stanch_server.review.calendar import Why, periods
from stanch_server.review.contacts import contacts
from stanch_server.review.models import ThreatReport
from stanch_server.review.operations.exits import Facts
from stanch_server.vault.access import get_blob
from tests.server.accounts.helpers import text
from tests.server.conftest import START, Clock
from tests.server.review.cast import STATEMENT, UNKNOWN, new_bank, taken_in

pytestmark = pytest.mark.django_db(transaction=True)
THREAT = {
    "threat": "قال إنه سيهاجم الميناء غدا at 6:00 from the pier",
    "member_state": "de",
    "recipient": "The authority",
    "contact": "The duty desk",
    "published": "3 May 2026, 14:05, UTC+2",
    "location": "https://harbour.example/post/7",
    "uploader": "a-1",
}


@pytest.fixture
def item(source: Source, clock: Clock) -> Item:  # noqa: ARG001 - the clock stands still
    new_bank("lantern", source, {STATEMENT: "alice"})
    return taken_in(source, STATEMENT)


class TestSealing:
    def test_nobody_opens_it_any_more_and_it_is_preserved(self, item: Item, bob: Person) -> None:
        assert operations.seal(item=item, acting_user=bob.actor, at=START)
        part = ItemPart.objects.select_related("item").get()
        with pytest.raises(LockedItemError):
            open_content(part, acting_user=bob.actor, reason="just once", now=START)
        kept = get_blob(part.blob, sources=[item.source_id])
        assert kept.preserved_until == periods()[Why.SEALED].end(START)
        with pytest.raises(LockedItemError):
            intake.forget(item=Item.objects.get(), acting_user="alice", now=START)
        assert not operations.seal(item=item, acting_user="alice", at=START)
        assert Item.objects.get().locked_by == bob.actor
        assert AuditPayload.objects.filter(action="review.sealed").count() == 1

    def test_what_breaks_off_leaves_it_unlocked(self, item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
        def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("stanch_server.review.operations.exits.preserve", dies)
        with pytest.raises(KeyboardInterrupt):
            operations.seal(item=item, acting_user="bob", at=START)
        assert Item.objects.get().locked is None  # the person sees an error, and presses again

    def test_one_question_then_what_to_do(
        self, item: Item, bob: Person, signed_in: Callable[[Person], Client]
    ) -> None:
        browser = signed_in(bob)
        address = f"/items/{item.id}/exits/abuse/"
        assert "Lock it now" in text(browser.get(address))
        assert Item.objects.get().locked is None  # looking does nothing
        assert browser.post(address).headers["Location"] == address
        page = text(browser.get(address))
        assert "Do this now" in page
        assert "https://www.inhope.org/" in page
        assert "has not set a hotline" in page
        assert STATEMENT[:20] not in page
        assert 'name="action"' not in text(browser.get(f"/items/{item.id}/decide/"))
        assert browser.post(f"/items/{item.id}/decide/", {"action": "allow"}).status_code == 422

    def test_the_operators_own_hotline_comes_first(
        self, item: Item, bob: Person, signed_in: Callable[[Person], Client], settings: object
    ) -> None:
        settings.HOTLINE = "خط الميناء الساخن"  # type: ignore[attr-defined]
        operations.seal(item=item, acting_user=bob.actor, at=START)
        page = text(signed_in(bob).get(f"/items/{item.id}/exits/abuse/"))
        assert page.index("خط الميناء الساخن") < page.index("inhope")
        assert "has not set a hotline" not in page

    def test_no_telephone_number_stands_in_the_files(self) -> None:
        for contact in (*contacts().abuse, *contacts().threat):
            assert contact.address.startswith("https://")
            assert not re.search(r"\d[\d ()-]{4,}\d", contact.what + contact.name)


class TestThreat:
    def test_a_report_is_kept_printed_and_handed_over_by_a_person(
        self, item: Item, bob: Person, clock: Clock, signed_in: Callable[[Person], Client]
    ) -> None:
        browser = signed_in(bob)
        form = browser.get(f"/items/{item.id}/exits/threat/")
        assert "call the police first" in text(form)
        token = str(uuid4())
        for _ in range(2):  # the same form twice is one report
            answer = browser.post(f"/items/{item.id}/exits/threat/", {**THREAT, "token": token})
        made = ThreatReport.objects.get()
        assert answer.headers["Location"] == f"/threats/{made.id}/"
        assert (made.member_state, made.made_by, made.handed_over) == ("DE", bob.actor, None)
        page = text(browser.get(f"/threats/{made.id}/"))
        assert THREAT["threat"] in page
        assert "Nobody has handed this over yet" in page
        for _ in range(2):
            clock.advance(minutes=1)
            assert browser.post(f"/threats/{made.id}/handed-over/").status_code == 302
        made.refresh_from_db()
        assert (made.handed_over, made.handed_over_by) == (START + timedelta(minutes=1), bob.actor)
        assert "Nobody has handed this over yet" not in text(browser.get(f"/threats/{made.id}/"))

    def test_the_same_facts_as_json_and_as_text(
        self, item: Item, bob: Person, signed_in: Callable[[Person], Client]
    ) -> None:
        facts = Facts(**{**THREAT, "threat": "one\ntwo"})
        made = operations.report_threat(item=item, facts=facts, acting_user=bob.actor, at=START)
        browser = signed_in(bob)
        answer = browser.get(f"/threats/{made.id}/report.json")
        said = json.loads(answer.content)
        assert "attachment" in answer.headers["Content-Disposition"]
        assert (said["threat"], said["item"], said["post"]) == ("one\ntwo", str(item.id), "post-7")
        plain = text(browser.get(f"/threats/{made.id}/report.txt"))
        assert "    one\n    two\n" in plain
        assert all(one in plain for one in said.values() if one and "\n" not in one)

    def test_what_an_authority_may_ask_for_is_preserved(self, item: Item, bob: Person, clock: Clock) -> None:
        facts = Facts(**THREAT)
        operations.report_threat(item=item, facts=facts, acting_user=bob.actor, at=START)
        part = ItemPart.objects.get()
        end = periods()[Why.THREAT].end(START)
        assert get_blob(part.blob, sources=[item.source_id]).preserved_until == end
        unkept = taken_in(item.source, UNKNOWN)
        operations.report_threat(item=unkept, facts=facts, acting_user=bob.actor, at=START)
        with pytest.raises(PreservedItemError):
            intake.forget(item=unkept, acting_user="alice", now=clock.now())
        clock.time = end + timedelta(days=1)
        intake.forget(item=unkept, acting_user="alice", now=clock.now())
        assert ThreatReport.objects.get().item == item

    @pytest.mark.parametrize("missing", ["threat", "recipient", "contact"])
    def test_what_is_needed_is_asked_for(
        self, item: Item, bob: Person, signed_in: Callable[[Person], Client], missing: str
    ) -> None:
        given = {**THREAT, missing: " ", "token": str(uuid4())}
        answer = signed_in(bob).post(f"/items/{item.id}/exits/threat/", given)
        assert answer.status_code == 422
        assert THREAT["published"] in text(answer)  # nothing that was typed is lost
        assert not ThreatReport.objects.exists()

    @pytest.mark.parametrize("state", ["Germany", "1A", "é!"])
    def test_a_member_state_has_two_letters(
        self, item: Item, bob: Person, signed_in: Callable[[Person], Client], state: str
    ) -> None:
        given = {**THREAT, "member_state": state, "token": str(uuid4())}
        assert signed_in(bob).post(f"/items/{item.id}/exits/threat/", given).status_code == 422

    def test_a_sealed_item_can_be_reported_too(self, item: Item, bob: Person) -> None:
        operations.seal(item=item, acting_user=bob.actor, at=START)
        operations.report_threat(item=item, facts=Facts(**THREAT), acting_user=bob.actor, at=START)
        assert ThreatReport.objects.count() == 1


def test_whoever_sees_an_item_has_both_exits_and_nobody_else(
    item: Item,
    source: Source,
    charlie: Person,
    new_person: Callable[..., Person],
    signed_in: Callable[[Person], Client],
) -> None:
    made = operations.report_threat(item=item, facts=Facts(**THREAT), acting_user="bob", at=START)
    pages = [f"/items/{item.id}/exits/abuse/", f"/items/{item.id}/exits/threat/", f"/threats/{made.id}/"]
    auditor, admin = new_person("dana", source, Role.AUDITOR), new_person("eli", source, Role.ADMIN)
    for person, status in ((auditor, 200), (admin, 403), (charlie, 404)):
        browser = signed_in(person)
        assert [browser.get(page).status_code for page in pages] == [status] * 3
        if status != 200:
            assert [browser.post(page).status_code for page in pages[:2]] == [status] * 2
    assert Item.objects.get().locked is None
