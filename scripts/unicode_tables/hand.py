"""The rules of normalised text that no Unicode file holds, written by hand.

`docs/decisions/normalised-text.md` says why each is there.
"""


def _codes(ranges: str) -> tuple[int, ...]:
    """Return the code points of ranges such as `0671-0673 0675`."""
    pairs = (part.partition("-") for part in ranges.split())
    return tuple(code for a, _, b in pairs for code in range(int(a, 16), int(b or a, 16) + 1))


LEET = {"0": "o", "1": "i", "l": "i", "|": "i", "3": "e", "4": "a", "@": "a", "5": "s", "$": "s", "7": "t"}

# Letters of the Arabic family that one writer types for another: Arabic, Persian, Urdu, Pashto, Sorani,
# Uyghur and Sindhi keyboards. Combining hamza and madda are gone by then. As code points: mixed directions
# are hard to review.
ARABIC = {
    0x0627: _codes("0671-0673 0675 0773 0774 0870-0882"),  # alef: wasla, wavy hamza, high hamza, Qur'anic forms
    0x064A: _codes(
        "0649 06CC 06D0 06CD 06CE 06D2 0620 0756"
    ),  # yeh: maksura, Farsi, e, tail, small v, barree, Kashmiri
    0x06A9: _codes("0643 06AA"),  # keheh: kaf, swash kaf
    0x06AF: _codes("06AB 06B0 08B0"),  # gaf: with ring, with inverted stroke
    0x0647: _codes("0629 06C1 06BE 06D5 06C3 06FF"),  # heh: teh marbuta, goal, doachashmee, ae
    0x0648: _codes("06C4-06CB 06CF 08B1"),  # waw: oe, u, yu, ve and kin
    0x06AD: _codes("0763"),  # ng
    0x0681: _codes("0772"),  # hah with hamza above
    0x0628: _codes("066E"),  # beh: dotless
    0x0641: _codes("06A1 06A2"),  # feh: dotless, dot moved below
    0x0642: _codes("066F 06A7"),  # qaf: dotless, dot above
    0x0646: _codes("06BA 08BD"),  # noon: ghunna, African
}
# Dropped: hamza on the line and high hamza, which writers leave out; small waw and yeh of vocalised verse.
ARABIC_LEFT_OUT = _codes("0621 0674 06E5 06E6")
# Dropped, and part of the letter before: tatweel, and what lengthens letters in N'Ko.
LENGTHENING = _codes("0640 0883 0884 07FA")

# Scripts whose marks are all accents, vowel points that writers leave out, or tones.
BARE_SCRIPTS = frozenset({
    "Common", "Inherited", "Latin", "Greek", "Cyrillic", "Coptic", "Glagolitic", "Old_Permic",
    "Arabic", "Hebrew", "Syriac", "Samaritan", "Mandaic", "Sogdian", "Yezidi", "Hanifi_Rohingya",
    "Ethiopic", "Nko", "Adlam", "Bamum", "Bassa_Vah", "Mende_Kikakui", "Mongolian", "Hangul", "Hiragana",
    "Katakana", "Pahawh_Hmong", "Nyiakeng_Puachue_Hmong", "Wancho", "Toto", "Nag_Mundari", "SignWriting",
    "Duployan",
})  # fmt: skip
# Combining classes of marks that are kept elsewhere: signs of no class, viramas, and vowels above and below.
# Nuktas (7), tones (107, 122) and accents (220, 230) go, unless they are vowels by name.
KEPT_CLASSES = frozenset({0, 9, 84, 91, 103, 118, 129, 130, 132})

# What moves or deletes other characters: resolved before anything is looked up.
CONTROLS = frozenset(_codes("0008 007F 202A-202E 2066-2069"))

# Marks that are part of letters and yet left out by writers: of Arabic, and of Hebrew.
UNTELLING = frozenset(_codes("0591-06ED"))

# Letters that nobody sees, yet the general category says letter.
INVISIBLE = frozenset({0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0})

# Scripts whose letters are worn down to their look-alikes even if two of them then fall together: Latin and
# what is used to counterfeit it. Any other script keeps its letters apart.
COUNTERFEITS = frozenset({
    "Latin", "Greek", "Cyrillic", "Common", "Inherited", "Cherokee", "Canadian_Aboriginal", "Coptic", "Lisu",
    "Warang_Citi", "Deseret", "Osage", "Carian", "Lycian", "Lydian", "Old_Italic", "Runic", "Gothic",
    "Elbasan", "Miao", "Bamum", "Tifinagh",
})  # fmt: skip
# Look-alikes that the data leaves to its own prototypes, or takes too far. Within one script: letters that nobody
# writes any more, each with one of today that it is taken for.
LOOKS = {
    "ꞓ": "e",
    "ɛ": "e",
    "ĸ": "k",
    "ƅ": "b",
    "ʍ": "m",
    "ȷ": "j",
    "ð": "d",
    "ʋ": "u",
    "ᶌ": "y",
    "б": "б",
    "з": "з",
    "ๅ": "า",
    "ฃ": "ข",
    "ฅ": "ค",
    "ฦ": "ภ",
}
LOOKS |= dict.fromkeys("ɜʒȝҙӡ", "з")
# Letters that Unicode folds into another letter than they look like.
FOLDED = {"ϲ": "c", "Ϲ": "c"}
# Capitals of Greek that look like another letter of Latin or Cyrillic than their small letters do.
CAPITALS = {"Η": "h", "Ν": "n", "Υ": "y", "Γ": "r"}
# Letters by which the neighbours of such a capital tell which it is: what looks like nothing on the other side.
UNLIKE_GREEK = "CDFGJLQRSUVWbcdefghjlmqrstwzБДЖЗИЛЦЧШЩЪЫЬЭЮЯбвгджзиклмнптфцчшщъыьэюя"
UNLIKE_LATIN = "ΔΘΛΞΣΨΩβγδεζηθλμξπσςφψω"

# One character of these holds about as much as two letters.
WIDE_SCRIPTS = frozenset({"Han", "Hiragana", "Katakana", "Ethiopic"})
LONG_VOWEL = 0x30FC
"""Of no script, yet part of Kana."""

# Final consonants of Hangul (U+11A8 to U+11C2) as initial ones, by number, clusters taken apart: what is typed
# as loose letters then meets what is typed as syllables.
_FINALS = (
    "0, 1, 0 9, 2, 2 12, 2 18, 3, 5, 5 0, 5 6, 5 7, 5 9, 5 16, 5 17, 5 18, 6, 7, 7 9, 9, 10, 11, 12, 14, "
    "15, 16, 17, 18"
)
HANGUL_FINALS = tuple(tuple(0x1100 + int(number) for number in final.split()) for final in _FINALS.split(", "))
# Loose clusters that NFKD makes initials of.
HANGUL_INITIALS = {0x111A: (0x1105, 0x1112), 0x1121: (0x1107, 0x1109)}
