"""The languages of the demo: ten with three statements each, and thirty-six with one.

To add a language: `texts/statements/CODE.toml`, `texts/benign/CODE.toml`, and a row in `FURTHER`.
"""

from collections.abc import Iterator

from stanch.demo.demo_input import DemoInput
from stanch.demo.text_edits import HIDING_EDITS, words_changed
from stanch.demo.writings import benign, statements
from stanch.values import Kind, Level

LANGUAGES = ("ar", "fa", "ur", "en", "fr", "es", "de", "tr", "ru", "zh")
"""Those with three statements, four copies, and posters."""

FURTHER = {
    "am": ("spaced", "excerpt"),
    "bn": ("zero-width", "buried"),
    "bs": ("homoglyphs", "words-changed"),
    "ckb": ("overridden", "excerpt"),
    "dv": ("backspaced", "buried"),
    "el": ("homoglyphs", "words-changed"),
    "ha": ("emoji", "excerpt"),
    "he": ("overridden", "buried"),
    "hi": ("spaced", "words-changed"),
    "id": ("homoglyphs", "excerpt"),
    "it": ("diacritics", "buried"),
    "ja": ("zero-width", "words-changed"),
    "ka": ("emoji", "excerpt"),
    "kk": ("homoglyphs", "buried"),
    "kmr": ("overridden", "words-changed"),
    "ko": ("spaced", "excerpt"),
    "ky": ("backspaced", "buried"),
    "ml": ("zero-width", "words-changed"),
    "ms": ("diacritics", "excerpt"),
    "my": ("emoji", "buried"),
    "nl": ("overridden", "words-changed"),
    "pa": ("spaced", "excerpt"),
    "ps": ("homoglyphs", "buried"),
    "pt": ("backspaced", "words-changed"),
    "sd": ("zero-width", "excerpt"),
    "so": ("spaced", "buried"),
    "sq": ("emoji", "words-changed"),
    "sw": ("homoglyphs", "excerpt"),
    "ta": ("diacritics", "buried"),
    "te": ("backspaced", "words-changed"),
    "tg": ("overridden", "excerpt"),
    "th": ("zero-width", "buried"),
    "tl": ("homoglyphs", "words-changed"),
    "ug": ("emoji", "excerpt"),
    "uz": ("spaced", "buried"),
    "vi": ("diacritics", "words-changed"),
}
"""By language, how its statement is hidden in one post, and what is left of it, or put around it, in another."""

AROUND = tuple(language for language in LANGUAGES if language != "en")
"""Languages of the reports below buried statements, in turn; not English, which the tutorial filters for."""


def further_copies() -> Iterator[DemoInput]:
    """Yield two copies of each further language's statement."""
    bodies = {statement.language: statement.body for statement in statements()}
    for place, (language, (hiding, change)) in enumerate(FURTHER.items()):
        yield DemoInput(
            name=f"copy-{language}-1-{hiding}.txt",
            kind=Kind.IDENTICAL,
            level=Level.BLOCK,
            text=HIDING_EDITS[hiding](bodies[language]),
            bare=True,
        )
        yield _changed(language, bodies[language], change, AROUND[place % len(AROUND)])


def _changed(language: str, body: str, change: str, around: str) -> DemoInput:
    if change == "buried":
        kind, level, text = Kind.COPY_WITH_ADDITIONS, Level.REVIEW, _buried(language, body, around)
    else:
        kind, level = Kind.COPY, Level.HOLD
        text = words_changed(body) if change == "words-changed" else _first_half(body)
    name = f"copy-{language}-1-{change}.txt" if change == "words-changed" else f"{change}-{language}-1.txt"
    return DemoInput(name=name, kind=kind, level=level, text=text, bare=True)


def _first_half(body: str) -> str:
    """Return the first half of the paragraphs."""
    paragraphs = body.split("\n\n")
    return "\n\n".join(paragraphs[: len(paragraphs) // 2])


def _buried(language: str, body: str, around: str) -> str:
    """Return a statement among texts of its own language, without what they quote, and one of another."""
    own = [text for text in benign() if text.language == language]
    others = [text.whole for text in own if not text.quotes]
    articles = [text.body.replace(text.quoted, "…") for text in own if text.quotes]
    report = next(text.body for text in benign() if text.id == f"report-{around}")
    return "\n\n".join((*others, body, *articles, report))
