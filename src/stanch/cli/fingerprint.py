"""`stanch fingerprint`: what would be compared."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from stanch.cli.exits import Exit
from stanch.cli.options import Json
from stanch.cli.parts import part_of
from stanch.cli.show import remarks_on, safe, to_json
from stanch.fingerprints import Reading, as_query
from stanch.media import Decoders

SHOWN = 3
"""How many features of one fingerprint the table shows; `--json` shows all."""


def fingerprint(
    things: Annotated[list[str], typer.Argument(help="Files or links.", metavar="PATH_OR_LINK…")],
    *,
    json: Json = False,
) -> None:
    """Show the fingerprints of files and links, in every variant that a scan would look for.

    Exit codes: 0; 4 something could not be read.
    """
    console = Console()
    with Decoders() as decoders:
        read = [(thing, as_query(part_of(thing), decoders)) for thing in things]
    for thing, readings in read:
        if json:
            for reading in readings:
                typer.echo(_as_json(thing, reading))
        else:
            console.print(_table(thing, readings))
            for reading in readings:
                notes = [*(why.reason for why in reading.not_scanned), *remarks_on(reading)]
                for note in notes:
                    console.print(safe(note, most=500), style="yellow")
    incomplete = any(reading.not_scanned for _, readings in read for reading in readings)
    raise typer.Exit(Exit.NOT_SCANNED if incomplete else Exit.NOTHING)


def _table(thing: str, readings: tuple[Reading, ...]) -> Table:
    table = Table(title=safe(thing), title_justify="left")
    for heading in ("method", "variant", "quality", "extent", "features"):
        table.add_column(heading, overflow="fold")
    for reading in readings:
        for found in reading.fingerprints:
            features = found.hex()
            more = [f"… {len(features)} in all"] if len(features) > SHOWN else []
            quality = str(int(found.quality.min(initial=100)))
            shown = "\n".join([*features[:SHOWN], *more])
            table.add_row(found.method.id, safe(found.variant), quality, f"{found.extent:g}", shown)
    return table


def _as_json(thing: str, reading: Reading) -> str:
    record = {
        "of": thing,
        "medium": reading.medium,
        "fingerprints": [
            {
                "method": found.method.id,
                "variant": found.variant,
                "extent": found.extent,
                "features": found.hex(),
                "at": found.at.tolist(),
                "start": found.start.tolist(),
                "end": found.end.tolist(),
                "quality": found.quality.tolist(),
            }
            for found in reading.fingerprints
        ],
        "not_scanned": [{"code": why.code, "reason": why.reason} for why in reading.not_scanned],
        "remarks": list(reading.remarks),
        "evasion": round(reading.evasion, 4),
        "undone": list(reading.undone),
    }
    return to_json(record)
