"""Texts that nobody wrote, in many scripts, for tests that need texts with nothing in common."""

from random import Random

from stanch.language import normalise

ALPHABETS = {
    "latin": "abcdefghijklmnoprstuvwyz",
    "arabic": "ابتثجحخدذرزسشصضطعغفقكلمنهوي",
    "persian": "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی",
    "urdu": "ابپتٹجچحخدڈرڑزسشعغفقکگلمنوہی",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщыэюя",
    "devanagari": "कखगघचछजझटठडढणतथदधनपफबभमयरलवशसह",
    "ethiopic": "ሀለሐመሠረሰሸቀበተቸኀነኘአከኸወዐዘዠየደጀገጠጨጰጸፀፈፐ",
    "thaana": "ހށނރބޅކއވމފދތލގޏސޑ",
    "han": "山水火木金土日月人口手足目耳心刀力女子大小上下中天地春夏秋冬东西南北风雨雪云花草树鸟鱼马牛羊",
}


def writing(seed: int, words: int, alphabet: str = "latin") -> str:
    """Return text of so many made-up words; another seed is another text."""
    random = Random(f"{seed} {alphabet}")
    letters = ALPHABETS[alphabet]
    return " ".join("".join(random.choices(letters, k=random.randint(2, 9))) for _ in range(words))


def changed(text: str, share: float, seed: int) -> str:
    """Return the text with that share of its words replaced by words that stand nowhere in it."""
    random = Random(seed)
    other = writing(seed + 10_000, 500).split()
    return " ".join(random.choice(other) if random.random() < share else word for word in text.split())


def cut(text: str, begin: int, end: int) -> str:
    """Return the stretch of a text that holds these symbols of it, half-open, by the normalised text."""
    symbols = normalise(text)
    return text[int(symbols.start[begin]) : int(symbols.end[min(end, len(symbols)) - 1])]
