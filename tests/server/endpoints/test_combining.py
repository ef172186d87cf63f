"""What waits together is answered together, each with its own answer, and by one thread at a time."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch_server.endpoints.combining import Combined
from tests.server.waiting import PATIENCE, wait_for


class Desk:
    """Answers each question with its double, once it is let go on, and says which it answered together."""

    def __init__(self, *, closed: bool = False) -> None:
        self.together: list[list[int]] = []
        self.begun, self.open = threading.Semaphore(0), threading.Event()
        self.combined: Combined[int, int] = Combined(self._answer)
        self._at_work = threading.Lock()
        if not closed:
            self.open.set()

    def wait_for(self, count: int) -> None:
        """Return once so many wait."""
        wait_for(self.combined._waiting, count)

    def _answer(self, asked: Sequence[int]) -> list[int]:
        assert self._at_work.acquire(blocking=False), "two work at once"
        try:
            self.together.append(list(asked))
            self.begun.release()
            assert self.open.wait(PATIENCE)
            if any(one < 0 for one in asked):
                raise ValueError(asked)
            return [2 * one for one in asked]
        finally:
            self._at_work.release()


def hold(desk: Desk, pool: ThreadPoolExecutor, question: int = 1) -> "Future[int]":
    """Return once a thread is at work."""
    first = pool.submit(desk.combined.ask, question)
    assert desk.begun.acquire(timeout=PATIENCE)
    return first


def test_who_asks_alone_is_answered_by_itself() -> None:
    desk = Desk()
    assert [desk.combined.ask(one) for one in (1, 2, 3)] == [2, 4, 6]
    assert desk.together == [[1], [2], [3]]


def test_those_who_wait_are_answered_together_and_each_its_own() -> None:
    desk = Desk(closed=True)
    with ThreadPoolExecutor(8) as pool:
        first = hold(desk, pool)
        others = [pool.submit(desk.combined.ask, number) for number in range(10, 16)]
        desk.wait_for(6)
        assert not any(one.done() for one in (first, *others))
        desk.open.set()
        assert first.result(PATIENCE) == 2
        assert [one.result(PATIENCE) for one in others] == [20, 22, 24, 26, 28, 30]
    assert [sorted(some) for some in desk.together] == [[1], [10, 11, 12, 13, 14, 15]]


def test_an_error_is_told_to_each_who_waited_with_it_and_to_nobody_else() -> None:
    desk = Desk(closed=True)
    with ThreadPoolExecutor(4) as pool:
        first = hold(desk, pool)
        others = [pool.submit(desk.combined.ask, number) for number in (3, -1)]
        desk.wait_for(2)
        desk.open.set()
        assert first.result(PATIENCE) == 2
        for one in others:
            with pytest.raises(ValueError, match="-1"):
                one.result(PATIENCE)
        assert pool.submit(desk.combined.ask, 5).result(PATIENCE) == 10


def test_where_many_ask_one_work_does_not_begin_at_once_after_the_other() -> None:
    begun: list[float] = []

    def answer(asked: Sequence[int]) -> Sequence[int]:
        begun.append(time.monotonic())
        return asked

    spaced: Combined[int, int] = Combined(answer, spacing=0.3)
    asking = time.monotonic()
    assert spaced.ask(1) == 1
    assert begun[0] - asking < 0.3, "the first waited for nobody"
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(spaced.ask, range(3))) == [0, 1, 2]
    assert all(later - earlier >= 0.3 for earlier, later in pairwise(begun))
    time.sleep(0.3)
    asking = time.monotonic()
    assert spaced.ask(1) == 1
    assert begun[-1] - asking < 0.3, "who asks seldom waits for nobody"


def test_what_need_not_be_done_before_an_answer_is_done_before_the_next_work_begins() -> None:
    seen: list[tuple[str, list[int]]] = []
    open_, begun = threading.Event(), threading.Semaphore(0)

    def answer(asked: Sequence[int]) -> list[int]:
        seen.append(("answered", sorted(asked)))
        begun.release()
        assert open_.wait(PATIENCE)
        return list(asked)

    desk: Combined[int, int] = Combined(answer, afterwards=lambda some: seen.append(("told", sorted(some))))
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(desk.ask, 1)
        assert begun.acquire(timeout=PATIENCE)
        others = [pool.submit(desk.ask, number) for number in (2, 3)]
        wait_for(desk._waiting, 2)
        open_.set()
        assert [one.result(PATIENCE) for one in (first, *others)] == [1, 2, 3]
    assert seen == [("answered", [1]), ("told", [1]), ("answered", [2, 3]), ("told", [2, 3])]


def test_what_fails_after_an_answer_is_logged_and_takes_nothing_from_anybody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: Sequence[int]) -> None:
        raise LookupError("private")

    desk: Combined[int, int] = Combined(list, afterwards=fail)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(desk.ask, range(40))) == list(range(40))
    assert {(one.levelname, one.getMessage()) for one in caplog.records} == {("ERROR", "answers were not noted")}
    assert {getattr(one, "error", "") for one in caplog.records} == {"LookupError"}
    assert desk.ask(1) == 1


def test_too_few_answers_are_an_error() -> None:
    short: Combined[int, int] = Combined(lambda _: [])
    for _ in range(2):
        with pytest.raises(ValueError, match="shorter"):
            short.ask(1)


@given(
    asked=st.lists(st.lists(st.integers(-3, 1_000), max_size=12), min_size=1, max_size=12),
)
def test_however_many_ask_each_is_answered_once(asked: list[list[int]]) -> None:
    desk = Desk()

    def ask(questions: list[int]) -> list[int | None]:
        return [answered(desk, one) for one in questions]

    with ThreadPoolExecutor(len(asked)) as pool:
        answers = list(pool.map(ask, asked))
    together = [set(some) for some in desk.together]
    for questions, own in zip(asked, answers, strict=True):
        for question, answer in zip(questions, own, strict=True):
            if answer is None:
                assert any(question in some and min(some) < 0 for some in together)
            else:
                assert answer == 2 * question
    assert sorted(one for some in desk.together for one in some) == sorted(one for some in asked for one in some)


def answered(desk: Desk, question: int) -> int | None:
    try:
        return desk.combined.ask(question)
    except ValueError:
        return None
