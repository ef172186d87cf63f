"""Look-ups: many in one request are answered as each would be by itself, and each refusal names its place."""

import json
from itertools import cycle, islice
from typing import Any

import pytest

from stanch.values import FILE_MD5, PDQ, PDQ_RAW, HashPart, State, TextPart
from stanch_server.accounts.models import Source
from stanch_server.audit.access import Shown, entries_for
from stanch_server.banks.models import Bank
from tests.matching.writing import changed, writing
from tests.server.intake.conftest import LINK, STATEMENT, Program, make_bank
from tests.server.intake.test_items import LANGUAGES, public

pytestmark = pytest.mark.django_db(transaction=True)

PICTURE = int("3c" * 32, 16)
MD5 = "0123456789abcdef" * 2
SCRIPTS = ("arabic", "persian", "urdu", "han", "devanagari", "ethiopic", "thaana")
WORKS = [writing(11, 50, script) for script in SCRIPTS]


def picture(away: int, method: str = "pdq") -> dict[str, Any]:
    return {"hash": {"method": method, "value": f"{PICTURE ^ ((1 << away) - 1):064x}"}}


QUERIES: list[dict[str, Any]] = [
    *({"text": text} for text in WORKS),
    *({"text": changed(text, 0.1, seed=2)} for text in WORKS),
    *({"text": writing(12, 20, script)} for script in SCRIPTS),
    *(picture(away, method) for away in (0, 7, 31, 32, 90) for method in ("pdq", "PDQ", "pdq-raw/1")),
    {"hash": {"method": "md5", "value": MD5}},
    {"hash": {"method": "file-md5/1", "value": MD5.upper()}},
    {"hash": {"method": "sha256", "value": "0" * 64}},
    {"hash": {"method": "link/1", "value": "0" * 16}},
    {"link": LINK},
    {"link": f"{LINK}/deeper?x=1"},
    {"link": "https://harbour.example/"},
    {"link": "no link"},
    {"text": f"{STATEMENT} {LINK}"},
    {"text": "\u200f"},
]


@pytest.fixture
def banks(source: Source, other_source: Source, bank: Bank) -> list[Bank]:
    """Return the bank of the source, one with works in many scripts and hashes, and one that is another's."""
    works: dict[Any, str | None] = {TextPart(name=text[:9], text=text): None for text in WORKS}
    works[HashPart(name="picture", method=PDQ, value=f"{PICTURE:064x}")] = "alice"
    works[HashPart(name="raw", method=PDQ_RAW, value=f"{PICTURE ^ 0xFF:064x}")] = None
    works[HashPart(name="md5", method=FILE_MD5, value=MD5)] = None
    shadow = make_bank("works", source, works, state=State.SHADOW)
    return [bank, shadow, make_bank("theirs", other_source, works, state=State.ENABLED)]


def asked(program: Program, queries: list[dict[str, Any]]) -> list[Any]:
    response = program.send("POST", "/match", {"queries": queries})
    assert response.status_code == 200, response.content
    results: list[Any] = json.loads(response.content)["results"]
    return results


def recorded() -> list[Shown]:
    return list(entries_for(sources=None, action="match.queried").entries)


@pytest.mark.usefixtures("banks")
def test_a_thousand_queries_are_answered_as_each_by_itself(program: Program, settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 10**6
    single = {json.dumps(query): asked(program, [query]) for query in QUERIES}
    queries = list(islice(cycle(QUERIES), 1_000))
    assert asked(program, queries) == [answer for query in queries for answer in single[json.dumps(query)]]


@pytest.mark.usefixtures("banks")
def test_each_query_is_answered_in_its_place(program: Program, settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 10**6
    answers = asked(program, QUERIES)
    found = [len(one["matches"]) for one in answers]
    places = {json.dumps(query): number for number, query in enumerate(QUERIES)}
    assert found[: 3 * len(SCRIPTS)] == [1] * 2 * len(SCRIPTS) + [0] * len(SCRIPTS)
    assert [found[places[json.dumps(picture(away))]] for away in (0, 7, 31, 32, 90)] == [2, 2, 2, 1, 0]
    near = answers[places[json.dumps(picture(7))]]["matches"]
    assert [(one["distance"], one["method"], one["confirmed"], one["shadow"]) for one in near] == [
        (1, "pdq-raw/1", False, True),
        (7, "pdq/1", True, True),
    ]
    assert [len(one["matches"]) for one in answers[-10:]] == [1, 1, 0, 0, 1, 1, 0, 0, 2, 0]
    assert [[why["code"] for why in one["not_scanned"]] for one in answers if one["not_scanned"]] == [
        ["invalid-value"],
        ["not-a-link"],
    ]


@pytest.mark.parametrize(
    ("wrong", "place", "code"),
    [
        ({}, "$.queries[2]", "invalid"),
        ({"text": "x", "hash": {"method": "md5", "value": MD5}}, "$.queries[2]", "invalid"),
        ({"text": "", "link": None}, "$.queries[2]", "invalid"),
        ({"hash": {"method": "md5", "value": MD5[1:]}}, "$.queries[2].hash", "invalid-value"),
        ({"hash": {"method": "md5", "value": MD5 + "0"}}, "$.queries[2].hash", "invalid-value"),
        ({"hash": {"method": "md5", "value": "g" * 32}}, "$.queries[2].hash", "invalid-value"),
        ({"hash": {"method": "pdq", "value": "٠" * 64}}, "$.queries[2].hash", "invalid-value"),
        ({"hash": {"method": "pdq", "value": " " * 64}}, "$.queries[2].hash", "invalid-value"),
        ({"hash": {"method": "tlsh", "value": MD5}}, "$.queries[2].hash", "unknown-method"),
        ({"hash": {"method": "pdq", "value": ""}}, "$.queries[2].hash.value", "invalid"),
        ({"hash": {"method": "pdq"}}, "$.queries[2].hash", "invalid"),
        ({"hash": "0" * 64}, "$.queries[2].hash", "invalid"),
    ],
)
@pytest.mark.usefixtures("bank")
def test_a_bad_query_names_its_place_and_nothing_is_looked_up(
    program: Program, wrong: dict[str, Any], place: str, code: str
) -> None:
    response = program.send("POST", "/match", {"queries": [picture(0), {"text": "x"}, wrong, picture(1)]})
    said = json.loads(response.content)
    assert (response.status_code, said["place"], said["type"]) == (422, place, f"urn:stanch:problem:{code}")
    assert not recorded()


@pytest.mark.usefixtures("banks")
def test_it_is_recorded_once_that_somebody_asked_and_never_what(program: Program) -> None:
    asked(program, [picture(0), {"text": WORKS[0]}, {"link": "https://harbour.example/"}])
    (record,) = recorded()
    assert record.detail == {"requests": 1, "queries": 3, "matched": 2}
    assert record.subject == ""


@pytest.mark.usefixtures("banks")
@pytest.mark.parametrize("language", LANGUAGES)
def test_how_a_text_is_written_is_told_as_of_an_item(program: Program, language: str) -> None:
    clean, evading = LANGUAGES[language], f"\u202d\u202e{LANGUAGES[language]} {'x' * 9}{chr(8) * 9}"
    answers = asked(program, [{"text": clean}, {"link": LINK}, {"text": evading}, picture(90)])
    parts = [program.said(public(text=text))["parts"][0] for text in (clean, evading)]
    assert [(one["evasion"], one["undone"]) for one in (answers[0], answers[2])] == [
        (part["evasion"], part["undone"]) for part in parts
    ]
    assert (answers[0]["evasion"], answers[0]["undone"]) == (0, [])
    assert answers[2]["evasion"] > 0.01
    assert "deleted" in answers[2]["undone"]
    assert answers[2]["matches"] == []
    assert all("evasion" not in one and "undone" not in one for one in (answers[1], answers[3]))
