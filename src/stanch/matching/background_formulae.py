"""The stock phrases that are shipped, read from the TOML files in `formulae/`, one a language."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints.text import gram_hashes
from stanch.language import normalise

KINDS = ("greeting", "honorific", "religious", "dateline", "press", "legal", "web")
"""What a formula is, as the files call it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Formula:
    """A phrase that anybody may use, and that says nothing of who does.

    Parameters
    ----------
    language : by its code, as the file is called.
    kind : one of `KINDS`.
    """

    language: str
    kind: str
    text: str


@cache
def formulae() -> tuple[Formula, ...]:
    """Return every shipped formula, by language."""
    return tuple(
        Formula(language=path.name.removesuffix(".toml"), kind=kind, text=text)
        for path in sorted((files("stanch.matching") / "formulae").iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
        for kind, texts in tomllib.loads(path.read_text(encoding="utf-8")).items()
        for text in texts
    )


def grams_of(text: str) -> NDArray[np.uint64]:
    """Return every gram of a formula, as a query has them; none if it has fewer symbols than a gram."""
    return gram_hashes(normalise(text).symbols)
