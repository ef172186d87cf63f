"""Options that several of the service's commands share."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        help="Configuration file; by default $STANCH_CONFIG, or the nearest stanch.toml. Without any, the data is "
        "in the folder server, here.",
        show_default=False,
    ),
]
