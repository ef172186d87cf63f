"""One follower a process: what each source finds, and what happens when the database is not what it was."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from stanch.fingerprints import markup, text_numba
from stanch.fingerprints.links import promise_numba
from stanch.index import HammingIndex, PostingsIndex
from stanch.kernels import (
    candidates_numba,
    compare_numba,
    faint_numba,
    simhash_numba,
    strands_numba,
    weighing_numba,
    words_numba,
)
from stanch.language import bidi_numba, evasion, identify, reading_numba
from stanch.values import State, TextPart
from stanch_server.accounts.models import Source
from stanch_server.banks import live, operations
from stanch_server.banks.changes import last_number
from stanch_server.banks.follower import Follower
from stanch_server.banks.known import Known
from stanch_server.banks.making import Details
from stanch_server.banks.models import Change, ChangeCounter, Entry
from tests.language.samples import SENTENCES
from tests.matching.writing import writing
from tests.server.banks.stock import ALICE, NOON, add, enabled_bank, found, remove

pytestmark = pytest.mark.django_db


@pytest.fixture
def follower() -> Iterator[Follower]:
    with Follower() as follower:
        yield follower


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    live.close()
    yield
    live.close()


KINDS = {"moved", "deleted", "hidden", "marks", "mixed", "fancy", "split", "leet"}


def compiled_for() -> dict[str, int]:
    """Return for how many kinds of arguments each kernel was compiled by which texts are read and compared."""
    reading = bidi_numba, reading_numba, text_numba, promise_numba
    comparing = candidates_numba, compare_numba, strands_numba, weighing_numba
    rooms = *reading, *comparing, simhash_numba, words_numba, faint_numba
    kernels = {name: kernel for room in rooms for name, kernel in vars(room).items()}
    return {name: len(kernel.signatures) for name, kernel in kernels.items() if hasattr(kernel, "signatures")}


def in_thread(act: Callable[[], Any]) -> Any:
    """Run in another thread, with a connection of its own, to its end."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(act())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    (answer,) = answers
    return answer


class TestSources:
    def test_a_source_finds_its_own_banks_and_those_of_all_sources(
        self, follower: Follower, source: Source, other_source: Source
    ) -> None:
        for bank in (enabled_bank("shared"), enabled_bank("mine", source), enabled_bank("theirs", other_source)):
            add(bank, 1)
        assert found(follower, 1, source) == ["mine e1", "shared e1"]
        assert found(follower, 1, other_source) == ["shared e1", "theirs e1"]
        assert found(follower, 1, None) == ["shared e1"]

    def test_a_new_bank_is_searched_with_the_next_question(self, follower: Follower, source: Source) -> None:
        add(enabled_bank("first", source), 1)
        assert found(follower, 1, source) == ["first e1"]
        add(enabled_bank("second", source), 1)
        assert found(follower, 1, source) == ["first e1", "second e1"]

    def test_what_changes_of_an_entry_is_known_with_the_next_question(self, follower: Follower) -> None:
        (entry,) = add(enabled_bank(), 1)
        part = TextPart(name="t", text=writing(1, 60))
        assert [m.confirmed for m in follower.match_part(part, source=None, now=NOON).matches] == [False]
        operations.confirm_entry(entry=entry, acting_user=ALICE, at=NOON)
        assert [m.confirmed for m in follower.match_part(part, source=None, now=NOON).matches] == [True]
        details = Details(labels=("x",), note="", expires=NOON + timedelta(hours=1))
        operations.set_details(entry=entry, details=details, acting_user=ALICE, at=NOON)
        assert follower.match_part(part, source=None, now=NOON).matches != ()
        assert follower.match_part(part, source=None, now=NOON + timedelta(hours=1)).matches == ()

    def test_a_whole_post_is_matched_like_its_parts(
        self, follower: Follower, source: Source, other_source: Source
    ) -> None:
        add(enabled_bank("mine", source), 1)
        part = TextPart(name="t", text=writing(1, 60))
        for who, matches in ((source, 1), (other_source, 0)):
            result = follower.match_part(part, source=who.id, now=NOON)
            assert len(result.matches) == matches
            assert result.unmatched == (0 if matches else result.symbols)


class TestLag:
    def test_counts_what_the_next_question_will_learn(self, follower: Follower) -> None:
        bank = enabled_bank()
        add(bank, 1, 2)
        assert (follower.lag(), follower.number) == (4, 0)
        assert follower.refresh() == 4
        assert (follower.lag(), follower.number) == (0, 4)
        remove(bank, 1)
        assert follower.lag() == 1

    def test_a_question_asks_the_database_once_where_nothing_has_changed(
        self, follower: Follower, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        add(enabled_bank(), 1)
        follower.refresh()
        with django_assert_num_queries(1):
            follower.match_part(TextPart(name="t", text=writing(1, 60)), source=None, now=NOON)


class TestAnotherHistory:
    def test_a_database_that_was_put_back_is_read_anew(self, follower: Follower) -> None:
        bank = enabled_bank()
        add(bank, 1, 2)
        follower.refresh()
        Change.objects.filter(number=4).delete()
        Entry.objects.filter(name="e2").delete()
        ChangeCounter.objects.update(number=3)
        assert (found(follower, 1), found(follower, 2)) == (["lantern e1"], [])
        assert follower.number == 3

    def test_a_number_that_was_given_again_is_noticed(self, follower: Follower) -> None:
        bank = enabled_bank()
        add(bank, 1, 2)
        follower.refresh()
        Change.objects.filter(number=4).delete()
        Entry.objects.filter(name="e2").delete()
        ChangeCounter.objects.update(number=3)
        add(bank, 3)
        assert last_number() == follower.number == 4
        assert [found(follower, seed) for seed in (1, 2, 3)] == [["lantern e1"], [], ["lantern e3"]]

    def test_an_emptied_database_is_empty(self, follower: Follower) -> None:
        add(enabled_bank(), 1)
        follower.refresh()
        Change.objects.all().delete()
        Entry.objects.all().delete()
        assert found(follower, 1) == []

    def test_what_fails_half_way_is_read_anew(self, follower: Follower, monkeypatch: pytest.MonkeyPatch) -> None:
        bank = enabled_bank()
        add(bank, 1)
        follower.refresh()
        remove(bank, 1)
        add(bank, 2)

        def failing(*_: object) -> None:
            raise MemoryError

        with monkeypatch.context() as patch:
            patch.setattr(Known, "take", failing)
            with pytest.raises(MemoryError):
                follower.refresh()
        assert (found(follower, 1), found(follower, 2)) == ([], ["lantern e2"])


class TestLive:
    def test_every_thread_gets_the_same_one(self) -> None:
        first = live.follower()
        assert [in_thread(live.follower) for _ in range(3)] == [first] * 3

    def test_one_that_was_closed_is_replaced(self) -> None:
        first = live.follower()
        live.close()
        live.close()
        assert live.follower() is not first

    def test_is_warm_once_it_knows_all(self) -> None:
        bank = enabled_bank()
        add(bank, 1)
        assert live.warm() == live.follower().number == last_number()
        operations.set_state(bank=bank, state=State.SHADOW, acting_user=ALICE, at=NOON)
        assert live.follower().lag() == 1

    def test_no_text_has_to_wait_for_what_is_compiled_once_it_is_warm(self) -> None:
        bank = enabled_bank()
        add(bank, 1)
        live.warm()
        ready = compiled_for()
        wanted = (
            "read_codes",
            "last_state",
            "reading_order",
            "compare",
            "find_promising",
            "chosen",
            "write_lines",
        )
        assert min(ready[name] for name in (*wanted, "write_lines", "gather")) >= 1
        assert found(live.follower(), 1) == ["lantern e1"]
        for text in SENTENCES.values():
            for written in (f"\u202d{text[::-1]}\u202c", f"{text[:9]}X\b\u2067({text[9:]})\u2069", text):
                identify(written)
                live.follower().match_part(TextPart(name="text", text=written), source=None, now=NOON)
        piece = f"{writing(50, 60)} {writing(1, 60)[40:70]} {writing(51, 60)}"  # so that short grams are asked
        live.follower().match_part(TextPart(name="text", text=piece), source=None, now=NOON)
        assert compiled_for() == ready

    @pytest.mark.parametrize("kind", [HammingIndex, PostingsIndex])
    def test_banks_of_every_source_were_looked_into_before_the_first_question(
        self, kind: type[HammingIndex | PostingsIndex], source: Source, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add(enabled_bank("mine", source), 1)
        searched: list[Mapping[int, int]] = []
        search = kind.search

        def noted(index: Any, queries: Any, *, radius: Mapping[int, int], **named: Any) -> Any:
            searched.append(radius)
            return search(index, queries, radius=radius, **named)

        monkeypatch.setattr(kind, "search", noted)
        live.warm()
        assert searched
        assert all(searched)

    def test_the_first_text_takes_every_way(self) -> None:
        assert set(evasion(live.FIRST_TEXT).undone) == KINDS
        assert markup.decoded(live.FIRST_TEXT) is not None

    def test_a_forked_child_makes_its_own(self) -> None:
        inherited = live.follower()
        child = os.fork()
        if child == 0:
            os._exit(17 if live.follower() is not inherited else 1)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 17
        assert live.follower() is inherited
