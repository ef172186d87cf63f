"""No request holds the service up: what is much work is answered later, what is too much is refused."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, transaction
from django.test import Client

from stanch_server.accounts.models import Source
from stanch_server.intake.contents import open_content
from stanch_server.intake.models import IdempotencyKey, Item
from stanch_server.intake.operations import submitting
from stanch_server.intake.scanning import scan
from stanch_server.vault import operations as vault
from stanch_server.vault.access import list_blobs
from stanch_server.vault.errors import StorageError
from tests.server.conftest import START
from tests.server.intake.conftest import LINK, STATEMENT, Program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bank")]


def public(**parts: Any) -> dict[str, Any]:
    return {"audience": "public", **parts}


def reading(method: str, digits: int, count: int, **more: Any) -> dict[str, Any]:
    record = {"method": method, "bits": "0123456789abcdef" * (digits // 16) * count, "extent": 1, **more}
    return {"name": f"{method} {count}", "medium": "image", "fingerprints": [record]}


@pytest.mark.parametrize(
    "parts",
    [
        {"text": "a.sh/ " * 1_000},
        {"text": "a[dot]sh/ " * 1_000},
        {"text": "港口。com/ " * 1_000},
        {"text": "x" * 250_001},
        {"links": [f"https://news.example/{'a/' * 2_000}{number}" for number in range(100)]},
        {"fingerprints": [reading("pdq/1", 64, 300)]},
    ],
    ids=["links", "defanged", "wide", "long", "long links", "images"],
)
def test_what_is_much_work_is_answered_later(program: Program, parts: dict[str, Any]) -> None:
    response = program.post(public(**parts))
    assert (response.status_code, json.loads(response.content)["state"]) == (202, "pending")


def test_prose_is_answered_at_once(program: Program) -> None:
    for parts in (
        {"text": "The ships return to the pier. Markets stay open, e.g. here.\n" * 300},
        {"text": "".join("أعلن الميناء اليوم أن السفن ستعود. " for _ in range(3_000))},
        {"hashes": [{"method": "pdq", "value": f"{number:064x}"} for number in range(100)]},
        {"links": [f"https://news.example/{number}" for number in range(100)]},
    ):
        assert program.post(public(**parts)).status_code == 200


@pytest.mark.parametrize(
    ("name", "data", "count", "status"),
    [
        ("links.txt", b"a.sh/ " * 1_000, 1, 202),
        ("wide.txt", "a.sh/ ".encode("utf-16") * 1_000, 1, 202),
        ("notes.txt", b"nothing to see " * 1_000, 1, 200),
        ("noise.bin", bytes(range(256)) * 4_000, 1, 200),
        ("noise.bin", b"\0\1", 13, 202),
    ],
)
def test_files_too(program: Program, name: str, data: bytes, count: int, status: int) -> None:
    names = [f"{number} {name}" for number in range(count)]
    form = {"post": json.dumps(public(media=names)), **{one: SimpleUploadedFile(one, data) for one in names}}
    response = program.browser.post("/api/v1/items", form, headers=program.headers)
    assert response.status_code == status


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"text": "x" * 1_000_001}, "$.text"),
        ({"fingerprints": [reading("pdq/1", 64, 5_000), reading("pdq-raw/1", 64, 5_001)]}, "$.fingerprints"),
        ({"fingerprints": [reading("text-gram/1", 16, 200_001, extent=300_000)]}, "$.fingerprints"),
        ({"fingerprints": [reading("text-gram/1", 16, 1, extent=10_000_001)]}, "$.fingerprints"),
    ],
)
def test_what_is_too_much_is_refused_with_its_place(program: Program, parts: dict[str, Any], place: str) -> None:
    response = program.post(public(**parts))
    assert (response.status_code, json.loads(response.content)["place"]) == (422, place)


def test_look_ups_are_bounded_together(program: Program, settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 10**6
    for queries in (
        [{"text": "x" * 10_000}] * 250,
        [{"text": "a.sh/ " * 1_600}] * 10,
        [{"link": LINK * 300}] * 400,
    ):
        response = program.send("POST", "/match", {"queries": queries})
        assert (response.status_code, json.loads(response.content)["place"]) == (422, "$.queries")
    assert program.send("POST", "/match", {"queries": [{"link": LINK}] * 1_000}).status_code == 200


def test_a_batch_is_scanned_as_far_as_there_is_time(program: Program) -> None:
    posts = [public(text="x" * 240_000) for _ in range(6)]
    told = json.loads(program.send("POST", "/items/batch", {"items": [*posts, public(text="y")]}).content)["items"]
    assert [one["status"] for one in told] == [200, 200, 200, 200, 202, 202, 200]


def test_a_batch_has_so_many_parts_and_no_more(program: Program) -> None:
    posts = [public(links=["https://news.example/1"] * 100) for _ in range(11)]
    response = program.send("POST", "/items/batch", {"items": posts})
    assert (response.status_code, json.loads(response.content)["place"]) == (422, "$.items")
    assert not Item.objects.exists()


def test_a_vault_that_takes_no_more_is_no_fault_of_the_program(
    program: Program, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = vault.store

    def full(**given: Any) -> Any:
        if given["data"] == LINK.encode():
            raise StorageError(path=Path("/vault"), problem="no room")
        return store(**given)

    monkeypatch.setattr(vault, "store", full)
    response = program.post(public(text=STATEMENT, links=[LINK]), **{"Idempotency-Key": "k"})
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert b"vault" not in response.content
    assert not list_blobs(source.id, sources=[source.id])  # what was kept of it before goes again
    assert not Item.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_content_of_a_batch_goes_when_one_post_fails(
    program: Program, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(contents: Any, **given: Any) -> Any:
        if contents[0].data == b"break":
            raise RuntimeError
        return scan(contents, **given)

    monkeypatch.setattr("stanch_server.intake.operations.submitting.scan", fail)
    program.browser = Client(raise_request_exception=False)
    response = program.send("POST", "/items/batch", {"items": [public(text=STATEMENT), public(text="break")]})
    assert response.status_code == 500
    assert not list_blobs(source.id, sources=[source.id])


def test_content_stays_if_a_commit_only_seemed_to_fail(
    program: Program, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def lost() -> Iterator[None]:
        with transaction.atomic():
            yield
        raise OperationalError("the connection was lost while it committed")

    name = {"Idempotency-Key": "k"}
    with monkeypatch.context() as patch:
        patch.setattr(submitting, "transaction", SimpleNamespace(atomic=lost))
        assert program.post(public(text=STATEMENT), **name).status_code == 503
    again = program.post(public(text=STATEMENT), **name)
    assert (again.status_code, again["Idempotent-Replay"]) == (200, "true")
    assert len(list_blobs(source.id, sources=[source.id])) == Item.objects.count() == 1
    (part,) = Item.objects.get().parts.all()
    assert open_content(part, acting_user="alice", reason="revealed", now=START).decode() == STATEMENT
