"""The content of a part beside that of what it matched, as it is shown once somebody has revealed it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from stanch.fingerprints import link, markup
from stanch.fingerprints.parts import IN_TEXT
from stanch.language import decode
from stanch_server.intake.found import FoundMatch
from stanch_server.intake.models import ItemPart
from stanch_server.review.console.highlight import Passage, Piece, highlight, shortened
from stanch_server.review.console.parts import ShownMatch

LONGEST: Final = 20_000
"""Code points of a text that is shown whole."""
KEPT: Final = 600
"""Code points that stay on either side of what is left out of a longer one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPiece:
    """A piece of a text and what is said of it: each match that covers it, its kind and bank.

    Parameters
    ----------
    left_out : how many characters are left out here; then there is no piece.
    """

    piece: Piece | None = None
    title: str = ""
    left_out: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownText:
    """A text in pieces."""

    pieces: tuple[ShownPiece, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """An entry beside a part: a text, or where its picture is; neither if its content is not kept or readable."""

    match: ShownMatch
    text: ShownText | None = None
    picture: str = ""


def text_of(data: bytes, form: str) -> str:
    """Return the text that spans refer to, as the library read it."""
    if form == ItemPart.Form.TEXT:
        return data.decode(errors="surrogatepass")
    return decode(data)[0]


def original(text: str, matches: Iterable[ShownMatch]) -> ShownText:
    """Return a text with the passages that matched in it as it came in."""
    chosen = [match for match in matches if match.found.variant != markup.DECODED]
    return _shown(text, [passage for match in chosen for passage in _passages(match, text)], chosen)


def without_markup(text: str, matches: Iterable[ShownMatch]) -> ShownText | None:
    """Return what tags and escapes hide, with the passages found there; None if nothing was."""
    chosen = [match for match in matches if match.found.variant == markup.DECODED]
    plain = markup.decoded(text) if chosen else None
    if plain is None:
        return None
    return _shown(plain, [passage for match in chosen for passage in _of_text(match)], chosen)


def of_entry(data: bytes, match: ShownMatch) -> ShownText:
    """Return an entry's text with the passages of one match; its spans refer to it without markup."""
    spans = match.found.spans if match.found.medium == "text" else []
    passages = [Passage(start=span.bank[0], end=span.bank[1], match=match.number) for span in spans]
    return _shown(text_of_entry(data), passages, [match])


def text_of_entry(data: bytes) -> str:
    """Return the text of an entry as its fingerprint was made of it: without markup."""
    text = decode(data)[0]
    return markup.decoded(text) or text


def defanged(address: str) -> str:
    """Return an address that no program takes for one: `hxxps://example[.]org/`."""
    scheme = re.sub(r"(?i)^(\s*h)tt(p)", r"\1xx\2", address)
    head, mark, rest = scheme.partition("://")
    host, slash, path = (rest if mark else head).partition("/")
    return (f"{head}{mark}" if mark else "") + host.replace(".", "[.]") + slash + path


def with_passages(text: str, passages: Iterable[Passage], titles: Mapping[int, str]) -> ShownText:
    """Return a text with passages marked, each titled by its number."""
    pieces = shortened(highlight(text, passages), longest=LONGEST, kept=KEPT)
    return ShownText(pieces=tuple(_piece(piece, titles) for piece in pieces))


def _shown(text: str, passages: Iterable[Passage], matches: Iterable[ShownMatch]) -> ShownText:
    titles = {match.number: f"{match.number}. {match.kind}, {match.found.bank}" for match in matches}
    return with_passages(text, passages, titles)


def _piece(piece: Piece | int, titles: Mapping[int, str]) -> ShownPiece:
    if isinstance(piece, int):
        return ShownPiece(left_out=piece)
    return ShownPiece(piece=piece, title="; ".join(titles[number] for number in piece.matches))


def _passages(match: ShownMatch, text: str) -> list[Passage]:
    if match.found.variant.startswith(IN_TEXT):
        return _of_link(match.found, text, match.number)
    return _of_text(match)


def _of_text(match: ShownMatch) -> list[Passage]:
    """Return the passages of a match of texts; spans of other media are in other units."""
    if match.found.medium != "text":
        return []
    return [Passage(start=span.query[0], end=span.query[1], match=match.number) for span in match.found.spans]


def _of_link(found: FoundMatch, text: str, number: int) -> list[Passage]:
    """Return where in a text the link stands that matched."""
    place = found.variant.removeprefix(IN_TEXT)
    ends = {str(one.start): (one.start, one.end) for one in link.find(text)}
    return [Passage(start=ends[place][0], end=ends[place][1], match=number)] if place in ends else []
