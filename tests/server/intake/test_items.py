"""Items in, outcomes out: by the same calls that a source makes."""

import json
import math
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from stanch.fingerprints import as_query
from stanch.formats import record_of
from stanch.values import Level, State, TextPart
from stanch_server.accounts.models import Source
from stanch_server.audit.models import AuditPayload
from stanch_server.banks import operations as banks
from stanch_server.banks.live import follower
from stanch_server.banks.models import Bank
from stanch_server.intake import operations
from stanch_server.intake.contents import open_content
from stanch_server.intake.models import IdempotencyKey, Item, ItemEntry, ItemPart
from stanch_server.intake.operations import end_hold, purge_idempotency_keys, scan_pending
from stanch_server.outbox.models import OutboxRow
from stanch_server.vault.access import list_blobs
from tests.matching.writing import writing
from tests.server.conftest import START, Clock
from tests.server.intake.conftest import LINK, STATEMENT, UNCONFIRMED, Program, make_bank

pytestmark = pytest.mark.django_db(transaction=True)

NEWS = writing(99, 120)
LANGUAGES = {
    "ar": "أعلن الميناء اليوم أن السفن ستعود إلى الرصيف قبل المساء وأن الأسواق تبقى مفتوحة",
    "fa": "بندر امروز اعلام کرد که کشتی‌ها پیش از غروب به اسکله بازمی‌گردند و بازارها باز می‌مانند",
    "ur": "بندرگاہ نے آج اعلان کیا کہ جہاز شام سے پہلے گھاٹ پر واپس آئیں گے اور بازار کھلے رہیں گے",
    "zh": "港口今天宣布船只将在傍晚之前返回码头市场将继续开放直到夜里所有人都可以前来购买粮食和水果并且听取消息",
    "hi": "बंदरगाह ने आज घोषणा की कि जहाज शाम से पहले घाट पर लौटेंगे और बाजार खुले रहेंगे",
    "am": "ወደቡ ዛሬ መርከቦች ከምሽቱ በፊት ወደ መትከያው እንደሚመለሱ እና ገበያዎች ክፍት እንደሚሆኑ አስታወቀ",
    "dv": "ބަނދަރުން މިއަދު އިޢުލާން ކުރީ ބޯޓުތައް ހަވީރުގެ ކުރިން އެނބުރި އަންނާނެ ކަމަށާއި ބާޒާރުތައް ހުޅުވިފައި އޮންނާނެ ކަމަށެވެ",
    "mixed": "The harbour قال الميناء that ships السفن will return לפני הערב before evening and 市场将继续开放",
}


def public(**parts: Any) -> dict[str, Any]:
    return {"audience": "public", **parts}


@pytest.mark.usefixtures("bank")
def test_what_nobody_knows_is_allowed_and_its_content_is_not_kept(program: Program, source: Source) -> None:
    said = program.said(public(text=NEWS, id="post-7", account="a-1"))
    assert (said["state"], said["outcome"], said["matches"]) == ("done", "allow", [])
    assert (said["post"], said["account"], said["kinds"]) == ("post-7", "a-1", ["text"])
    assert not ItemPart.objects.exists()
    assert not list_blobs(source.id, sources=[source.id])


@pytest.mark.usefixtures("bank")
def test_identical_to_confirmed_content_is_held_until_a_policy_is_recorded(
    program: Program, source: Source, bank: Bank, clock: Clock
) -> None:
    held = program.said(public(text=STATEMENT))
    assert (held["outcome"], held["matches"][0]["kind"], held["matches"][0]["confirmed"]) == (
        "hold",
        "identical",
        True,
    )
    assert held["hold_until"] == (START + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    operations.set_policy(
        source=source,
        bank=bank,
        block_identical=True,
        at_most=Level.BLOCK,
        reason="decided by the board",
        acting_user="alice",
        at=clock.now(),
    )
    assert program.said(public(text=STATEMENT))["outcome"] == "block"  # at once, in a process that runs
    assert program.said(public(text=UNCONFIRMED))["outcome"] == "hold"
    assert program.said(public(links=[LINK]))["outcome"] == "review"  # a link is a copy, never identical


@pytest.mark.usefixtures("bank")
def test_what_waits_for_a_person_lies_in_the_vault(program: Program, source: Source) -> None:
    said = program.said(public(text=STATEMENT, links=["https://news.example/1"]))
    item = Item.objects.get(id=said["id"])
    assert item.hold_until is not None
    assert [(part.name, part.form, part.medium) for part in item.parts.all()] == [
        ("text", "text", "text"),
        ("links[0]", "link", "link"),
    ]
    assert len(list_blobs(source.id, sources=[source.id])) == 2
    assert ItemEntry.objects.filter(item=item, entry=said["matches"][0]["entry"]).exists()
    assert OutboxRow.objects.filter(topic="intake.hold-ends", due=item.hold_until).count() == 1


@pytest.mark.usefixtures("bank")
def test_every_outcome_is_recorded_by_ids_and_codes_only(program: Program) -> None:
    said = program.said(public(text=STATEMENT, id="post-7"))
    told = AuditPayload.objects.get(subject=said["id"])
    assert told.action == "item.outcome"
    assert json.loads(told.detail)["outcome"] == "hold"
    assert STATEMENT[:20] not in told.detail
    assert "post-7" not in told.detail


def test_a_source_never_sees_what_is_in_the_banks_of_another(
    new_program: Callable[..., Program], source: Source, other_source: Source
) -> None:
    make_bank("theirs", other_source, {TextPart(name="x", text=STATEMENT): "charlie"}, state=State.ENABLED)
    assert new_program(source).said(public(text=STATEMENT))["matches"] == []
    assert new_program(other_source).said(public(text=STATEMENT))["outcome"] == "hold"


def test_a_bank_in_shadow_is_counted_and_has_no_effect(program: Program, source: Source) -> None:
    make_bank("new", source, {TextPart(name="x", text=STATEMENT): "alice"}, state=State.SHADOW)
    said = program.said(public(text=STATEMENT))
    assert (said["outcome"], said["matches"][0]["shadow"]) == ("allow", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_comes_through_byte_by_byte(program: Program, source: Source, language: str) -> None:
    text = LANGUAGES[language]
    make_bank("works", source, {TextPart(name="x", text=text): "alice"}, state=State.ENABLED)
    said = program.said(public(text=text))
    assert (said["outcome"], said["matches"][0]["kind"]) == ("hold", "identical")
    assert said["language"] == {"mixed": "en"}.get(language, language)
    (part,) = Item.objects.get(id=said["id"]).parts.all()
    assert open_content(part, acting_user="alice", reason="revealed", now=START).decode() == text


@pytest.mark.usefixtures("bank")
def test_private_posts_are_refused_and_the_answer_says_why(program: Program) -> None:
    response = program.post({"audience": "private", "text": STATEMENT})
    told = json.loads(response.content)
    assert (response.status_code, told["type"]) == (422, "urn:stanch:problem:private-audience")
    assert told["place"] == "$.audience"
    assert "private messages are not scanned" in told["detail"]
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"text": "x"}, ""),
        (public(), "$"),
        (public(text=7), "$.text"),
        (public(txt="x"), ""),
        (public(text="x", links=["https://a.example", 7]), "$.links[1]"),
        (public(text="x", id="a" * 201), "$.id"),
        (public(text="x", id="a\nb"), "$.id"),
        (public(media=["poster.jpg"]), "$.media[0]"),
        (public(hashes=[{"method": "pdq", "value": "zz"}]), "$.hashes[0]"),
        (public(hashes=[{"method": "sha256", "value": "00"}]), "$.hashes[0]"),
        (public(hashes=[{"method": "sha3", "value": "00"}]), "$.hashes[0]"),
        (
            public(fingerprints=[{"name": "x", "medium": "image", "fingerprints": []}]),
            "$.fingerprints[0].fingerprints",
        ),
        ({"audience": "everybody", "text": "x"}, "$.audience"),
        (b'{"audience": "public", "text": "\xff"}', ""),
        (b"[" * 5_000, ""),
        (b"", ""),
    ],
)
def test_what_is_not_as_it_must_be_is_refused_with_its_place(program: Program, body: Any, place: str) -> None:
    response = program.post(body)
    told = json.loads(response.content)
    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    assert told.get("place", "") == place, told
    assert not Item.objects.exists()


def test_too_much_is_refused_before_it_is_read(program: Program, settings: Any) -> None:
    settings.LARGEST_REQUEST = 1_000
    response = program.post(public(text="x" * 2_000))
    assert (response.status_code, json.loads(response.content)["type"]) == (413, "urn:stanch:problem:too-large")


def test_other_content_types_are_refused(program: Program) -> None:
    response = program.browser.post(
        "/api/v1/items", b"<x/>", content_type="application/xml", headers=program.headers
    )
    assert response.status_code == 415


@pytest.mark.usefixtures("bank")
def test_the_same_post_under_the_same_key_is_taken_in_once(program: Program) -> None:
    body, name = public(text=STATEMENT, id="post-7"), {"Idempotency-Key": "k-1"}
    first, again = program.post(body, **name), program.post(body, **name)
    assert json.loads(first.content) == json.loads(again.content)
    assert ("Idempotent-Replay" in first, again["Idempotent-Replay"]) == (False, "true")
    assert Item.objects.count() == 1
    other = program.post(public(text=NEWS), **name)
    assert (other.status_code, json.loads(other.content)["type"]) == (
        422,
        "urn:stanch:problem:idempotency-key-reused",
    )


@pytest.mark.usefixtures("bank")
def test_idempotency_keys_belong_to_one_api_key_and_last_seven_days(
    program: Program, new_program: Callable[..., Program], source: Source
) -> None:
    name = {"Idempotency-Key": "k-1"}
    assert (
        program.said(public(text=NEWS), **name)["id"] != new_program(source).said(public(text=NEWS), **name)["id"]
    )
    assert purge_idempotency_keys(now=START + timedelta(days=7)) == 0
    assert purge_idempotency_keys(now=START + timedelta(days=7, seconds=1)) == 2
    assert not IdempotencyKey.objects.exists()


@pytest.mark.usefixtures("bank")
def test_of_many_at_once_under_one_key_one_is_taken_in(program: Program) -> None:
    answers: list[str] = []

    def send() -> None:
        try:
            other = Program("")
            other.headers = program.headers
            answers.append(other.said(public(text=STATEMENT), **{"Idempotency-Key": "k-1"})["id"])
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answers), len(set(answers)), Item.objects.count()) == (6, 1, 1)


@pytest.mark.usefixtures("bank")
def test_an_item_that_takes_long_is_answered_later(program: Program, source: Source) -> None:
    response = program.post(public(text=STATEMENT), Prefer="respond-async")
    said = json.loads(response.content)
    assert (response.status_code, said["state"], said["outcome"]) == (202, "pending", None)
    assert response["Location"] == f"/api/v1/items/{said['id']}"
    assert scan_pending(Item.objects.get().id, now=START)
    assert not scan_pending(Item.objects.get().id, now=START)
    done = json.loads(program.send("GET", f"/items/{said['id']}").content)
    assert (done["state"], done["outcome"]) == ("done", "hold")
    assert len(list_blobs(source.id, sources=[source.id])) == 1


@pytest.mark.usefixtures("bank")
def test_what_was_kept_for_a_scan_goes_when_nothing_was_found(program: Program, source: Source) -> None:
    program.post(public(text=NEWS), Prefer="respond-async")
    assert len(list_blobs(source.id, sources=[source.id])) == 1
    scan_pending(Item.objects.get().id, now=START)
    assert not list_blobs(source.id, sources=[source.id])
    assert not ItemPart.objects.exists()


@pytest.mark.usefixtures("bank")
def test_a_hold_ends_by_itself(program: Program) -> None:
    said = program.said(public(text=STATEMENT))
    item = Item.objects.get(id=said["id"])
    assert not end_hold(item.id, now=START + timedelta(hours=23))
    assert end_hold(item.id, now=START + timedelta(hours=24))
    assert not end_hold(item.id, now=START + timedelta(hours=25))
    item.refresh_from_db()
    assert (item.level, item.first_level, item.hold_until) == (Level.REVIEW, Level.HOLD, None)


@pytest.mark.usefixtures("bank")
def test_files_come_as_a_form_and_never_touch_a_temporary_file(program: Program) -> None:
    file = SimpleUploadedFile("note.txt", STATEMENT.encode())
    response = program.browser.post(
        "/api/v1/items",
        {"post": json.dumps(public(media=["note.txt"])), "note.txt": file},
        headers=program.headers,
    )
    said = json.loads(response.content)
    assert (response.status_code, said["outcome"], said["matches"][0]["part"]) == (200, "hold", "note.txt")


def test_files_that_the_post_does_not_name_are_refused(program: Program) -> None:
    both = "No file came along whose filename is 'b'; there came 'a'."
    spare = "The file 'spare.txt' is not named in the post."
    for post, files, said in (
        (public(text="x"), ["spare.txt"], spare),
        (public(media=["a", "b"]), ["a"], both),
    ):
        form = {"post": json.dumps(post), **{name: SimpleUploadedFile(name, b"x") for name in files}}
        response = program.browser.post("/api/v1/items", form, headers=program.headers)
        told = json.loads(response.content)
        assert (response.status_code, told["place"][:7], told["detail"]) == (422, "$.media", said)


@pytest.mark.usefixtures("bank")
def test_fingerprints_made_by_the_source_are_enough(program: Program) -> None:
    readings = as_query(TextPart(name="t", text=STATEMENT), follower().decoders)
    sent = [
        {
            "name": f"statement {number}",
            "medium": reading.medium.value,
            "symbols": reading.symbols,
            "fingerprints": [{**_plain(found), "variant": found.variant} for found in reading.fingerprints],
        }
        for number, reading in enumerate(readings)
        if reading.fingerprints
    ]
    said = program.said(public(fingerprints=sent))
    assert (said["outcome"], said["matches"][0]["kind"]) == ("hold", "identical")


def _plain(found: Any) -> Any:
    return msgspec.to_builtins(record_of(found))


@pytest.mark.usefixtures("bank")
@pytest.mark.parametrize("language", LANGUAGES)
def test_how_a_text_is_written_is_told_and_nothing_follows_from_it(program: Program, language: str) -> None:
    text = LANGUAGES[language]
    evading = f"\u202d\u202e{text} {'x' * 9}{chr(8) * 9}"
    clean, told = program.said(public(text=text)), program.said(public(text=evading))
    assert (clean["parts"][0]["evasion"], clean["parts"][0]["undone"]) == (0, [])
    part = told["parts"][0]
    assert 0.01 < part["evasion"] <= 1
    assert "deleted" in part["undone"]
    assert told["outcome"] == clean["outcome"] == "allow"
    assert told["reasons"] == []
    assert Item.objects.get(id=clean["id"]).evasion == 0
    assert Item.objects.get(id=told["id"]).evasion == math.ceil(100 * part["evasion"])


@pytest.mark.usefixtures("bank")
def test_what_is_scanned_later_has_its_evasion_too(program: Program, clock: Clock) -> None:
    said = program.said(public(text="hеllo wоrld", links=[]), prefer="respond-async")
    assert scan_pending(said["id"], now=clock.now())
    assert Item.objects.get(id=said["id"]).evasion == 20


@pytest.mark.usefixtures("bank")
def test_a_source_that_sends_fingerprints_says_how_the_text_is_written(program: Program) -> None:
    (reading,) = as_query(TextPart(name="t", text=NEWS), follower().decoders)
    made = [{**_plain(found), "variant": found.variant} for found in reading.fingerprints]
    sent = {"name": "t", "medium": "text", "fingerprints": made, "evasion": 0.255, "undone": ["mixed", "hidden"]}
    said = program.said(public(fingerprints=[sent]))
    assert (said["parts"][0]["evasion"], said["parts"][0]["undone"]) == (0.255, ["mixed", "hidden"])
    assert Item.objects.get(id=said["id"]).evasion == 26
    for wrong in ({"evasion": 1.5}, {"evasion": -0.1}, {"undone": ["<b>"]}):
        refused = program.send("POST", "/items", public(fingerprints=[sent | wrong]))
        assert refused.status_code == 422
        assert json.loads(refused.content)["place"].startswith("$.fingerprints[0].")


@pytest.mark.usefixtures("bank")
def test_a_batch_answers_for_each_element_in_its_place(program: Program) -> None:
    items = [
        public(text=NEWS),
        public(text=7),
        public(text=STATEMENT, idempotency_key="k-1"),
        {"audience": "private", "text": "x"},
        public(text=STATEMENT, idempotency_key="k-1"),
        public(text=NEWS, idempotency_key="k-1"),
    ]
    response = program.send("POST", "/items/batch", {"items": items})
    told = json.loads(response.content)["items"]
    assert response.status_code == 200
    assert [one["status"] for one in told] == [200, 422, 200, 422, 200, 422]
    assert [one["item"]["outcome"] for one in told if "item" in one] == ["allow", "hold", "hold"]
    assert told[2]["item"]["id"] == told[4]["item"]["id"]
    assert told[1]["problem"]["place"] == "$.items[1].text"
    assert told[5]["problem"]["type"].endswith("idempotency-key-reused")
    assert Item.objects.count() == 2


def test_an_empty_or_endless_batch_is_refused(program: Program) -> None:
    for items in ([], [public(text="x")] * 501):
        assert program.send("POST", "/items/batch", {"items": items}).status_code == 422


@pytest.mark.usefixtures("bank")
def test_items_of_another_source_do_not_exist(
    program: Program, new_program: Callable[..., Program], other_source: Source
) -> None:
    said = program.said(public(text=NEWS))
    stranger = new_program(other_source)
    for method in ("GET", "DELETE"):
        assert stranger.send(method, f"/items/{said['id']}").status_code == 404
        assert program.send(method, f"/items/{uuid4()}").status_code == 404
    assert program.send("GET", f"/items/{said['id']}").status_code == 200


@pytest.mark.usefixtures("bank")
def test_look_ups_keep_nothing(program: Program) -> None:
    queries = [{"text": STATEMENT}, {"link": LINK}, {"text": NEWS}, {"hash": {"method": "md5", "value": "0" * 32}}]
    response = program.send("POST", "/match", {"queries": queries})
    results = json.loads(response.content)["results"]
    assert [len(one["matches"]) for one in results] == [1, 1, 0, 0]
    assert not Item.objects.exists()
    for wrong in ({}, {"text": "x", "link": LINK}):
        refused = program.send("POST", "/match", {"queries": [{"text": "x"}, wrong]})
        assert (refused.status_code, json.loads(refused.content)["place"]) == (422, "$.queries[1]")


def test_a_key_that_asks_for_too_much_has_to_wait(program: Program, settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 12  # two at once, then one in five seconds
    seen = [program.post(public(text=NEWS)) for _ in range(3)]
    assert [one.status_code for one in seen] == [200, 200, 429]
    assert 1 <= int(seen[2]["Retry-After"]) <= 5
    assert Item.objects.count() == 2


def test_other_methods_and_addresses_are_answered_in_the_same_form(program: Program) -> None:
    for method, path, status in (("PUT", "/items", 405), ("GET", "/nowhere", 404)):
        response = program.send(method, path)
        assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_whatever_fails_is_answered_in_the_same_form(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret words of a post")

    monkeypatch.setattr("stanch_server.intake.operations.submitting.scan", fail)
    program.browser = Client(raise_request_exception=False)
    response = program.post(public(text=NEWS))
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert b"secret" not in response.content
    assert not Item.objects.exists()


@pytest.mark.usefixtures("bank")
def test_content_of_what_could_not_be_written_is_erased(
    program: Program, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("stanch_server.intake.operations.submitting.write_outcome", fail)
    program.browser = Client(raise_request_exception=False)
    assert program.post(public(text=STATEMENT)).status_code == 500
    assert not list_blobs(source.id, sources=[source.id])
    assert not Item.objects.exists()


def test_a_removed_entry_matches_no_more_with_the_next_request(program: Program, bank: Bank) -> None:
    assert program.said(public(links=[LINK]))["outcome"] == "review"
    banks.remove_entries(bank=bank, names=[LINK], acting_user="alice", at=START, reason="a mistake")
    assert program.said(public(links=[LINK]))["outcome"] == "allow"
