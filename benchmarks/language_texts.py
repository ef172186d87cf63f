"""The texts of the language benchmark: two public sets of which each language has its own half, window or split.

The Universal Declaration of Human Rights is what identification is tested on: nothing was trained on it. What was
chosen, was chosen on every second paragraph; the others are reported. Languages that only SIB-200 has are
taken from its split `test`, which was not trained on but is of the same kind as what was: they are told apart.
"""

import gzip
import random
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

DECLARATION, SIB = "text/udhr_75langs.tsv.gz", "text/sib200_80langs.tsv.gz"
WRONG = frozenset({"ckb"})
"""Files that hold another language than their name says: this one is in Kurmanji."""

# Our codes by those of the two sets.
CODES = {
    "spa": "es", "arb": "ar", "eng": "en", "fra": "fr", "deu": "de", "dan": "da", "tur": "tr", "rus": "ru",
    "ind": "id", "pbt": "ps", "urd": "ur", "pes": "fa", "kmr": "kmr", "ben": "bn", "hin": "hi", "uzn": "uz",
    "tgk": "tg", "kir": "ky", "kaz": "kk", "uig": "ug", "zho": "zh", "zho_hant": "zh", "nld": "nl", "ita": "it",
    "por": "pt", "som": "so", "swh": "sw", "hau": "ha", "amh": "am", "zsm": "ms", "tgl": "tl", "bos": "bs",
    "als": "sq", "tam": "ta", "div": "dv", "swe": "sv", "ukr": "uk", "heb": "he", "ell": "el", "pol": "pl",
    "ron": "ro", "bul": "bg", "srp": "sr", "hrv": "hr", "hun": "hu", "ces": "cs", "slk": "sk", "slv": "sl",
    "lit": "lt", "est": "et", "fin": "fi", "nob": "nb", "mlt": "mt", "gle": "ga", "hye": "hy", "kat": "ka",
    "jpn": "ja", "kor": "ko", "vie": "vi", "tha": "th", "pan": "pa", "mal": "ml", "tel": "te", "sin": "si",
    "npi": "ne", "mya": "my", "yor": "yo", "ibo": "ig", "tir": "ti", "tat": "tt", "tuk": "tk", "jav": "jv",
    "azj": "az",
}  # fmt: skip
ONLY_IN_SIB = {"ckb_Arab": "ckb", "lvs_Latn": "lv", "gaz_Latn": "om", "snd_Arab": "sd", "prs_Arab": "prs"}
SERBIAN = dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
SERBIAN |= {"љ": "lj", "њ": "nj", "џ": "dž"}
SERBIAN_IN_LATIN = "sr-Latn"

Texts = dict[str, list[str]]


def declaration(assets: Path, *, half: int) -> Texts:
    """Return every second paragraph of each language, from the first (0) or the second (1) on."""
    found: Texts = defaultdict(list)
    with gzip.open(assets / DECLARATION, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            code, _, text = line.rstrip("\n").split("\t")
            if code not in WRONG:
                found[code].append(text)
    found["srp_latin"] = [in_latin(text) for text in found["srp"]]
    ours: Texts = defaultdict(list)
    for code, texts in found.items():
        ours[CODES.get(code, SERBIAN_IN_LATIN)] += texts[half::2]
    return dict(ours)


def held_out(assets: Path) -> Texts:
    """Return the sentences of the split `test` of the languages that only SIB-200 has."""
    found: Texts = defaultdict(list)
    with gzip.open(assets / SIB, "rt", encoding="utf-8") as lines:
        for line in lines:
            code, split, _, _, text = line.rstrip("\n").split("\t")
            if code in ONLY_IN_SIB and split == "test":
                found[ONLY_IN_SIB[code]].append(text)
    return dict(found)


def in_latin(text: str) -> str:
    """Return Serbian text, all in small letters, in the Latin alphabet."""
    return "".join(SERBIAN.get(letter, letter) for letter in text.lower())


def windows(texts: Mapping[str, list[str]], length: int | None, *, each: int, seed: int) -> Texts:
    """Return random windows of a length of every text, or the texts themselves for None."""
    if length is None:
        return {language: list(listed) for language, listed in texts.items()}
    chance = random.Random(seed)
    return {
        language: [_window(text, length, chance) for text in listed for _ in range(each)]
        for language, listed in texts.items()
    }


def _window(text: str, length: int, chance: random.Random) -> str:
    first = chance.randrange(max(1, len(text) - length + 1))
    return text[first : first + length]
