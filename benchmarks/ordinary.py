"""Texts that look unusual and are ordinary: vocalised verse, formulas, emoji, joiners; written for this benchmark.

Each group is made larger by putting its lines together in every way, so that a share means something.
"""

from itertools import permutations

VOCALISED = (
    "قَالَ الشَّاعِرُ وَالْقَمَرُ فَوْقَ النَّهْرِ: يَا لَيْلُ، طُلْ.",
    "بِسْمِ ٱللَّهِ ٱلرَّحْمَـٰنِ ٱلرَّحِيمِ",
    "كَتَبَتْ أُمِّي رِسَالَةً طَوِيلَةً إِلَىٰ أَخِي.",
    "وَجَدْتُ ٱلْكِتَـٰبَ عَلَى ٱلطَّاوِلَةِ ۖ فَقَرَأْتُهُۥ ۝",
    "الســـــلام عليكم ورحمة الله",
    "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים אֵ֥ת הַשָּׁמַ֖יִם וְאֵ֥ת הָאָֽרֶץ׃",
    "הַשֶּׁמֶשׁ זוֹרַחַת מֵעַל הֶהָרִים.",
)
FORMULAS = (
    "𝑓(𝑥) = 𝑎𝑥² + 𝑏𝑥 + 𝑐, where 𝑎 ≠ 0",
    "∀ε>0 ∃δ>0: |x−a|<δ ⇒ |f(x)−f(a)|<ε",
    "E = mc², F = G·m₁m₂/r²; λ = h/p",
    "2H₂ + O₂ → 2H₂O; CO2 + H2O ⇌ H2CO3",
    "Let ℝⁿ be a space, 𝔽 a field, ℓ² the Hilbert space and 𝐀𝐱 = 𝐛.",
    "a + b + c + d + e + f = g, α-helix, β-carotene, µm, 5 kΩ, Δt",
    "x̄ = Σxᵢ/n, p̂ ± 1.96·√(p̂(1−p̂)/n), x̸ ∉ A",
)
EMOJI = (
    "Happy birthday 🎂🎉 to my dear friend ❤️",
    "👨‍👩‍👧‍👦 at the beach 🏖️ 👍🏽 👩🏾‍🚀",
    "Final 🇫🇷🇩🇿 2:1, then 🏴󠁧󠁢󠁥󠁮󠁧󠁿 against 🇧🇷!",
    "I❤️NY and NY❤️me",
    "1️⃣ read 2️⃣ think 3️⃣ write, 🆗 🅰️ 🅱️ 🆎",
    "عيد مبارك 🌙✨ كل عام وأنتم بخير 🤲🏻",
    "今日はいい天気☀️ですね〜😊 ｗｗｗ ＡＢＣホール",
)
JOINERS = (
    "می‌خواهم کتاب‌هایم را به خانه‌شان ببرم و نمی‌دانم کی برمی‌گردم.",
    "نیم‌فاصله را می‌نویسیم: خانه‌ام، رفته‌اند، بچه‌ها.",
    "ශ්‍රී ලංකාවේ ක්‍රමය සහ ප්‍රශ්නය",
    "राजनीति में शक्‍ति और क्‍या, क्ष और क‍्ष",
    "കേരളത്തില്‍ അവന്‍റെ വീട്ടില്‍ നിന്ന്‌",
    "ভারতে র‍্যাব ও র‍্যালি",
    "ភាសា\u200bខ្មែរ\u200bជា\u200bភាសា\u200bផ្លូវការ\u200bរបស់\u200bប្រទេស\u200bកម្ពុជា",
)
MARKED = (
    "Người Việt Nam nói tiếng Việt ở khắp nơi.",
    "Ọ̀rọ̀ àwọn ọmọdé tí ó ń lọ sí ilé-ẹ̀kọ́ ní òwúrọ̀.",
    "The Rechts\u00adschutz\u00adver\u00adsi\u00adche\u00adrung pays; call +49\u00a030\u00a0123.",
    "SELECT a1, b_2 FROM t0 WHERE x|y; sha1 h264 mp3 i18n k8s b2b p2p 4x4",
    "anti 3arabi 7abibi sa7bi el3ab ma3aya, 5alas ya 3amo",
    "U.S.A. and U.S.S.R., A.B.C. of J. R. R. Tolkien, e. g. or i. e.",
    "Sooooo goooood!!! Nooooo waaaay",
)


def texts() -> dict[str, list[str]]:
    """Return the groups by name: each line alone, and every three of them one after the other."""
    groups = {"vocalised": VOCALISED, "formulas": FORMULAS, "emoji": EMOJI, "joiners": JOINERS, "marked": MARKED}
    return {
        name: [*lines, *(" \n".join(some) for some in permutations(lines, 3))] for name, lines in groups.items()
    }
