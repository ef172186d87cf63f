"""What the benchmark of text rests on: its documents, its edits, and the truth that it judges matches by."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import text_peers
from benchmarks.similarity import similarity
from benchmarks.text import BARS, Tried, recall
from benchmarks.text_asking import bank_of
from benchmarks.text_disguises import disguised, disguises, leet, wardrobe
from benchmarks.text_documents import HALVES, Collection, Document, collection, pieces
from benchmarks.text_edits import ARTICLE, BURIAL, Edited, Truth, edits, noise, words_replaced
from benchmarks.text_poisoning import lost_of, probed, tiles
from benchmarks.text_reprints import SuffixAutomaton, in_runs, reprints
from stanch.fingerprints.text import as_query
from stanch.language import normalise
from stanch.matching import Background, Matcher
from stanch.values import TEXT_GRAM, Kind

SEED = 11
LANGUAGES = (
    "arb_Arab",
    "pes_Arab",
    "urd_Arab",
    "zho_Hans",
    "hin_Deva",
    "amh_Ethi",
    "tha_Thai",
    "heb_Hebr",
    "eng_Latn",
)
DHIVEHI = "ދިވެހިރާއްޖޭގެ ރައްޔިތުން ގެ މަޖިލިސް"
MIXED = "Der Bericht تقرير عن المدينة שלום 2024 и другие 新聞報道。"


@pytest.fixture(scope="module")
def known(assets: Path) -> Collection:
    return collection(assets)


@pytest.mark.parametrize("code", ["arb", "zho", "jpn", "tha", "mya", "div", "hin", "und"])
@pytest.mark.parametrize(
    "text", ["", " ", "a", "  a  b ", DHIVEHI, MIXED, "土耳其 三面环海。", "ประเทศตุรกี มีทะเล", "တူရကီကို အနောက်ဘက်တွင်"]
)
def test_words_and_gaps_come_by_turns_and_make_the_text_again(text: str, code: str) -> None:
    parts = pieces(text, code)
    assert "".join(parts) == text
    assert len(parts) % 2 == 1
    assert set(parts[1::2]) <= {" ", ""}


def test_words_of_scripts_without_spaces_are_characters_or_pieces_that_keep_marks_with_their_letters() -> None:
    assert pieces("土耳其", "zho_Hans")[::2] == ["土", "耳", "其"]
    thai = pieces("ที่นี่มีทะเลล้อมรอบ", "tha_Thai")[::2]
    assert all(4 <= len(word) <= 6 for word in thai[:-1])
    assert not any(word[0] in "ิีึืุู่้๊๋" for word in thai)


def test_each_sentence_is_in_one_document_and_none_of_the_surroundings_is_in_any(known: Collection) -> None:
    joined = [each for each in known.documents if each.group in known.languages]
    assert len({each.group for each in joined}) == 80
    assert len({each.name for each in known.documents}) == len(known.documents)
    for language in LANGUAGES:
        texts = [each.text for each in joined if each.group == language]
        whole = "\n".join(texts)
        assert not any(sentence in whole for sentence in known.languages[language].benign)
        assert 60 <= len(texts) <= 120
    repeated = Counter(sentence for each in joined[:500] for sentence in each.text.split(". "))
    assert max(count for sentence, count in repeated.items() if len(sentence) > 80) == 1


def test_halves_are_alike_and_stay_the_same_whichever_documents_are_taken(known: Collection) -> None:
    halves = [{each.name for each in known.of(half)} for half in HALVES]
    assert not halves[0] & halves[1]
    assert sum(map(len, halves)) == len(known.documents)
    assert abs(len(halves[0]) - len(halves[1])) < 0.03 * len(known.documents)
    few = known.of("report", one_in=12)
    assert {each.name for each in few} < halves[1]
    assert {each.group for each in few} >= set(known.languages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_as_many_words_and_characters_change_as_is_said_and_the_language_stays(
    known: Collection, language: str
) -> None:
    of, random = known.languages[language], Random(SEED)
    document = next(each for each in known.documents if each.group == language and len(each.text) > 250)
    before, after = pieces(document.text, language), words_replaced(document.text, of, random, 0.2)
    words = sum(map(bool, before[::2]))
    assert sum(one != two for one, two in zip(before, after, strict=True)) == round(0.2 * words)
    assert set(after) <= {*before, *of.words}
    noisy = noise(document.text, of, random, 0.2)
    assert similarity(document.text, noisy) == pytest.approx(0.8, abs=0.04)
    assert abs(len(noisy) / len(document.text) - 1) < 0.1
    assert set(noisy) <= {*document.text, *of.letters}


@pytest.mark.parametrize("language", LANGUAGES)
def test_edits_know_where_the_document_went(known: Collection, assets: Path, language: str) -> None:
    document = next(each for each in known.documents if each.group == language and len(each.text) > 250)
    for name, edit in edits(assets).items():
        made = edit(document, known.languages[language], Random(SEED))
        assert made is not None
        assert made == edit(document, known.languages[language], Random(SEED))
        assert made.original in document.text
        inside = made.text[made.start : made.end]
        around = len(made.text) - len(inside)
        expected = {
            "passage-200": (200, ARTICLE),
            "passage-100": (100, ARTICLE),
            "buried": (len(document.text), BURIAL),
        }
        if name in expected:
            length, surroundings = expected[name]
            assert inside == made.original
            assert len(inside) == length
            assert surroundings <= around < 1.3 * surroundings
        else:
            assert around == 0
            assert made.text != document.text


def test_what_is_too_short_for_a_passage_or_has_no_surroundings_is_left_out(
    known: Collection, assets: Path
) -> None:
    short = Document(name="short", group="eng_Latn", language="eng_Latn", text="a b " * 30)
    assert edits(assets)["passage-200"](short, known.languages["eng_Latn"], Random(SEED)) is None
    assert edits(assets)["passage-100"](short, known.languages["eng_Latn"], Random(SEED)) is not None


@pytest.mark.parametrize(
    ("mine", "all_mine", "theirs", "all_theirs", "kind"),
    [
        (500, 500, 500, 500, Kind.COPY),
        (150, 150, 150, 150, Kind.COPY),  # all of a short entry
        (200, 200, 200, 500, Kind.COPY),  # the first 40 %, evidence enough
        (199, 199, 199, 500, Kind.QUOTES),  # not enough
        (120, 120, 120, 150, Kind.COPY),  # most of both
        (500, 6500, 500, 500, Kind.COPY_WITH_ADDITIONS),
        (500, 800, 500, 500, Kind.COPY),
        (150, 1500, 150, 150, Kind.COPY_WITH_ADDITIONS),
        (150, 1500, 150, 180, Kind.QUOTES),  # most of a short entry is neither 200 symbols nor all
        (300, 1500, 300, 600, Kind.QUOTES),
        (59, 59, 59, 59, None),
    ],
)
def test_the_right_kind_follows_from_the_definitions(
    mine: int, all_mine: int, theirs: int, all_theirs: int, kind: Kind | None
) -> None:
    assert Truth(mine=mine, all_mine=all_mine, theirs=theirs, all_theirs=all_theirs).kind == kind


def test_truth_counts_symbols_of_what_came_from_the_document() -> None:
    document = Document(name="a", group="a", language="a", text="新聞報道 " * 40 + DHIVEHI)
    edited = Edited(
        text=MIXED + document.text[:100], start=len(MIXED), end=len(MIXED) + 100, original=document.text[:100]
    )
    truth = Truth.of(edited, document)
    assert truth.mine == truth.theirs == 160
    assert truth.all_mine == 160 + len(normalise(MIXED))
    assert truth.all_theirs == 320 + len(normalise(DHIVEHI))
    assert Truth(mine=190, all_mine=190, theirs=190, all_theirs=500).is_close
    assert not Truth(mine=160, all_mine=160, theirs=160, all_theirs=500).is_close


def test_leet_is_learnt_from_public_data(assets: Path) -> None:
    signs = leet(assets)
    plain = {"a": ["4"], "b": ["8"], "e": ["3"], "i": ["1"], "o": ["0"], "s": ["$", "5"], "t": ["7"]}
    assert {letter: found for letter, found in signs.items() if letter.isascii()} == plain
    assert not any(sign.isalpha() for found in signs.values() for sign in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_disguise_hides_letters_and_leaves_the_text_to_be_read(
    known: Collection, assets: Path, language: str
) -> None:
    text = " ".join(known.languages[language].benign[:8])
    ways = disguises(wardrobe(assets))
    hidden = {name: way(text, Random(SEED)) for name, way in ways.items()}
    everywhere = {"invisible", "marks", "emoji", "spaced"}
    assert all(hidden[name] != text for name in everywhere)
    assert all(normalise(hidden[name]).symbols.tolist() == normalise(text).symbols.tolist() for name in everywhere)
    mixed = disguised(pieces(text, language), ways, Random(SEED))
    assert mixed != text
    assert mixed == disguised(pieces(text, language), ways, Random(SEED))
    seen = {text[place : place + 8] for place in range(len(text) - 7)}
    kept = sum(mixed[place : place + 8] in seen for place in range(len(mixed) - 7))
    assert kept < 0.2 * len(seen)


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
