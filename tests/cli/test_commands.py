"""The commands, as people and programs call them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from stanch.cli.app import app
from stanch.errors import FormatError, StanchError
from tests.matching.writing import writing

DESCRIBED = [
    "--owner",
    "us",
    "--legal-basis",
    "terms",
    "--content-type",
    "incites",
    "--designation",
    "Harbour list;VL-7;2025-03-01",
]
STATEMENT = writing(1, 120, "arabic")


def stanch(*words: str | Path, stdin: bytes | None = None) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an installation with one enabled bank that holds one statement, and be in its folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STANCH_CONFIG", raising=False)
    monkeypatch.delenv("STANCH_ACTOR", raising=False)
    (tmp_path / "stanch.toml").write_text("", encoding="utf-8")
    (tmp_path / "statement.txt").write_text(STATEMENT, encoding="utf-8")
    stanch("bank", "create", "known", *DESCRIBED)
    stanch("bank", "add", "known", "statement.txt", "--by", "Ada")
    stanch("bank", "enable", "known")
    return tmp_path


def answers(*words: str | Path, stdin: bytes | None = None) -> tuple[int, list[dict[str, Any]]]:
    result = stanch(*words, "--json", stdin=stdin)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


class TestScan:
    def test_says_what_was_found_and_ends_with_three(self, here: Path) -> None:
        code, (answer,) = answers("scan", "statement.txt")
        assert (code, answer["outcome"]) == (3, "hold")
        assert "identical" in stanch("scan", "statement.txt").stdout
        assert here

    @pytest.mark.usefixtures("here")
    def test_ends_with_nought_if_nothing_matches_or_only_in_shadow(self) -> None:
        Path("other.txt").write_text(writing(9, 100), encoding="utf-8")
        assert stanch("scan", "other.txt").exit_code == 0
        stanch("bank", "shadow", "known")
        code, (answer,) = answers("scan", "statement.txt")
        assert (code, answer["outcome"]) == (0, "allow")
        assert "shadow" in stanch("scan", "statement.txt").stdout

    @pytest.mark.usefixtures("here")
    def test_what_was_not_scanned_goes_before_a_match(self) -> None:
        Path("broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"rubbish" * 9)
        code, found = answers("scan", "broken.png", "statement.txt")
        assert (code, [answer["outcome"] for answer in found]) == (4, ["review", "hold"])

    @pytest.mark.usefixtures("here")
    def test_hides_passages_unless_asked(self) -> None:
        words = STATEMENT.split()
        quoted = " ".join(words[40:60])
        Path("article.txt").write_text(f"{writing(5, 90)} {quoted} {writing(6, 90)}", encoding="utf-8")
        inner = " ".join(words[45:55])
        assert inner not in stanch("scan", "article.txt").stdout.replace("\n", " ")
        shown = stanch("scan", "article.txt", "--show-text").stdout
        assert words[50] in shown

    @pytest.mark.usefixtures("here")
    def test_reads_posts_of_several_parts(self) -> None:
        folder = Path("post")
        folder.mkdir()
        (folder / "a.txt").write_text(STATEMENT, encoding="utf-8")
        (folder / "post.json").write_text(json.dumps({"id": "7", "text": "look", "media": ["a.txt"]}))
        code, (answer,) = answers("scan", folder)
        assert (code, answer["post"], len(answer["parts"])) == (3, "7", 2)

    @pytest.mark.usefixtures("here")
    def test_reads_lines_of_posts_from_the_standard_input(self) -> None:
        lines = [json.dumps({"id": "1", "text": STATEMENT}), json.dumps({"id": "2", "text": "good morning"})]
        code, found = answers("scan", "-", stdin="\n".join(lines).encode())
        assert (code, [(answer["post"], answer["outcome"]) for answer in found]) == (
            3,
            [("1", "hold"), ("2", "allow")],
        )
        assert answers("scan", "-", stdin=STATEMENT.encode())[0] == 3

    @pytest.mark.usefixtures("here")
    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            ("{", "truncated"),
            ('{"id": "1"}', "holds nothing"),
            ('{"text": 5}', "Expected `str`"),
            ('{"text": "a", "audience": "friends"}', "audience"),
            ('{"media": ["../statement.txt"]}', "must stand in the folder"),
            ('{"media": ["nowhere.jpg"]}', "is not there"),
            ('{"hashes": [{"method": "crc", "value": "1"}]}', "crc"),
            ('{"hashes": [{"method": "md5", "value": "zz"}]}', "hexadecimal"),
            ("[]", "object"),
        ],
    )
    def test_a_wrong_line_costs_only_itself_and_is_named(self, line: str, problem: str) -> None:
        good = json.dumps({"id": "good", "text": STATEMENT})
        code, found = answers("scan", "-", stdin=f"{good}\n{line}".encode())
        assert code == 4
        assert found[0]["outcome"] == "hold"
        assert problem in json.dumps(found[1], ensure_ascii=False)

    @pytest.mark.usefixtures("here")
    def test_finds_bare_hashes(self) -> None:
        digest = "00ff" * 16
        Path("list.txt").write_text(f"{digest}\n", encoding="utf-8")
        stanch("bank", "import", "list.txt", "--name", "partner", "--hashes", "pdq", *DESCRIBED)
        stanch("bank", "enable", "partner")
        near = f"{int(digest, 16) ^ 0b111:064x}"
        line = json.dumps({"id": "h", "hashes": [{"method": "pdq", "value": near}]})
        code, (answer,) = answers("scan", "-", stdin=line.encode())
        assert (code, answer["outcome"]) == (3, "review")
        assert '"distance": 3' in json.dumps(answer)

    @pytest.mark.usefixtures("here")
    def test_no_file_is_wrong_use(self) -> None:
        assert stanch("scan", "nowhere.txt").exit_code == 2

    @pytest.mark.usefixtures("here")
    def test_a_private_post_is_refused_by_itself_and_nobody_looks_at_it(self) -> None:
        private = {"id": "9", "audience": "private", "text": STATEMENT}
        lines = [json.dumps(private), json.dumps({"id": "good", "text": STATEMENT})]
        code, (refused, held) = answers("scan", "-", stdin="\n".join(lines).encode())
        assert (code, refused["outcome"], held["outcome"]) == (4, "allow", "hold")
        assert "private messages are not scanned" in json.dumps(refused)
        assert refused["parts"][0]["matches"] == []

    @pytest.mark.usefixtures("here")
    def test_a_bank_file_that_is_named_rests_on_nobodys_word(self) -> None:
        """Whatever it says of itself: no policy of this installation applies to it."""
        recorded = "recorded_by = 'Ada'\nrecorded_on = 2026-01-01\nreason = 'r'\n"
        Path("stanch.toml").write_text(f"[policies.known]\nblock_identical = true\n{recorded}", encoding="utf-8")
        assert answers("scan", "statement.txt")[1][0]["outcome"] == "block"
        assert answers("scan", "statement.txt", "--bank", "banks/known.bank")[1][0]["outcome"] == "hold"
        assert stanch("scan", "statement.txt", "--bank", "nowhere.bank").exit_code == 2

    @pytest.mark.usefixtures("here")
    def test_a_folder_is_scanned_whole_and_what_cannot_be_read_costs_only_itself(self) -> None:
        folder = Path("uploads")
        deep = folder.joinpath(*["d"] * 300)
        deep.mkdir(parents=True)
        (deep / ".hidden.txt").write_text(STATEMENT, encoding="utf-8")
        (folder / "empty").write_bytes(b"")
        (folder / "nowhere").symlink_to("not-there")
        (folder / "loop").symlink_to(folder.resolve())
        os.mkfifo(folder / "pipe")
        code, found = answers("scan", folder)
        outcome = {Path(answer["post"]).name: answer["outcome"] for answer in found}
        assert code == 4
        assert outcome == {
            ".hidden.txt": "hold",
            "empty": "allow",
            "nowhere": "review",
            "loop": "review",
            "pipe": "review",
        }

    @pytest.mark.usefixtures("here")
    def test_a_post_cannot_hide_the_files_beside_it(self) -> None:
        folder = Path("post")
        folder.mkdir()
        (folder / "other.txt").write_text(STATEMENT, encoding="utf-8")
        (folder / "post.json").write_text('{"id": "x", "text": "hi"}', encoding="utf-8")
        assert answers("scan", folder)[1][0]["outcome"] == "hold"

    @pytest.mark.usefixtures("here")
    @pytest.mark.parametrize("name", ["a\u0000b", "x" * 300, "../statement.txt"])
    def test_a_wrong_name_of_a_file_costs_only_its_post(self, name: str) -> None:
        lines = [json.dumps({"id": "bad", "media": [name]}), json.dumps({"id": "good", "text": STATEMENT})]
        code, found = answers("scan", "-", stdin="\n".join(lines).encode())
        assert (code, [answer["outcome"] for answer in found]) == (4, ["review", "hold"])

    @pytest.mark.usefixtures("here")
    @pytest.mark.parametrize("line", ['{"a":' * 100_000, '{"text": "x", "medias": ["statement.txt"]}', "[1]"])
    def test_odd_json_is_never_clean(self, line: str) -> None:
        code, (answer,) = answers("scan", "-", stdin=b"\xef\xbb\xbf" + line.encode())
        assert (code, answer["outcome"]) == (4, "review")

    def test_says_so_if_there_is_no_bank(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("stanch.toml").write_text("", encoding="utf-8")
        Path("a.txt").write_text("hello", encoding="utf-8")
        result = stanch("scan", "a.txt")
        assert (result.exit_code, "stanch bank create" in result.stderr) == (0, True)

    @pytest.mark.usefixtures("here")
    def test_foreign_text_cannot_write_to_the_terminal(self) -> None:
        post = json.dumps({"id": "\x1b[2J[red]\u202eevil", "text": STATEMENT})
        shown = stanch("scan", "-", stdin=post.encode()).stdout
        assert "\x1b[2J" not in shown
        assert "\u202e" not in shown
        assert "[red]" in shown.replace("\n", "")


class TestBank:
    @pytest.mark.usefixtures("here")
    @pytest.mark.parametrize("missing", ["--owner", "--legal-basis", "--content-type", "--designation"])
    def test_asks_for_what_the_law_asks_for(self, missing: str) -> None:
        place = DESCRIBED.index(missing)
        result = stanch("bank", "create", "new", *DESCRIBED[:place], *DESCRIBED[place + 2 :])
        assert (result.exit_code, missing in result.stderr) == (2, True)

    @pytest.mark.usefixtures("here")
    def test_starts_in_shadow_and_says_so(self) -> None:
        assert "shadow" in stanch("bank", "create", "new", *DESCRIBED).stdout
        assert '"state":"shadow"' in stanch("bank", "info", "new", "--json").stdout

    @pytest.mark.usefixtures("here")
    def test_adding_needs_a_name_and_records_it(self) -> None:
        Path("new.txt").write_text(writing(3, 100), encoding="utf-8")
        assert stanch("bank", "add", "known", "new.txt").exit_code == 2
        assert stanch("bank", "add", "known", "new.txt", "--by", "Ben").exit_code == 0
        assert "Ben" in stanch("bank", "info", "known").stdout

    @pytest.mark.usefixtures("here")
    def test_the_same_content_is_added_once_and_removed_by_the_file(self) -> None:
        with pytest.raises(StanchError, match="already"):
            stanch("bank", "add", "known", "statement.txt", "--by", "Ada")
        assert stanch("bank", "remove", "known", "statement.txt").exit_code == 0
        assert stanch("scan", "statement.txt").exit_code == 0

    @pytest.mark.usefixtures("here")
    def test_what_cannot_be_banked_leaves_the_bank_as_it_was(self) -> None:
        before = Path("banks/known.bank").read_bytes()
        Path("nothing.txt").write_text("🙂 … !", encoding="utf-8")
        Path("good.txt").write_text(writing(3, 100), encoding="utf-8")
        with pytest.raises(StanchError, match="nothing is left"):
            stanch("bank", "add", "known", "good.txt", "nothing.txt", "--by", "Ada")
        assert Path("banks/known.bank").read_bytes() == before

    @pytest.mark.usefixtures("here")
    def test_a_list_of_links_is_an_entry_a_link(self) -> None:
        Path("links.txt").write_text("https://a.example/x\nhxxp://b[.]example\n# note\n", encoding="utf-8")
        stanch("bank", "add", "known", "links.txt", "--by", "Ada")
        line = json.dumps({"text": "اقرأ b.example/page الآن"}, ensure_ascii=False)
        assert answers("scan", "-", stdin=line.encode())[0] == 3

    @pytest.mark.usefixtures("here")
    def test_an_import_is_in_shadow_and_confirmed_by_nobody_here(self, tmp_path: Path) -> None:
        stanch("bank", "export", "known", tmp_path / "out.bank")
        result = stanch("bank", "import", tmp_path / "out.bank", "--name", "theirs")
        assert "shadow" in result.stdout
        (bank,) = answers("bank", "info", "theirs")[1]
        (entry,) = bank["entries"]
        assert (bank["state"], entry["confirmed_by"]) == ("shadow", None)

    @pytest.mark.usefixtures("here")
    def test_an_update_keeps_the_state_of_the_bank(self) -> None:
        Path("list.txt").write_text("5d41402abc4b2a76b9719d911017c592\n", encoding="utf-8")
        stanch("bank", "import", "list.txt", "--name", "partner", *DESCRIBED)
        stanch("bank", "enable", "partner")
        Path("list.txt").write_text("7d793037a0760186574b0282f2f435e7\n", encoding="utf-8")
        with pytest.raises(StanchError, match="exists"):
            stanch("bank", "import", "list.txt", "--name", "partner", *DESCRIBED)
        stanch("bank", "import", "list.txt", "--name", "partner", "--update", *DESCRIBED)
        (bank,) = answers("bank", "info", "partner")[1]
        assert bank["state"] == "enabled"
        assert "7d793037" in json.dumps(bank["entries"])
        assert "5d41402a" not in json.dumps(bank["entries"])

    @pytest.mark.usefixtures("here")
    def test_a_wrong_line_imports_nothing_and_is_named(self) -> None:
        Path("list.txt").write_text("5d41402abc4b2a76b9719d911017c592\nnonsense\n", encoding="utf-8")
        with pytest.raises(FormatError, match="line 2"):
            stanch("bank", "import", "list.txt", "--name", "partner", *DESCRIBED)
        assert not Path("banks/partner.bank").exists()


class TestCompare:
    @pytest.mark.usefixtures("here")
    def test_tells_why_texts_match_or_do_not(self) -> None:
        Path("half.txt").write_text(STATEMENT[: len(STATEMENT) // 2], encoding="utf-8")
        Path("other.txt").write_text(writing(9, 100), encoding="utf-8")
        same, half, other = (
            stanch("compare", "statement.txt", name) for name in ("statement.txt", "half.txt", "other.txt")
        )
        assert (same.exit_code, half.exit_code, other.exit_code) == (3, 3, 0)
        assert "Identical" in same.stdout
        assert "Copy: a copy" in half.stdout
        assert "share fewer than 60 symbols" in other.stdout.replace("\n", " ")

    @pytest.mark.usefixtures("here")
    def test_compares_links_by_their_canonical_forms(self) -> None:
        result = stanch("compare", "https://Example.org/a", "hxxp://example[.]org/a/b?utm_source=x")
        assert (result.exit_code, "example.org/a" in result.stdout, "steps below" in result.stdout) == (
            3,
            True,
            True,
        )
        assert stanch("compare", "example.org/a", "example.org/ab").exit_code == 0

    @pytest.mark.usefixtures("here")
    def test_refuses_what_is_neither_file_nor_link(self) -> None:
        assert stanch("compare", "statement.txt", "no such thing").exit_code == 2


def outside(*words: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", "from stanch.cli import main; main()", *words]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=300)


class TestErrors:
    @pytest.mark.usefixtures("here")
    def test_are_one_line_without_a_traceback(self) -> None:
        Path("banks/known.bank").write_bytes(b"rubbish")
        done = outside("scan", "statement.txt")
        assert done.returncode == 1
        assert done.stderr.decode().splitlines() == [
            "stanch: " + f"{Path.cwd()}/banks/known.bank, line 1: not a Stanch bank file."
        ]

    @pytest.mark.usefixtures("here")
    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            ("[policies.known]\nblock_identical = true\n", "policies.known"),
            ("[policies.known]\nat_most = 'delete'\n", "at_most"),
            ("[policy.known]\n", "policy"),
            ("banks = [", "cannot be read"),
        ],
    )
    def test_in_the_configuration_name_the_place(self, content: str, problem: str) -> None:
        Path("stanch.toml").write_text(content, encoding="utf-8")
        done = outside("scan", "statement.txt")
        assert (done.returncode, problem in done.stderr.decode()) == (2, True)
        assert len(done.stderr.splitlines()) == 1

    @pytest.mark.usefixtures("here")
    def test_a_recorded_policy_blocks(self) -> None:
        recorded = "recorded_by = 'Ada'\nrecorded_on = 2026-01-01\nreason = 'r'\n"
        policy = f"[policies.known]\nblock_identical = true\n{recorded}"
        Path("stanch.toml").write_text(policy, encoding="utf-8")
        assert answers("scan", "statement.txt")[1][0]["outcome"] == "block"


def test_doctor_finds_what_is_broken(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCH_SERVICE_DATA", str(here / "server"))  # there is none
    assert stanch("doctor").exit_code == 0
    (here / "banks" / "bad.bank").write_bytes(b"rubbish")
    result = stanch("doctor", "--json")
    broken = [json.loads(line) for line in result.stdout.splitlines() if '"broken"' in line]
    assert (result.exit_code, [finding["what"] for finding in broken]) == (1, ["bank bad"])


EVADING = {
    "en": ("Thе nеws оf thе hаrbоur", "mixed", "homoglyphs"),
    "ar": ("خبر" + "\u200b" + "ال\u2062ميناء اليوم", "hidden", "invisible characters"),
    "fa": ("\u202d" + "هنارخ ربخ" + "\u202c بندر", "moved", "characters moved by formatting"),
    "zh": ("港口新X\b闻", "deleted", "characters deleted by others"),
}


@pytest.mark.parametrize("language", EVADING)
def test_a_text_that_machines_misread_is_remarked_on(here: Path, language: str) -> None:
    text, kind, said = EVADING[language]
    (here / "post.txt").write_text(text, encoding="utf-8")
    code, (answer,) = answers("scan", "post.txt")
    part = answer["parts"][0]
    assert (code, answer["outcome"], part["undone"]) == (0, "allow", [kind])
    assert 0 < part["evasion"] <= 1
    for words in (["scan", "post.txt"], ["fingerprint", "post.txt"], ["compare", "post.txt", "post.txt"]):
        shown = " ".join(stanch(*words).stdout.split())
        assert f"machines misread it: {part['evasion']:.0%} of its letters ({said})" in shown
    assert "misread" not in stanch("scan", "statement.txt").stdout


def test_fingerprint_tells_methods_and_what_could_not_be_read(here: Path) -> None:
    code, found = answers("fingerprint", "statement.txt", "https://example.org/a/b")
    methods = {each["method"] for answer in found for each in answer["fingerprints"]}
    assert (code, methods) == (0, {"file-sha256/1", "file-md5/1", "text-exact/1", "text-gram/1", "link/1"})
    (here / "broken.gif").write_bytes(b"GIF89a\x01")
    assert stanch("fingerprint", "broken.gif").exit_code == 4
