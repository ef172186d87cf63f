"""Banks for programs: what a key may see and change, what is refused and where, and that it is found at once."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client

from stanch.fingerprints import text as text_fingerprints
from stanch.formats import record_of
from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType, LinkPart, Purpose, TextPart
from stanch_server.accounts import operations as accounts
from stanch_server.accounts.models import Source
from stanch_server.banks import contents, live, operations
from stanch_server.banks.models import Bank, Entry
from tests.matching.writing import ALPHABETS, writing
from tests.server.conftest import START, Clock

pytestmark = pytest.mark.django_db

Call = Callable[..., Any]
DIGEST = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    live.close()
    yield
    live.close()


@pytest.fixture
def call(source: Source, clock: Clock) -> Call:  # noqa: ARG001 - the time stands still
    """Return what sends a request with a key of the source, and returns status and answer."""

    def send(
        method: str, path: str, body: Any = None, *, may: str = "banks.read banks.write", to: Source = source
    ) -> Any:
        given = accounts.create_api_key(
            source=to,
            name="importer",
            capabilities=may.split(),
            expires_at=START + timedelta(days=1),
            acting_user="test",
            now=START,
        )
        answer = Client().generic(
            method,
            f"/api/v1/banks{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {given[1]}"},
        )
        return answer.status_code, json.loads(answer.content) if answer.content else None

    return send


def bank(source: Source | None, name: str = "lantern", *, good: bool = False) -> Bank:
    info = BankInfo(
        name=name,
        owner="Harbour Ltd",
        legal_basis="Article 5",
        purpose=Purpose.KNOWN_GOOD if good else Purpose.KNOWN,
        content_type=None if good else ContentType.INCITES,
        designation=None if good else BEHAVIOUR_BASED,
        reason="read aloud" if good else None,
    )
    return operations.create_bank(info=info, source=source, acting_user="test", at=START)


def found(part: Any, source: Source) -> list[str]:
    result = live.follower().match_part(part, source=source.id, now=START)
    return [match.entry for match in result.matches]


class TestReading:
    def test_a_key_sees_the_banks_of_its_source_and_those_of_all(
        self, call: Call, source: Source, other_source: Source
    ) -> None:
        mine, shared, theirs = bank(source, "a-mine"), bank(None, "b-shared"), bank(other_source, "c-theirs")
        status, said = call("GET", "")
        assert (status, [one["name"] for one in said["banks"]]) == (200, ["a-mine", "b-shared"])
        for one, expected in ((mine, 200), (shared, 200), (theirs, 404)):
            assert call("GET", f"/{one.id}")[0] == expected
            assert call("GET", f"/{one.id}/entries")[0] == expected
            status, told = call("GET", f"/{one.id}", may="items.read")
            assert (status, told["detail"]) == (403, "It needs banks.read: make a key that has it.")
        assert call("GET", f"/{theirs.id}", to=other_source)[0] == 200
        assert said["banks"][0] == {
            "id": str(mine.id),
            "name": "a-mine",
            "source": str(source.id),
            "owner": "Harbour Ltd",
            "legal_basis": "Article 5",
            "purpose": "known",
            "state": "shadow",
            "content_type": "incites",
            "designation": "behaviour-based",
            "reason": "",
            "radius": {},
            "created": "2026-03-01T09:00:00Z",
            "entries": 0,
        }

    def test_entries_come_each_once_whatever_happens_between_two_pages(self, call: Call, source: Source) -> None:
        to = bank(source)
        for seed in range(7):
            assert call("POST", f"/{to.id}/entries", {"text": writing(seed, 9)})[0] == 200
        _, first = call("GET", f"/{to.id}/entries?limit=3")
        assert call("DELETE", f"/{to.id}/entries/{first['next']}")[0] == 204
        _, second = call("GET", f"/{to.id}/entries?limit=3&after={first['next']}")
        _, third = call("GET", f"/{to.id}/entries?limit=3&after={second['next']}")
        seen = [one["id"] for page in (first, second, third) for one in page["entries"]]
        assert (len(seen), sorted(set(seen)), third["next"]) == (7, seen, None)

    @pytest.mark.parametrize(
        "query", ["after=x", "after=", "limit=0", "limit=1001", "limit=x", "limit=٣", "limit="]
    )
    def test_odd_queries_are_refused_with_their_place(self, query: str, call: Call, source: Source) -> None:
        to = bank(source)
        status, said = call("GET", f"/{to.id}/entries?{query}")
        assert (status, said["place"]) == (422, query.partition("=")[0])
        assert call("GET", f"/{to.id}/entries?limit=1000")[0] == 200


class TestAdding:
    @pytest.mark.parametrize("alphabet", [name for name in ALPHABETS if name not in {"latin", "cyrillic"}])
    def test_a_text_in_any_script_is_found_unconfirmed_by_the_next_question(
        self, alphabet: str, call: Call, source: Source
    ) -> None:
        to, words = bank(source), writing(5, 60, alphabet)
        assert found(TextPart(name="t", text=words), source) == []
        said = {"text": words, "labels": ["خطبة", "خطبة"], "note": "n", "expires": "2026-04-01T00:00:00+03:00"}
        status, answered = call("POST", f"/{to.id}/entries", said)
        entry = Entry.objects.get()
        assert (status, answered) == (
            200,
            {
                "id": str(entry.id),
                "bank": str(to.id),
                "name": entry.name,
                "methods": ["text-exact/1", "text-gram/1"],
                "added": "2026-03-01T09:00:00Z",
                "confirmed": False,
                "expires": "2026-04-01T00:00:00+03:00",
                "labels": ["خطبة"],
                "note": "n",
            },
        )
        assert call("GET", f"/{to.id}/entries/{entry.id}")[1]["methods"] == answered["methods"]
        assert found(TextPart(name="t", text=words), source) == [str(entry.id)]
        assert contents.open_content(entry=entry, acting_user="t", reason="test", now=START) == words.encode()

    def test_links_hashes_and_fingerprints_are_found_too(self, call: Call, source: Source) -> None:
        to, words = bank(source), writing(9, 60, "urdu")
        made = text_fingerprints.as_entry(words, name="t").fingerprints
        records = msgspec.to_builtins([record_of(one) for one in made])
        for body, methods in (
            ({"link": "https://lantern.example/a"}, ["link/1"]),
            ({"link": "lantern.example", "subdomains": True}, ["link/1"]),
            ({"hash": {"method": "pdq", "value": DIGEST}}, ["pdq-raw/1"]),
            ({"hash": {"method": "file-md5/1", "value": DIGEST[:32]}}, ["file-md5/1"]),
            ({"fingerprints": records, "name": "theirs-7"}, ["text-exact/1", "text-gram/1"]),
        ):
            status, said = call("POST", f"/{to.id}/entries", body)
            assert (status, said["methods"], said["confirmed"]) == (200, methods, False)
        assert found(TextPart(name="t", text=words), source) == [str(Entry.objects.get(name="theirs-7").id)]
        assert found(LinkPart(name="l", link="sub.lantern.example/z"), source) != []
        assert not Entry.objects.exclude(confirmed_by="").exists()
        assert call("POST", f"/{to.id}/entries", {"link": "https://lantern.example/a"})[0] == 409

    @pytest.mark.parametrize(
        ("body", "place"),
        [
            ({}, "$"),
            ({"text": "a", "link": "b.example"}, "$"),
            ({"text": 1}, "$.text"),
            ({"text": "a", "confirmed": True}, None),
            ({"text": "…!?"}, "$.text"),
            ({"link": "not a link"}, "$.link"),
            ({"hash": {"method": "pdq", "value": "zz"}}, "$.hash"),
            ({"hash": {"method": "sha3", "value": "00"}}, "$.hash.method"),
            ({"hash": {"method": "text-gram/1", "value": "00"}}, "$.hash"),
            ({"fingerprints": []}, "$.fingerprints"),
            ({"fingerprints": [{"method": "pdq/1", "bits": "00", "extent": 1.0}]}, "$.fingerprints"),
            (
                {"fingerprints": [{"method": "pdq/1", "bits": DIGEST, "extent": 1.0, "at": [5.0]}]},
                "$.fingerprints",
            ),
            ({"fingerprints": [{"method": "pdq/1", "bits": DIGEST, "extent": 1.0}] * 2}, "$.fingerprints"),
            ({"text": "a", "expires": "2026-03-01T09:00:00Z"}, "$.expires"),
            ({"text": "a", "expires": "2026-05-01T09:00:00"}, "$.expires"),
            ({"text": "a", "note": "\0"}, "$.note"),
            ({"text": "a", "labels": ["a\nb"]}, "$.labels"),
            ({"text": "a", "labels": [""]}, "$.labels[0]"),
            ({"text": "a", "name": "a\nb"}, "$.name"),
        ],
    )
    def test_what_cannot_be_banked_is_refused_with_its_place(
        self, body: dict[str, Any], place: str | None, call: Call, source: Source
    ) -> None:
        to = bank(source)
        status, said = call("POST", f"/{to.id}/entries", body)
        assert (status, said.get("place"), Entry.objects.count()) == (422, place, 0)
        assert said["type"].startswith("urn:stanch:problem:")
        assert call("POST", f"/{to.id}/entries", {"text": "a \0 b"})[0] == 200  # the same key, the same bank

    def test_known_good_content_needs_why_and_until_when(self, call: Call, source: Source) -> None:
        to = bank(source, good=True)
        assert call("POST", f"/{to.id}/entries", {"text": "سلام", "note": "n"})[1]["place"] == "$.expires"
        end = {"expires": "2027-01-01T00:00:00Z"}
        assert call("POST", f"/{to.id}/entries", {"text": "سلام"} | end)[1]["place"] == "$.note"
        assert call("POST", f"/{to.id}/entries", {"text": "سلام", "note": "n"} | end)[0] == 200

    def test_a_key_adds_only_to_banks_of_its_own_source(
        self, call: Call, source: Source, other_source: Source
    ) -> None:
        mine, shared = bank(source, "mine"), bank(None, "shared")
        body = {"text": "سلام world"}
        for to, options, expected in (
            (mine, {"may": "banks.read"}, 403),
            (mine, {"to": other_source}, 404),
            (shared, {}, 403),
            (mine, {}, 200),
        ):
            assert call("POST", f"/{to.id}/entries", body, **options)[0] == expected
        assert [entry.bank for entry in Entry.objects.all()] == [mine]


class TestRemoving:
    def test_what_is_removed_is_not_found_any_more(self, call: Call, source: Source, other_source: Source) -> None:
        to, part = bank(source), TextPart(name="t", text=writing(1, 60))
        entry = call("POST", f"/{to.id}/entries", {"text": part.text})[1]["id"]
        path = f"/{to.id}/entries/{entry}"
        assert call("DELETE", path, may="banks.read")[0] == 403
        assert call("DELETE", path, to=other_source)[0] == 404
        assert found(part, source) == [entry]
        assert call("DELETE", path)[0] == 204
        assert found(part, source) == []
        assert call("DELETE", path)[0] == 404
        assert call("GET", path)[0] == 404

    def test_what_a_person_confirmed_only_a_person_removes(self, call: Call, source: Source) -> None:
        to = bank(source)
        path = f"/{to.id}/entries/{call('POST', f'/{to.id}/entries', {'text': 'سلام'})[1]['id']}"
        operations.confirm_entry(entry=Entry.objects.get(), acting_user="alice-id", at=START)
        status, said = call("DELETE", path)
        assert (status, said["type"], Entry.objects.get().removed) == (409, "urn:stanch:problem:confirmed", None)
        assert call("GET", path)[1]["confirmed"] is True
