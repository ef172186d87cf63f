"""What judges the benchmark of text rests on: reprints, peers, bars, and newspapers that poison the background."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import text_peers
from benchmarks.text import BARS, Tried, recall
from benchmarks.text_asking import bank_of
from benchmarks.text_documents import Collection, Document, collection
from benchmarks.text_edits import Truth
from benchmarks.text_poisoning import lost_of, probed, tiles
from benchmarks.text_reprints import SuffixAutomaton, in_runs, reprints
from stanch.fingerprints.text import as_query
from stanch.language import normalise
from stanch.matching import Background, Matcher
from stanch.values import TEXT_GRAM, Kind

LANGUAGES = ("arb_Arab", "pes_Arab", "urd_Arab", "zho_Hans", "hin_Deva", "amh_Ethi", "tha_Thai", "eng_Latn")
DHIVEHI = "ދިވެހިރާއްޖޭގެ ރައްޔިތުން ގެ މަޖިލިސް"


@pytest.fixture(scope="module")
def known(assets: Path) -> Collection:
    return collection(assets)


short_sequences = st.lists(st.integers(0, 2), max_size=30)


@given(one=short_sequences, other=short_sequences, shortest=st.integers(1, 5))
def test_symbols_in_common_runs_are_what_comparing_every_run_gives(
    one: list[int], other: list[int], shortest: int
) -> None:
    inside = set[int]()
    for start in range(len(one) - shortest + 1):
        run = one[start : start + shortest]
        if any(run == other[place : place + shortest] for place in range(len(other))):
            inside.update(range(start, start + shortest))
    assert in_runs(one, SuffixAutomaton(other), shortest) == len(inside)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reprints_are_found_in_either_direction_whatever_is_before_and_after(
    known: Collection, language: str
) -> None:
    texts = [each.text for each in known.documents if each.group == language and len(each.text) > 150][:9]
    one, two, *others = texts
    assert reprints({"a": one}, {"b": two}) == {}
    assert reprints({"a": one}, {"b": f"{two} {one} {two}", "c": two}) == {"a": {"b"}}
    assert reprints({"a": " ".join([one, *others])}, {"b": one}) == {"a": {"b"}}
    quoting = one[:80] + " ".join(others[1:])
    assert reprints({"a": quoting}, {"b": " ".join((one, others[0]))}) == {}


def test_a_peer_that_is_not_installed_is_named_and_everything_else_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_peers, "PEERS", {"none": ("stanch.no_such_module", text_peers.Rensa)})
    document = Document(name="a", group="eng_Latn", language="eng_Latn", text="some text")
    beside = text_peers.Beside.of([document])
    (row,) = beside.recall("recall-words-20", [("a", "text")], {"a": True})
    assert (row.name, row.value, row.note[:12]) == ("recall-words-20-beside-none", None, "NOT MEASURED")
    assert text_peers.best([row]) is None


class Equality:
    """A peer that finds equal texts."""

    name, version = "equality", "1"

    def __init__(self, _: object) -> None:
        self._held: dict[str, str] = {}

    def bank(self, texts: Mapping[str, str]) -> None:
        self._held |= texts

    def finds(self, text: str, own: str) -> bool:
        return self._held[own] == text

    def finds_any(self, text: str) -> bool:
        return text in self._held.values()


def test_peers_and_we_are_measured_on_the_same_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_peers, "PEERS", {"equality": ("stanch", Equality)})
    held = [Document(name=name, group="a", language="a", text=name * 9) for name in ("ދިވެހި", "新聞")]
    beside = text_peers.Beside.of(held)
    asked = [("ދިވެހި", "ދިވެހި" * 9), ("新聞", "other"), ("not held by peers", "other")]
    (row,) = beside.recall("r", asked, {"ދިވެހި": True, "新聞": True, "not held by peers": False})
    assert (row.value, row.peer_value, row.peer) == (1, 0.5, "equality 1")
    assert text_peers.best([row]) == ("equality 1", 0.5)
    (benign,) = text_peers.benign_beside({"b": "ދިވެހި" * 9, "c": "d"}, {"a": "ދިވެހި" * 9}, 0.25)
    assert (benign.value, benign.peer_value, benign.better) == (0.25, 0.5, "lower")


def tried(kind: Kind | None, said: Kind | None, name: str = "a") -> Tried:
    size = {Kind.COPY: 500, Kind.QUOTES: 100, None: 10}[kind]
    truth = Truth(mine=size, all_mine=500, theirs=size, all_theirs=500)
    document = Document(name=name, group=name, language="eng_Latn", text="")
    return Tried(document=document, text="", truth=truth, said=said)


def test_the_bar_binds_the_right_kind_but_for_passages_and_much_noise() -> None:
    results = [tried(Kind.COPY, Kind.COPY), tried(Kind.COPY, Kind.QUOTES, "b"), tried(Kind.QUOTES, None, "c")]
    shares = {name: recall(name, results, 0, []).value for name in BARS}
    assert shares == {
        name: 2 / 3 if name in {"noise-20", "passage-100", "passage-200"} else 1 / 3 for name in BARS
    }
    note = recall("words-20", results, 7, []).note
    assert "any match 0.6667, right kind 0.3333, of 3; 7 too short; worst: b 0.00, c 0.00, a 1.00" in note
    assert recall("buried", [], 0, []).holds is False


@pytest.mark.parametrize("width", [50, 200])
@pytest.mark.parametrize("language", [*LANGUAGES, "dv"])
def test_what_newspapers_quote_is_the_whole_statement_in_stretches_of_so_many_symbols(
    known: Collection, language: str, width: int
) -> None:
    text = DHIVEHI * 20 if language == "dv" else " ".join(known.languages[language].benign[:9])
    stretches = tiles(text, width)
    lengths = [len(normalise(each)) for each in stretches]
    assert sum(lengths) == pytest.approx(len(normalise(text)), abs=2 * len(lengths))
    assert all(abs(length - width) <= 3 for length in lengths[:-1])
    assert width - 3 <= lengths[-1] < 2 * width + 3
    assert all(each in text for each in stretches)
    assert tiles(text, None) == [text]


@pytest.mark.parametrize("code", ["ar", "zh", "en"])
def test_a_statement_that_the_background_swallows_counts_as_lost(
    known: Collection, assets: Path, code: str
) -> None:
    statement = next(each for each in known.documents if each.group == f"demo {code}")
    with Matcher([bank_of([statement])]) as matcher:
        before = probed(assets, matcher, statement, known, 1)
        assert lost_of(before, before) == 0
        (grams,) = (one for one in as_query(statement.text).fingerprints if one.method == TEXT_GRAM)
        matcher.use_background(Background(stated=grams.bits[:, 0]))
        after = probed(assets, matcher, statement, known, 1)
    assert lost_of(before, after) == sum(map(bool, before.values())) > 4


@pytest.mark.parametrize("start", range(0, 60, 7))
@pytest.mark.parametrize("language", ["arb_Arab", "hin_Deva", "amh_Ethi", "eng_Latn"])
def test_a_run_of_the_shortest_length_is_found_wherever_it_begins(
    known: Collection, language: str, start: int
) -> None:
    one, two = (str(normalise(" ".join(known.languages[language].benign[some : some + 4]))) for some in (0, 9))
    wide = 2 if language == "amh_Ethi" else 1  # its letters count as two symbols
    run = one[start : start + (64, 38)[wide - 1]]  # some of Amharic's are figures, which count as one
    assert reprints({"a": two[: 40 // wide] + run}, {"b": one}) == {"a": {"b"}}
    short = one[start : start + 50 // wide]
    assert reprints({"a": two[: 40 // wide] + short}, {"b": one}) == {}
