"""Outages: what the source chose happens, nothing is lost, and nothing is counted twice."""

import asyncio
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stanch.client import (
    AsyncClient,
    Client,
    InvalidRequestError,
    ItemAnswer,
    OutageError,
    Problem,
    RefusedPost,
    SpoolError,
    UnauthenticatedError,
)
from stanch.errors import InvalidValueError
from tests.client.conftest import Make, Time
from tests.client.peer import KEY, Peer, Trouble, serving
from tests.client.test_calls import post


def waiting(source: Path) -> list[Path]:
    return sorted(source.glob("*.post"))


@pytest.mark.parametrize(
    ("choice", "state", "outcome"),
    [("publish-and-scan-later", "deferred", "allow"), ("wait", "waiting", "hold")],
)
def test_the_source_gets_what_it_chose_and_the_post_is_sent_later(
    make: Make, peer: Peer, tmp_path: Path, choice: str, state: str, outcome: str
) -> None:
    source = make(peer.url, on_outage=choice, spool=tmp_path / "new" / "spool")
    peer.forever = Trouble.GATEWAY
    answer = source.submit(post(text="a", id="post-7", account="a-1"), files={"a.jpg": b"picture"})
    assert (answer.state, answer.outcome, answer.may_be_published) == (state, outcome, choice != "wait")
    assert (answer.id, answer.post, answer.account, answer.audience) == ("", "post-7", "a-1", "public")
    assert [why.code for why in answer.not_scanned] == ["service-unreachable"]
    assert "502" in answer.not_scanned[0].reason
    assert peer.posts() == []
    peer.forever = Trouble.NONE
    drained = source.drain()
    assert [(item.post, item.idempotency_key) for item in drained.sent] == [("post-7", answer.idempotency_key)]
    assert (drained.refused, drained.waiting, peer.posts()) == ((), 0, ["post-7"])
    assert peer.files[-1] == {"a.jpg": b"picture"}
    assert source.drain().sent == ()


def test_who_chose_to_be_told_keeps_nothing(client: Any, peer: Peer) -> None:
    peer.forever = Trouble.GATEWAY
    with pytest.raises(OutageError):
        client.submit(post(text="a"))
    with pytest.raises(InvalidValueError, match="nothing waits"):
        client.drain()


def test_being_asked_to_send_less_is_an_outage_for_a_post_too(source: Any, peer: Peer) -> None:
    peer.forever, peer.retry_after = Trouble.LIMITED, "3600"
    assert source.submit(post(text="a")).state == "deferred"


def test_a_refusal_is_no_outage(source: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError):
        source.submit(post(text="refuse"))
    assert not (tmp_path / "spool").exists()


def test_what_waits_can_be_read_by_its_owner_only_and_holds_no_key(
    source: Any, peer: Peer, tmp_path: Path
) -> None:
    peer.forever = Trouble.GATEWAY
    source.submit(post(text="a"))
    (path,) = waiting(tmp_path / "spool")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert KEY.encode() not in path.read_bytes()


def test_a_post_whose_answer_was_lost_is_taken_in_once(source: Any, peer: Peer) -> None:
    peer.forever = Trouble.DROPPED_AFTER
    answer = source.submit(post(text="a", id="post-7"))
    assert answer.state == "deferred"
    assert peer.posts() == ["post-7"]
    peer.forever = Trouble.NONE
    (item,) = source.drain().sent
    assert item.replayed
    assert peer.posts() == ["post-7"]


def test_a_post_that_waits_already_waits_once_and_another_one_is_not_replaced(
    source: Any, peer: Peer, tmp_path: Path
) -> None:
    peer.forever = Trouble.GATEWAY
    for text in ("a", "a", "b"):
        source.submit(post(text=text), idempotency_key="mine")
    assert len(waiting(tmp_path / "spool")) == 2
    peer.forever = Trouble.NONE
    drained = source.drain()
    assert len(drained.sent) == 1
    assert [refused.problem.code for refused in drained.refused] == ["idempotency-key-reused"]


def test_what_the_service_will_not_have_is_put_aside_and_told(source: Any, peer: Peer) -> None:
    peer.forever = Trouble.GATEWAY
    source.submit(post(text="refuse", id="bad"))
    source.submit(post(text="fine", id="good"))
    peer.forever = Trouble.NONE
    told: list[ItemAnswer | RefusedPost] = []
    drained = source.drain(told.append)
    (refused,) = drained.refused
    assert (refused.post, refused.problem.place, drained.waiting) == ("bad", "$.text", 0)
    assert Path(refused.kept).is_file()
    assert Path(refused.kept).with_suffix(".json").is_file()
    assert {each.post for each in told} == {"bad", "good"}
    assert source.drain() == type(drained)()


def test_a_caller_that_is_refused_loses_nothing(make: Make, peer: Peer, tmp_path: Path) -> None:
    make(peer.url, on_outage="wait", spool=tmp_path).submit(post(text="a"))
    peer.forever = Trouble.GATEWAY
    make(peer.url, on_outage="wait", spool=tmp_path).submit(post(text="b"))
    peer.forever = Trouble.NONE
    with pytest.raises(UnauthenticatedError):
        make(peer.url, on_outage="wait", spool=tmp_path, key="stanch_other").drain()
    assert len(waiting(tmp_path)) == 1


def test_one_post_that_the_service_fails_on_does_not_hold_up_the_others(
    source: Any, peer: Peer, tmp_path: Path
) -> None:
    peer.forever = Trouble.GATEWAY
    for number in range(3):
        source.submit(post(text="a", id=str(number)))
    peer.forever = Trouble.NONE
    peer.troubles.append(Trouble.FAILED)
    drained = source.drain()
    assert (len(drained.sent), drained.waiting) == (2, 1)
    assert len(source.drain().sent) == 1
    assert not waiting(tmp_path / "spool")


def test_sending_stops_while_the_service_is_away(source: Any, peer: Peer) -> None:
    peer.forever = Trouble.GATEWAY
    for number in range(3):
        source.submit(post(text="a", id=str(number)))
    before = len(peer.requests)
    assert source.drain(budget=1).waiting == 3
    assert len(peer.requests) - before == 4


def test_a_batch_that_cannot_be_sent_waits_whole_and_the_rest_goes_on(source: Any, peer: Peer) -> None:
    posts = [post(id=str(number), text="refuse" if number == 3 else "a") for number in range(700)]
    peer.troubles.extend([Trouble.DROPPED_AFTER, Trouble.FAILED])
    answers = source.submit_many(posts)
    assert [answer.state for answer in answers] == ["deferred"] * 500 + ["done"] * 200
    assert [answer.post for answer in answers] == [str(number) for number in range(700)]
    drained = source.drain()
    assert [item.post for item in drained.sent] == [str(number) for number in range(500) if number != 3]
    assert [refused.post for refused in drained.refused] == ["3"]
    assert sorted(peer.posts(), key=int) == [str(number) for number in range(700) if number != 3]


def test_a_damaged_file_costs_only_itself(source: Any, peer: Peer, tmp_path: Path) -> None:
    peer.forever = Trouble.GATEWAY
    for number in range(2):
        source.submit(post(text="a", id=str(number)))
    first, second = waiting(tmp_path / "spool")
    first.write_bytes(first.read_bytes()[:-1])
    second.rename(second.with_name("0" + second.name))
    (tmp_path / "spool" / "nonsense.post").write_bytes(b"\xff")
    peer.forever = Trouble.NONE
    drained = source.drain()
    assert (len(drained.sent), drained.waiting) == (1, 0)
    assert {refused.problem.code for refused in drained.refused} == {"damaged-file"}
    assert len(drained.refused) == 2


def test_if_nothing_can_be_kept_the_post_is_the_callers_again(make: Make, peer: Peer, tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be", encoding="utf-8")
    source = make(peer.url, on_outage="publish-and-scan-later", spool=tmp_path / "spool")
    peer.forever = Trouble.GATEWAY
    with pytest.raises(SpoolError, match="lost unless"):
        source.submit(post(text="a"))


def test_a_disk_that_fails_on_the_way_leaves_no_half_post(
    source: Any, peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    peer.forever = Trouble.GATEWAY
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(SpoolError, match="No space left"):
        source.submit(post(text="a"))
    assert not list((tmp_path / "spool").iterdir())


def test_what_a_killed_process_left_half_written_is_swept(source: Any, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    for name, age in (("old", 2), ("new", 0)):
        (spool / f".draft-{name}").write_bytes(b"half")
        seconds = (spool / f".draft-{name}").stat().st_mtime - age * 3_600
        os.utime(spool / f".draft-{name}", (seconds, seconds))
    assert source.drain().waiting == 0
    assert [path.name for path in spool.iterdir()] == [".draft-new"]


def test_the_answer_is_told_before_the_post_is_let_go(source: Any, peer: Peer, tmp_path: Path) -> None:
    """Whoever dies while acting on an answer gets it again."""
    peer.forever = Trouble.GATEWAY
    source.submit(post(text="a"))
    peer.forever = Trouble.NONE

    def die(_answer: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        source.drain(die)
    assert len(waiting(tmp_path / "spool")) == 1
    assert len(source.drain().sent) == 1
    assert len(peer.items) == 1


def test_an_asynchronous_listener_is_waited_for(peer: Peer, tmp_path: Path, time: Time) -> None:
    told: list[str] = []

    async def tell(answer: ItemAnswer | RefusedPost) -> None:
        await asyncio.sleep(0)
        told.append(answer.post)

    async def run() -> None:
        options: Any = {"spool": tmp_path, "key": KEY, "timing": time.timing(), "sleep": time.sleep_async}
        async with AsyncClient(peer.url, on_outage="wait", **options) as client:
            peer.forever = Trouble.GATEWAY
            await client.submit(post(text="a", id="post-7"))
            peer.forever = Trouble.NONE
            await client.drain(tell)

    asyncio.run(run())
    assert told == ["post-7"]


TROUBLES = st.lists(st.sampled_from([each for each in Trouble if each not in {Trouble.SILENT, Trouble.TRICKLE}]))


class TestWhateverFailsWhen:
    """Each post is taken in once under its key, and answers keep their order."""

    @given(
        troubles=TROUBLES, later=TROUBLES, count=st.integers(1, 5), chosen=st.booleans(), together=st.booleans()
    )
    @settings(max_examples=60)
    def test_once_and_in_order(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        troubles: list[Trouble],
        later: list[Trouble],
        count: int,
        chosen: bool,  # noqa: FBT001 - ditto
        together: bool,  # noqa: FBT001 - ditto
    ) -> None:
        time, folder = Time(), tmp_path_factory.mktemp("spool")
        posts = [post(text="a", id=str(number)) for number in range(count)]
        choice: Any = "publish-and-scan-later" if chosen else "wait"
        with (
            serving(Peer()) as peer,
            Client(
                peer.url, on_outage=choice, spool=folder, key=KEY, timing=time.timing(), sleep=time.sleep
            ) as client,
        ):
            peer.retry_after = "1"
            peer.troubles.extend(troubles)
            answers: list[ItemAnswer | Problem] = (
                client.submit_many(posts, budget=3)
                if together
                else [client.submit(each, budget=3) for each in posts]
            )
            peer.troubles.clear()
            peer.troubles.extend(later)
            finished = [client.drain(budget=3) for _ in range(len(later) + 2)]
        items = [answer for answer in answers if isinstance(answer, ItemAnswer)]
        assert [item.post for item in items] == [str(number) for number in range(count)]
        sent = [item for drained in finished for item in drained.sent]
        assert finished[-1].waiting == 0
        assert not any(drained.refused for drained in finished)
        settled = {item.post: item.id for item in (*items, *sent) if item.id}
        assert set(settled) == {item.post for item in items}
        assert sorted(peer.posts()) == sorted(settled)
        assert {item["post"]: item["id"] for item in peer.items.values()} == settled
