"""SIB-200 as training data: which of its languages is which of ours, and the sentences of each split.

Nothing here reads the Universal Declaration of Human Rights: the model is tested on it.
"""

import gzip
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

FILE = "sib200_80langs.tsv.gz"

FAMILIES: dict[str, dict[str, str]] = {
    "latin": {
        "azj": "az", "bos": "bs", "ces": "cs", "dan": "da", "deu": "de", "eng": "en", "spa": "es", "est": "et",
        "fin": "fi", "fra": "fr", "gle": "ga", "hau": "ha", "hrv": "hr", "hun": "hu", "ind": "id", "ibo": "ig",
        "ita": "it", "jav": "jv", "kmr": "kmr", "lit": "lt", "lvs": "lv", "zsm": "ms", "mlt": "mt", "nob": "nb",
        "nld": "nl", "gaz": "om", "pol": "pl", "por": "pt", "ron": "ro", "slk": "sk", "slv": "sl", "som": "so",
        "als": "sq", "srp_latin": "sr", "swe": "sv", "swh": "sw", "tuk": "tk", "tgl": "tl", "tur": "tr",
        "uzn": "uz", "vie": "vi", "yor": "yo",
    },
    "cyrillic": {
        "bul": "bg", "kaz": "kk", "kir": "ky", "rus": "ru", "srp": "sr", "tgk": "tg", "tat": "tt", "ukr": "uk",
    },
    "arabic": {
        "arb": "ar", "ary": "ar", "arz": "ar", "apc": "ar", "ckb": "ckb", "pes": "fa", "prs": "prs", "pbt": "ps",
        "snd": "sd", "uig": "ug", "urd": "ur",
    },
    "devanagari": {"hin": "hi", "npi": "ne"},
    "ethiopic": {"amh": "am", "tir": "ti"},
}  # fmt: skip
"""Our codes by those of SIB-200, for each script that several languages share."""

# Serbian is written in both alphabets; SIB-200 has it in Cyrillic, and one letter is one or two of the other.
SERBIAN = dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
SERBIAN |= {"љ": "lj", "њ": "nj", "џ": "dž"}


class Sentence(NamedTuple):
    """One sentence of the data."""

    split: str
    language: str
    text: str


def sentences(folder: Path) -> dict[str, list[Sentence]]:
    """Return the sentences of every language that shares its script, by family."""
    rows = defaultdict(list)
    with gzip.open(folder / FILE, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            code, split, _, _, text = line.rstrip("\n").split("\t")
            rows[code[:3]].append((split, text))
    rows["srp_latin"] = [(split, in_latin(text)) for split, text in rows["srp"]]
    return {
        family: [Sentence(split, ours, text) for code, ours in codes.items() for split, text in rows[code]]
        for family, codes in FAMILIES.items()
    }


def in_latin(text: str) -> str:
    """Return Serbian text in the Latin alphabet."""
    return "".join(
        letter
        if (small := letter.lower()) not in SERBIAN
        else SERBIAN[small]
        if small == letter
        else SERBIAN[small].capitalize()
        for letter in text
    )
