"""Which language a text is in, where its script, its letters or its smallest words tell.

It routes and counts; nothing is matched or decided by it. Where several languages share what is looked at, the
answer is `und`, never a guess.
"""

from bisect import bisect_right
from collections import Counter
from functools import lru_cache
from typing import Final

UNDETERMINED: Final = "und"
LOOKED_AT: Final = 4_000
"""So many characters are enough."""

ENOUGH: Final = 0.6
"""The share of letters that one script must have."""

# First and last code point of the blocks that hold a script's letters, and the script; Unicode's Blocks.txt.
BLOCKS: Final = sorted(
    [
        (0x0041, 0x007A, "latin"),
        (0x00C0, 0x024F, "latin"),
        (0x1E00, 0x1EFF, "latin"),
        (0x0370, 0x03FF, "el"),
        (0x1F00, 0x1FFF, "el"),
        (0x0400, 0x052F, "cyrillic"),
        (0x0530, 0x058F, "hy"),
        (0x0590, 0x05FF, "he"),
        (0x0600, 0x06FF, "arabic"),
        (0x0750, 0x077F, "arabic"),
        (0xFB50, 0xFDFF, "arabic"),
        (0xFE70, 0xFEFF, "arabic"),
        (0x0780, 0x07BF, "dv"),
        (0x0900, 0x097F, "devanagari"),
        (0x0980, 0x09FF, "bengali"),
        (0x0A00, 0x0A7F, "pa"),
        (0x0A80, 0x0AFF, "gu"),
        (0x0B80, 0x0BFF, "ta"),
        (0x0C00, 0x0C7F, "te"),
        (0x0C80, 0x0CFF, "kn"),
        (0x0D00, 0x0D7F, "ml"),
        (0x0D80, 0x0DFF, "si"),
        (0x0E00, 0x0E7F, "th"),
        (0x0E80, 0x0EFF, "lo"),
        (0x1000, 0x109F, "my"),
        (0x10A0, 0x10FF, "ka"),
        (0x1100, 0x11FF, "ko"),
        (0xAC00, 0xD7AF, "ko"),
        (0x1200, 0x139F, "ethiopic"),
        (0x1780, 0x17FF, "km"),
        (0x3040, 0x30FF, "ja"),
        (0x3400, 0x4DBF, "han"),
        (0x4E00, 0x9FFF, "han"),
    ]
)
_FIRST: Final = [first for first, _, _ in BLOCKS]

# Letters that only some of the languages of a script write, the most telling first.
ARABIC: Final = (
    ("ps", "ټډړږښڼځڅۍ"),
    ("ug", "ۇۆۈۋې"),
    ("ckb", "ڕڵۆێ"),
    ("ur", "ٹڈڑںےۓھہ"),
    ("sd", "ٻڀٺٽڄڃڇڌڏڊڙڦڳڱڻ"),
    ("fa", "پچژگکی"),
)
CYRILLIC: Final = (("uk", "іїєґ"), ("be", "ў"), ("tg", "ҷҳӣӯ"), ("kk", "әіңғүұқөһ"), ("sr", "ђћџљњј"))

# The smallest and most frequent words: a text of a few sentences holds several of them.
WORDS: Final = {
    "latin": {
        "en": "the of and to in that is for with was on are this have be",
        "fr": "le la les des et est une dans que pour qui pas sur avec du",
        "de": "der die das und ist nicht ein eine mit von den auf für dem zu",
        "es": "el los las una que es por con para del se su como más y",
        "it": "il che di è per non una con sono della gli nel del anche e",
        "pt": "o os que não uma com para do da em por mais dos das e",
        "nl": "het een van en de dat niet is met voor op zijn aan te",
        "tr": "ve bir bu için ile da de çok daha gibi ne olan kadar sonra",
        "id": "yang dan di ini itu dengan untuk dari tidak dalam akan pada ke",
        "sw": "na ya wa kwa ni katika la za hii kuwa yake cha hilo",
        "so": "iyo ka ku oo waa in ay la ah uu soo waxa",
    },
    "cyrillic": {
        "ru": "и в не на что он с как это по но из у за",
        "bg": "и в на да се не от за че са по това като",
    },
    "devanagari": {
        "hi": "के का की है और में से को पर ने हैं यह",
        "mr": "आणि आहे च्या हे ते या होते नाही की",
        "ne": "र को छ मा हो यो पनि गर्न भएको",
    },
    "ethiopic": {"am": "ነው እና ላይ ውስጥ ግን ዛሬ እንደ ነበር", "ti": "እዩ ኣብ ናይ እቲ ከም ዝኾነ ድማ"},
    "bengali": {"bn": "এবং এই না করে থেকে ও জন্য তার", "as": "আৰু এই নাই কৰা পৰা"},
}
_WORDS: Final = {
    script: {language: frozenset(words.split()) for language, words in languages.items()}
    for script, languages in WORDS.items()
}
_ALONE: Final = {"devanagari": "hi", "ethiopic": "am", "bengali": "bn"}
"""Where no word tells, the language that writes by far the most in the script."""


def identify(text: str) -> str:
    """Return the language of a text by its code in ISO 639 (two letters where there are two), or `und`."""
    sample = text[:LOOKED_AT]
    held, scripts = Counter(sample), Counter[str]()
    for letter, count in held.items():
        scripts[_script(letter)] += count
    del scripts[""]
    if not scripts:
        return UNDETERMINED
    if scripts["ja"] and scripts["ja"] + scripts["han"] >= ENOUGH * scripts.total():
        return "ja"
    script, letters = scripts.most_common(1)[0]
    if letters < ENOUGH * scripts.total():
        return UNDETERMINED
    return _in_script(script, sample, held, letters)


@lru_cache(maxsize=20_000)
def _script(letter: str) -> str:
    place = bisect_right(_FIRST, ord(letter)) - 1
    if place < 0 or not letter.isalpha():
        return ""
    _, last, script = BLOCKS[place]
    return script if ord(letter) <= last else ""


def _in_script(script: str, sample: str, held: Counter[str], letters: int) -> str:
    if script == "han":
        return "zh"
    if script == "arabic":
        return _by_letters(ARABIC, held, letters) or "ar"
    if script == "cyrillic" and (told := _by_letters(CYRILLIC, held, letters)):
        return told
    if script in _WORDS:
        return _by_words(_WORDS[script], sample) or _ALONE.get(script, UNDETERMINED)
    return script


def _by_letters(languages: tuple[tuple[str, str], ...], held: Counter[str], letters: int) -> str:
    """Return the first language whose own letters are more than a stray name would bring."""
    for language, own in languages:
        if sum(held[letter] for letter in own) > max(1, letters / 100):
            return language
    return ""


def _by_words(languages: dict[str, frozenset[str]], sample: str) -> str:
    """Return the language whose small words are the most, if they are more than those of any other."""
    words = Counter(sample.lower().split())
    found = Counter({language: sum(words[word] for word in own) for language, own in languages.items()})
    (best, most), (_, second) = found.most_common(2)
    return best if most > second and most * 12 >= words.total() else ""
