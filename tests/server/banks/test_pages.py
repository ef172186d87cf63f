"""Banks in the console: who may do what, what is refused, and where it says so."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from stanch.values import TextPart
from stanch_server.accounts import operations as accounts
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Person, Source
from stanch_server.banks import live, operations
from stanch_server.banks.models import Bank
from tests.matching.writing import writing
from tests.server.accounts.helpers import text
from tests.server.banks.console_cast import NEXT_YEAR, Browser, add, bank, entry_in, text_value
from tests.server.conftest import START

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    live.close()
    yield
    live.close()


class TestMaking:
    TYPED: ClassVar = {
        "name": "harbour-1", "purpose": "known", "owner": "ميناء", "legal_basis": "Article 5",
        "content_type": "incites", "behaviour_based": "on",
    }  # fmt: skip

    def test_a_manager_makes_a_bank_in_shadow_for_their_source(
        self, alice: Person, bob: Person, source: Source, other_source: Source, signed_in: Browser
    ) -> None:
        browser = signed_in(alice)
        for chosen in ("", other_source.id):  # all sources, or one that is not theirs
            assert browser.post("/banks/new/", self.TYPED | {"source": chosen}).status_code == 422
        assert signed_in(bob).post("/banks/new/", self.TYPED | {"source": source.id}).status_code == 403
        assert Bank.objects.count() == 0
        answer = browser.post("/banks/new/", self.TYPED | {"source": source.id})
        made = Bank.objects.get()
        assert answer.headers["Location"] == f"/banks/{made.id}/?done=made"
        assert (made.source, made.state, made.owner) == (source, "shadow", "ميناء")
        again = browser.post("/banks/new/", self.TYPED | {"source": source.id})
        assert "There is a bank of this name already." in text(again)

    def test_for_all_sources_it_takes_a_manager_of_all(
        self, new_person: Callable[..., Person], signed_in: Browser
    ) -> None:
        browser = signed_in(new_person("eli", None, Role.MANAGER))
        assert browser.post("/banks/new/", self.TYPED).status_code == 302
        assert Bank.objects.get().source is None

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"name": "مرفأ"}, "Use Latin letters"),
            ({"name": ".hidden"}, "Use Latin letters"),
            ({"owner": "  "}, "This field is required."),
            ({"content_type": ""}, "Choose one"),
            ({"behaviour_based": ""}, "Give list, identifier and date"),
            ({"behaviour_based": "", "designation_list": "EU list"}, "Give list, identifier and date"),
            ({"purpose": "known-good"}, "Say why its content is known to be good."),
        ],
    )
    def test_each_thing_it_must_say_has_its_place(
        self, changed: dict[str, str], said: str, alice: Person, source: Source, signed_in: Browser
    ) -> None:
        answer = signed_in(alice).post("/banks/new/", self.TYPED | {"source": source.id} | changed)
        assert (answer.status_code, Bank.objects.count()) == (422, 0)
        assert text(answer).count('class="errorlist"') == 1
        assert said in text(answer)

    def test_a_designation_names_list_identifier_and_date(
        self, alice: Person, source: Source, signed_in: Browser
    ) -> None:
        named = {
            "behaviour_based": "", "designation_list": "Harbour list", "designation_identifier": "VL-7",
            "designation_date": "2024-05-06", "source": source.id,
        }  # fmt: skip
        browser = signed_in(alice)
        assert browser.post("/banks/new/", self.TYPED | named).status_code == 302
        assert "VL-7" in text(browser.get("/banks/register/"))


class TestOneBank:
    def test_its_state_is_changed_by_those_who_manage_it_after_they_were_told(
        self, alice: Person, bob: Person, charlie: Person, source: Source, signed_in: Browser
    ) -> None:
        held = bank(source)
        page, part = f"/banks/{held.id}/state/", TextPart(name="t", text=writing(1, 60))
        add(signed_in(bob), held, "text", text=part.text)
        for someone, status in ((bob, 403), (charlie, 404)):
            assert signed_in(someone).get(page).status_code == status
            assert signed_in(someone).post(page, {"state": "enabled"}).status_code == status
        browser = signed_in(alice)
        assert "held until a person decides" in text(browser.get(page))
        assert live.follower().match_part(part, source=source.id, now=START).matches[0].counted_only
        assert browser.post(page, {"state": "enabled"}).headers["Location"] == f"/banks/{held.id}/?done=enabled"
        assert not live.follower().match_part(part, source=source.id, now=START).matches[0].counted_only
        assert "The bank is enabled" in text(browser.get(f"/banks/{held.id}/?done=enabled"))
        assert browser.post(page, {"state": "gone"}).headers["Location"] == page
        assert browser.post(page, {"state": "shadow"}).status_code == 302
        assert Bank.objects.get(id=held.id).state == "shadow"

    def test_its_thresholds_stay_in_their_range(
        self, alice: Person, bob: Person, source: Source, signed_in: Browser
    ) -> None:
        held = bank(source)
        page, browser = f"/banks/{held.id}/threshold/", signed_in(alice)
        assert signed_in(bob).post(page, {"method": "pdq/1", "radius": 20}).status_code == 403
        for method, radius in (("pdq/1", 65), ("pdq/1", -1), ("pdq/1", "x"), ("text-gram/1", 1)):
            assert browser.post(page, {"method": method, "radius": radius}).status_code == 422
        assert browser.post(page, {"method": "pdq/1", "radius": 20}).status_code == 302
        assert Bank.objects.get(id=held.id).radius == {"pdq/1": 20}

    def test_who_confirmed_is_named_to_those_who_manage_only(
        self, alice: Person, bob: Person, source: Source, signed_in: Browser
    ) -> None:
        held = bank(source)
        add(signed_in(bob), held, "text", text="سلام world")
        for page in (f"/banks/{held.id}/", f"/banks/{held.id}/entries/{entry_in(held).id}/"):
            to_manager, to_reviewer = text(signed_in(alice).get(page)), text(signed_in(bob).get(page))
            assert ("Bob" in to_manager, bob.actor in to_manager) == (True, False)
            assert ("Bob" in to_reviewer, bob.actor in to_reviewer) == (False, True)

    def test_its_entries_are_found_and_come_page_by_page(
        self, alice: Person, source: Source, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("stanch_server.banks.paging.PAGE", 2)
        held, browser = bank(source), signed_in(alice)
        for seed, label in enumerate(("خطبة", "خطبة", "خطبة", "声明")):
            add(browser, held, "text", text=writing(seed, 9), labels=label)
        first = text(browser.get(f"/banks/{held.id}/", {"q": "خطبة"}))
        assert first.count('<bdi class="name">') - first.count("Alice") == 2
        (after,) = [link.split('"')[0] for link in first.split("after=")[1:]]
        second = text(browser.get(f"/banks/{held.id}/", {"q": "خطبة", "after": after}))
        assert second.count('<bdi class="name">') - second.count("Alice") == 1
        assert ("Older entries" in first, "Older entries" in second) == (True, False)
        assert "Nothing here has this" in text(browser.get(f"/banks/{held.id}/", {"q": "nowhere"}))


class TestWhoManagesElsewhere:
    def test_changes_nothing_here(
        self, new_person: Callable[..., Person], source: Source, other_source: Source, signed_in: Browser
    ) -> None:
        """To be a manager somewhere opens the pages; whose bank it is decides what may be done there."""
        gina = new_person("gina", other_source, Role.MANAGER)
        accounts.grant_role(gina, Role.REVIEWER, source, acting_user="test", now=START)
        browser = signed_in(gina)
        for held, status in ((bank(source), 403), (bank(None, "shared"), 403), (bank(other_source, "own"), 302)):
            entry = operations.add_with_content(
                bank=held, entry=text_value(), content=None, acting_user="test", at=START
            )
            changes: list[tuple[str, dict[str, Any]]] = [
                ("state/", {"state": "enabled"}),
                ("threshold/", {"method": "pdq/1", "radius": 20}),
                (f"entries/{entry.id}/", {"note": "changed"}),
            ]
            for page, typed in changes:
                assert browser.post(f"/banks/{held.id}/{page}", typed).status_code == status
            held.refresh_from_db()
            entry.refresh_from_db()
            changed = status == 302
            assert (held.state == "enabled", held.radius != {}, entry.note != "") == (changed, changed, changed)
            assert browser.get(f"/banks/{held.id}/").status_code == 200
            offered = text(browser.get(f"/banks/{held.id}/entries/{entry.id}/"))
            assert ("remove/" in offered, "Save" in offered) == (changed, changed)


class TestOneEntry:
    def test_its_details_are_changed_by_those_who_write(
        self, alice: Person, bob: Person, charlie: Person, source: Source, signed_in: Browser
    ) -> None:
        held = bank(source)
        add(signed_in(bob), held, "text", text="سلام world")
        entry = entry_in(held)
        page, typed = (
            f"/banks/{held.id}/entries/{entry.id}/",
            {"labels": "أ, b", "note": "n", "expires": NEXT_YEAR},
        )
        for someone, status in ((bob, 403), (charlie, 404)):
            assert signed_in(someone).post(page, typed).status_code == status
        browser = signed_in(alice)
        assert browser.post(page, typed | {"expires": "2020-01-01"}).status_code == 422
        assert browser.post(page, typed).headers["Location"] == f"{page}?done=changed"
        entry.refresh_from_db()
        assert (entry.labels, entry.note, str(entry.expires)[:10]) == (["أ", "b"], "n", NEXT_YEAR)
        assert browser.post(page, typed).headers["Location"] == f"{page}?done=unchanged"

    def test_removal_is_offered_to_those_who_may(
        self, alice: Person, bob: Person, charlie: Person, source: Source, signed_in: Browser
    ) -> None:
        held = bank(source)
        add(signed_in(bob), held, "text", text="سلام world")
        page = f"/banks/{held.id}/entries/{entry_in(held).id}/"
        assert f"{page}remove/" in text(signed_in(alice).get(page))
        assert f"{page}remove/" not in text(signed_in(bob).get(page))
        assert signed_in(charlie).get(page).status_code == 404
        other = bank(source, "other")
        assert signed_in(alice).get(page.replace(str(held.id), str(other.id))).status_code == 404

    def test_markup_in_names_notes_and_labels_stays_text(
        self, alice: Person, source: Source, signed_in: Browser
    ) -> None:
        held, browser = bank(source), signed_in(alice)
        odd = "<script>alert(1)</script>"
        add(browser, held, "link", link="a.example/x", labels=odd, note=odd)
        for page in (f"/banks/{held.id}/", f"/banks/{held.id}/entries/{entry_in(held).id}/"):
            assert odd not in text(browser.get(page))


class TestLists:
    def test_banks_are_listed_to_those_who_read_them_and_registered_for_all(
        self,
        alice: Person,
        charlie: Person,
        new_person: Callable[..., Person],
        source: Source,
        signed_in: Browser,
    ) -> None:
        bank(source, "mine-1")
        bank(None, "shared-1")
        partner = new_person("pat", source, Role.PARTNER)
        mine, theirs = text(signed_in(alice).get("/banks/")), text(signed_in(charlie).get("/banks/"))
        assert ("mine-1" in mine, "shared-1" in mine) == (True, True)
        assert ("mine-1" in theirs, "shared-1" in theirs) == (False, True)
        assert signed_in(partner).get("/banks/").status_code == 403
        for someone in (alice, charlie, partner):
            register = text(signed_in(someone).get("/banks/register/"))
            assert ("mine-1" in register, "shared-1" in register) == (True, True)
        nobody = new_person("nobody", None)
        assert signed_in(nobody).get("/banks/register/").status_code == 403

    def test_arabic_pages_are_mirrored_and_keep_foreign_words_apart(
        self, alice: Person, source: Source, signed_in: Browser
    ) -> None:
        held, browser = bank(source), signed_in(alice)
        browser.cookies["django_language"] = "ar"
        add(browser, held, "text", text="سلام world")
        for page in ("/banks/", "/banks/register/", "/banks/new/", f"/banks/{held.id}/", f"/banks/{held.id}/add/"):
            shown = text(browser.get(page))
            assert '<html lang="ar" dir="rtl">' in shown
        assert "<bdi>lantern</bdi>" in text(browser.get("/banks/"))
        assert "أُضيفت المدخلة" in text(browser.get(f"/banks/{held.id}/entries/{entry_in(held).id}/?done=added"))
