"""Texts that look the same and are stored differently: the four classes of a paper, written from it.

N. Boucher, I. Shumailov, R. Anderson, N. Papernot, "Bad Characters: Imperceptible NLP Attacks", IEEE S&P 2022
(arXiv:2106.09898), section IV: invisible characters, homoglyphs, reorderings, deletions. The paper perturbs
English and allows few changes; here a share of all characters is perturbed, in any script. So that a reader sees
the same, marks move with their letters, only letters and spaces are swapped, and letters that are written from the
right are swapped by the mirrored formatting.
"""

import os
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

UNICODE = Path(os.environ.get("STANCH_UNICODE", "/usr/share/unicode"))
SHARE = 0.3
"""How many of the characters are perturbed."""
INVISIBLE = "\u200b\u200c\u200d"
BACKSPACE = "\b"
LRO, RLO, PDF, LRI, RLI, PDI = "\u202d\u202e\u202c\u2066\u2067\u2069"

Homoglyphs = Mapping[str, list[str]]
Perturbation = Callable[[str, Random, Homoglyphs], str]


def homoglyphs() -> dict[str, list[str]]:
    """Return the letters that look like each letter: those with one prototype in UTS #39's confusables.txt.

    Letters of the same case and single code points only. The paper takes the smaller intentional.txt.
    """
    path = UNICODE / "security" / "confusables.txt"
    if not path.is_file():
        sys.exit(f"{path} is absent: scripts/README.md says where it comes from; STANCH_UNICODE names its folder.")
    alike: dict[str, list[str]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        source, _, rest = line.partition(" ;\t")
        if rest and not line.startswith("#"):
            target = "".join(chr(int(code, 16)) for code in rest.partition(" ;")[0].split())
            alike[target].append(chr(int(source, 16)))
    found: dict[str, list[str]] = {}
    for prototype, sources in alike.items():
        group = [c for c in [*sources, *([prototype] if len(prototype) == 1 else [])] if c.isalpha()]
        for letter in group:
            others = [other for other in group if other != letter and other.isupper() == letter.isupper()]
            if others:
                found[letter] = others
    return found


def invisible(text: str, random: Random, _: Homoglyphs) -> str:
    """Put characters without width between others."""
    return "".join(c + random.choice(INVISIBLE) if random.random() < SHARE else c for c in text)


def homoglyph(text: str, random: Random, alike: Homoglyphs) -> str:
    """Write letters that look the same."""
    return "".join(random.choice(alike[c]) if c in alike and random.random() < SHARE else c for c in text)


def deletion(text: str, random: Random, _: Homoglyphs) -> str:
    """Put characters in, each followed by a backspace that takes it out again."""
    return "".join(
        c + chr(random.randrange(0x21, 0x7F)) + BACKSPACE if random.random() < SHARE else c for c in text
    )


def reordering(text: str, random: Random, _: Homoglyphs) -> str:
    """Store neighbours the wrong way round, and have bidirectional formatting swap them back; also in nests."""
    elements = clusters(text)
    for _swap in range(int(SHARE * len(elements))):
        i = random.randrange(max(len(elements) - 1, 1))
        pair = elements[i : i + 2]
        if len(pair) == 2 and all(_may_move(element) for element in pair):
            elements[i : i + 2] = [_swapped(*pair)]
    return "".join(elements)


def clusters(text: str) -> list[str]:
    """Return characters with what cannot be parted from them: marks, joiners, what follows a virama."""
    found: list[str] = []
    for c in text:
        joined = unicodedata.category(c)[0] == "M" or c in "\u200c\u200d" or unicodedata.category(c) == "Cf"
        if found and (joined or unicodedata.combining(found[-1][-1]) == 9 or found[-1][-1] == "\u200d"):
            found[-1] += c
        else:
            found.append(c)
    return found


def _may_move(element: str) -> bool:
    sides = {unicodedata.bidirectional(c) for c in element} & {"L", "R", "AL", "EN", "AN"}
    letters = element[0].isalpha() or element[0] in f" {LRO}{RLO}"
    return letters and (sides <= {"L"} or sides in ({"R"}, {"AL"}))


def _swapped(one: str, two: str) -> str:
    """Return two elements stored as `two`, `one` and seen as `one`, `two`."""
    if any(unicodedata.bidirectional(c) in {"R", "AL"} for c in one + two):
        return f"{RLO}{RLI}{LRO}{RLI}{two}{PDI}{RLI}{one}{PDI}{PDF}{PDI}{PDF}"
    return f"{LRO}{LRI}{RLO}{LRI}{two}{PDI}{LRI}{one}{PDI}{PDF}{PDI}{PDF}"


PERTURBATIONS: list[Perturbation] = [invisible, homoglyph, reordering, deletion]
