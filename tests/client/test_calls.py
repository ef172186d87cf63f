"""What goes over the wire, and what comes back as values."""

import inspect
import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from stanch.client import (
    AsyncClient,
    Client,
    ConflictError,
    Hash,
    InvalidRequestError,
    ItemAnswer,
    NewPost,
    NotFoundError,
    OutageError,
    Problem,
    Query,
    UnauthenticatedError,
)
from stanch.client.answers import DecisionAnswer
from stanch.client.errors import KINDS, error_of
from stanch.errors import InvalidValueError, MissingExtraError, StanchError
from stanch.values import Audience
from tests.client.conftest import NOW, Make, Time
from tests.client.peer import KEY, Peer, Trouble

SCRIPTS = {
    "arabic": "الفانوس الرمادي",
    "persian": "فانوس خاکستری",
    "urdu": "سرمئی لالٹین",
    "chinese": "灰色灯笼",
    "hindi": "धूसर लालटेन",
    "amharic": "ግራጫ ፋኖስ",
    "thaana": "އަޅިކުލައިގެ ފުޅިބަތި",
    "mixed": "the فانوس 灰色 לפיד",
}


def post(**parts: Any) -> NewPost:
    return NewPost(audience=Audience.PUBLIC, **parts)


def test_a_post_goes_out_as_the_api_says_and_its_answer_comes_back_typed(client: Any, peer: Peer) -> None:
    peer.outcome = "hold"
    answer = client.submit(
        post(
            id="post-7",
            account="a-1",
            text="hello",
            links=("a.example",),
            hashes=(Hash(method="md5", value="0" * 32),),
        ),
        idempotency_key="mine",
    )
    ((method, path, headers, body),) = peer.requests
    assert (method, path, headers["idempotency-key"]) == ("POST", "/api/v1/items", "mine")
    assert json.loads(body) == {
        "audience": "public",
        "id": "post-7",
        "account": "a-1",
        "text": "hello",
        "links": ["a.example"],
        "hashes": [{"method": "md5", "value": "0" * 32}],
    }
    assert isinstance(answer, ItemAnswer)
    assert (answer.post, answer.state, answer.outcome, answer.language) == ("post-7", "done", "hold", "ar")
    assert (answer.idempotency_key, answer.replayed, answer.may_be_published) == ("mine", False, False)


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_arrives_as_it_was_sent_in_texts_and_names_of_files(
    client: Any, peer: Peer, script: str
) -> None:
    name = f"{SCRIPTS[script]}; 1.jpg"
    client.submit(post(text=SCRIPTS[script], id=SCRIPTS[script]), files={name: b"\0\r\n--picture"})
    assert peer.files == [{name: b"\0\r\n--picture"}]
    assert peer.posts() == [SCRIPTS[script]]


def test_half_characters_become_something_that_can_be_sent(client: Any, peer: Peer) -> None:
    client.submit(post(text="a\ud800b", id="\udcff"))
    assert json.loads(peer.requests[0][3])["text"] == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("", "file"),
        ("..", "file"),
        ("a/b.jpg", "a_b.jpg"),
        ('a"b', "a_b"),
        ("a\\b\n", "a_b_"),
        ("a&amp;b", "a_amp;b"),
        (" a ", "a"),
        ("links[0]", "links_0_"),
        ("text", "text (2)"),
        ("کشتی\u200cها.jpg", "کشتی_ها.jpg"),
        ("\udcff", "_"),
        ("y" + "x" * 300, "x" * 200),
    ],
)
def test_a_file_name_that_would_arrive_changed_is_changed_here_so_that_both_sides_agree(
    client: Any, peer: Peer, name: str, sent: str
) -> None:
    client.submit(post(), files={name: b"1"})
    assert peer.files == [{sent: b"1"}]
    assert json.loads(peer.requests[0][3].split(b"\r\n")[4])["media"] == [sent]


def test_two_names_that_become_one_stay_two_files(client: Any, peer: Peer) -> None:
    client.submit(post(), files={"a/b": b"1", "a_b": b"2", "a&b": b"3"})
    assert peer.files == [{"a_b": b"1", "a_b (2)": b"2", "a_b (3)": b"3"}]


def test_the_same_post_is_the_same_bytes_so_that_a_repetition_is_one(client: Any, peer: Peer) -> None:
    for _ in range(2):
        answer = client.submit(post(text="a"), files={"a.jpg": b"1", "b.jpg": b"2"}, idempotency_key="k")
    assert peer.requests[0][3] == peer.requests[1][3]
    assert answer.replayed
    assert len(peer.items) == 1


def test_a_key_is_made_up_for_each_post_unless_one_is_given(client: Any, peer: Peer) -> None:
    keys = {client.submit(post(text="same")).idempotency_key for _ in range(3)}
    assert len(keys) == len(peer.items) == 3


@pytest.mark.parametrize("key", ["", "x" * 201, "schlüssel", "a\nb", " a"])
def test_a_key_that_no_header_carries_is_refused(client: Any, peer: Peer, key: str) -> None:
    with pytest.raises(InvalidValueError, match="idempotency key"):
        client.submit(post(text="a"), idempotency_key=key)
    assert not peer.requests


def test_a_pending_item_is_looked_at_until_it_is_done(client: Any, peer: Peer, time: Time) -> None:
    peer.pending = 4
    answer = client.submit(post(text="a"), respond_async=True, idempotency_key="k")
    assert (answer.state, answer.outcome, answer.may_be_published) == ("pending", None, False)
    assert peer.requests[0][2]["prefer"] == "respond-async"
    done = client.wait_for(answer)
    assert (done.state, done.outcome, done.idempotency_key) == ("done", "allow", "k")
    assert time.pauses == [0.1, 0.2, 0.4]


def test_waiting_ends_with_the_budget(client: Any, peer: Peer, time: Time) -> None:
    peer.pending = 1_000
    answer = client.submit(post(text="a"))
    assert client.wait_for(answer.id, budget=60).state == "pending"
    assert 50 <= sum(time.pauses) < 60


def test_who_waits_is_told_what_was_last_known_if_the_service_goes_away(client: Any, peer: Peer) -> None:
    peer.pending = 1_000
    answer = client.submit(post(text="a"))
    peer.troubles.extend([Trouble.NONE, *[Trouble.GATEWAY] * 100])
    assert client.wait_for(answer, budget=5).state == "pending"
    with pytest.raises(OutageError):
        client.wait_for(answer, budget=5)


def test_many_posts_go_in_batches_and_each_answer_stands_in_its_place(client: Any, peer: Peer) -> None:
    posts = [post(id=str(number), text="refuse" if number % 400 == 7 else "a") for number in range(1_234)]
    answers = client.submit_many(posts)
    assert [len(json.loads(body)["items"]) for _, _, _, body in peer.requests] == [500, 500, 234]
    assert len(answers) == len(posts)
    for number, answer in enumerate(answers):
        if number % 400 == 7:
            assert isinstance(answer, Problem)
            assert (answer.status, answer.place) == (422, "$.text")
        else:
            assert answer.post == str(number)


def test_each_post_of_a_batch_counts_once_under_its_own_key(client: Any, peer: Peer) -> None:
    posts, keys = [post(id="1", text="a"), post(id="2", text="b")], ["k-1", "k-2"]
    first = client.submit_many(posts, idempotency_keys=keys)
    assert [answer.idempotency_key for answer in first] == keys
    peer.troubles.append(Trouble.HALF)
    assert client.submit_many(posts, idempotency_keys=keys) == first
    assert peer.posts() == ["1", "2"]


def test_a_batch_is_no_larger_than_a_request_may_be(client: Any, peer: Peer) -> None:
    posts = [post(id=str(number), text="x" * 900_000) for number in range(20)]
    assert [answer.post for answer in client.submit_many(posts)] == [str(number) for number in range(20)]
    assert len(peer.requests) == 2
    assert all(len(body) <= 16_000_100 for _, _, _, body in peer.requests)


def test_posts_of_a_batch_that_is_refused_each_say_so(client: Any, make: Make, peer: Peer) -> None:
    stranger = make(peer.url, on_outage="raise", key="stanch_other")
    answers = stranger.submit_many([post(text="a"), post(text="b")])
    assert [answer.code for answer in answers] == ["unauthenticated"] * 2
    assert client.submit_many([]) == []
    with pytest.raises(InvalidValueError, match="there are 1 for 2 posts"):
        client.submit_many([post(text="a"), post(text="b")], idempotency_keys=["a"])


def test_questions_go_a_thousand_at_a_time(client: Any, peer: Peer) -> None:
    asked = [Query(text=str(number)) for number in range(999)]
    asked += [Query(link="a.example"), Query(hash=Hash(method="pdq", value="0" * 64))]
    assert len(client.match(asked)) == 1_001
    first, second = (json.loads(body)["queries"] for _, _, _, body in peer.requests)
    assert (len(first), len(second)) == (1_000, 1)
    assert (first[0], first[-1]) == ({"text": "0"}, {"link": "a.example"})
    assert second == [{"hash": {"method": "pdq", "value": "0" * 64}}]


@pytest.mark.parametrize("parts", [{}, {"text": "a", "link": "b"}])
def test_a_question_is_about_one_thing(parts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match="one of text, link and hash"):
        Query(**parts)


def test_lists_are_read_with_fields_of_later(client: Any, peer: Peer) -> None:
    (decision,) = client.decisions(after="d-0").decisions
    assert isinstance(decision, DecisionAnswer)
    assert peer.requests[0][1] == "/api/v1/decisions?after=d-0"
    client.decisions(since=datetime(2026, 3, 1, 9, tzinfo=UTC))
    assert peer.requests[-1][1] == "/api/v1/decisions?since=2026-03-01T09%3A00%3A00%2B00%3A00"
    assert [bank.name for bank in client.banks()] == ["lantern"]


def test_what_is_forgotten_is_gone(client: Any, peer: Peer) -> None:
    item = client.submit(post(text="a"))
    client.forget(item)
    assert not peer.items
    with pytest.raises(NotFoundError):
        client.forget(item)


def test_forgetting_succeeds_if_its_first_answer_was_lost(client: Any, peer: Peer) -> None:
    item = client.submit(post(text="a"))
    peer.troubles.append(Trouble.DROPPED_AFTER)
    client.forget(item)
    assert not peer.items


def test_an_id_stays_within_its_step_of_the_path(client: Any, peer: Peer) -> None:
    with pytest.raises(NotFoundError):
        client.get_item("../banks?x=1#y")
    assert peer.requests[0][1] == "/api/v1/items/..%2Fbanks%3Fx%3D1%23y"


def test_a_refusal_is_an_error_that_carries_the_problem_and_is_not_tried_again(
    client: Any, peer: Peer, time: Time
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        client.submit(post(text="refuse"))
    problem = caught.value.problem
    assert (problem.status, problem.code, problem.place) == (422, "invalid", "$.text")
    assert caught.value.fields["place"] == "$.text"
    assert len(peer.requests) == 1
    assert not time.pauses


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 415, 418, 422])
def test_each_refusal_has_its_error_in_one_tree(status: int) -> None:
    error = error_of(Problem(status=status, title="No.", detail="{not a field}"))
    assert type(error) is KINDS.get(status, type(error))
    assert isinstance(error, StanchError)
    assert "No: {not a field}" in str(error)


def test_an_unknown_key_is_said(make: Make, peer: Peer) -> None:
    with pytest.raises(UnauthenticatedError):
        make(peer.url, on_outage="raise", key="stanch_other").get_item("1")


def test_the_key_comes_from_the_environment_and_stands_nowhere(
    make: Make, peer: Peer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("STANCH_API_KEY", KEY)
    client = make(peer.url, on_outage="raise", key=None)
    client.submit(post(text="a"))
    peer.forever = Trouble.DROPPED_BEFORE
    with pytest.raises(OutageError) as caught:
        client.submit(post(text="a"))
    said = [repr(client), str(caught.value), repr(caught.value), *(str(r.__dict__) for r in caplog.records)]
    assert peer.requests[0][2]["authorization"] == f"Bearer {KEY}"
    assert all(KEY not in one for one in said)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("harbour.example", {}),
        ("ftp://harbour.example", {}),
        ("https://", {}),
        ("https://me:secret-word@harbour.example", {}),
        ("https://harbour.example?a=b", {}),
        ("https://harbour.example:port", {}),
        ("https://harbour.example", {"key": ""}),
        ("https://harbour.example", {"key": "secret-word \nx"}),
        ("https://harbour.example", {"key": "secret-wörd"}),
        ("https://harbour.example", {"budget": 0}),
        ("https://harbour.example", {"on_outage": "hope"}),
        ("https://harbour.example", {"on_outage": "wait"}),
    ],
)
def test_what_cannot_work_is_refused_without_telling_secrets(
    kind: Any, url: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STANCH_API_KEY", raising=False)
    with pytest.raises(InvalidValueError) as caught:
        kind(url, **{"on_outage": "raise", "key": KEY, **options})
    assert "secret-w" not in str(caught.value)


def test_the_choice_for_outages_has_no_default() -> None:
    with pytest.raises(TypeError, match="on_outage"):
        Client("https://harbour.example", key=KEY)  # type: ignore[call-arg]


def test_without_httpx_the_values_are_there_and_the_client_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    monkeypatch.delitem(sys.modules, "stanch.client.sending", raising=False)
    with pytest.raises(MissingExtraError, match=r"stanch\[client\]"):
        Client("https://harbour.example", on_outage="raise", key=KEY)


def test_both_clients_offer_the_same_calls() -> None:
    def calls(kind: type) -> dict[str, list[str]]:
        return {
            name: [str(parameter) for parameter in inspect.signature(call).parameters.values()]
            for name, call in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("_")
        }

    assert calls(Client) == calls(AsyncClient)


def test_a_decision_goes_before_the_outcome() -> None:
    decision = DecisionAnswer(
        id="1",
        item="2",
        action="remove",
        decided=NOW,
    )
    item = ItemAnswer(id="2", state="done", outcome="allow", decision=decision)
    assert not item.may_be_published
    undone = msgspec.structs.replace(decision, undone=decision.decided)
    assert msgspec.structs.replace(item, decision=undone).may_be_published
    assert not ItemAnswer(id="2", state="done", outcome="a word of later").may_be_published


def test_what_has_to_be_kept_is_a_conflict() -> None:
    assert isinstance(error_of(Problem(status=409, type="urn:stanch:problem:preserved")), ConflictError)
