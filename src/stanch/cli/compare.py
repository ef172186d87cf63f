"""`stanch compare`: why two things do or do not match, in words and spans."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from stanch.cli.exits import Exit, exit_of
from stanch.cli.options import Json
from stanch.cli.parts import part_of
from stanch.cli.scan import texts_of
from stanch.cli.show import as_json, passages, remarks_on, safe
from stanch.fingerprints import as_query, canonical
from stanch.matching import Bank, Matcher, entry_of
from stanch.media import Decoders
from stanch.policies import judge
from stanch.values import (
    BEHAVIOUR_BASED,
    LINK,
    PDQ,
    TEXT_GRAM,
    TEXT_SIMHASH,
    BankInfo,
    ContentType,
    Entry,
    Fingerprint,
    Kind,
    LinkPart,
    Match,
    Part,
    Post,
    PostResult,
    State,
)

TEST_BANK = BankInfo(
    name="comparison",
    owner="nobody: it lives as long as this command",
    legal_basis="none needed: nothing is kept",
    content_type=ContentType.INCITES,
    designation=BEHAVIOUR_BASED,
    state=State.ENABLED,
    radius={PDQ.id: 64},
)
"""Wider than any bank of use, so that what is nearly a match can be told."""

MEANING = {
    Kind.IDENTICAL: "the same content, byte for byte or letter for letter once normalised",
    Kind.COPY: "a copy: most of B is A",
    Kind.COPY_WITH_ADDITIONS: "a copy with additions: most of A stands in B, beside much else",
    Kind.QUOTES: "B quotes a passage of A, as a newspaper does; that alone leads to nothing",
}


def compare(
    a: Annotated[str, typer.Argument(help="File or link that would stand in a bank.")],
    b: Annotated[str, typer.Argument(help="File or link that would come in.")],
    *,
    show_text: Annotated[bool, typer.Option(help="Print the passages that match.")] = False,
    json: Json = False,
) -> None:
    """Say why two things do or do not match: A as if it stood in a bank, B as if it came in.

    Exit codes: 0 no match; 3 a match; 4 something could not be read; 1 A cannot stand in a bank.
    """
    known, query = part_of(a), part_of(b)
    with Decoders() as decoders:
        entry = entry_of(known, decoders, added=datetime.now(UTC), confirmed_by="you")
        bank = Bank(TEST_BANK, [entry])
        post = Post(id=b, parts=(query,))
        result = Matcher([bank], decoders=decoders).match(post)
        readings = as_query(query, decoders)
    if json:
        typer.echo(as_json(result, judge(result)))
    else:
        mine = [found for reading in readings for found in reading.fingerprints]
        for line in _explained(result, entry, mine, (known, query)):
            Console().print(safe(line, most=2000))
        if show_text:
            _print_passages(result, post, known)
    within = [match for match in result.matches if not _beyond(match)]
    raise typer.Exit(exit_of([result]) if within or result.not_scanned else Exit.NOTHING)


def _explained(
    result: PostResult, entry: Entry, query: list[Fingerprint], parts: tuple[Part, Part]
) -> Iterator[str]:
    if all(isinstance(part, LinkPart) for part in parts):
        yield from (f"{name}: {canonical(part.link)}" for name, part in zip("AB", parts, strict=True))  # type: ignore[union-attr]
    yield from (f"B could not be read in full: {why.reason}" for why in result.not_scanned)
    yield from (remark for part in result.parts for remark in remarks_on(part))
    for match in result.matches:
        yield from _explained_match(match)
    if not result.matches:
        yield from _why_not(entry, query)


def _explained_match(match: Match) -> Iterator[str]:
    if _beyond(match):
        yield f"No match: the pictures differ in {match.distance} of 256 bits; up to {PDQ.radius} is a match."
        return
    yield f"{match.kind.value.capitalize()}: {MEANING[match.kind]}."
    if match.medium is PDQ.medium and match.distance is not None:
        changed = "" if match.variant == "as-is" else f", once B is {match.variant}"
        yield f"The pictures differ in {match.distance} of 256 bits{changed}; up to {PDQ.radius} is a match."
    elif match.method == LINK.id:
        yield f"B lies {match.distance} steps below A." if match.distance else "B leads to the very place."
    elif match.query_cover is not None and match.bank_cover is not None:
        yield f"{match.query_cover:.0%} of B lies in passages shared with A, and {match.bank_cover:.0%} of A."
        if match.method == TEXT_SIMHASH.id:
            yield "So many letters were changed that hardly twelve in a row are left; threes agree all along."
        for pair in match.spans:
            there = f"characters {pair.query.start:.0f} to {pair.query.end:.0f} of B"
            yield f"  {there} are characters {pair.bank.start:.0f} to {pair.bank.end:.0f} of A"


def _why_not(entry: Entry, query: list[Fingerprint]) -> Iterator[str]:
    theirs = {found.method for found in entry.fingerprints}
    both = sorted(found.id for found in theirs & {found.method for found in query})
    if not both:
        yield "No match: the two are of different media, so nothing of them can be compared."
        return
    yield f"No match. Compared by {', '.join(both)}."
    if TEXT_GRAM.id in both:
        yield "The texts share fewer than 60 symbols in passages."
    if PDQ.id in both:
        yield f"In each of eight positions the pictures differ in over 64 of 256 bits; up to {PDQ.radius} match."


def _beyond(match: Match) -> bool:
    """Tell whether a picture was found only because the radius of this command is wide."""
    return match.method.startswith("pdq") and (match.distance or 0) > PDQ.radius


def _print_passages(result: PostResult, post: Post, known: Part) -> None:
    theirs = texts_of(Post(id="A", parts=(known,)))
    for _, pair, words in passages(result, texts_of(post)):
        Console().print(safe(f"B: {words}", most=len(words) + 3))
        for text in theirs.values():
            there = text.text[int(pair.bank.start) : int(pair.bank.end)]
            Console().print(safe(f"A: {there}", most=len(there) + 3))
