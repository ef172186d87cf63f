"""Sentences to try things on."""

import gzip
from collections import defaultdict
from pathlib import Path

# Written for these tests.
SENTENCES = {
    "Arabic": "السلام عليكم أيها القراء، هذا خبرٌ عن السوق في المدينة القديمة.",
    "Persian": "این خبر دربارهٔ بازار شهر است و می‌خواهیم آن را بخوانیم.",
    "Urdu": "یہ خبر پرانے شہر کے بازار کے بارے میں ہے۔",
    "Pashto": "دا خبر د ښار د بازار په اړه دی.",
    "Uyghur": "بۇ خەۋەر كونا شەھەر بازىرى ھەققىدە.",
    "Chinese": "这条新闻是关于老城市场的，大家都可以去看一看。",
    "Japanese": "このニュースは旧市街のマーケットについてです。",
    "Korean": "이 소식은 옛 도시의 시장에 관한 것입니다. 값이 싸다.",
    "Hindi": "यह समाचार पुराने शहर के बाज़ार के बारे में है।",
    "Amharic": "ይህ ዜና ስለ አሮጌው ከተማ ገበያ ነው።",
    "Thaana": "މިއީ ރަށުގެ ބާޒާރާ ބެހޭ ޚަބަރެކެވެ.",
    "Thai": "ข่าวนี้เกี่ยวกับตลาดในเมืองเก่า",
    "Burmese": "ဤသတင်းသည် မြို့ဟောင်းဈေးအကြောင်းဖြစ်သည်။",
    "Tamil": "இந்தச் செய்தி பழைய நகரச் சந்தை பற்றியது.",
    "Hebrew": "הידיעה הזאת עוסקת בשוק של העיר העתיקה.",
    "Russian": "Эта новость о рынке в старом городе, где всё Хорошо.",
    "Greek": "Η είδηση αυτή αφορά την αγορά της παλιάς πόλης. Υπάρχει.",
    "English": "The news is about the market in the old town; all Hurry. New Year!",
    "Turkish": "Bu haber eski şehrin ışıklı pazarı hakkında.",
    "Vietnamese": "Tin này nói về khu chợ ở phố cổ đông đúc.",
    "mixed directions": "The word السوق means market, 市场 and базар too; ﷺ.",
}


def sentences_by_language(assets: Path, *, at_most: int) -> dict[str, list[str]]:
    """Return the first sentences of SIB-200, 80 languages."""
    found: dict[str, list[str]] = defaultdict(list)
    with gzip.open(assets / "text" / "sib200_80langs.tsv.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            language, *_, sentence = line.rstrip("\n").split("\t")
            if len(found[language]) < at_most:
                found[language].append(sentence)
    return found
