"""Ways to hide a text from a machine and not from its readers, each seeded."""

from collections.abc import Callable
from random import Random

# A few of the look-alikes of UTS #39, across scripts; tests/language/test_tables.py tries every one.
LOOK_ALIKES = {
    "a": "аαɑ𝐚", "b": "Ƅ𝖻ᖯ", "c": "сϲᴄⲥ", "d": "ԁᑯꓒ", "e": "еҽ℮", "g": "ɡց𝗀", "h": "һհᏂ", "i": "іιıᎥ", "j": "јϳ",
    "k": "к𝓀κ", "l": "ǀӏᛁ", "m": "м𝓂ⅿ", "n": "ոո", "o": "оοօσዐס", "p": "рρⲣ", "q": "ԛգ", "r": "гᴦⲅ", "s": "ѕꜱꮪ",
    "t": "тτ𝗍", "u": "υսꞟ", "v": "νѵט", "w": "ԝաᴡ", "x": "х᙮×"[:1], "y": "уγყ", "z": "ᴢꮓ",
    "A": "ΑАᎪ", "B": "ΒВᏴ", "C": "СϹⲤ", "D": "Ꭰꓓᗞ", "E": "ΕЕⴹ", "G": "ԌᏀꓖ", "H": "ΗНᎻ", "I": "ΙІⵏ", "J": "ЈᎫ",
    "K": "ΚКᏦ", "L": "Ꮮᒪꓡ", "M": "ΜМᎷ", "N": "Νꓠ", "O": "ΟОⲞ", "P": "ΡРᏢ", "S": "ЅՏꓢ", "T": "ΤТᎢ", "U": "ՍሀᑌU",
    "V": "ѴᏙꓦ", "W": "ԜᎳꓪ", "X": "ΧХꓫ", "Y": "ΥҮꓬ", "Z": "ΖᏃꓜ",
    "а": "aα", "в": "ʙ", "е": "e", "к": "kκ", "м": "ʍ", "н": "ʜ", "о": "oοօ", "р": "pρ", "с": "cϲ", "т": "ᴛτ",
    "у": "yγ", "х": "x", "В": "BΒ", "К": "KΚ", "М": "MΜ", "Н": "HΗ", "С": "CϹ", "Т": "TΤ", "У": "YΥ",
    "α": "aа", "ι": "iі", "κ": "kк", "ν": "vѵ", "ο": "oо", "ρ": "pр", "τ": "tт", "υ": "uս", "χ": "ꭓ",
    "ا": "ٱأإآﺍ", "ي": "یىېﻲ", "ك": "کڪﻛ", "ه": "ہةھەﻪ", "و": "ۆۇۋﻮ", "ی": "يى", "ک": "ك", "گ": "ګ", "ہ": "ه",
    "人": "⼈", "口": "ロ⼝", "力": "カ⼒", "അ": "അ", "ऑ": ("अॉ"), "आ": "आ",
}  # fmt: skip
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202c\u00ad\u034f\u180e\ufe0f\u3164\U000e0061\U000e0100"
ACCENTS = "\u0301\u0308\u0323\u0335\u0336\u20dd\u0488\u1ab0"
ARABIC_MARKS = "\u064b\u064e\u064f\u0650\u0651\u0652\u0670\u0640\u06d6"
EMOJI = ["🔥", "⚡", "💀", "❤️", "🏴", "👨\u200d👩\u200d👧", "👍🏽", "#️⃣", "…", "—", "※", "♦"]
LEET = {"a": "4@", "e": "3", "i": "1|l", "l": "1|I", "o": "0", "s": "5$", "t": "7", "b": "B"}
SQUARED = {"squared": 0x1F130, "negative circled": 0x1F150, "negative squared": 0x1F170, "flags": 0x1F1E6}
FANCY = {
    "bold": (0x1D400, 0x1D41A), "script": (0x1D4D0, 0x1D4EA), "fraktur": (0x1D56C, 0x1D586),
    "monospace": (0x1D670, 0x1D68A), "full-width": (0xFF21, 0xFF41), "circled": (0x24B6, 0x24D0),
}  # fmt: skip

Attack = Callable[[str, Random], str]


def look_alikes(text: str, random: Random) -> str:
    return "".join(random.choice(LOOK_ALIKES[c] + c) if c in LOOK_ALIKES else c for c in text)


def invisible(text: str, random: Random) -> str:
    return "".join(c + random.choice(INVISIBLE) * random.randrange(3) for c in text)


def accents(text: str, random: Random) -> str:
    """Heap marks on letters: those of Arabic on Arabic, the others elsewhere."""
    marks = {c: ARABIC_MARKS if "\u0600" <= c < "\u0780" else ACCENTS for c in set(text) if c.isalpha()}
    return "".join(c + random.choice(marks[c]) * random.randrange(3) if c in marks else c for c in text)


def spaced(text: str, random: Random) -> str:
    return "".join(c + random.choice(["", " ", "\u3000", ".", " - ", "\n", "_", "\u2800"]) for c in text)


def emoji(text: str, random: Random) -> str:
    return "".join(c + random.choice(["", "", random.choice(EMOJI)]) for c in text)


def leet(text: str, random: Random) -> str:
    return "".join(random.choice(LEET[c]) if c in LEET and random.random() < 0.6 else c for c in text)


def squared(text: str, random: Random) -> str:
    first = SQUARED[random.choice(sorted(SQUARED))]
    return "".join(chr(first + ord(c.upper()) - 65) if c.isascii() and c.isalpha() else c for c in text)


def fancy(text: str, random: Random) -> str:
    upper, lower = FANCY[random.choice(sorted(FANCY))]
    shifted = {chr(65 + i): chr(upper + i) for i in range(26)} | {chr(97 + i): chr(lower + i) for i in range(26)}
    return "".join(shifted.get(c, c) for c in text)


def stretched(text: str, random: Random) -> str:
    """Repeat letters that stand double already; where one stands alone, doubling it is another spelling."""
    return "".join(
        c * random.randrange(1, 4) if c == before else c for before, c in zip(" " + text, text, strict=False)
    )


ATTACKS: list[Attack] = [look_alikes, invisible, accents, spaced, emoji, leet, squared, fancy, stretched]
