"""What the benchmark of text rests on: its documents, its edits, and the truth that it judges matches by."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from benchmarks.similarity import similarity
from benchmarks.text_disguises import disguised, disguises, leet, wardrobe
from benchmarks.text_documents import HALVES, Collection, Document, collection, pieces
from benchmarks.text_edits import ARTICLE, BURIAL, Edited, Truth, edits, noise, words_replaced
from stanch.language import normalise
from stanch.values import Kind

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
    large = {group for group, count in Counter(each.group for each in known.documents).items() if count > 50}
    assert {each.group for each in few} >= large & set(known.languages)


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
