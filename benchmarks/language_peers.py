"""Two other identifiers of languages, each with the languages it knows, in our codes."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ALIASES = {
    "no": "nb", "iw": "he", "jw": "jv", "zh-Hant": "zh", "ku": "kmr", "un": "und", "zxx": "und",
    "ary": "ar", "arz": "ar", "wuu": "zh", "yue": "zh", "grc": "el", "hbo": "he", "uzs": "uz",
}  # fmt: skip
"""What they call the same language by another name, or a variety of it."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """An identifier: its name, what it knows, and what it says of a text."""

    name: str
    languages: frozenset[str]
    identify: Callable[[str], str]


def peers() -> tuple[list[Peer], list[str]]:
    """Return the peers that are installed, and the names of those that are not."""
    found: list[Peer] = []
    missing: list[str] = []
    for name, make in (("py3langid", _py3langid), ("pycld2", _pycld2)):
        try:
            found.append(make(importlib.import_module(name)))
        except ImportError:
            missing.append(name)
    return found, missing


def _py3langid(module: Any) -> Peer:  # noqa: ANN401 - a module without types
    labels = [label for label, _ in module.rank("a")]
    return Peer(
        name="py3langid",
        languages=frozenset(map(_ours, labels)),
        identify=lambda text: _ours(module.classify(text)[0]),
    )


def _pycld2(module: Any) -> Peer:  # noqa: ANN401 - a module without types
    def identify(text: str) -> str:
        try:
            _, _, details = module.detect(text, isPlainText=True, bestEffort=True)
        except module.error:  # control characters, which it refuses
            return "und"
        return _ours(details[0][1])

    codes = dict(module.LANGUAGES)
    known = {codes[name] for name in module.DETECTED_LANGUAGES if name in codes}
    # Its Kurdish is not Kurmanji, of which it told none of the texts here.
    return Peer(name="pycld2", languages=frozenset(map(_ours, known)) - {"kmr"}, identify=identify)


def _ours(code: str) -> str:
    return ALIASES.get(code, code)
