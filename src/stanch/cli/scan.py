"""`stanch scan`: what of this is known, and what follows."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from stanch.cli.exits import exit_of
from stanch.cli.imports import bank_from_file
from stanch.cli.inputs import Found, posts_in, unread
from stanch.cli.installation import Installation
from stanch.cli.options import Config, Json
from stanch.cli.remote import ask
from stanch.cli.show import add_outcome, as_json, errors, outcome_table, passages, remarks_on, safe, summary
from stanch.language import decode
from stanch.matching import Background, Bank, Matcher
from stanch.policies import Policies, judge
from stanch.values import FilePart, Outcome, Post, PostResult, State, TextPart


@dataclass(frozen=True, kw_only=True, slots=True)
class Scanned:
    """A post with what was found in it and what follows."""

    source: Found
    result: PostResult
    outcome: Outcome


def scan(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files, folders, JSON Lines of posts, lists of links; - for the standard input."),
    ],
    *,
    bank: Annotated[
        list[Path] | None,
        typer.Option(
            help="Bank file to look in instead of this installation's banks: as if enabled, but confirmed by "
            "nobody here and under no policy. May be given again."
        ),
    ] = None,
    show_text: Annotated[
        bool, typer.Option(help="Print the passages that match. They are hidden unless you ask.")
    ] = False,
    server: Annotated[
        str,
        typer.Option(
            help="Address of a running service that is asked instead; the API key is read from STANCH_API_KEY.",
            metavar="URL",
            show_default=False,
        ),
    ] = "",
    fingerprints_only: Annotated[
        bool,
        typer.Option(help="With --server: make the fingerprints here; texts, links, files stay."),
    ] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Say what of this is known, how close it is, and what follows from it.

    A folder with `post.json` is one post, and so is each line of a `.jsonl` file; any other file is a post of its
    own. A post is `{"id": "7", "audience": "public", "text": "…", "links": ["…"], "media": ["picture.jpg"],
    "hashes": [{"method": "pdq", "value": "…"}]}`.

    Exit codes: 0 nothing matched, or only in shadow; 3 something matched; 4 something was not scanned (this goes
    before 3); 2 wrong use; 1 it could not be done.
    """
    missing = [path for path in paths if str(path) != "-" and not os.path.lexists(path)]
    if missing:
        raise typer.BadParameter(f"there is no file or folder {str(missing[0])!r}")
    _check_together(bank, config, server, fingerprints_only=fingerprints_only)
    posts = list(posts_in(paths))
    asked = _ask(posts, server, fingerprints_only=fingerprints_only) if server else _scan_here(posts, bank, config)
    scanned = []
    table = outcome_table("What was found")
    for each in asked:
        scanned.append(each)
        if json:
            typer.echo(as_json(each.result, each.outcome))
        add_outcome(table, each.result, each.outcome)
    if not json:
        _print(Console(), table, scanned, show_text=show_text)
    raise typer.Exit(exit_of([each.result for each in scanned]))


def _check_together(bank: list[Path] | None, config: Path | None, server: str, *, fingerprints_only: bool) -> None:
    if server and (bank or config):
        raise typer.BadParameter(
            "--server asks a service, which has banks of its own: leave --bank, --config away"
        )
    if fingerprints_only and not server:
        raise typer.BadParameter("--fingerprints-only says what is sent: give --server too")


def _scan_here(posts: list[Found], bank: list[Path] | None, config: Path | None) -> Iterator[Scanned]:
    installation = Installation.find(config)
    banks = [_opened(path) for path in bank] if bank else installation.open_all()
    if not banks:
        errors().print("No banks here, so nothing can match. Make one: stanch bank create --help", style="yellow")
    if bank:
        return scan_posts(posts, banks, {})
    return scan_posts(posts, banks, installation.policies, background=installation.background().background())


def _ask(posts: list[Found], server: str, *, fingerprints_only: bool) -> Iterator[Scanned]:
    with Progress(console=errors(), transient=True) as progress:
        task = progress.add_task("asking", total=len(posts))
        for source, result, outcome in ask(posts, server=server, fingerprints_only=fingerprints_only):
            progress.advance(task)
            yield Scanned(source=source, result=result, outcome=outcome)


def _opened(path: Path) -> Bank:
    """Open a bank file that was named for this scan: with effect, but on nobody's word and under no policy.

    The file may be anyone's, and say anything of itself; what this installation has recorded is for its own banks.
    """
    if not path.is_file():
        raise typer.BadParameter(f"there is no bank file {str(path)!r}")
    bank = bank_from_file(path, name="")
    bank.info = replace(bank.info, state=State.ENABLED)
    return bank


def scan_posts(
    posts: list[Found], banks: list[Bank], policies: Policies, *, background: Background | None = None
) -> Iterator[Scanned]:
    """Scan posts one by one, with a progress bar on the error stream.

    Parameters
    ----------
    background : what weighs nothing; by default what is shipped.
    """
    with Matcher(banks) as matcher, Progress(console=errors(), transient=True) as progress:
        matcher.use_background(background or Background.shipped())
        task = progress.add_task("scanning", total=len(posts))
        for post in posts:
            yield _scanned(post, matcher, policies, _advancing(progress, task))


def _scanned(source: Found, matcher: Matcher, policies: Policies, done: Callable[[], None]) -> Scanned:
    try:
        result = matcher.match(source) if isinstance(source, Post) else source
    except OSError as error:  # it was there when the scan began
        result = unread(source.id if isinstance(source, Post) else source.post, error)
    done()
    return Scanned(source=source, result=result, outcome=judge(result, policies))


def _advancing(progress: Progress, task: TaskID) -> Callable[[], None]:
    return lambda: progress.advance(task)


def _print(console: Console, table: object, scanned: list[Scanned], *, show_text: bool) -> None:
    console.print(table)
    console.print(summary(each.outcome for each in scanned))
    for each in scanned:
        for part in each.result.parts:
            for remark in remarks_on(part):
                console.print(safe(f"{each.result.post}: {part.name}: {remark}", most=500))
    if show_text:
        _print_passages(console, scanned)


def _print_passages(console: Console, scanned: list[Scanned]) -> None:
    for each in scanned:
        if isinstance(each.source, Post):
            for match, pair, words in passages(each.result, texts_of(each.source)):
                where = f"{each.result.post}, characters {pair.query.start:.0f} to {pair.query.end:.0f}"
                console.print(safe(f"{where}, in {match.bank}: {match.entry}"), style="bold")
                console.print(safe(words, most=len(words)))


def texts_of(post: Post) -> dict[str, TextPart]:
    """Return the texts of a post by the name of their part; files are decoded as the scan decodes them."""
    texts = {}
    for part in post.parts:
        if isinstance(part, TextPart):
            texts[part.name] = part
        elif isinstance(part, FilePart):
            texts[part.name] = TextPart(name=part.name, text=decode(part.read())[0])
    return texts
