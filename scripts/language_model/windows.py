"""What is cut from sentences to train on, and what is done to it: people write short, carelessly, and noise."""

import base64
import random
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from .data import Sentence

WITHOUT_MARKS = 0.1
"""So many of the windows in Latin letters lose their diacritics."""
ARABIC_KEYBOARD, PERSIAN_KEYBOARD = 0.05, 0.03
"""So many of the windows in Arabic letters are written with the yeh and kaf of the other keyboard."""
NOISE = 2_500
"""How many windows of noise each family learns as no language."""
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "bcdfghjklmnpqrstvwxz")
_BARE = str.maketrans("ıłđøßæœħŋ", "ildosaohn")

Window = tuple[str, str]
"""A language and a piece of text in it."""


def windows(sentences: Iterable[Sentence], family: str, per_sentence: int, seed: int) -> Iterator[Window]:
    """Yield each sentence whole and in random windows, equally many for each language, some of them altered."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    listed = list(sentences)
    counts = Counter(sentence.language for sentence in listed)
    fewest = min(counts.values())
    for sentence in listed:
        share = per_sentence * fewest / counts[sentence.language]
        yield sentence.language, altered(sentence.text, family, chance)
        for _ in range(int(share) + (chance.random() < share % 1)):
            yield sentence.language, altered(cut(sentence.text, chance), family, chance)


def cut(text: str, chance: random.Random) -> str:
    """Return a random window: half of them of 10 to 30 characters, the others longer."""
    low, high = chance.choice(((10, 25), (10, 30), (15, 60), (60, 120)))
    length = chance.randint(low, high)
    first = chance.randrange(max(1, len(text) - length + 1))
    return text[first : first + length]


def altered(text: str, family: str, chance: random.Random) -> str:
    """Return a window as a careless writer or another keyboard would have it, now and then."""
    lot = chance.random()
    if family == "latin" and lot < WITHOUT_MARKS:
        return without_marks(text)
    if family == "arabic" and lot < ARABIC_KEYBOARD:
        return text.translate(str.maketrans("یک", "يك"))
    if family == "arabic" and lot < ARABIC_KEYBOARD + PERSIAN_KEYBOARD:
        return text.translate(str.maketrans("يك", "یک"))
    return text


def without_marks(text: str) -> str:
    """Return Latin text as it is written on a keyboard without diacritics."""
    plain = unicodedata.normalize("NFD", text).translate(_BARE)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def noise(sentences: Iterable[Sentence], family: str, seed: int) -> Iterator[str]:
    """Yield what is no language: random letters of the script, keys in a row, encoded bytes, stirred words."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    by_language = defaultdict(list)
    for sentence in sentences:
        by_language[sentence.language].append(sentence.text)
    texts = [text for listed in by_language.values() for text in listed]
    held = sorted({letter for text in texts for letter in text.lower() if letter.isalpha()})
    usual = [letter for letter in held if sum(letter in text for text in texts[::50]) > 1]
    for number in range(NOISE):
        length = chance.randint(12, 60)
        if number % 8 == 0 and family == "latin":
            yield base64.b64encode(chance.randbytes(length)).decode()
        elif number % 8 == 4 and family == "latin":
            yield chance.randbytes(length // 2 + 4).hex()
        elif number % 4 == 1 and family == "latin":
            yield mashed(chance, length)
        elif number % 4 == 2:
            yield stirred(cut(chance.choice(texts), chance), chance)
        else:
            yield spaced(chance, [chance.choice(usual) for _ in range(length)])


def mashed(chance: random.Random, length: int) -> str:
    """Return what a hand on the keyboard writes."""
    row = chance.choice(KEYS)
    return spaced(chance, [chance.choice(row) for _ in range(length)])


def stirred(text: str, chance: random.Random) -> str:
    """Return a text with its letters, and the spaces among them, in random order."""
    letters = list(text)
    chance.shuffle(letters)
    return "".join(letters)


def spaced(chance: random.Random, letters: list[str]) -> str:
    """Return letters as words of random lengths."""
    return "".join(letter + " " * (chance.random() < 0.15) for letter in letters)
