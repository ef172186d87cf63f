"""From one word on the command line to what it stands for."""

from pathlib import Path

import typer

from stanch.errors import NotALinkError
from stanch.fingerprints import canonical
from stanch.values import FilePart, LinkPart, Part


def part_of(thing: str) -> Part:
    """Return the file of this path, else the link that it is, or refuse the word."""
    if _is_file(thing):
        return FilePart(name=thing, path=Path(thing))
    try:
        canonical(thing)
    except NotALinkError:
        raise typer.BadParameter(f"{thing!r} is neither a file nor a link") from None
    return LinkPart(name=thing, link=thing)


def _is_file(thing: str) -> bool:
    try:
        return Path(thing).is_file()
    except (OSError, ValueError):  # too long for a name, or no name at all: a link may be both
        return False
