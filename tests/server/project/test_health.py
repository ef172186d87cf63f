"""Health, readiness and metrics, as machines ask for them."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, transaction
from django.test import Client

from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType
from stanch_server.accounts.models import Source
from stanch_server.audit import operations as audit
from stanch_server.audit.sequencer import sequence
from stanch_server.banks import trouble
from stanch_server.banks.indexer import Indexer
from stanch_server.banks.operations import create_bank
from stanch_server.intake.models import Item
from stanch_server.outbox import operations as outbox
from stanch_server.project import health, metrics
from tests.conftest import ROOT
from tests.server.conftest import START, Clock

pytestmark = pytest.mark.django_db
ELSEWHERE = "198.51.100.7"


@pytest.fixture(autouse=True)
def _asked_anew(clock: Clock) -> Iterator[None]:  # noqa: ARG001 - pages ask the test's clock
    health.kept.forget()
    metrics.items.forget()
    yield
    health.kept.forget()
    metrics.items.forget()


def asked(path: str = "/readyz", **more: str) -> tuple[int, Any]:
    response = Client().get(path, **more)  # type: ignore[arg-type]
    return response.status_code, json.loads(response.content)


def bank_of_one_change() -> None:
    info = BankInfo(
        name="lantern",
        owner="operator",
        legal_basis="Article 5",
        content_type=ContentType.INCITES,
        designation=BEHAVIOUR_BASED,
    )
    create_bank(info=info, source=None, acting_user="test", at=START)


def test_healthz_answers_everybody_and_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = Client().get("/healthz", REMOTE_ADDR=ELSEWHERE)
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_all_is_well_at_first() -> None:
    status, answer = asked()
    assert status == 200
    assert answer["ready"] is True
    assert set(answer["parts"]) == {"disk", "database", "queue", "index", "audit"}
    assert set(answer["parts"].values()) == {"ok"}
    assert answer["numbers"]["queue_waiting"] == 0


def test_a_late_queue_is_named(clock: Clock) -> None:
    with transaction.atomic():
        outbox.enqueue(topic="letters", payload={}, due=START)
    clock.advance(seconds=59)
    assert asked()[0] == 200
    health.kept.forget()
    clock.advance(seconds=2)
    status, answer = asked()
    assert (status, answer["parts"]["queue"], answer["parts"]["audit"]) == (503, "late", "ok")
    assert answer["numbers"]["queue_late_seconds"] == 61


def test_an_audit_log_that_nobody_numbers_is_named(clock: Clock) -> None:
    with transaction.atomic():
        audit.record(actor="a", action="test.done", subject="s", at=START)
    clock.advance(seconds=61)
    status, answer = asked()
    assert (status, answer["parts"]["audit"], answer["numbers"]["audit_waiting"]) == (503, "late", 1)
    sequence(now=clock.now())
    health.kept.forget()
    assert asked()[0] == 200


def test_an_index_that_nobody_makes_is_named(clock: Clock, settings: Any, tmp_path: Path) -> None:
    settings.INDEX_FOLDER = tmp_path
    bank_of_one_change()
    sequence(now=clock.advance(minutes=10, seconds=60))
    assert asked()[0] == 200
    health.kept.forget()
    clock.advance(seconds=1)
    status, answer = asked()
    assert (status, answer["parts"]["index"]) == (503, "late")
    assert (answer["numbers"]["index_behind"], answer["numbers"]["index_late_seconds"]) == (1, 61)
    Indexer(folder=tmp_path, holder="me").run_once(now=clock.now())
    health.kept.forget()
    status, answer = asked()
    assert (status, answer["numbers"]["index_behind"]) == (200, 0)


@pytest.mark.parametrize("kind", ["full", "refused", "damaged"])
def test_an_index_that_cannot_be_renewed_is_named_and_serves(
    kind: trouble.Kind, clock: Clock, settings: Any, tmp_path: Path
) -> None:
    settings.INDEX_FOLDER = tmp_path
    trouble.note(tmp_path, kind, "x.segment cannot be written: No space left on device.", now=START)
    status, answer = asked()
    assert (status, answer["ready"], answer["parts"]["index"]) == (200, True, kind)
    assert answer["details"]["index"].startswith(
        "x.segment cannot be written: No space left on device, since 2026-"
    )
    health.kept.forget()
    _, elsewhere = asked(REMOTE_ADDR=ELSEWHERE)
    assert (elsewhere["parts"]["index"], set(elsewhere)) == (kind, {"ready", "parts"})
    trouble.clear(tmp_path)
    health.kept.forget()
    assert asked()[1]["parts"]["index"] == "ok"
    trouble.note(tmp_path, kind, "it is full", now=START)
    bank_of_one_change()
    sequence(now=clock.advance(minutes=11, seconds=1))
    health.kept.forget()
    status, answer = asked()
    assert (status, answer["parts"]["index"], answer["details"]["index"][:10]) == (503, "late", "it is full")


def test_a_full_disk_is_named(settings: Any) -> None:
    settings.FREE_DISK = shutil.disk_usage(settings.DATA_FOLDER).total + 1
    status, answer = asked()
    assert (status, answer["parts"]["disk"]) == (503, "full")


def test_a_database_that_is_away_or_of_another_version_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise OperationalError

    for is_away in (away, lambda: True):
        monkeypatch.setattr(health, "unapplied", is_away)
        health.kept.forget()
        status, answer = asked()
        assert (status, answer["parts"]) == (503, {"disk": "ok", "database": "down"})


def test_a_process_that_still_loads_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    warming = health.Warming()
    monkeypatch.setattr(health, "warm", warming)
    warming.run(lambda: seen.append(asked()))
    assert (seen[0][0], seen[0][1]["parts"]["index"]) == (503, "starting")
    health.kept.forget()
    assert asked()[0] == 200


@pytest.mark.parametrize(
    "there",
    [
        {"REMOTE_ADDR": ELSEWHERE},
        {"HTTP_X_FORWARDED_FOR": ELSEWHERE},
        {"HTTP_FORWARDED": f"for={ELSEWHERE}"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_numbers_and_metrics_stay_on_this_machine(there: dict[str, str], settings: Any) -> None:
    status, answer = asked(**there)
    assert status == 200
    assert set(answer) == {"ready", "parts"}
    assert Client().get("/metrics", **there).status_code == 403  # type: ignore[arg-type]
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer ", **there).status_code == 403  # type: ignore[arg-type]
    settings.METRICS_TOKEN = "of-the-scraper"
    for sent, expected in {"of-the-scraper": 200, "of-another": 403}.items():
        response = Client().get("/metrics", HTTP_AUTHORIZATION=f"Bearer {sent}", **there)  # type: ignore[arg-type]
        assert response.status_code == expected
    assert Client().get("/metrics").status_code == 200


@pytest.mark.parametrize("page", ["/healthz", "/readyz", "/metrics"])
def test_the_machine_itself_needs_no_https_and_the_token_is_taken_over_nothing_else(
    page: str, settings: Any
) -> None:
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.METRICS_TOKEN = "of-the-scraper"
    assert Client().get(page).status_code == 200
    assert Client().get("/sign-in/").status_code == 301
    sent = {"REMOTE_ADDR": ELSEWHERE, "HTTP_AUTHORIZATION": "Bearer of-the-scraper"}
    in_clear, safely = Client().get("/metrics", **sent), Client().get("/metrics", secure=True, **sent)  # type: ignore[arg-type]
    assert (in_clear.status_code, safely.status_code) == (403, 200)


def test_many_who_ask_cost_as_much_as_one(django_assert_max_num_queries: Any) -> None:
    asked()
    with django_assert_max_num_queries(0):
        for _ in range(20):
            asked()


def test_metrics_count_by_pattern_and_name_nobody(source: Source) -> None:
    account = f"account-{uuid4().hex}"
    for number, level in enumerate([0, 0, 2, None]):
        Item.objects.create(
            source=source,
            key=uuid4(),
            reference=f"post-{number}",
            account=account,
            audience="public",
            level=level,
            received=START,
            state="done",
        )
    nowhere = uuid4()
    assert Client().get(f"/sources/{nowhere}/keys/").status_code == 302
    assert Client().get(f"/no/such/{nowhere}").status_code == 404
    text = Client().get("/metrics").content.decode()
    assert 'stanch_items{outcome="allow"} 2.0' in text
    assert 'stanch_items{outcome="hold"} 1.0' in text
    assert 'stanch_items{outcome="pending"} 1.0' in text
    assert 'stanch_requests_total{method="GET",route="/sources/<uuid:source_id>/keys/",status="302"}' in text
    assert 'stanch_requests_total{method="GET",route="(none)",status="404"}' in text
    assert "stanch_ready 1.0" in text
    for secret in (str(nowhere), nowhere.hex, account, "post-0", str(source.id), source.name):
        assert secret not in text


def test_an_unknown_method_makes_no_label_of_its_own() -> None:
    Client().generic("BREW", "/healthz")
    text = Client().get("/metrics").content.decode()
    assert "BREW" not in text
    assert 'method="other",route="/healthz",status="405"' in text


def test_every_metric_is_documented() -> None:
    page = (ROOT / "docs" / "howto" / "run-the-service.md").read_text(encoding="utf-8")
    text = Client().get("/metrics").content.decode()
    names = re.findall(r"^# TYPE stanch_(\w+) (?!untyped)", text, re.MULTILINE)
    assert set(metrics.HELP) <= set(names)
    for name in names:
        assert name.endswith("_created") or f"`{name}`" in page, name
