"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        help="Configuration file; by default $STANCH_CONFIG, the nearest stanch.toml, or your own folder.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, for programs.")]
