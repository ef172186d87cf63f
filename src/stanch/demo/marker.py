"""What a folder says of the demo in it."""

from pathlib import Path

import msgspec

VERSION = 2
MARKER = "demo.json"
GENERATED = "generated.sha256"
"""Lists every file of the demo as `sha256sum` does, so that what a user put in or changed can be told."""

INPUTS = "inputs"


class Expected(msgspec.Struct, kw_only=True):
    """What must come of one input; `kind` is empty where nothing may match."""

    kind: str
    outcome: str


class Marker(msgspec.Struct, kw_only=True):
    """What the folder holds, by the version that made it; `expected` is by name of input."""

    version: int
    expected: dict[str, Expected]


def read_marker(folder: Path) -> Marker | None:
    """Return what a folder says of the demo in it, or None if it holds none."""
    try:
        return msgspec.json.decode((folder / MARKER).read_bytes(), type=Marker)
    except (OSError, msgspec.DecodeError):
        return None
