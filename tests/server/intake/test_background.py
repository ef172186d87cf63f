"""What the service learns from benign items, when it counts, and how it is taken back."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from stanch.cli.app import app
from stanch.fingerprints.text import as_entry
from stanch.matching import grams_of
from stanch.values import TEXT_GRAM, State, TextPart
from stanch_server.accounts.models import Person, Source
from stanch_server.audit.models import AuditPayload
from stanch_server.banks import background
from stanch_server.banks.follower import Follower
from stanch_server.banks.live import follower
from stanch_server.banks.models import Bank
from stanch_server.intake.models import GramSighting, Item
from stanch_server.intake.operations import forget, forget_sightings, learn_common
from stanch_server.intake.operations.sighting import UNLEARNT_KEPT
from stanch_server.review import operations as review
from tests.matching.writing import cut, writing
from tests.prints import print_of
from tests.server.conftest import START
from tests.server.intake.conftest import Program, make_bank
from tests.server.review.cast import ALLOWED

pytestmark = pytest.mark.django_db(transaction=True)

ALPHABET = "arabic"
LONG = writing(7777, 250, ALPHABET)
FORMULA, OTHER = cut(LONG, 400, 440), cut(LONG, 450, 490)
SECOND = writing(7778, 120, ALPHABET)


@pytest.fixture(autouse=True)
def known(source: Source) -> Bank:
    """Return an enabled bank with an entry long enough that something may be learnt of it, and another."""
    parts: Any = {TextPart(name="long", text=LONG): "alice", TextPart(name="second", text=SECOND): "alice"}
    return make_bank("lantern", source, parts, state=State.ENABLED)


def article(number: int, *inside: str) -> str:
    return " ".join([writing(number, 60, ALPHABET), *inside, writing(number + 500, 60, ALPHABET)])


BOTH = article(900, FORMULA, OTHER)


def post(program: Program, number: int, *inside: str) -> dict[str, Any]:
    return program.said({"audience": "public", "account": f"paper-{number}", "text": article(number, *inside)})


def taught(program: Program, *formulae: str, publishers: int = 5) -> None:
    for number in range(publishers):
        for place, formula in enumerate(formulae):
            text = article(10 + number * 50 + place, formula)
            said = program.said({"audience": "public", "account": f"paper-{number}", "text": text})
            assert said["outcome"] == "allow"


def found(program: Program, text: str = BOTH) -> list[str]:
    said = program.said({"audience": "public", "account": "reader", "text": text})
    return [match["kind"] for match in said["matches"]]


def test_what_five_accounts_printed_weighs_nothing_in_every_process(program: Program) -> None:
    with Follower() as other:
        other.refresh()
        taught(program, FORMULA, OTHER, publishers=4)
        assert learn_common(now=START) == 0
        assert found(program) == ["quotes a passage"]
        taught(program, FORMULA, OTHER)
        assert learn_common(now=START) > 0
        assert learn_common(now=START) == 0
        assert found(program) == []
        (of,) = other.learnt_of_entries(now=START)
        assert of.believed
        assert set(of.grams) == set(background.common_grams())
    assert found(program, LONG) == ["identical"]
    assert AuditPayload.objects.filter(action="background.learnt", actor="system").exists()


def test_one_account_and_one_text_count_once(program: Program) -> None:
    for number in range(6):
        program.said({"audience": "public", "account": "one", "text": article(number, FORMULA)})
        program.said({"audience": "public", "account": f"a{number}", "text": article(99, FORMULA)})
    assert learn_common(now=START) == 0
    assert GramSighting.objects.values("gram").distinct().count() * 2 >= GramSighting.objects.count()


def test_a_text_that_shares_nothing_leaves_nothing(program: Program) -> None:
    program.said({"audience": "public", "account": "a", "text": article(3)})
    assert not GramSighting.objects.exists()


def test_nothing_is_noted_of_a_quotation_that_nobody_cleared(program: Program) -> None:
    said = post(program, 5, cut(SECOND, 100, 300), writing(6, 40, ALPHABET), FORMULA)
    assert said["outcome"] == "allow"
    assert said["matches"]
    assert not GramSighting.objects.exists()


@pytest.fixture
def waiting(program: Program) -> Callable[[int], Item]:
    """Return a function that takes in a copy of one entry beside a formula of the other; a person has to look."""

    def take_in(number: int) -> Item:
        said = post(program, number, SECOND, writing(60 + number, 40, ALPHABET), FORMULA)
        assert said["outcome"] != "allow"
        return Item.objects.get(id=UUID(said["id"]))

    return take_in


def test_what_waits_counts_once_a_person_allows_it_and_no_longer_if_that_is_undone(
    waiting: Callable[[int], Item],
) -> None:
    items = [waiting(number) for number in range(5)]
    assert learn_common(now=START) == 0
    decided = [review.decide(item=item, **ALLOWED, acting_user="alice", at=START) for item in items]
    assert learn_common(now=START) > 0
    assert not set(background.common_grams()) & set(grams_of_entry(SECOND))
    review.undo(decision=decided[0], reason="it was propaganda", acting_user="alice", at=START)
    assert background.common_grams() == []
    assert learn_common(now=START) == 0
    review.decide(item=items[0], **ALLOWED, acting_user="alice", at=START)
    assert learn_common(now=START) > 0


def grams_of_entry(text: str) -> list[int]:
    found: list[int] = print_of(as_entry(text, "t"), TEXT_GRAM).bits[:, 0].tolist()
    return found


def test_a_hundred_accounts_that_print_a_statement_in_pieces_hide_nothing(program: Program) -> None:
    tiles = [cut(LONG, begin, begin + 50) for begin in range(0, 1000, 50)]
    before = [found(program, text) for text in (LONG, BOTH, article(77, LONG))]
    for number in range(100):
        post(program, 2000 + number, tiles[number % len(tiles)])
    assert learn_common(now=START) > 20
    (of,) = follower().learnt_of_entries(now=START)
    assert not of.believed
    assert [found(program, text) for text in (LONG, BOTH, article(77, LONG))] == before


def test_forgetting_an_item_forgets_what_was_noted_of_it(program: Program) -> None:
    said = post(program, 5, FORMULA)
    assert GramSighting.objects.exists()
    forget(item=Item.objects.get(id=UUID(said["id"])), acting_user="alice", now=START)
    assert not GramSighting.objects.exists()


def test_what_came_to_nothing_is_deleted(program: Program) -> None:
    taught(program, FORMULA)
    learn_common(now=START)
    post(program, 5, OTHER)
    later = GramSighting.objects.latest("at").at + UNLEARNT_KEPT + timedelta(seconds=1)
    assert forget_sightings(now=later) == GramSighting.objects.filter(gram=0).count() + forgotten(OTHER)
    assert set(GramSighting.objects.values_list("gram", flat=True)) == set(background.common_grams())


def forgotten(formula: str) -> int:
    """Return how many grams a post with this formula alone leaves."""
    return len(set(grams_of_entry(LONG)) & set(all_grams(formula)))


def all_grams(text: str) -> list[int]:
    found: list[int] = grams_of(text).tolist()
    return found


def unlearnt(*words: str) -> str:
    done = CliRunner().invoke(app, ["service", "unlearn", "--reason", "a mistake", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_grams_that_were_undone_stay_undone(program: Program) -> None:
    taught(program, FORMULA)
    learn_common(now=START)
    common = set(background.common_grams())
    grams = [word for gram in common for word in ("--gram", f"{gram:012x}")]
    assert "no longer common" in unlearnt(*grams)
    assert background.common_grams() == []
    assert not GramSighting.objects.filter(gram__in=common).exists()  # who printed them matters no more
    taught(program, FORMULA, publishers=9)
    assert learn_common(now=START) == 0
    assert AuditPayload.objects.filter(action="background.refused", detail__contains="a mistake").exists()


@pytest.mark.parametrize(
    "words", [["--source", "NAME", "--account", "paper-3"], ["--since", "2020-01-01"], ["--all"]]
)
def test_a_publisher_a_time_or_everything_is_undone(program: Program, source: Source, words: list[str]) -> None:
    taught(program, FORMULA)
    learn_common(now=START)
    assert background.common_grams()
    unlearnt(*(source.name if word == "NAME" else word for word in words))
    assert background.common_grams() == []
    assert learn_common(now=START) == 0
    assert AuditPayload.objects.filter(action="background.unlearnt", detail__contains="a mistake").exists()


def test_the_record_says_who_took_it_back_and_that_it_was_on_the_command_line(
    program: Program, bob: Person
) -> None:
    for words in ([], ["--by", "BOB"]):
        taught(program, FORMULA)
        learn_common(now=START)
        unlearnt("--all", *words)
    records = AuditPayload.objects.filter(action="background.unlearnt").order_by("entry_id")
    assert [row.actor for row in records] == ["system", bob.actor]
    assert [json.loads(row.detail)["through"] for row in records] == ["command line"] * 2
    taught(program, FORMULA)
    learn_common(now=START)
    refused = CliRunner().invoke(app, ["service", "unlearn", "--reason", "x", "--all", "--by", "nobody"])
    assert refused.exit_code != 0
    assert background.common_grams()


def test_the_command_lists_what_was_learnt(program: Program) -> None:
    taught(program, FORMULA)
    learn_common(now=START)
    shown = CliRunner().invoke(app, ["service", "learnt"], catch_exceptions=False).output
    assert "lantern: " in shown
    assert all(f"{gram:012x}" in shown for gram in background.common_grams())
