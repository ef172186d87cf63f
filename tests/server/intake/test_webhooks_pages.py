"""Pages of webhooks: what is shown to whom, once, and what each button does."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from stanch_server.accounts import clock as time
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Person, Source
from stanch_server.audit.models import AuditPayload
from stanch_server.intake.models import Webhook
from stanch_server.intake.webhooks import operations, words
from stanch_server.intake.webhooks.errors import Problem
from stanch_server.outbox.models import OutboxRow
from tests.server.conftest import START, Clock
from tests.server.intake.webhook_cast import Receiver, add, deliver, make_item, tell

URL = "https://receiver.example/hooks?token=hush"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager(signed_in: Callable[[Person], Client], alice: Person) -> Client:
    return signed_in(alice)


def page(browser: Client, path: str, **typed: str) -> str:
    """Return a page, as a person reads it, after following what it leads to."""
    response = browser.post(path, typed, follow=True) if typed else browser.get(path, follow=True)
    assert response.status_code in {200, 422}
    return html.unescape(response.content.decode())


def at(source: Source, *, letters: bool = False) -> str:
    return f"/webhooks/sources/{source.id}/{'letters/' if letters else ''}"


def test_a_webhook_is_added_and_its_secret_is_shown_once(manager: Client, source: Source) -> None:
    shown = page(manager, at(source), url=URL)
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", shown)
    listed = page(manager, "/webhooks/")  # alice has one source: she is led to it
    assert "https://receiver.example/hooks?…" in listed
    assert "hush" not in listed
    assert secret not in listed
    (webhook,) = Webhook.objects.all()
    rotated = page(manager, f"/webhooks/{webhook.id}/rotate/", sure="yes")
    assert secret not in rotated
    assert "whsec_" in rotated
    assert "sign until" in page(manager, at(source))
    actions = AuditPayload.objects.filter(action__startswith="webhook.").order_by("entry_id")
    assert list(actions.values_list("action", flat=True)) == ["webhook.added", "webhook.rotated"]


def test_an_address_that_cannot_be_is_refused_with_its_reason(manager: Client, source: Source) -> None:
    assert "it does not begin with https://" in page(manager, at(source), url="http://receiver.example/")
    assert "an address that is not public" in page(manager, at(source), url="https://[::1]/")
    for _ in range(10):
        add(source, URL)
    assert "at most ten" in page(manager, at(source), url=URL)
    assert Webhook.objects.count() == 10


def test_a_test_message_is_sent_and_what_came_of_it_is_shown(
    manager: Client, source: Source, receiver: Receiver
) -> None:
    webhook, _ = add(source, receiver.url)
    receiver.answers.append(503)
    assert "on its way" in page(manager, f"/webhooks/{webhook.id}/test/", sure="yes")
    deliver()
    assert "the receiver answered 503" in page(manager, at(source))
    page(manager, f"/webhooks/{webhook.id}/test/", sure="yes")
    deliver()
    assert ">arrived<" in page(manager, at(source))


def test_a_webhook_is_removed_and_a_disabled_one_enabled(manager: Client, source: Source) -> None:
    webhook, _ = add(source, URL)
    operations.disable_webhook(webhook=webhook, at=START)
    assert "410 Gone" in page(manager, at(source))
    assert "410 Gone" not in page(manager, f"/webhooks/{webhook.id}/enable/", sure="yes")
    assert "Nobody is told yet" in page(manager, f"/webhooks/{webhook.id}/remove/", sure="yes")
    assert manager.post(f"/webhooks/{webhook.id}/rotate/").status_code == 404


def test_dead_letters_are_listed_without_their_content_and_replayed_or_let_go(
    manager: Client, source: Source
) -> None:
    add(source, URL)
    for reference in ("post-1", "post-2", "post-3"):
        tell(make_item(source, reference=reference, account="fisher"), reasons="fisher")
    OutboxRow.objects.update(dead=START, attempts=18, last_error="DeliveryError: the receiver answered 500.")
    listed = page(manager, at(source, letters=True))
    assert listed.count("the receiver answered 500") == 3
    assert "fisher" not in listed
    assert "post-1" not in listed
    assert '<span class="tag bad number">3' in page(manager, at(source))
    first, second, third = OutboxRow.objects.order_by("id")
    page(manager, f"/webhooks/letters/{first.id}/", replay="")
    page(manager, f"/webhooks/letters/{second.id}/", discard="")
    assert manager.post(f"/webhooks/letters/{second.id}/").status_code == 404
    assert "Everything has arrived" in page(manager, at(source, letters=True), all="yes")
    for row in (first, second, third):
        row.refresh_from_db()
    assert [(row.dead is None, row.done is None) for row in (first, second, third)] == [
        (True, True),
        (False, False),
        (True, True),
    ]


def test_letters_are_paged(manager: Client, source: Source) -> None:
    add(source, URL)
    for _ in range(51):
        tell(make_item(source))
    OutboxRow.objects.update(dead=START)
    first = page(manager, at(source, letters=True))
    (link,) = re.findall(r"\?before=\d+", first)
    assert page(manager, at(source, letters=True) + link).count('name="replay"') == 1
    assert page(manager, at(source, letters=True) + "?before=²").count('name="replay"') == 50


def test_who_may_look_sees_no_buttons_and_whose_source_it_is_not_sees_nothing(
    signed_in: Callable[[Person], Client], new_person: Callable[..., Person], charlie: Person, source: Source
) -> None:
    webhook, _ = add(source, URL)
    tell(make_item(source))
    OutboxRow.objects.update(dead=START)
    auditor = signed_in(new_person("dana", source, Role.AUDITOR))
    for path in (at(source), at(source, letters=True)):
        assert 'action="/webhooks/' not in page(auditor, path)
    assert auditor.post(f"/webhooks/{webhook.id}/remove/").status_code == 403
    other = signed_in(charlie)
    letter = OutboxRow.objects.get().pk
    for path in (f"/webhooks/{webhook.id}/remove/", f"/webhooks/letters/{letter}/", at(source)):
        assert other.post(path).status_code == 404
    assert Webhook.objects.get().removed is None


def test_changing_asks_once_more_who_it_is(manager: Client, source: Source, clock: Clock) -> None:
    webhook, _ = add(source, URL)
    clock.advance(minutes=11)
    assert time.now() == clock.now()
    response = manager.post(f"/webhooks/{webhook.id}/rotate/")
    assert (response.status_code, response.headers["location"].split("?")[0]) == (302, "/sign-in/again/")
    assert manager.get(at(source)).status_code == 200


def test_arabic_pages_are_arabic_and_mirrored(manager: Client, source: Source, receiver: Receiver) -> None:
    manager.cookies["django_language"] = "ar"
    add(source, receiver.url)
    tell(make_item(source))
    OutboxRow.objects.update(dead=START, last_error=f"DeliveryError: {Problem.TIMEOUT}.")
    for path in (at(source), at(source, letters=True)):
        shown = page(manager, path)
        assert '<html lang="ar" dir="rtl">' in shown
        assert "خطافات الويب" in shown
    assert "لم يُجب المستقبِل" in page(manager, at(source, letters=True))


def test_every_stored_problem_has_words_and_unknown_ones_stay_as_they_are() -> None:
    with translation.override("ar"):
        for problem in Problem:
            assert words.problem(f"HopelessError: {problem}.") != problem
        assert "503" in words.problem("DeliveryError: the receiver answered 503.")
        assert words.problem("KeyError in somewhere:7") == "KeyError in somewhere:7"
