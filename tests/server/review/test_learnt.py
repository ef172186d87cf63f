"""What was learnt of a bank's entries, as people see it: how much, its passages once revealed, and undoing it."""

import html
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from stanch.matching import entry_of
from stanch.values import TextPart
from stanch_server.accounts import operations
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Person, Source
from stanch_server.audit.models import AuditPayload
from stanch_server.banks import background
from stanch_server.banks import contents as bank_contents
from stanch_server.banks import operations as banks
from stanch_server.banks.follower import Follower
from stanch_server.banks.live import follower
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake.models import GramSighting, Item
from stanch_server.intake.operations import learn_common
from stanch_server.review.console.learnt import joined
from stanch_server.review.learnt import learnt_in
from tests.matching.writing import ALPHABETS, cut, writing
from tests.server.accounts.helpers import text as page_of
from tests.server.conftest import START
from tests.server.review.cast import new_bank
from tests.server.review.console_cast import HTMX, opened, received, text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
SignIn = Callable[[Person], Client]

WORK = writing(7777, 250, "arabic")
FORMULA = cut(WORK, 400, 440)
MIXED = " ".join(f"{one} {two}" for one, two in zip(WORK.split(), writing(7777, 250).split(), strict=True))
SCRIPTS = sorted(ALPHABETS.keys() - {"latin", "cyrillic"})
WORKS = {**{alphabet: writing(7777, 250, alphabet) for alphabet in SCRIPTS}, "mixed": MIXED}


def article(number: int, *inside: str) -> str:
    return " ".join([writing(number, 60, "arabic"), *inside, writing(number + 500, 60, "arabic")])


def taught(source: Source, *formulae: str, first: int = 0) -> None:
    """Have each formula printed by five accounts of a source, and learnt."""
    for number in range(5):
        for place, formula in enumerate(formulae):
            story = article(first + number * 50 + place, formula)
            assert received(source, text(story), account=f"paper-{number}").level == Item.Level.ALLOW
    assert learn_common(now=START) > 0


def kept_bank(source: Source | None, *works: str, name: str = "lantern") -> Bank:
    """Return an enabled bank of these texts, with their content kept."""
    bank = new_bank(name, source, {})
    for work in works:
        entry = entry_of(TextPart(name="work", text=work), follower().decoders, added=START, confirmed_by="alice")
        blob = bank_contents.keep(bank=bank, content=work.encode(), acting_user="alice", at=START)
        banks.add_entries(bank=bank, entries=[entry], blobs={entry.id: blob}, acting_user="alice", at=START)
    return bank


@pytest.fixture
def bank(source: Source) -> Bank:
    return kept_bank(source, WORK)


def only(bank: Bank) -> Entry:
    return Entry.objects.select_related("bank").get(bank=bank, removed=None)


def of_entry(bank: Bank, rest: str = "") -> str:
    return f"/banks/{bank.id}/entries/{only(bank).id}/learnt/{rest}"


def marked(page: str) -> list[str]:
    """Return the passages that a page marks, in order."""
    found = re.findall(r"<mark[^>]*>(.*?)</mark>", page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<sup.*?</sup>", "", one))) for one in found]


def refused_records() -> list[AuditPayload]:
    return list(AuditPayload.objects.filter(action="background.refused"))


def test_a_bank_says_what_was_learnt_of_which_entry(
    bank: Bank, source: Source, bob: Person, signed_in: SignIn
) -> None:
    browser = signed_in(bob)
    assert "Nothing was learnt" in page_of(browser.get(f"/banks/{bank.id}/learnt/"))
    taught(source, FORMULA)
    page = page_of(browser.get(f"/banks/{bank.id}/learnt/"))
    (found,) = learnt_in(bank, now=START)
    assert found.believed
    for said in (
        only(bank).name,
        f"{found.share:.0%}",
        "weighs nothing",
        f">{len(found.grams)}<",
        ">5<",
        "1 Mar 2026",
    ):
        assert said in page, said
    assert f'href="{of_entry(bank)}"' in page
    assert f"/banks/{bank.id}/learnt/" in page_of(browser.get(f"/banks/{bank.id}/"))
    assert of_entry(bank) in page_of(browser.get(f"/banks/{bank.id}/entries/{only(bank).id}/"))


def test_what_is_too_much_of_an_entry_stands_first_and_counts_in_full(
    source: Source, bob: Person, signed_in: SignIn
) -> None:
    other = writing(7778, 250, "arabic")
    bank = kept_bank(source, WORK, other)
    taught(source, FORMULA, *(cut(other, begin, begin + 50) for begin in range(0, 1000, 50)))
    page = page_of(signed_in(bob).get(f"/banks/{bank.id}/learnt/"))
    assert [one.believed for one in learnt_in(bank, now=START)] == [False, True]
    assert "too much was learnt: 1" in page
    assert page.index("counts in full: too much") < page.index("weighs nothing</span>")


def test_other_banks_entries_are_not_listed_nor_counted_unless_they_may_be_seen(
    bank: Bank, source: Source, other_source: Source, alice: Person, signed_in: SignIn
) -> None:
    kept_bank(source, WORK + writing(1, 9), name="second")
    theirs = kept_bank(other_source, WORK + writing(2, 9), name="theirs")
    taught(source, FORMULA)
    browser = signed_in(alice)
    assert page_of(browser.get(f"/banks/{bank.id}/learnt/")).count('th scope="row"') == 1
    page = page_of(browser.get(of_entry(bank, "undo/")))
    assert re.search(r"Other entries that hold some of them</dt><dd class=\"number\">1<", page)
    for rest in ("", "undo/"):
        assert browser.get(f"/banks/{theirs.id}/learnt/{rest}").status_code == 404
        assert browser.get(of_entry(theirs, rest)).status_code == 404


class TestItsPassages:
    @pytest.mark.parametrize("alphabet", WORKS)
    def test_are_shown_once_they_are_revealed_and_this_is_recorded(
        self, source: Source, bob: Person, signed_in: SignIn, alphabet: str
    ) -> None:
        work = WORKS[alphabet]
        bank, formula = kept_bank(source, work), cut(work, 300, 340)
        taught(source, formula)
        browser = signed_in(bob)
        veiled = page_of(browser.get(of_entry(bank)))
        assert work[:12] not in html.unescape(veiled)
        assert opened(bob.actor) == []
        answer = browser.post(of_entry(bank, "reveal/"), headers=HTMX)
        shown = page_of(answer)
        assert "<html" not in shown
        assert answer.headers["X-Part"] == "true"
        assert html.unescape(re.sub(r"<sup.*?</sup>|<[^>]+>", "", shown)).count(work) == 1
        assert marked(shown)
        assert all(one in formula for one in marked(shown))
        assert opened(bob.actor) == [(bob.actor, "revealed")]

    def test_are_shown_on_a_page_of_their_own_without_scripts(
        self, bank: Bank, source: Source, bob: Person, signed_in: SignIn
    ) -> None:
        taught(source, FORMULA)
        page = page_of(signed_in(bob).post(of_entry(bank, "reveal/")))
        assert "<html" in page
        assert marked(page)

    def test_are_not_shown_to_those_who_may_not_reveal_there(
        self,
        bank: Bank,
        source: Source,
        other_source: Source,
        new_person: Callable[..., Person],
        signed_in: SignIn,
    ) -> None:
        taught(source, FORMULA)
        auditor = new_person("ana", source, Role.AUDITOR)
        browser = signed_in(auditor)
        page = page_of(browser.get(of_entry(bank)))
        assert "weighs nothing" in page
        assert "need a role that may" in page
        assert browser.post(of_entry(bank, "reveal/")).status_code == 403
        mixed = new_person("dana", source, Role.AUDITOR)
        operations.grant_role(mixed, Role.REVIEWER, other_source, acting_user="test", now=START)
        assert signed_in(mixed).post(of_entry(bank, "reveal/")).status_code == 403
        assert opened(auditor.actor) == opened(mixed.actor) == []

    def test_of_an_entry_of_all_sources_are_shown_to_whoever_reveals_at_one(
        self, source: Source, bob: Person, signed_in: SignIn
    ) -> None:
        bank = kept_bank(None, WORK)
        taught(source, FORMULA)
        assert marked(page_of(signed_in(bob).post(of_entry(bank, "reveal/"))))

    def test_are_not_there_where_no_content_is_kept(self, source: Source, bob: Person, signed_in: SignIn) -> None:
        bank = new_bank("lantern", source, {WORK: "alice"})
        taught(source, FORMULA)
        browser = signed_in(bob)
        assert "only its fingerprint" in page_of(browser.get(of_entry(bank)))
        refused = browser.post(of_entry(bank, "reveal/"), headers=HTMX)
        assert refused.status_code == 410
        assert "kept any more" in page_of(refused)

    def test_that_touch_are_one(self) -> None:
        found = joined([(20, 32), (0, 12), (12, 15), (21, 30), (31, 40), (90, 99)])
        assert [(one.start, one.end, one.match) for one in found] == [(0, 15, 1), (20, 40, 2), (90, 99, 3)]


class TestTakingItBack:
    def test_an_entry_is_taken_back_by_name_with_a_reason_in_every_process(
        self, bank: Bank, source: Source, alice: Person, signed_in: SignIn
    ) -> None:
        taught(source, FORMULA)
        common = set(background.common_grams())
        browser = signed_in(alice)
        assert "What this changes" in page_of(browser.get(of_entry(bank, "undo/")))
        with Follower() as other:
            assert other.learnt_of_entries(now=START)
            answer = browser.post(of_entry(bank, "undo/"), {"reason": "إنه البيان نفسه"}, follow=True)
            assert "Taken back" in page_of(answer)
            assert other.learnt_of_entries(now=START) == []
        assert background.common_grams() == []
        assert not GramSighting.objects.filter(gram__in=common).exists()
        (record,) = refused_records()
        detail = json.loads(record.detail)
        assert (record.actor, record.subject, record.source) == (alice.actor, str(bank.id), str(source.id))
        assert (detail["reason"], detail["entry"]) == ("إنه البيان نفسه", str(only(bank).id))
        assert detail["count"] == len(common)
        assert "إنه البيان نفسه" in page_of(browser.get("/audit/?action=background.refused"))
        assert "Alice" in page_of(browser.get("/audit/?action=background.refused"))

    def test_it_is_not_learnt_again(self, bank: Bank, source: Source, alice: Person, signed_in: SignIn) -> None:
        taught(source, FORMULA)
        signed_in(alice).post(of_entry(bank, "undo/"), {"reason": "no formula"})
        for number in range(9):
            received(source, text(article(700 + number, FORMULA)), account=f"later-{number}")
        assert learn_common(now=START) == 0
        assert learnt_in(bank, now=START) == []

    def test_a_bank_is_taken_back_and_what_is_of_others_alone_stays(
        self, source: Source, alice: Person, signed_in: SignIn
    ) -> None:
        works = [writing(7780 + number, 250, "arabic") for number in range(3)]
        bank, other = kept_bank(source, *works[:2]), kept_bank(source, works[2], name="other")
        taught(source, *(cut(work, 400, 440) for work in works))
        assert len(learnt_in(bank, now=START)) == 2
        answer = signed_in(alice).post(f"/banks/{bank.id}/learnt/undo/", {"reason": "no formulae"}, follow=True)
        assert "Taken back" in page_of(answer)
        assert learnt_in(bank, now=START) == []
        assert [one.entry for one in learnt_in(other, now=START)] == [str(only(other).id)]

    def test_no_reason_no_change(self, bank: Bank, source: Source, alice: Person, signed_in: SignIn) -> None:
        taught(source, FORMULA)
        for reason in ("", "  \n "):
            answer = signed_in(alice).post(of_entry(bank, "undo/"), {"reason": reason})
            assert answer.status_code == 422
            assert "errorlist" in page_of(answer)
        assert background.common_grams()
        assert refused_records() == []

    def test_a_second_time_nothing_is_there_any_more(
        self, bank: Bank, source: Source, alice: Person, signed_in: SignIn
    ) -> None:
        taught(source, FORMULA)
        browser = signed_in(alice)
        browser.post(of_entry(bank, "undo/"), {"reason": "no formula"})
        assert "any more" in page_of(browser.get(of_entry(bank, "undo/")))
        again = browser.post(of_entry(bank, "undo/"), {"reason": "no formula"}, follow=True)
        assert "Nothing was taken back" in page_of(again)
        assert len(refused_records()) == 1

    def test_who_may_only_look_is_refused(
        self, bank: Bank, source: Source, bob: Person, charlie: Person, signed_in: SignIn
    ) -> None:
        taught(source, FORMULA)
        reviewer = signed_in(bob)
        assert "undo/" not in page_of(reviewer.get(f"/banks/{bank.id}/learnt/"))
        assert "undo/" not in page_of(reviewer.get(of_entry(bank)))
        for browser, status in ((reviewer, 403), (signed_in(charlie), 404)):
            for address in (of_entry(bank, "undo/"), f"/banks/{bank.id}/learnt/undo/"):
                assert browser.get(address).status_code == status
                assert browser.post(address, {"reason": "mine"}).status_code == status
        assert background.common_grams()

    def test_of_a_bank_of_all_sources_only_by_those_who_may_everywhere(
        self, source: Source, alice: Person, new_person: Callable[..., Person], signed_in: SignIn
    ) -> None:
        bank = kept_bank(None, WORK)
        taught(source, FORMULA)
        assert signed_in(alice).post(of_entry(bank, "undo/"), {"reason": "mine"}).status_code == 403
        eli = new_person("eli", None, Role.MANAGER)
        assert signed_in(eli).post(of_entry(bank, "undo/"), {"reason": "ours"}).status_code == 302
        (record,) = refused_records()
        assert (record.actor, record.source) == (eli.actor, None)
