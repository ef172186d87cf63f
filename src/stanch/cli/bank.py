"""`stanch bank`: keep the collections of known content."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from stanch.cli.descriptions import bank_json, described, in_words
from stanch.cli.entries import parts_of
from stanch.cli.imports import bank_from_file, bank_from_list, without_names
from stanch.cli.inputs import hash_method
from stanch.cli.installation import Installation
from stanch.cli.options import Config, Json
from stanch.cli.show import safe
from stanch.formats import looks_like_bank_file, write_bank_file
from stanch.matching import Bank, entry_id, entry_of
from stanch.media import Decoders
from stanch.values import BEHAVIOUR_BASED, ContentType, State

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode="markdown", help="Keep banks: collections of known content."
)

Name = Annotated[str, typer.Argument(help="Name of the bank.")]
Owner = Annotated[str, typer.Option(help="The organisation that answers for the bank.")]
Basis = Annotated[str, typer.Option(help="The legal basis on which its content may be looked for.")]
Content = Annotated[ContentType | None, typer.Option(help="Article 2(7) of Regulation (EU) 2021/784, (a) to (e).")]
Named = Annotated[
    str,
    typer.Option(
        help=f"Designation of the group: 'LIST;IDENTIFIER;YYYY-MM-DD' as the list has it, or {BEHAVIOUR_BASED}."
    ),
]
Good = Annotated[
    str, typer.Option(help="Makes it a bank of known-good content, and says why it is. Needs no content type.")
]


@app.command()
def create(
    name: Name,
    *,
    owner: Owner = "",
    legal_basis: Basis = "",
    content_type: Content = None,
    designation: Named = "",
    known_good: Good = "",
    config: Config = None,
) -> None:
    """Make an empty bank. It starts in shadow: matches are counted and have no effect until you enable it."""
    info = described(
        name, owner=owner, legal_basis=legal_basis, content=content_type, designation=designation, good=known_good
    )
    Installation.find(config).create(Bank(info))
    typer.echo(
        f"Made bank {name!r}, in shadow. Add to it with `stanch bank add`, then `stanch bank enable {name}`."
    )


@app.command()
def add(
    name: Name,
    paths: Annotated[list[Path] | None, typer.Argument(help="Files; a list of links is an entry a link.")] = None,
    *,
    by: Annotated[str, typer.Option(help="Who looked at this and confirms what it is.", envvar="STANCH_ACTOR")],
    link: Annotated[list[str] | None, typer.Option(help="A link to add; may be given again.")] = None,
    subdomains: Annotated[bool, typer.Option(help="A bare host stands for everything below it too.")] = False,
    label: Annotated[list[str] | None, typer.Option(help="A label for the entries; may be given again.")] = None,
    note: Annotated[str, typer.Option(help="A note for the entries.")] = "",
    expires_in: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="Days until the entries are no longer matched.")
    ] = None,
    config: Config = None,
) -> None:
    """Add content that you have looked at. This confirms it, by name: an outcome may rest on it."""
    now = datetime.now(UTC)
    expires = None if expires_in is None else now + timedelta(days=expires_in)
    parts = list(parts_of(paths or [], link or []))
    if not parts:
        raise typer.BadParameter("give files or --link")
    with Decoders() as decoders, Installation.find(config).changing(name) as bank:
        entries = [
            entry_of(
                part,
                decoders,
                added=now,
                confirmed_by=by,
                subdomains=subdomains,
                expires=expires,
                labels=(*(label or ()), part.name),
                note=note,
            )
            for part in parts
        ]
        for entry in entries:
            bank.add(entry)
    for entry in entries:  # said only once it is written
        typer.echo(f"{entry.id}: {', '.join(found.method.id for found in entry.fingerprints)}")


@app.command()
def remove(
    name: Name,
    entries: Annotated[list[str], typer.Argument(help="Ids of entries, or the files that were added.")],
    *,
    config: Config = None,
) -> None:
    """Remove entries, by id or by the very file that was added."""
    removed = []
    with Installation.find(config).changing(name) as bank:
        for given in entries:
            path = Path(given)
            found = given if given in bank or not path.is_file() else entry_id(path.read_bytes())
            removed.append(bank.remove(found).id)
    for found in removed:
        typer.echo(f"removed {found}")


@app.command(name="list")
def list_banks(*, config: Config = None, json: Json = False) -> None:
    """List the banks of this installation: what they hold, on what basis, and whether they have effect."""
    banks = Installation.find(config).open_all()
    if json:
        for bank in banks:
            typer.echo(bank_json(bank))
        return
    console = Console()
    for bank in banks:
        for line in in_words(bank):
            console.print(safe(line, most=1000))


@app.command()
def info(name: Name, *, config: Config = None, json: Json = False) -> None:
    """Show one bank: its description and its entries."""
    bank = Installation.find(config).open(name)
    if json:
        typer.echo(bank_json(bank))
        return
    console = Console()
    for line in in_words(bank):
        console.print(safe(line, most=1000))
    table = Table()
    for heading in ("entry", "confirmed by", "added", "expires", "methods", "labels"):
        table.add_column(heading, overflow="fold")
    for entry in sorted(bank, key=lambda entry: entry.id):
        methods = ", ".join(found.method.id for found in entry.fingerprints)
        expires = entry.expires.date().isoformat() if entry.expires else "never"
        row = [entry.id, entry.confirmed_by or "nobody here", entry.added.date().isoformat(), expires, methods]
        table.add_row(*[safe(cell) for cell in (*row, ", ".join(entry.labels))])
    console.print(table)


@app.command(name="import")
def import_bank(
    path: Annotated[
        Path, typer.Argument(help="A Stanch bank file, or a list or CSV of PDQ, MD5, SHA-256 or links.")
    ],
    *,
    name: Annotated[str, typer.Option(help="Name for the bank here; a bank file brings its own.")] = "",
    hashes: Annotated[str, typer.Option(help="What a plain list of 64 digits holds: pdq or sha256.")] = "",
    owner: Owner = "",
    legal_basis: Basis = "",
    content_type: Content = None,
    designation: Named = "",
    update: Annotated[bool, typer.Option(help="Replace the entries of a bank that was imported before.")] = False,
    config: Config = None,
) -> None:
    """Import what a partner sends, as a bank of its own, in shadow; nobody here has confirmed its entries."""
    installation = Installation.find(config)
    if looks_like_bank_file(path):
        bank = bank_from_file(path, name=name)
    else:
        given = described(
            name or path.stem, owner=owner, legal_basis=legal_basis, content=content_type, designation=designation
        )
        bank = bank_from_list(path, info=given, method=hash_method(hashes) if hashes else None)
    name = bank.info.name
    if update and name in installation.names():
        bank.info = installation.open(name).info
    installation.create(bank, replace=update)
    state = "still enabled" if bank.info.state is State.ENABLED else "in shadow: counted, without effect"
    typer.echo(
        f"Imported {len(bank)} entries into {name!r}, {state}. To give it effect: stanch bank enable {name}"
    )


@app.command()
def export(
    name: Name,
    path: Annotated[Path, typer.Argument(help="The bank file to write.")],
    *,
    with_names: Annotated[
        bool, typer.Option("--with-names", help="Include who confirmed each entry, labels and notes.")
    ] = False,
    config: Config = None,
) -> None:
    """Write a bank as one file for a partner: fingerprints, never content, and nobody's name unless you ask."""
    bank = Installation.find(config).open(name)
    write_bank_file(path, bank.info, bank if with_names else map(without_names(bank.info.owner), bank))
    typer.echo(f"Wrote {len(bank)} entries to {path}")


@app.command()
def enable(name: Name, *, config: Config = None) -> None:
    """Give a bank effect: from now on its matches lead to outcomes."""
    _set_state(name, State.ENABLED, config)


@app.command()
def shadow(name: Name, *, config: Config = None) -> None:
    """Take a bank's effect away: its matches are counted, nothing else."""
    _set_state(name, State.SHADOW, config)


def _set_state(name: str, state: State, config: Path | None) -> None:
    with Installation.find(config).changing(name) as bank:
        bank.info = replace(bank.info, state=state)
    typer.echo(f"Bank {name!r} is {'enabled' if state is State.ENABLED else 'in shadow'} now.")
