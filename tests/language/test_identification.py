"""Which language a text is in, and how sure that is; `und` where nothing tells."""

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stanch.language import identify, identify_many, rank
from tests.language.samples import SENTENCES

KNOWN = {
    "ar": "أعلن الميناء اليوم أن السفن ستعود إلى الرصيف قبل المساء وأن الأسواق تبقى مفتوحة",
    "fa": "بندر امروز اعلام کرد که کشتی‌ها پیش از غروب به اسکله بازمی‌گردند و بازارها باز می‌مانند",
    "ur": "بندرگاہ نے آج اعلان کیا کہ جہاز شام سے پہلے گھاٹ پر واپس آئیں گے اور بازار کھلے رہیں گے",
    "ps": "بندر نن اعلان وکړ چې بېړۍ به د ماښام نه مخکې بېرته راشي او بازارونه به خلاص وي ښه ځای",
    "zh": "港口今天宣布船只将在傍晚之前返回码头市场将继续开放",
    "ja": "港は今日、船が夕方までに埠頭に戻り、市場は開いたままであると発表しました",
    "ko": "항구는 오늘 배들이 저녁 전에 부두로 돌아올 것이라고 발표했습니다",
    "hi": "बंदरगाह ने आज घोषणा की कि जहाज शाम से पहले घाट पर लौटेंगे और बाजार खुले रहेंगे",
    "am": "ወደቡ ዛሬ መርከቦች ከምሽቱ በፊት ወደ መትከያው እንደሚመለሱ እና ገበያዎች ክፍት እንደሚሆኑ አስታወቀ",
    "dv": "ބަނދަރުން މިއަދު އިޢުލާން ކުރީ ބޯޓުތައް ހަވީރުގެ ކުރިން އެނބުރި އަންނާނެ ކަމަށެވެ",
    "he": "הנמל הודיע היום כי האוניות יחזרו לרציף לפני הערב",
    "ru": "Порт сегодня объявил, что корабли вернутся к причалу до вечера и что рынки не закроют",
    "uk": "Порт сьогодні оголосив, що кораблі повернуться до причалу ввечері і що ринки будуть відкриті",
    "en": "The harbour said today that the ships will be back at the quay and that markets are open",
    "fr": "Le port a dit que les navires sont de retour dans la soirée et que le marché est ouvert pour la ville",
    "de": "Der Hafen teilte mit, dass die Schiffe am Abend zurück sind und das Tor nicht zu ist",
    "es": "El puerto dijo que los barcos vuelven por la tarde y que las tiendas se abren para la ciudad",
    "tr": "Liman bugün gemilerin akşam için döneceğini ve bir sonra da daha çok olan bu pazar ile açık",
    "id": "Pelabuhan ini mengatakan kapal yang akan kembali dan pasar di kota itu tidak tutup untuk malam",
    "el": "Το λιμάνι ανακοίνωσε σήμερα ότι τα πλοία θα επιστρέψουν",
    "th": "ท่าเรือประกาศวันนี้ว่าเรือจะกลับมา",
}


# Languages of which there was nothing to learn from: letters and words of their own decide.
BY_SIGNS = {
    "be": "Порт сёння паведаміў, што караблі вярнуліся да прычала, а ўсе рынкі ўвечары былі адкрыты",
    "mk": "Пристаништето вели дека ќе има повеќе бродови, а луѓето меѓутоа ќе чекаат до вечер",
    "as": "বন্দৰে আজি ঘোষণা কৰিছে যে জাহাজবোৰ সন্ধিয়াৰ আগতে ঘাটলৈ উভতি আহিব",
    "mr": "बंदराने आज जाहीर केले आहे की जहाजे संध्याकाळी परत येतील आणि बाजार खुले आहेत",
    "gu": "બંદરે આજે જાહેરાત કરી કે જહાજો સાંજ પહેલાં પાછા આવશે",
}
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


@pytest.mark.parametrize("language", KNOWN)
def test_a_sentence_is_known(language: str) -> None:
    assert identify(KNOWN[language]) == language


@pytest.mark.parametrize("language", BY_SIGNS)
def test_letters_of_its_own_tell_a_language_that_was_not_learnt(language: str) -> None:
    assert identify(BY_SIGNS[language]) == language
    assert rank(BY_SIGNS[language])[0].language == language


@pytest.mark.parametrize("language", sorted(KNOWN))
def test_neither_capitals_nor_decomposed_letters_nor_fancy_ones_change_the_language(language: str) -> None:
    text = KNOWN[language]
    assert identify(text.upper()) == language
    assert identify(unicodedata.normalize("NFD", text)) == language
    assert identify(unicodedata.normalize("NFKD", text)) == language


def test_letters_of_another_width_keyboard_or_with_vowel_marks_change_nothing() -> None:
    fullwidth = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    assert identify(KNOWN["en"].translate(fullwidth)) == "en"
    assert identify(KNOWN["fa"].translate(str.maketrans("یک", "يك"))) == "fa"
    for unseen in "\u064e\u0640\u200c\u200d\u00ad":
        assert rank(unseen.join(KNOWN["ar"])) == rank(KNOWN["ar"])


def test_a_letter_is_the_same_however_it_is_put_together() -> None:
    for text in KNOWN.values():
        composed = unicodedata.normalize("NFC", text)
        assert rank(unicodedata.normalize("NFD", composed)) == rank(composed)
    assert rank("ﻻ ﻻزم ﬁnal") == rank("لا لازم final")


def test_serbian_is_known_in_both_alphabets_among_its_kin() -> None:
    assert identify("Лука је данас саопштила да ће се бродови вратити пре вечери") == "sr"
    assert identify("Luka je danas saopštila da će se brodovi vratiti pre večeri") in {"sr", "hr", "bs"}


@pytest.mark.parametrize(
    "text", ["", "  ", "12345 !!! 🙂", "qwrtp zxcvb", "Kapal", "a" * 50, "\ud800", "π", "x\0y", "ᚠᚢᚦᚨᚱᚲ" * 5]
)
def test_what_does_not_tell_is_undetermined(text: str) -> None:
    assert identify(text) == "und"


def test_two_languages_in_equal_parts_are_undetermined() -> None:
    assert identify(KNOWN["en"] + KNOWN["ar"] + KNOWN["he"] + KNOWN["ru"]) == "und"


def test_a_foreign_name_does_not_change_the_language() -> None:
    assert identify(KNOWN["ar"] + " Stanch") == "ar"
    assert identify(KNOWN["ar"] + " چ") == "ar"


@given(text=ANY_TEXT)
@example(text="\ud800")
@example(text="\0" * 100)
@example(text="'" * 10)
@example(text="\u200d\u0640\ufeff")
@example(text="\u0300\u0301 \u093f")
def test_every_text_has_an_answer_and_a_ranking_that_adds_up(text: str) -> None:
    assert 2 <= len(identify(text)) <= 3
    ranking = rank(text, at_most=1_000)
    confidence = [ranked.confidence for ranked in ranking]
    assert confidence == sorted(confidence, reverse=True)
    assert not ranking or sum(confidence) == pytest.approx(1, abs=1e-6)
    assert len({ranked.language for ranked in ranking}) == len(ranking)


@pytest.mark.parametrize("letter", ["a", "ا", "中", "あ", "क", "አ", "ހ", "가", "\ud800", "\0", "'", "\u0301"])
def test_a_million_of_one_letter_has_an_answer(letter: str) -> None:
    assert 2 <= len(identify(letter * 1_000_000)) <= 3
    rank(letter * 1_000_000)


def test_a_batch_is_answered_as_each_text_alone_whether_compiled_or_not() -> None:
    texts = [*KNOWN.values(), *SENTENCES.values(), *BY_SIGNS.values(), "", "\ud800", "Kapal"] * 20
    assert sum(map(len, texts)) > 40_000
    assert identify_many(texts) == [identify(text) for text in texts]
    assert identify_many([]) == []


def test_the_ranking_agrees_with_the_answer_and_doubts_a_mixed_text() -> None:
    for language, text in KNOWN.items():
        first = rank(text)[0]
        assert (first.language, first.confidence > 0.7) == (language, True)
    mixed = rank(KNOWN["en"] + KNOWN["ar"])
    assert {mixed[0].language, mixed[1].language} == {"en", "ar"}
    assert mixed[0].confidence < 0.6
    assert [ranked.language for ranked in rank("東京")] == ["zh", "ja"]
    assert rank("12345") == ()
    assert len(rank(KNOWN["en"], at_most=2)) == 2


def test_answers_are_the_same_in_another_process() -> None:
    program = (
        "import sys; from stanch.language import rank\n"
        "for line in sys.stdin.buffer.read().decode().split('\\0'): print(rank(line))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        input="\0".join(KNOWN.values()),
        capture_output=True,
        check=True,
        text=True,
    )
    assert told.stdout.splitlines() == [str(rank(text)) for text in KNOWN.values()]
