"""`stanch demo`: see it at work on the fictional Grey Lantern."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stanch.cli.exits import Exit
from stanch.cli.inputs import posts_in
from stanch.cli.installation import CONFIGURATION, Installation
from stanch.cli.options import Json
from stanch.cli.scan import Scanned, scan_posts
from stanch.cli.show import COLOURS, as_json, errors, safe, summary
from stanch.demo import INPUTS, Expected, build
from stanch.values import Level

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="See it at work on a fictional group, the Grey Lantern.",
)

Folder = Annotated[Path, typer.Argument(help="Where the demo stands; it is built there if it is not.")]


@app.command(name="build")
def build_demo(folder: Folder = Path("demo")) -> None:
    """Build the demo: banks, a policy, and 295 inputs with what must come of each."""
    with errors().status("building the demo"):
        marker = build(folder)
    typer.echo(f"{folder}: {len(marker.expected)} inputs. Try: stanch demo run {folder}")


@app.command()
def run(folder: Folder = Path("demo"), *, json: Json = False) -> None:
    """Scan the demo's inputs and hold each outcome against what must come of it.

    Exit codes: 0 everything came out as it must; 1 something did not.
    """
    with errors().status("building the demo (the first time takes half a minute)"):
        marker = build(folder)
    installation = Installation.find(folder / CONFIGURATION)
    posts = list(posts_in(sorted((folder / INPUTS).iterdir())))
    scanned = list(scan_posts(posts, installation.open_all(), installation.policies))
    wrong = [each for each in scanned if not _as_it_must(each, marker.expected, folder / INPUTS)]
    if json:
        for each in scanned:
            typer.echo(as_json(each.result, each.outcome))
    else:
        _print(scanned, wrong, f"{folder / INPUTS}/")
    raise typer.Exit(Exit.FAILED if wrong or len(scanned) != len(marker.expected) else Exit.NOTHING)


def found(scanned: Scanned) -> Expected:
    """Return what came of an input, in the words in which its expectation is written."""
    kinds = [match.kind for match in scanned.result.matches if not (match.known_good or match.counted_only)]
    strongest = max(kinds, key=lambda kind: kind.rank) if kinds else None
    return Expected(kind=strongest.value if strongest else "", outcome=str(scanned.outcome.level))


def _as_it_must(scanned: Scanned, expected: dict[str, Expected], folder: Path) -> bool:
    name = scanned.result.post.removeprefix(f"{folder}/")
    return found(scanned) == expected.get(name)


def _digest(scanned: list[Scanned], below: str) -> Table:
    """Return a table with one row for each way of coming out, severest first: a row a post would be no answer."""
    ways: dict[tuple[Level, str], list[Scanned]] = {}
    for each in scanned:
        code = each.outcome.reasons[0].code if each.outcome.reasons else ""
        ways.setdefault((each.outcome.level, code), []).append(each)
    table = Table(title="The demo: copies of the Grey Lantern's works, and what must pass", title_justify="left")
    for heading in ("posts", "outcome", "why", "for example"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "posts" else "left")
    for (level, _), alike in sorted(ways.items(), reverse=True):
        first = alike[0]
        why = safe(first.outcome.reasons[0].text) if first.outcome.reasons else Text("nothing matched")
        name = safe(first.result.post.removeprefix(below))
        table.add_row(str(len(alike)), Text(str(level), style=COLOURS[level]), why, name)
    return table


def _print(scanned: list[Scanned], wrong: list[Scanned], below: str) -> None:
    console = Console()
    console.print(_digest(scanned, below))
    console.print(
        f"{summary(each.outcome for each in scanned)}; {len(scanned) - len(wrong)} came out as they must."
    )
    console.print(safe(f"Look at one: stanch scan {below}NAME. All of them: --json."), soft_wrap=True)
    for each in wrong:
        console.print(safe(f"not as it must: {each.result.post}: {found(each)}"), style="red")
