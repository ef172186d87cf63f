"""Which language a text is in, where its script, letters or smallest words tell; `und` where they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.language import identify

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


@pytest.mark.parametrize("language", KNOWN)
def test_a_sentence_is_known_by_script_letters_or_small_words(language: str) -> None:
    assert identify(KNOWN[language]) == language


@pytest.mark.parametrize("text", ["", "  ", "12345 !!! 🙂", "qwrtp zxcvb", "Kapal", "a" * 50, "\ud800"])
def test_what_does_not_tell_is_undetermined(text: str) -> None:
    assert identify(text) == "und"


def test_two_languages_in_equal_parts_are_undetermined() -> None:
    assert identify(KNOWN["en"] + KNOWN["ar"] + KNOWN["he"] + KNOWN["ru"]) == "und"


def test_a_foreign_name_does_not_change_the_language() -> None:
    assert identify(KNOWN["ar"] + " Stanch") == "ar"
    assert identify(KNOWN["ar"] + " چ") == "ar"


@given(text=st.text(max_size=300))
def test_every_text_has_an_answer(text: str) -> None:
    assert 2 <= len(identify(text)) <= 3
