"""The 295 inputs of the demo, each with what must come of it."""

from collections.abc import Iterator
from functools import partial

from stanch.demo import works
from stanch.demo.demo_input import DemoInput, Picture
from stanch.demo.image_edits import IMAGE_EDITS
from stanch.demo.languages import LANGUAGES, further_copies
from stanch.demo.posters import draw_benign, draw_poster
from stanch.demo.text_edits import TEXT_EDITS
from stanch.demo.writings import Statement, Writing, benign, statements
from stanch.values import Kind, Level

COPIED_POSTERS = (1, 6, 11, 16)
POSTER_EDITS = {
    "identical": "png",
    "recompressed": "jpg",
    "cmyk": "jpg",
    "palette": "png",
    "quarter-turned": "jpg",
    "mirrored": "jpg",
    "resized": "jpg",
    "cropped": "jpg",
}
"""Edits, and the file ending of what they make."""


def inputs() -> list[DemoInput]:
    """Return all inputs, copies first, in the order in which they are shown."""
    copies = [*_text_copies(), *further_copies(), *_other_copies(), *_poster_copies(), *_links()]
    return [*copies, *_writings(), *_pictures()]


def _text_copies() -> Iterator[DemoInput]:
    """Copies in the first ten languages, four edits each; all edits but changed words are undone entirely."""
    edits = list(TEXT_EDITS)
    for place, language in enumerate(LANGUAGES):
        first, second = (statement for statement in statements() if statement.language == language and
                         not statement.id.endswith("3"))  # fmt: skip
        for step, source in enumerate((first, second, first, second)):
            edit = edits[(place + step) % len(edits)] if step < 3 else _fourth(edits, place)
            yield _text_copy(source, edit)


def _fourth(edits: list[str], place: int) -> str:
    """Return an edit that the first three of this language did not have."""
    return edits[(place + 3 + place % 3) % len(edits)]


def _text_copy(source: Statement, edit: str) -> DemoInput:
    changed = edit == "words-changed"
    return DemoInput(
        name=f"copy-{source.id}-{edit}.txt",
        kind=Kind.COPY if changed else Kind.IDENTICAL,
        level=Level.HOLD if changed else Level.BLOCK,
        text=TEXT_EDITS[edit](source.body),
        bare=True,
    )


def _other_copies() -> Iterator[DemoInput]:
    """Copies in banks that nobody here confirmed, or in shadow; parts of statements, and statements in more."""
    by_id = {statement.id: statement.body for statement in statements()}
    market = next(text.body for text in benign() if text.id == "obituary-en")
    yield DemoInput(name="partner-de-3.txt", kind=Kind.IDENTICAL, level=Level.HOLD, text=by_id["de-3"], bare=True)
    yield _poster("partner-poster-19.png", _edited(19), Kind.IDENTICAL, Level.HOLD)
    yield DemoInput(name="shadow-tr-3.txt", kind=None, level=Level.ALLOW, text=by_id["tr-3"], bare=True)
    yield _poster("shadow-poster-23.png", _edited(23), None, Level.ALLOW)
    yield DemoInput(
        name="excerpt-fr-1.txt",
        kind=Kind.COPY,
        level=Level.HOLD,
        text=by_id["fr-1"][: len(by_id["fr-1"]) // 2],
        bare=True,
    )
    yield DemoInput(
        name="buried-en-2.txt",
        kind=Kind.COPY_WITH_ADDITIONS,
        level=Level.REVIEW,
        text=f"{market}\n\n{by_id['en-2']}\n\n{market[::-1]}",
        bare=True,
    )
    yield DemoInput(
        name="poster-with-caption",
        kind=Kind.IDENTICAL,
        level=Level.BLOCK,
        text="Tonight. Bring nothing that shines.",
        media={"poster.png": _edited(2)},
    )


def _poster(name: str, picture: Picture, kind: Kind | None, level: Level) -> DemoInput:
    return DemoInput(name=name, kind=kind, level=level, media={name: picture}, bare=True)


def _poster_copies() -> Iterator[DemoInput]:
    for number in COPIED_POSTERS:
        for edit, ending in POSTER_EDITS.items():
            same = edit == "identical"
            yield _poster(
                f"copy-{works.poster_id(number)}-{edit}.{ending}",
                _edited(number, edit),
                Kind.IDENTICAL if same else Kind.COPY,
                Level.BLOCK if same else Level.REVIEW,
            )


def _edited(number: int, edit: str = "identical") -> Picture:
    return lambda: IMAGE_EDITS[edit](draw_poster(number))


def _benign_picture(number: int) -> bytes:
    return IMAGE_EDITS["identical"](draw_benign(number))


def _links() -> Iterator[DemoInput]:
    """Ways to write a banked link; a link is never more than a reason to look."""
    for name, text in {
        "link-defanged": "hxxps://lantern-press[.]example/statements",
        "link-below": "http://LANTERN-PRESS.example:80/posters/winter/large?utm_source=feed&size=2",
        "link-in-arabic-text": "اقرأوا البيان الجديد هنا https://الفانوس.example/بيان قبل الصباح",
        "link-punycode": "https://xn--mgba0b2cooo.example/%D8%A8%D9%8A%D8%A7%D9%86",
        "link-subdomain": "https://mirror7.grey-lantern.example/feed",
        "link-with-tracking": "https://files.veldmar.example/d/9f2c77ab?fbclid=abc#top",
        "link-partner": "https://video.veldmar.example/watch?v=keeper12",
    }.items():
        yield DemoInput(name=f"{name}.txt", kind=Kind.COPY, level=Level.REVIEW, text=text, bare=True)
    yield DemoInput(
        name="link-list",
        kind=Kind.COPY,
        level=Level.REVIEW,
        links=("https://weather.veldmar.example/today", "https://paste.veldmar.example/lantern-7"),
    )


EXPECTED_OF_GENRE: dict[str, tuple[Kind | None, Level]] = {
    "quote": (Kind.QUOTES, Level.ALLOW),
    "prints-whole": (Kind.COPY_WITH_ADDITIONS, Level.REVIEW),
    "poster-article": (Kind.IDENTICAL, Level.REVIEW),
    "sermon": (Kind.QUOTES, Level.ALLOW),
    "verse": (Kind.COPY, Level.ALLOW),
}


def _writings() -> Iterator[DemoInput]:
    shown = iter((3, 7, 8, 12, 17, 18))
    for writing in benign():
        yield _writing(writing, next(shown) if writing.genre == "poster-article" else None)


def _writing(writing: Writing, poster: int | None) -> DemoInput:
    kind, level = EXPECTED_OF_GENRE.get(writing.genre, (None, Level.ALLOW))
    name = f"passes-{writing.id}"
    if poster is None:
        return DemoInput(name=f"{name}.txt", kind=kind, level=level, text=writing.whole, bare=True)
    media = {"poster.png": _edited(poster)}
    return DemoInput(name=name, kind=kind, level=level, text=writing.whole, media=media)


def _pictures() -> Iterator[DemoInput]:
    for number in range(1, 7):
        yield _poster(f"passes-picture-{number}.png", partial(_benign_picture, number), None, Level.ALLOW)
