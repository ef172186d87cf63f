"""What all pages of the console share, the audit log, the state of the system, and that Arabic is complete."""

import ast
import gettext
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views.defaults import server_error

import stanch_server.project
import stanch_server.review
from stanch_server.accounts.capabilities import ROLES, Role
from stanch_server.accounts.models import Person, Source
from stanch_server.audit import operations as audit
from stanch_server.audit.models import AuditPayload
from stanch_server.banks import leases
from stanch_server.banks.indexer import LEASE
from stanch_server.intake.models import Item
from stanch_server.outbox.models import OutboxRow
from stanch_server.outbox.operations import enqueue
from stanch_server.project.navigation import ROOMS, links
from stanch_server.review.console.words import duration
from tests.server.accounts.helpers import text as page_of
from tests.server.conftest import START
from tests.server.review.console_cast import ARABIC, altered_poster, file, received, stocked_bank, text

SignIn = Callable[[Person], Client]
LANGUAGES = [("en", "ltr"), ("ar", "rtl")]


@pytest.fixture
def everyone(new_person: Callable[..., Person]) -> Person:
    return new_person("dana", None, *Role)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "direction"), LANGUAGES)
def test_every_page_is_in_its_language_and_direction_and_nothing_is_inline(
    everyone: Person, source: Source, signed_in: SignIn, language: str, direction: str
) -> None:
    stocked_bank(source)
    post = received(source, text(f"Listen! {ARABIC}"), file(altered_poster()))
    browser = signed_in(everyone)
    for place in ("/items/", f"/items/{post.id}/", "/audit/", "/system/"):
        answer = browser.get(place, headers={"Accept-Language": language})
        page = page_of(answer)
        assert f'<html lang="{language}" dir="{direction}">' in page, place
        sheet = "bootstrap.rtl.min.css" if direction == "rtl" else "bootstrap.min.css"
        assert f"/static/bootstrap/css/{sheet}" in page
        assert not re.search(r"<style|\sstyle=|<[^>]*\son\w+=|javascript:|<script(?![^>]* src=)", page), place
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'self';")
        assert answer.headers["Cache-Control"] == "no-store"
        assert 'class="skip" href="#content"' in page
        assert '"allowEval":false' in page
        assert '"historyCacheSize":0' in page  # nothing that was revealed stays in the browser


def served(place: str) -> str:
    """Return a static file, read to its end and closed."""
    answer = Client().get(place)
    assert answer.status_code == 200, place
    found = b"".join(answer).decode()
    answer.close()
    return found


@pytest.mark.django_db
def test_what_pages_refer_to_is_served(everyone: Person, signed_in: SignIn) -> None:
    page = page_of(signed_in(everyone).get("/items/"))
    referred = {place: served(place) for place in re.findall(r'(?:href|src)="(/static/[^"]+)"', page)}
    assert len(referred) == 6
    sheets = [found for place, found in referred.items() if "console/" in place and place.endswith(".css")]
    named = {name for sheet in sheets for name in re.findall(r'url\("([^"]+)"\)', sheet)}
    assert named == {"chevron.svg", "check.svg", "radio.svg"}
    assert all(served(f"/static/console/{name}").startswith("<svg") for name in named)


@pytest.mark.django_db
def test_navigation_shows_what_each_role_may_enter(
    source: Source, new_person: Callable[..., Person], signed_in: SignIn
) -> None:
    for role in Role:
        browser = signed_in(new_person(f"everywhere-{role}", None, role))
        page = page_of(browser.get("/account/"))
        links = re.findall(
            r'<li><a href="([^"]+)"', page.partition('<nav class="rooms"')[2].partition("</nav>")[0]
        )
        expected = [room for room in ROOMS if room.capability is None or room.capability in ROLES[role]]
        assert len(links) == len(expected)
        for place in links:
            assert browser.get(place.partition("#")[0], follow=True).status_code == 200, (role, place)
        assert len([one for one in links if f'"{one}" aria-current="page"' in page]) == 1
        of_one = page_of(signed_in(new_person(f"here-{role}", source, role)).get("/account/"))
        assert ("/system/" in of_one, "/people/" in of_one) == (False, False)


@pytest.mark.django_db
def test_navigation_waits_for_the_second_factor(everyone: Person) -> None:
    browser = Client()
    browser.force_login(everyone, backend="stanch_server.accounts.backends.PassphraseAndCode")
    page = page_of(browser.get("/no-such-page/"))
    assert "Nothing here" in page
    assert 'class="rooms"' not in page


@pytest.mark.django_db
def test_every_room_of_the_navigation_is_there(source: Source) -> None:
    for room in ROOMS:
        assert reverse(room.page, args=[source.id] if room.page == "accounts:keys" else [])


@pytest.mark.parametrize(("language", "direction"), LANGUAGES)
def test_a_failure_is_told_in_words_without_the_database(language: str, direction: str) -> None:
    with translation.override(language):
        answer: HttpResponse = server_error(RequestFactory().get("/items/"))
    assert answer.status_code == 500
    assert f'<html lang="{language}" dir="{direction}">' in page_of(answer)
    assert "<script" not in page_of(answer)


@pytest.mark.django_db
class TestAuditLog:
    """Records, newest first, of one's own sources."""

    @staticmethod
    def record(action: str, source: Source | None, *, actor: str = "system", subject: str = "s") -> None:
        place = str(source.id) if source else None
        audit.record(
            actor=actor, action=action, subject=subject, source=place, detail={"why": ["a", "b"]}, at=START
        )

    def test_each_sees_their_sources_and_auditors_of_all_everything(
        self, source: Source, other_source: Source, alice: Person, everyone: Person, signed_in: SignIn
    ) -> None:
        self.record("test.ours", source, actor=alice.actor)
        self.record("test.theirs", other_source)
        self.record("test.nobodys", None)
        ours, all_of_them = (page_of(signed_in(one).get("/audit/")) for one in (alice, everyone))
        assert "test.ours" in ours
        assert "Alice" in ours
        assert "a, b" in ours
        assert "test.theirs" not in ours
        assert "test.nobodys" not in ours
        assert all(f"test.{name}" in all_of_them for name in ("ours", "theirs", "nobodys"))
        assert "the service itself" in all_of_them

    def test_filters_narrow_and_pages_follow(self, everyone: Person, signed_in: SignIn) -> None:
        for place in range(60):
            self.record("test.many", None, subject=f"subject-{place}")
        self.record("test.other", None, actor="<b>someone</b>")
        browser = signed_in(everyone)
        page = page_of(browser.get("/audit/?action=test.many"))
        assert "test.other" not in page
        assert page.count("<tr data-row") == 50
        (older,) = re.findall(r'<a href="(\?[^"]+)" rel="next"', page)
        rest = page_of(browser.get("/audit/" + older.replace("&amp;", "&")))
        assert rest.count("<tr data-row") == 10
        assert page_of(browser.get("/audit/?subject=subject-7")).count("<tr data-row") == 1
        for odd in ("before=x", "before=99999999999999999999", "action=%00", "actor=" + "x" * 999):
            assert browser.get(f"/audit/?{odd}").status_code == 200
        assert "<b>someone" not in page_of(browser.get("/audit/?action=test.other"))

    def test_an_erased_record_says_only_that_it_was_there(self, everyone: Person, signed_in: SignIn) -> None:
        self.record("test.secret", None, subject="whom")
        row = AuditPayload.objects.get(action="test.secret")
        audit.erase(row.entry.opaque_id, acting_user="test", at=START)
        page = page_of(signed_in(everyone).get("/audit/"))
        assert "was erased" in page
        assert "test.secret" not in page


@pytest.mark.django_db
class TestSystem:
    """Good, late or bad, in words."""

    @staticmethod
    def states(page: str) -> dict[str, str]:
        return dict(re.findall(r'<h2>([\w ]+) <span class="tag \w+">(\w+)</span>', page))

    def test_all_is_good_when_it_is(self, everyone: Person, signed_in: SignIn) -> None:
        leases.acquire(name=LEASE, holder="indexer-1", seconds=60, now=START)
        page = page_of(signed_in(everyone).get("/system/"))
        names = ["Index of the banks", "Queue", "Scanning", "Audit log", "Free on disk"]
        assert self.states(page) == dict.fromkeys(names, "good")
        assert "Python" in page
        assert re.search(r"(SQLite|PostgreSQL) \d", page)

    def test_what_is_late_is_said_to_be(
        self, source: Source, everyone: Person, signed_in: SignIn, settings: object
    ) -> None:
        setattr(settings, "FREE_DISK", 2**62)  # noqa: B010 - the fixture's type has no names
        enqueue(topic="test.topic", payload={}, due=START - timedelta(hours=2))
        Item.objects.create(
            source=source, key=source.id, audience="public", state="pending", received=START - timedelta(days=3)
        )
        audit.record(
            actor="a", action="test.old", subject="", source=None, detail={}, at=START - timedelta(hours=1)
        )
        page = page_of(signed_in(everyone).get("/system/"))
        states = self.states(page)
        assert states["Queue"] == states["Scanning"] == states["Index of the banks"] == "late"
        assert "not at work" in page
        assert states["Free on disk"] == "bad"
        assert "2 h" in page
        assert "3 d" in page

    def test_what_is_locked_waits_for_no_scan(self, source: Source, everyone: Person, signed_in: SignIn) -> None:
        long_ago = START - timedelta(days=3)
        Item.objects.create(
            source=source, key=source.id, audience="public", state="pending", received=long_ago, locked=long_ago
        )
        assert self.states(page_of(signed_in(everyone).get("/system/")))["Scanning"] == "good"

    def test_dead_letters_are_named(self, everyone: Person, signed_in: SignIn) -> None:
        enqueue(topic="test.topic", payload={}, due=START)
        OutboxRow.objects.update(dead=START, attempts=9, last_error="<i>no</i> answer")
        page = page_of(signed_in(everyone).get("/system/"))
        assert self.states(page)["Queue"] == "bad"
        assert "&lt;i&gt;no&lt;/i&gt; answer" in page


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=-3), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(hours=49), "2 d"),
    ],
)
def test_durations_are_said_in_their_largest_unit(span: timedelta, said: str) -> None:
    assert duration(span) == said


def marked(paths: list[Path]) -> Iterator[str]:
    """Yield every string that is marked for translation, in code and in templates."""
    for path in paths:
        written = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            calls = [one for one in ast.walk(ast.parse(written)) if isinstance(one, ast.Call)]
            yield from (str(ast.literal_eval(one.args[0])) for one in calls if getattr(one.func, "id", "") == "_")
            continue
        yield from re.findall(r'{% translate "([^"]+)" %}', written)
        assert not re.search(r"{% (?:trans|blocktrans) |{% translate '", written), path
        for block in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", written, re.DOTALL):
            yield re.sub(r"{{ (\w+) }}", r"%(\1)s", block)


PROJECT = Path(stanch_server.project.__file__).parent
REVIEW = Path(stanch_server.review.__file__).parent
CONSOLE = [*(REVIEW / "console").glob("*.py"), *(REVIEW / "templates" / "console").glob("*.html")]
SHARED = [PROJECT / "navigation.py", *(PROJECT / "templates").glob("*.html")]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|</?\w+>")


@pytest.mark.parametrize(("room", "paths"), [(PROJECT, SHARED), (REVIEW, CONSOLE)], ids=["project", "console"])
def test_every_string_of_the_console_is_translated(room: Path, paths: list[Path]) -> None:
    folder = room / "locale" / "ar" / "LC_MESSAGES"
    catalogue = (folder / "django.po").read_text(encoding="utf-8")
    written = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"$', catalogue, re.MULTILINE))
    with (folder / "django.mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    for original in set(marked(paths)):
        translated = written[original]
        assert re.search(r"[\u0600-\u06ff]", translated), original
        assert sorted(PLACEHOLDER.findall(original)) == sorted(PLACEHOLDER.findall(translated))
        assert compiled.gettext(original) == translated


def test_pages_of_the_console_say_what_they_are_for() -> None:
    """No text for people stands in a template unmarked."""
    for path in (REVIEW / "templates" / "console").glob("*.html"):
        bare = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>|&\w+;", " ", strip_blocks(path.read_text(encoding="utf-8")))
        assert re.findall(r"[A-Za-z]{3,}", bare) in ([], ["stanch", "audit", "verify"]), path


def strip_blocks(written: str) -> str:
    return re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", " ", written, flags=re.DOTALL)


def test_requests_without_a_person_have_no_navigation() -> None:

    assert links(HttpRequest()) == []
