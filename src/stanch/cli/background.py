"""`stanch background`: what weighs nothing, because many texts share it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from stanch.cli.inputs import posts_in
from stanch.cli.installation import Installation
from stanch.cli.options import Config, Json
from stanch.cli.scan import texts_of
from stanch.cli.show import safe, to_json
from stanch.errors import InvalidValueError
from stanch.fingerprints import as_query
from stanch.matching import (
    BackgroundLearner,
    LearntOfEntry,
    Matcher,
    formulae,
    grams_of,
    publisher_digest,
)
from stanch.media import Decoders
from stanch.values import TEXT_GRAM, Part, Post, TextPart

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Keep the background: greetings, scripture, datelines and boilerplate, which weigh nothing in a match.",
)

Paths = Annotated[list[Path], typer.Argument(help="Files, folders, JSON Lines of posts.")]


@app.command()
def learn(
    paths: Paths,
    *,
    publisher: Annotated[str, typer.Option(help="Who published this. Five independent publishers are wanted.")],
    cleared_by: Annotated[
        str, typer.Option(help="Who looked at this and says that it is benign, whatever it matches.")
    ] = "",
    config: Config = None,
) -> None:
    """Learn from benign texts what they share with entries, outside of every passage that matches.

    Without `--cleared-by`, texts that match with effect are passed over.
    """
    installation, counts = Installation.find(config), Counter[str]()
    decoders = Decoders()
    with (
        installation.changing_background() as learner,
        Matcher(installation.open_all(), decoders=decoders) as matcher,
    ):
        matcher.use_background(learner.background())
        digest = publisher_digest(publisher, key=learner.key)
        for part in _parts(paths):
            counts.update(_learn(part, matcher, decoders, learner, digest, cleared=bool(cleared_by.strip())))
    typer.echo(
        f"{counts['texts']} texts, {counts['passed over']} passed over; {counts['seen']} grams seen, "
        f"{counts['learnt']} of them learnt"
    )


@app.command(name="list")
def list_learnt(
    texts: Annotated[list[Path] | None, typer.Argument(help="Texts in which to look for what was learnt.")] = None,
    *,
    show_text: Annotated[
        bool, typer.Option(help="Print the passages of these texts that were learnt. They are hidden otherwise.")
    ] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """List what was learnt, entry by entry, what of it waits for a person, and who stated what."""
    installation = Installation.find(config)
    learner = installation.background()
    with Matcher(installation.open_all()) as matcher:
        matcher.use_background(learner.background())
        entries = matcher.learnt_of_entries()
    publishers = {each.gram: each.publishers for each in learner.learnt()}
    if json:
        for each in entries:
            typer.echo(to_json(_as_json(each, publishers)))
    else:
        _print(Console(), learner, entries, publishers)
    if show_text:
        for part in _parts(texts or []):
            for words in _passages(part.text, learner):
                typer.echo(f"{part.name}: {safe(words, most=len(words))}")


@app.command()
def state(
    *,
    by: Annotated[str, typer.Option(help="Who says so.", envvar="STANCH_ACTOR")],
    formula: Annotated[list[str] | None, typer.Option(help="A phrase that weighs nothing.")] = None,
    entry: Annotated[str, typer.Option(help="An entry of which what was learnt waits, as BANK:ENTRY.")] = "",
    config: Config = None,
) -> None:
    """Say, by name, that something is a formula: a phrase, or what was learnt of an entry and waits."""
    installation, now = Installation.find(config), datetime.now(UTC)
    if not (formula or entry):
        raise typer.BadParameter("give --formula or --entry")
    with installation.changing_background() as learner:
        grams = [gram for text in formula or [] for gram in _grams_in(text)]
        grams += _of_entry(installation, learner, entry) if entry else []
        learner.state(grams, by=by, at=now)
    typer.echo(f"{len(set(grams))} grams are common from now on")


@app.command()
def undo(
    *,
    gram: Annotated[list[str] | None, typer.Option(help="A gram, as `list --json` names it.")] = None,
    entry: Annotated[str, typer.Option(help="All that was learnt of an entry, as BANK:ENTRY.")] = "",
    publisher: Annotated[str, typer.Option(help="All that this publisher brought.")] = "",
    since: Annotated[datetime | None, typer.Option(help="All that came since then, in UTC.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that was learnt and stated.")] = False,
    config: Config = None,
) -> None:
    """Take back what was learnt. Grams, and those of an entry, are not learnt again; the rest may be."""
    installation = Installation.find(config)
    if sum([bool(gram), bool(entry), bool(publisher), since is not None, everything]) != 1:
        raise typer.BadParameter("give one of --gram, --entry, --publisher, --since and --all")
    with installation.changing_background() as learner:
        if gram or entry:
            chosen = [_number(digits) for digits in gram or []]
            gone = learner.undo(chosen or _of_entry(installation, learner, entry))
        elif publisher:
            gone = learner.undo_publisher(publisher_digest(publisher, key=learner.key))
        else:
            gone = learner.undo_since(since.replace(tzinfo=UTC)) if since else learner.undo_all()
    typer.echo(f"{gone} grams are no longer common")


def _parts(paths: Iterable[Path]) -> Iterator[TextPart]:
    """Yield the texts of posts, files decoded."""
    for post in posts_in(paths):
        if isinstance(post, Post):
            yield from texts_of(post).values()


def _learn(
    part: Part, matcher: Matcher, decoders: Decoders, learner: BackgroundLearner, publisher: int, *, cleared: bool
) -> dict[str, int]:
    readings = as_query(part, decoders)
    result = matcher.match_readings(part.name, readings)
    if not cleared and any(match.has_effect for match in result.matches):
        return {"texts": 1, "passed over": 1}
    seen = matcher.sightings(readings, result.matches)
    learnt = [gram for one in seen for gram in learner.observe(one, publisher=publisher, at=datetime.now(UTC))]
    if learnt:
        matcher.use_background(learner.background())
    return {"texts": 1, "seen": sum(map(len, seen)), "learnt": len(learnt)}


def _of_entry(installation: Installation, learner: BackgroundLearner, named: str) -> list[int]:
    """Return what was learnt of an entry."""
    with Matcher(installation.open_all()) as matcher:
        matcher.use_background(learner.background())
        for each in matcher.learnt_of_entries():
            if f"{each.bank}:{each.entry}" == named:
                return list(each.grams)
    raise InvalidValueError(what=f"entry {named!r}", problem="nothing was learnt of it")


def _grams_in(text: str) -> list[int]:
    found: list[int] = grams_of(text).tolist()
    if not found:
        raise InvalidValueError(
            what=f"formula {text!r}", problem="is too short to be found; 12 letters are needed"
        )
    return found


def _number(digits: str) -> int:
    try:
        return int(digits, 16)
    except ValueError as error:
        raise InvalidValueError(what=f"gram {digits!r}", problem="must be hexadecimal") from error


def _passages(text: str, learner: BackgroundLearner) -> Iterator[str]:
    """Yield the stretches of a text that lie in grams that were learnt or stated here."""
    with Decoders() as decoders:
        readings = as_query(TextPart(name="text", text=text), decoders)
    local = np.array([*(each.gram for each in learner.learnt()), *learner.stated], dtype=np.uint64)
    for found in (one for reading in readings for one in reading.fingerprints if one.method == TEXT_GRAM):
        inside = np.zeros(len(text) + 1, dtype=np.bool_)
        for row in np.flatnonzero(np.isin(found.bits[:, 0], local)).tolist():
            inside[int(found.start[row]) : int(found.end[row])] = True
        turns = np.flatnonzero(np.diff(inside, prepend=False)).tolist()
        yield from (text[begin:end] for begin, end in zip(turns[::2], turns[1::2], strict=True))


def _print(
    console: Console, learner: BackgroundLearner, entries: list[LearntOfEntry], publishers: dict[int, int]
) -> None:
    table = Table(title="What was learnt, by entry", title_justify="left")
    for heading in ("bank: entry", "grams", "share", "publishers", "counts"):
        table.add_column(heading, overflow="fold")
    for each in entries:
        fewest = min(publishers.get(gram, 0) for gram in each.grams)
        said = "nothing" if each.believed else "in full: too much was learnt of it, a person says"
        table.add_row(
            safe(f"{each.bank}: {each.entry}"),
            str(len(each.grams)),
            f"{each.share:.0%}",
            f"{fewest} or more",
            said,
        )
    if entries:
        console.print(table)
    by = Counter(said.by for said in learner.stated.values())
    for name, count in sorted(by.items()):
        console.print(safe(f"{name} stated {count} grams"))
    console.print(
        f"{len(publishers)} grams learnt, {len(learner.stated)} stated, {len(learner.refused)} undone for good; "
        f"{len(formulae())} formulae are shipped"
    )


def _as_json(each: LearntOfEntry, publishers: dict[int, int]) -> dict[str, object]:
    return {
        "bank": each.bank,
        "entry": each.entry,
        "confirmed": each.confirmed,
        "share": round(each.share, 4),
        "believed": each.believed,
        "grams": [{"gram": f"{gram:012x}", "publishers": publishers.get(gram, 0)} for gram in each.grams],
    }
