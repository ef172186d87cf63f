"""Trying again: when, how often, and never for what was refused."""

import json
import time as real_time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stanch.client import FailedError, OutageError, RateLimitedError
from stanch.client.messages import Failure, Request, Response
from stanch.client.options import Timing
from stanch.client.reading import read_batch
from stanch.client.retrying import LONGEST_PAUSE, Deadline, Pause, Retrying, Send
from stanch.errors import InvalidValueError, StanchError
from tests.client.conftest import Make, Time
from tests.client.peer import Peer, Trouble
from tests.client.test_calls import post

PASSING = [
    Trouble.DROPPED_BEFORE,
    Trouble.DROPPED_AFTER,
    Trouble.HALF,
    Trouble.RUBBISH,
    Trouble.BUSY,
    Trouble.LIMITED,
    Trouble.GATEWAY,
    Trouble.GATEWAY_TIMEOUT,
]


@pytest.mark.parametrize("trouble", PASSING)
def test_what_passes_is_tried_again_and_taken_in_once(client: Any, peer: Peer, trouble: Trouble) -> None:
    peer.troubles.extend([trouble, trouble])
    answer = client.submit(post(text="a", id="post-7"), budget=30)
    assert answer.state == "done"
    assert peer.posts() == ["post-7"]
    first, second, third = peer.requests
    assert first[3] == second[3] == third[3]
    assert len({headers["idempotency-key"] for _, _, headers, _ in peer.requests}) == 1


def test_pauses_double_up_to_a_limit(client: Any, peer: Peer, time: Time) -> None:
    peer.troubles.extend([Trouble.GATEWAY] * 10)
    client.submit(post(text="a"), budget=1_000)
    assert time.pauses == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10])


def test_chance_takes_up_to_half_of_a_pause() -> None:
    shortest = Retrying(server="", jitter=lambda: 0.0)
    assert [shortest.pause(number) for number in (0, 1, 99)] == [0.05, 0.1, LONGEST_PAUSE / 2]
    assert 0 <= Timing().jitter() <= 1


@pytest.mark.parametrize("trouble", [Trouble.BUSY, Trouble.LIMITED])
@pytest.mark.parametrize("written", ["7", "Sun, 01 Mar 2026 09:00:07 GMT"])
def test_the_service_says_when_to_come_again(
    client: Any, peer: Peer, time: Time, trouble: Trouble, written: str
) -> None:
    peer.retry_after = written
    peer.troubles.append(trouble)
    client.submit(post(text="a"))
    assert time.pauses == [7.0]


@pytest.mark.parametrize("written", ["", "soon", "-5", "9" * 400, "Sun, 01 Mar 2026 08:00:00 GMT", "٧"])
def test_nonsense_about_when_to_come_again_does_no_harm(client: Any, peer: Peer, time: Time, written: str) -> None:
    peer.retry_after = written if written.isascii() else ""
    peer.troubles.append(Trouble.BUSY)
    if len(written) > 100:
        with pytest.raises(OutageError):
            client.submit(post(text="a"))
    else:
        client.submit(post(text="a"))
        assert time.pauses == [0.1]


def test_who_has_to_wait_longer_than_there_is_time_is_told_at_once(client: Any, peer: Peer, time: Time) -> None:
    peer.forever = Trouble.LIMITED
    with pytest.raises(RateLimitedError) as caught:
        client.get_item("1", budget=5)
    assert (caught.value.problem.status, time.pauses, len(peer.requests)) == (429, [], 1)
    peer.forever = Trouble.BUSY
    with pytest.raises(OutageError, match="503"):
        client.get_item("1", budget=5)


def test_the_budget_is_for_all_attempts_together(client: Any, peer: Peer, time: Time) -> None:
    peer.forever = Trouble.GATEWAY
    with pytest.raises(OutageError, match="502"):
        client.submit_many([post(text="a")] * 600, budget=20)
    assert sum(time.pauses) < 20 < sum(time.pauses) + 10


def test_a_failure_of_the_service_itself_is_not_repeated(client: Any, peer: Peer) -> None:
    peer.forever = Trouble.FAILED
    with pytest.raises(FailedError, match="It is failed"):
        client.get_item("1")
    assert len(peer.requests) == 1


def test_nobody_listens(make: Make, peer: Peer, time: Time) -> None:
    client = make("http://127.0.0.1:9", on_outage="raise")
    with pytest.raises(OutageError, match=r"http://127.0.0.1:9 gave no answer"):
        client.get_item("1", budget=1)
    assert len(time.pauses) == 3
    assert not peer.requests


@pytest.mark.parametrize("trouble", [Trouble.SILENT, Trouble.TRICKLE])
def test_a_peer_that_is_silent_or_slow_costs_no_more_than_the_budget(
    make: Make, peer: Peer, trouble: Trouble
) -> None:
    """In real time, since it is the sockets that must not wait longer."""
    peer.forever = trouble
    client = make(peer.url, on_outage="raise", timing=Timing())
    began = real_time.monotonic()
    with pytest.raises(OutageError):
        client.submit(post(text="a"), budget=0.3)
    assert real_time.monotonic() - began < 10


@pytest.mark.parametrize("budget", [0, -1, float("nan")])
def test_a_budget_is_more_than_nothing(client: Any, budget: float) -> None:
    with pytest.raises(InvalidValueError, match="time budget"):
        client.get_item("1", budget=budget)


def test_an_answer_to_fewer_posts_than_were_sent_is_none() -> None:
    """A service that answers for some only must not shift answers to other posts."""
    item = {"id": "1", "state": "done"}
    half = Response(status=200, body=json.dumps({"items": [{"status": 200, "item": item}]}).encode())
    clock = Time()
    retrying = Retrying(server="peer", jitter=lambda: 1.0)
    plan = retrying.call(Request(method="POST", path="/"), read_batch(2), Deadline(0.01, lambda: clock.seconds))
    next(plan)
    with pytest.raises(OutageError, match="1 answers to 2 questions"):
        plan.send(half)


Happened = st.one_of(
    st.builds(Failure, problem=st.just("dropped")),
    st.builds(
        Response,
        status=st.sampled_from([200, 404, 422, 429, 500, 502, 503, 504]),
        headers=st.sampled_from([{}, {"retry-after": "0"}, {"retry-after": "3"}, {"retry-after": "x"}]),
        body=st.sampled_from([b"{}", b"{", b"", b'{"title":"no"}', b"\xff"]),
    ),
)


@given(happened=st.lists(Happened, min_size=1, max_size=12), budget=st.floats(0.01, 60))
@settings(max_examples=300)
def test_whatever_happens_refusals_end_it_and_time_is_kept(happened: list[Any], budget: float) -> None:
    """The core alone: it never sends after a refusal or an answer, and never waits beyond the deadline."""
    clock, sent = Time(), 0
    deadline = Deadline(budget, lambda: clock.seconds)
    end = clock.seconds + budget

    def read(response: Response) -> Any:
        return json.loads(response.body) if response.body == b"{}" else _raise()

    plan = Retrying(server="peer", jitter=lambda: 0.5).call(Request(method="GET", path="/"), read, deadline)
    outcome: Any = None
    try:
        step = next(plan)
        for each in [*happened, Response(status=404)]:
            assert isinstance(step, Send)
            sent += 1
            step = plan.send(each)
            assert isinstance(step, Pause)
            assert isinstance(each, Failure) or each.status in {200, 429, 502, 503, 504}
            clock.sleep(step.seconds)
            assert clock.seconds < end
            step = plan.send(None)
    except StopIteration as stopped:
        outcome = stopped.value
        assert (happened[sent - 1].status, outcome) == (200, {})
    except StanchError as error:
        outcome = error
    assert outcome is not None


def _raise() -> Any:
    raise msgspec.DecodeError("half")
