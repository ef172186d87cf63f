"""The client against the service itself, through a real socket: both agree on every word of the API."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner

from stanch.cli.app import app
from stanch.client import (
    Client,
    ConflictError,
    Hash,
    InvalidRequestError,
    ItemAnswer,
    NewEntry,
    NewPost,
    NotFoundError,
    Problem,
    Query,
    RateLimitedError,
    RefusedError,
    UnauthenticatedError,
    fingerprint_here,
    sending,
)
from stanch.client.messages import Failure, Response
from stanch.client.retrying import Send
from stanch.matching import Bank as LocalBank
from stanch.matching import entry_of
from stanch.media import Decoders
from stanch.values import Audience, LinkPart, State, TextPart
from stanch_server.accounts import operations as accounts
from stanch_server.accounts.capabilities import KEY_CAPABILITIES
from stanch_server.accounts.models import Source
from stanch_server.banks.models import Bank
from stanch_server.endpoints import limits
from stanch_server.intake.models import Item
from stanch_server.intake.operations import scan_pending
from stanch_server.review import api_learnt
from tests.conftest import ROOT
from tests.matching.writing import cut, writing
from tests.server.conftest import START, Clock
from tests.server.intake.conftest import INFO, LINK, STATEMENT, bank  # noqa: F401 - a fixture
from tests.server.review.test_learnt import kept_bank, taught

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPTS = {
    "arabic": "خبر من الميناء، والسفن عائدة",
    "persian": "خبری از بندر؛ کشتی‌ها بازمی‌گردند",
    "urdu": "بندرگاہ سے خبر، جہاز واپس",
    "chinese": "港口新闻，船只返回；图片",
    "hindi": "बंदरगाह से समाचार",
    "amharic": "ከወደቡ ዜና",
    "thaana": "ބަނދަރުން ހަބަރެއް",
    "mixed": "news; الخبر 港口 (2)%22 +=@~^&lt;'",
}
NewKey = Callable[..., str]


@pytest.fixture
def new_key(source: Source, clock: Clock) -> NewKey:
    def make(*capabilities: str) -> str:
        _, secret = accounts.create_api_key(
            source=source,
            name="forum",
            capabilities=capabilities or KEY_CAPABILITIES,
            expires_at=clock.now() + timedelta(days=30),
            acting_user="alice",
            now=clock.now(),
        )
        return secret

    return make


@pytest.fixture
def client(live_server: LiveServer, new_key: NewKey, tmp_path: Path) -> Iterator[Client]:
    with Client(live_server.url, on_outage="wait", spool=tmp_path / "spool", key=new_key(), budget=30) as client:
        yield client


def public(**parts: Any) -> NewPost:
    return NewPost(audience=Audience.PUBLIC, **parts)


@pytest.mark.usefixtures("bank")
def test_a_statement_that_is_known_is_held_and_everything_said_of_it_is_read(client: Client) -> None:
    item = client.submit(public(id="post-7", account="a-1", text=STATEMENT, links=("https://news.example/7",)))
    assert (item.state, item.outcome, item.may_be_published) == ("done", "hold", False)
    assert (item.post, item.account, item.audience) == ("post-7", "a-1", "public")
    assert item.hold_until == START + timedelta(hours=24)
    (match,) = item.matches
    assert (match.part, match.bank, match.kind, match.confirmed) == ("text", "lantern", "identical", True)
    assert item.reasons[0].match == 0
    known = client.get_item(item.id)
    assert known == replace_key(item)


def replace_key(item: ItemAnswer) -> ItemAnswer:
    """Return an answer as it is for who only asks."""
    return msgspec.structs.replace(item, idempotency_key="")


@pytest.mark.usefixtures("bank")
@pytest.mark.parametrize("script", SCRIPTS)
def test_files_keep_their_names_and_bytes_in_every_script(client: Client, script: str) -> None:
    name = f"{SCRIPTS[script]}.txt"
    item = client.submit(public(text=SCRIPTS[script]), files={name: STATEMENT.encode(), "other.bin": b"\0\r\n"})
    assert {match.part for match in item.matches} == {name.replace("\u200c", "_").replace("&", "_")}
    assert item.outcome == "hold"


@pytest.mark.usefixtures("bank")
def test_fingerprints_made_here_find_the_same_and_the_text_stays_here(client: Client, tmp_path: Path) -> None:
    (tmp_path / "statement.txt").write_text(STATEMENT, encoding="utf-8")
    part = fingerprint_here(tmp_path / "statement.txt")
    item = client.submit(public(fingerprints=(part,)))
    assert (item.outcome, item.matches[0].kind, item.matches[0].part) == ("hold", "identical", "statement.txt")


@pytest.mark.usefixtures("bank")
def test_a_text_full_of_links_goes_as_several_parts_and_each_link_is_found(client: Client) -> None:
    links = " ".join(f"https://news-{number}.example/a/b" for number in range(150))
    with Decoders() as decoders:
        part = fingerprint_here(TextPart(name="text", text=f"{LINK} {links}"), decoders=decoders)
    assert len(part.fingerprints) > 128
    item = client.submit(public(fingerprints=(part,)))
    assert [match.medium for match in item.matches] == ["link"]
    assert item.matches[0].part in {"text", "text (2)", "text (3)", "text (4)"}


def test_what_could_not_be_read_here_is_never_clean(client: Client, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"rubbish" * 9)
    item = client.submit(public(fingerprints=(fingerprint_here(tmp_path / "broken.png"),)))
    assert item.outcome == "review"
    assert [why.part for why in item.not_scanned] == ["broken.png"]


def test_a_repetition_is_one_item_and_another_post_under_the_key_is_refused(client: Client) -> None:
    picture = {"a.bin": b"\0" * 100}
    first = client.submit(public(text="a"), files=picture, idempotency_key="k")
    second = client.submit(public(text="a"), files=picture, idempotency_key="k")
    assert (first.id, first.replayed, second.replayed) == (second.id, False, True)
    with pytest.raises(InvalidRequestError) as caught:
        client.submit(public(text="b"), files=picture, idempotency_key="k")
    assert caught.value.problem.code == "idempotency-key-reused"
    assert Item.objects.count() == 1


@pytest.mark.usefixtures("bank")
def test_many_posts_are_answered_in_their_order_and_repeated_without_harm(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "REQUESTS_PER_MINUTE", 600_000)
    posts = [
        public(id=str(number), text=STATEMENT if number == 7 else "" if number == 9 else f"news {number}")
        for number in range(510)
    ]
    keys = [f"key-{number}" for number in range(510)]
    answers = client.submit_many(posts, idempotency_keys=keys)
    refused = answers[9]
    assert isinstance(refused, Problem)
    assert (refused.status, refused.place) == (422, "$.items[9]")
    items = [answer for answer in answers if isinstance(answer, ItemAnswer)]
    assert [item.post for item in items] == [str(number) for number in range(510) if number != 9]
    assert [item.post for item in items if item.outcome == "hold"] == ["7"]
    again = client.submit_many(posts, idempotency_keys=keys)
    assert [answer.id for answer in again if isinstance(answer, ItemAnswer)] == [item.id for item in items]
    assert Item.objects.count() == 509


def test_what_is_scanned_later_is_waited_for(live_server: LiveServer, new_key: NewKey, clock: Clock) -> None:
    """The worker comes along while the client pauses for the first time."""

    def work(_seconds: float) -> None:
        scan_pending(item_id=Item.objects.get().id, now=clock.now())

    with Client(live_server.url, on_outage="raise", key=new_key(), budget=30, sleep=work) as client:
        pending = client.submit(public(text="news"), respond_async=True)
        assert (pending.state, pending.outcome) == ("pending", None)
        assert client.wait_for(pending).outcome == "allow"


@pytest.mark.usefixtures("bank")
def test_questions_are_answered_in_order_and_leave_nothing(client: Client) -> None:
    found = client.match(
        [
            Query(text=STATEMENT),
            Query(text="hеllo wоrld"),  # two letters are Cyrillic
            Query(link=LINK),
            Query(hash=Hash(method="md5", value="0" * 32)),
        ]
    )
    assert [len(each.matches) for each in found] == [1, 0, 1, 0]
    assert [(each.evasion, each.undone) for each in found] == [(0, ()), (0.2, ("mixed",)), (0, ()), (0, ())]
    assert not Item.objects.exists()


def test_banks_are_listed_written_and_read_page_by_page(client: Client, bank: Bank) -> None:  # noqa: F811 - ditto
    (listed,) = client.banks()
    assert (listed.id, listed.name, listed.entries, listed.designation) == (
        str(bank.id),
        "lantern",
        3,
        "behaviour-based",
    )
    added = client.add_entry(listed.id, NewEntry(text=writing(31, 120), labels=("leaflet",)))
    assert (added.confirmed, added.labels) == (False, ("leaflet",))
    with pytest.raises(ConflictError):
        client.add_entry(listed.id, NewEntry(text=writing(31, 120)))
    page = client.entries(listed.id)
    assert (len(page.entries), page.next) == (4, None)
    assert client.submit(public(text=writing(31, 120))).matches[0].entry == added.id
    client.remove_entry(listed.id, added.id)
    with pytest.raises(NotFoundError):
        client.remove_entry(listed.id, added.id)
    confirmed = next(entry for entry in page.entries if entry.confirmed)
    with pytest.raises(ConflictError):
        client.remove_entry(listed.id, confirmed.id)


def test_what_was_learnt_of_a_bank_is_listed_and_taken_back(
    client: Client, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_learnt, "PAGE", 1)
    works = [writing(8810 + number, 250, script) for number, script in enumerate(("arabic", "ethiopic"))]
    own = kept_bank(source, *works)
    taught(source, *(cut(work, 400, 440) for work in works))
    page = client.learnt(str(own.id))
    assert page.next is not None
    last = client.learnt(str(own.id), after=page.next)
    assert last.next is None
    found = [*page.learnt, *last.learnt]
    assert {one.entry for one in found} == {str(entry.id) for entry in own.entries.all()}
    assert all(one.grams and 0 < one.share < 0.2 and one.believed and one.publishers == 5 for one in found)
    with pytest.raises(InvalidRequestError, match=r"\$\.entries"):
        client.unlearn(str(own.id), [], reason="none is not all")
    assert client.unlearn(str(own.id), [found[0].entry], reason="it is no formula") == len(found[0].grams)
    assert client.learnt(str(own.id)).learnt == (found[1],)
    assert client.unlearn(str(own.id), reason="nor is that") == len(found[1].grams)
    assert client.learnt(str(own.id)).learnt == ()


def test_decisions_are_listed_even_if_there_are_none(client: Client) -> None:
    assert client.decisions().decisions == ()
    with pytest.raises(InvalidRequestError):
        client.decisions(after="nobody")


def test_an_item_is_forgotten_on_request(client: Client) -> None:
    item = client.submit(public(text="news"))
    client.forget(item)
    assert not Item.objects.exists()
    with pytest.raises(NotFoundError):
        client.get_item(item.id)


def test_each_refusal_has_its_error(
    live_server: LiveServer, new_key: NewKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Client(live_server.url, on_outage="raise", key="stanch_nobody")
    with stranger, pytest.raises(UnauthenticatedError):
        stranger.banks()
    with Client(live_server.url, on_outage="raise", key=new_key("banks.read"), budget=30) as reader:
        with pytest.raises(RefusedError):
            reader.submit(public(text="news"))
        monkeypatch.setattr(limits, "take", too_many)
        with pytest.raises(RateLimitedError) as caught:
            reader.banks()
    assert caught.value.problem.code == "too-many-requests"


def too_many(*_arguments: object, **_named: object) -> None:
    raise limits._too_many(60)


def test_a_post_that_waited_through_an_outage_is_taken_in_once(
    live_server: LiveServer, new_key: NewKey, tmp_path: Path
) -> None:
    key, spool = new_key(), tmp_path / "spool"
    with Client("http://127.0.0.1:9", on_outage="wait", spool=spool, key=key, budget=0.1) as away:
        held = away.submit(public(text="news", id="post-7"), files={"a.bin": b"\0"})
        away.submit_many([public(text="more", id="post-8"), public(text="even more", id="post-9")])
    assert (held.state, held.may_be_published, Item.objects.count()) == ("waiting", False, 0)
    with Client(live_server.url, on_outage="wait", spool=spool, key=key) as back:
        drained = back.drain()
        assert back.submit(
            public(text="news", id="post-7"), files={"a.bin": b"\0"}, idempotency_key=held.idempotency_key
        ).replayed
    assert sorted(item.post for item in drained.sent) == ["post-7", "post-8", "post-9"]
    assert Item.objects.count() == 3


class TestScan:
    """`stanch scan --server` says what the same scan says here."""

    @pytest.fixture(autouse=True)
    def here(
        self, live_server: LiveServer, new_key: NewKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.url = live_server.url
        monkeypatch.setenv("STANCH_API_KEY", new_key())
        monkeypatch.setenv("COLUMNS", "250")
        monkeypatch.chdir(tmp_path)

    def scan(self, *words: str) -> tuple[int, list[dict[str, Any]]]:
        result = CliRunner().invoke(app, ["scan", *words, "--json"])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]

    def write_inputs(self) -> None:
        Path("in").mkdir()
        Path("in/1-news.txt").write_text(writing(99, 120), encoding="utf-8")
        Path("in/2-statement.txt").write_text(STATEMENT, encoding="utf-8")
        Path("in/3-empty.txt").write_bytes(b"")
        lines = [
            {"id": "words", "text": f"{writing(98, 40)} {STATEMENT}", "links": ["https://news.example", LINK]},
            {"id": "hash", "hashes": [{"method": "md5", "value": "0" * 32}]},
            {"id": "private", "audience": "private", "text": "a"},
            {"id": "file", "media": ["2-statement.txt"], "text": "see below"},
        ]
        Path("in/4-posts.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        Path("in/text").write_text(STATEMENT, encoding="utf-8")

    def write_bank(self) -> None:
        with Decoders() as decoders:
            parts = (TextPart(name="statement", text=STATEMENT), LinkPart(name="link", link=LINK))
            entries = [entry_of(part, decoders, added=START, confirmed_by="alice") for part in parts]
        LocalBank(replace(INFO, state=State.ENABLED), entries).save(Path("lantern.bank"))

    @pytest.mark.usefixtures("bank")
    @pytest.mark.parametrize("more", [[], ["--fingerprints-only"]])
    def test_the_same_posts_have_the_same_outcomes_and_exit_code(self, more: list[str]) -> None:
        self.write_inputs()
        self.write_bank()
        code, local = self.scan("in", "--bank", "lantern.bank")
        assert (code, self.summary(local)) == (4, self.summary(self.scan("in", "--server", self.url, *more)[1]))
        assert self.scan("in", "--server", self.url, *more)[0] == 4
        assert self.scan("in/1-news.txt", "--server", self.url, *more)[0] == 0
        assert self.scan("in/2-statement.txt", "--server", self.url, *more)[0] == 3

    def summary(self, found: list[dict[str, Any]]) -> list[Any]:
        return [
            (
                post["post"],
                post["outcome"],
                [reason["code"] for reason in post["reasons"]],
                [
                    (
                        part["name"],
                        sorted((match["kind"], match["method"]) for match in part["matches"]),
                        len(part["not_scanned"]),
                    )
                    for part in post["parts"]
                ],
            )
            for post in found
        ]

    @pytest.mark.usefixtures("bank")
    def test_with_fingerprints_only_no_word_of_the_content_leaves(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[bytes] = []
        send = sending.Sender.send

        def overheard(sender: sending.Sender, step: Send) -> Response | Failure:
            sent.append(step.request.body)
            return send(sender, step)

        monkeypatch.setattr(sending.Sender, "send", overheard)
        self.write_inputs()
        self.scan("in", "--server", self.url, "--fingerprints-only")
        assert sent
        words = {word for word in STATEMENT.split() if len(word) > 4} | {LINK, "news.example"}
        assert not [word for word in words if any(word.encode() in body for body in sent)]

    @pytest.mark.usefixtures("bank")
    def test_passages_are_shown_on_request(self) -> None:
        Path("statement.txt").write_text(f"{writing(99, 60)} {STATEMENT}", encoding="utf-8")
        words = ["scan", "statement.txt", "--server", self.url, "--show-text"]
        assert " ".join(STATEMENT.split()[2:5]) in CliRunner().invoke(app, words).stdout

    def test_a_post_that_the_service_refuses_costs_only_itself(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings, "LARGEST_REQUEST", 5_000)
        Path("large.bin").write_bytes(b"\1" * 6_000)
        Path("small.txt").write_text("news", encoding="utf-8")
        code, found = self.scan("large.bin", "small.txt", "--server", self.url)
        assert code == 4
        assert [post["outcome"] for post in found] == ["review", "allow"]
        assert "at most 5,000 bytes" in found[0]["parts"][0]["not_scanned"][0]["reason"].lower()

    def test_a_caller_that_is_refused_is_told_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STANCH_API_KEY", "stanch_nobody")
        Path("a.txt").write_text("news", encoding="utf-8")
        with pytest.raises(UnauthenticatedError):
            self.scan("a.txt", "--server", self.url)
        Path("a.jsonl").write_text('{"text": "news"}', encoding="utf-8")
        with pytest.raises(UnauthenticatedError):
            self.scan("a.jsonl", "--server", self.url)


@pytest.mark.usefixtures("bank")
def test_the_how_to_runs_as_it_is_pasted(live_server: LiveServer, new_key: NewKey, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "howto" / "call-the-service.md").read_text(encoding="utf-8")
    program = "\n".join(re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL))
    environment = {**os.environ, "STANCH_URL": live_server.url, "STANCH_API_KEY": new_key(), "LC_ALL": "C.UTF-8"}
    run = [sys.executable, "-W", "error", "-c", program.replace("budget=2.0", "budget=30.0")]
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "done allow []"
    assert "422 invalid $" in lines
    assert lines[-1] == "0 wait"
