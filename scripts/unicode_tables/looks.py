"""Look-alikes: which letter another is taken for, from the prototypes of UTS #39.

The prototypes know case apart, normalised text does not, and some join letters that one alphabet needs.
So each letter that is left after case folding picks one of the prototypes of its two cases.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Protocol

from unicode_tables import hand

Symbols = tuple[int, ...]


class _Letters(Protocol):
    confusables: dict[int, Symbols]
    script: dict[int, str]

    def plain(self, code: int) -> Symbols: ...
    def symbols(self, code: int) -> Symbols: ...
    def category(self, code: int) -> str: ...
    def case_partners(self, folded: int) -> list[int]: ...
    def all_letters(self) -> list[int]: ...
    def look(self, looks: dict[int, Symbols]) -> None: ...


def look_alikes(letters: _Letters) -> dict[int, Symbols]:
    """Return what each plain letter is taken for, where it is taken for anything."""
    looks = {code: look for code in letters.all_letters() if (look := _look(letters, code)) is not None}
    looks.update({ord(a): (ord(b),) for a, b in hand.LOOKS.items()})
    _keep_scripts_apart(letters, looks)
    return looks


def _look(letters: _Letters, code: int) -> Symbols | None:
    if code < 128 or letters.script.get(code) in {"Arabic", "Hangul"} or letters.category(code) == "Nd":
        return None
    own = letters.confusables.get(code)
    if own and letters.category(code) == "Lm" and not any(letters.category(c)[0] in "LN" for c in own):
        return ()  # an apostrophe by another name
    ranked = [
        (rank, i, look)
        for i, look in enumerate(_options(letters, code))
        if (rank := _rank(letters, code, look, i))
    ]
    return min(ranked)[2] if ranked else None


def _options(letters: _Letters, code: int) -> Iterator[Symbols]:
    """Yield what the letter and its other case are taken for, the letter itself first."""
    for case in (code, *letters.case_partners(code)):
        prototype = letters.confusables.get(case, ())
        plain = "".join(chr(x) for y in prototype for x in letters.plain(y)).replace("'", "")
        yield tuple(map(ord, "m" if plain == "rn" else plain))  # UTS #39 takes m apart


def _rank(letters: _Letters, code: int, look: Symbols, place: int) -> int:
    """Return how good a look-alike is, 1 the best; 0 if it is none."""
    script = letters.script.get(code, "")
    is_letter = letters.category(code)[0] != "S"
    if not look or look == (code,) or any(letters.category(c)[0] not in "LMN" for c in look):
        return 0
    if all(c < 128 for c in look):
        return _rank_ascii("".join(map(chr, look)), script, own=place == 0 and is_letter)
    if len(look) == 1:
        return 3 if letters.script.get(look[0]) != "Arabic" else 0
    same_script = all(letters.script.get(c) == script for c in look)
    return 4 if is_letter and place == 0 and same_script and script not in hand.COUNTERFEITS else 0


def _rank_ascii(look: str, script: str, *, own: bool) -> int:
    if len(look) == 1 and look.isalpha():
        return 1
    if len(look) == 1:
        return 2 if script in {"Latin", "Common"} else 0
    return 2 if own and look.isalpha() and script in {"Latin", "Cyrillic"} else 0


def _keep_scripts_apart(letters: _Letters, looks: dict[int, Symbols]) -> None:
    """Take back each look-alike that would join two letters of one script, but for the counterfeiting ones.

    What was decided by hand stays.
    """
    by_script: dict[str, list[int]] = defaultdict(list)
    for code in sorted(letters.all_letters()):
        by_script[letters.script.get(code, "Common")].append(code)
    letters.look(looks)
    for script, codes in by_script.items():
        if script not in hand.COUNTERFEITS:
            taken = {
                letters.symbols(code) for code in codes if code not in looks and letters.category(code) != "Nd"
            }
            for code in (code for code in codes if code in looks):
                if letters.symbols(code) in taken and chr(code) not in hand.LOOKS:
                    del looks[code]
                taken.add(letters.symbols(code))
