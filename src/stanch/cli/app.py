"""The command line: one file a command."""

from importlib.metadata import entry_points
from typing import Annotated

import typer

from stanch import __version__
from stanch.cli import background, bank
from stanch.cli.compare import compare
from stanch.cli.demo import app as demo
from stanch.cli.doctor import doctor
from stanch.cli.fingerprint import fingerprint
from stanch.cli.scan import scan
from stanch.errors import BrokenPluginError

COMMANDS = "stanch.commands"
"""The group of entry points under which other packages, and the service, add commands."""

HELP = """Recognise known terrorist content, and leave the decision to people.

Start with `stanch demo run` to see it at work, or `stanch bank create --help` to keep a bank of your own. Then
`stanch scan` says of files, folders, posts and links what is known, how close it is, and what follows.
`stanch serve` runs the service: an API, and a console in which people decide.
"""

app = typer.Typer(
    name="stanch",
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(scan)
app.add_typer(bank.app, name="bank")
app.add_typer(background.app, name="background")
app.command()(fingerprint)
app.command()(compare)
app.command()(doctor)
app.add_typer(demo, name="demo")


def _add_commands() -> None:
    """Add what is found: an app of several commands, or a function that is one."""
    for found in sorted(entry_points(group=COMMANDS), key=lambda each: each.name):
        try:
            loaded = found.load()
        except Exception as error:
            package = found.dist.name if found.dist else "?"
            raise BrokenPluginError(name=found.name, package=package, problem=error) from error
        if isinstance(loaded, typer.Typer):
            app.add_typer(loaded, name=found.name)
        else:
            app.command(name=found.name)(loaded)


_add_commands()


def _say_version(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        typer.echo(f"stanch {__version__}")
        raise typer.Exit


@app.callback()
def stanch(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Take the options that belong to no command."""
