"""`stanch scan --server`: what is asked of a service, and what a person or a program is told of its answers."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from stanch.cli import main, remote
from stanch.cli.app import app
from stanch.client import Client, OutageError, ServiceError
from tests.client.conftest import Time
from tests.client.peer import KEY, Peer, Trouble


@pytest.fixture(autouse=True)
def here(tmp_path: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STANCH_API_KEY", KEY)
    monkeypatch.setattr(remote, "Client", partial(Client, timing=time.timing(), sleep=time.sleep))
    Path("a.txt").write_text("news of the harbour", encoding="utf-8")


def invoke(*words: str) -> Result:
    result = CliRunner().invoke(app, ["scan", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def scan(peer: Peer, *words: str) -> tuple[int, list[dict[str, Any]]]:
    result = invoke(*words, "--server", peer.url, "--json")
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_posts_with_and_without_files_keep_their_order(peer: Peer) -> None:
    lines = [{"id": str(number), "text": "news"} for number in range(250)]
    for number in (0, 100, 101, 249):
        lines[number]["media"] = ["a.txt"]  # type: ignore[assignment]
    lines[7]["audience"] = "nobody"
    Path("posts.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    code, answers = scan(peer, "posts.jsonl")
    assert code == 4
    assert [answer["post"] for answer in answers] == [
        "posts.jsonl, line 8" if number == 7 else str(number) for number in range(250)
    ]
    assert peer.posts() == [str(number) for number in range(250) if number != 7]


def test_a_name_that_no_form_carries_is_shown_as_it_is(peer: Peer) -> None:
    name = 'a "quoted" [name]\u200c.txt'
    Path(name).write_text("news", encoding="utf-8")
    peer.extra = {"remarks": ["a _quoted_ _name__.txt: too plain"], "not_scanned": [NOT_SCANNED]}
    _, (answer,) = scan(peer, name)
    (part,) = answer["parts"]
    assert (part["name"], part["remarks"]) == (name, ["too plain"])
    assert part["not_scanned"] == [{"code": "unreadable-media", "reason": "broken"}]


NOT_SCANNED = {"part": "a _quoted_ _name__.txt", "code": "unreadable-media", "reason": "broken"}
MATCH = {
    "part": "a.txt",
    "bank": "lantern",
    "entry": "e-1",
    "method": "text-gram/1",
    "medium": "text",
    "kind": "copy",
    "confirmed": True,
    "query_cover": 0.5,
    "bank_cover": 1.0,
    "spans": [{"query": [0, 4], "bank": [2, 6], "slope": 1.0}],
}


def test_a_match_is_told_as_if_it_had_been_found_here(peer: Peer) -> None:
    reason = {"level": "hold", "code": "copy", "text": "a copy", "part": "a.txt", "match": 0}
    peer.outcome, peer.extra = "hold", {"matches": [MATCH], "reasons": [reason]}
    code, (answer,) = scan(peer, "a.txt")
    assert (code, answer["outcome"], answer["reasons"][0]["entry"]) == (3, "hold", "e-1")
    assert answer["parts"][0]["medium"] == "text"
    shown = invoke("a.txt", "--server", peer.url, "--show-text").stdout
    assert "news" in shown.splitlines()[-1]


def test_how_a_text_is_written_is_told_as_if_it_had_been_seen_here(peer: Peer) -> None:
    told = {"symbols": 7, "unmatched": 7, "evasion": 0.31, "undone": ["mixed", "of later"]}
    peer.extra = {"parts": [{"name": "a.txt", "medium": "text", **told}]}
    code, (answer,) = scan(peer, "a.txt")
    part = answer["parts"][0]
    assert (code, part["symbols"], part["evasion"], part["undone"]) == (0, 7, 0.31, ["mixed", "of later"])
    shown = " ".join(invoke("a.txt", "--server", peer.url).stdout.split())
    assert "machines misread it: 31% of its letters (homoglyphs, of later)" in shown


def test_fingerprints_say_how_the_text_is_written_that_stays_here(peer: Peer) -> None:
    Path("a.txt").write_text("nеws of thе hаrbоur", encoding="utf-8")
    links = " ".join(f"https://news.example/{number}" for number in range(70))  # more than one part can hold
    Path("b.txt").write_text(f"nеws of thе hаrbоur {links}", encoding="utf-8")
    scan(peer, "a.txt", "b.txt", "--fingerprints-only")
    posts = [post for *_, body in peer.requests for post in json.loads(body)["items"]]
    (text,), (first, *others) = (post["fingerprints"] for post in posts)
    assert (text["evasion"], text["undone"]) == (4 / 16, ["mixed"])
    assert first["undone"] == ["mixed"]
    assert others
    assert not any("evasion" in other for other in others)


@pytest.mark.parametrize("word", ["kind", "medium"])
def test_a_word_that_this_version_does_not_know_is_no_guess(peer: Peer, word: str) -> None:
    peer.extra = {"matches": [{**MATCH, word: "of later"}]}
    with pytest.raises(ServiceError, match="upgrade Stanch"):
        scan(peer, "a.txt")


def test_what_is_still_pending_at_the_end_is_not_scanned(peer: Peer) -> None:
    peer.pending = 1_000
    code, (answer,) = scan(peer, "a.txt")
    assert (code, answer["outcome"]) == (4, "review")
    assert answer["parts"][0]["not_scanned"][0]["code"] == "pending"


def test_a_post_of_which_nothing_could_be_fingerprinted_is_judged_here(peer: Peer) -> None:
    lines = [{"id": "no link", "links": ["http://"]}, {"id": "news", "text": "news of the harbour"}]
    Path("posts.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    code, answers = scan(peer, "posts.jsonl", "--fingerprints-only")
    assert (code, [answer["outcome"] for answer in answers]) == (4, ["review", "allow"])
    assert answers[0]["parts"][0]["name"] == "http://"
    assert peer.posts() == ["news"]


def test_an_outage_ends_the_scan_and_says_so(peer: Peer) -> None:
    peer.forever = Trouble.GATEWAY
    with pytest.raises(OutageError):
        scan(peer, "a.txt")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--server", "https://stanch.example", "--bank", "a.txt"], "leave --bank"),
        (["--fingerprints-only"], "give --server too"),
    ],
)
def test_options_that_contradict_each_other_are_wrong_use(words: list[str], said: str) -> None:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["scan", "a.txt", *words])
    assert result.exit_code == 2
    assert said in result.output


def test_without_a_key_or_httpx_it_says_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["stanch", "scan", "a.txt", "--server", "https://stanch.example"])
    monkeypatch.delenv("STANCH_API_KEY")
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "STANCH_API_KEY" in capsys.readouterr().err
    monkeypatch.setenv("STANCH_API_KEY", KEY)
    monkeypatch.setitem(sys.modules, "httpx", None)
    monkeypatch.delitem(sys.modules, "stanch.client.sending", raising=False)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "pip install 'stanch[client]'" in capsys.readouterr().err
