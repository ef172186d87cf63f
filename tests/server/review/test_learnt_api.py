"""What was learnt of a bank's entries, for programs: listed page by page, and taken back."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from stanch_server.accounts.models import Source
from stanch_server.audit.models import AuditPayload
from stanch_server.banks import background
from stanch_server.banks.models import Bank
from stanch_server.review import api_learnt
from stanch_server.review.learnt import learnt_in
from tests.matching.writing import cut, writing
from tests.server.conftest import START
from tests.server.intake.conftest import Program, new_program, program
from tests.server.review.test_learnt import kept_bank, taught

__all__ = ["new_program", "program"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

WORKS = [writing(7790 + number, 250, script) for number, script in enumerate(("arabic", "ethiopic", "thaana"))]


@pytest.fixture
def bank(source: Source) -> Bank:
    bank = kept_bank(source, *WORKS)
    taught(source, *(cut(work, 400, 440) for work in WORKS))
    return bank


def asked(program: Program, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    response = program.send(method, path, body)
    return response.status_code, json.loads(response.content)


def test_entries_are_listed_with_what_was_learnt(
    program: Program, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_learnt, "PAGE", 2)
    status, first = asked(program, "GET", f"/banks/{bank.id}/learnt")
    _, second = asked(program, "GET", f"/banks/{bank.id}/learnt?after={first['next']}")
    told = {one["entry"]: one for one in (*first["learnt"], *second["learnt"])}
    assert (status, len(first["learnt"]), second["next"]) == (200, 2, None)
    found = {one.entry: one for one in learnt_in(bank, now=START)}
    assert sorted(told) == list(told)
    assert told.keys() == found.keys()
    for entry, one in told.items():
        assert one["grams"] == [f"{gram:012x}" for gram in found[entry].grams]
        assert one["share"] == round(found[entry].share, 4)
        assert (one["believed"], one["publishers"], one["confirmed"]) == (True, 5, True)
        assert one["since"].startswith("2026-03-01T09:00")


def test_some_are_taken_back_and_then_all(program: Program, bank: Bank) -> None:
    first, *others = (one.entry for one in learnt_in(bank, now=START))
    common = len(background.common_grams())
    status, told = asked(program, "POST", f"/banks/{bank.id}/unlearn", {"reason": "no", "entries": [first]})
    assert (status, sorted(one.entry for one in learnt_in(bank, now=START))) == (200, sorted(others))
    assert told["grams"] + len(background.common_grams()) == common
    assert asked(program, "POST", f"/banks/{bank.id}/unlearn", {"reason": "no"})[0] == 200
    assert background.common_grams() == []
    assert asked(program, "POST", f"/banks/{bank.id}/unlearn", {"reason": "no"})[1] == {"grams": 0}
    records = AuditPayload.objects.filter(action="background.refused")
    assert [json.loads(one.detail)["reason"] for one in records] == ["no", "no"]
    assert {one.subject for one in records} == {str(bank.id)}
    assert all(one.actor not in {"system", ""} for one in records)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "$"),
        ({"reason": ""}, "$.reason"),
        ({"reason": " "}, "$.reason"),
        ({"reason": "a\nb"}, "$.reason"),
        ({"reason": "no", "entries": []}, "$.entries"),
        ({"reason": "no", "entries": ["00000000-0000-4000-8000-000000000000"]}, "$.entries[0]"),
    ],
)
def test_what_is_wrong_names_its_place_and_changes_nothing(
    program: Program, bank: Bank, body: Any, place: str
) -> None:
    before = background.common_grams()
    status, said = asked(program, "POST", f"/banks/{bank.id}/unlearn", body)
    assert (status, said.get("place", "$")) == (422, place)
    assert background.common_grams() == before


def test_a_program_changes_only_banks_of_its_own_source(
    new_program: Callable[..., Program], source: Source, other_source: Source, bank: Bank
) -> None:
    shared = kept_bank(None, WORKS[0] + writing(3, 9), name="shared")
    reading, stranger = new_program(source, "banks.read"), new_program(other_source)
    assert asked(reading, "GET", f"/banks/{shared.id}/learnt")[0] == 200
    assert asked(reading, "POST", f"/banks/{bank.id}/unlearn", {"reason": "no"})[0] == 403
    assert asked(new_program(source), "POST", f"/banks/{shared.id}/unlearn", {"reason": "no"})[0] == 403
    assert asked(stranger, "GET", f"/banks/{bank.id}/learnt")[0] == 404
    assert asked(stranger, "POST", f"/banks/{bank.id}/unlearn", {"reason": "no"})[0] == 404
    assert asked(reading, "GET", f"/banks/{bank.id}/learnt?after=x")[0] == 422
    assert background.common_grams()
