"""From one word on the command line to what it stands for."""

from pathlib import Path

import typer

from stanch.errors import NotALinkError
from stanch.fingerprints import canonical
from stanch.values import FilePart, LinkPart, Part


def part_of(thing: str) -> Part:
    """Return the file of this path, else the link that it is, or refuse the word."""
    path = Path(thing)
    if path.is_file():
        return FilePart(name=thing, path=path)
    try:
        canonical(thing)
    except NotALinkError:
        raise typer.BadParameter(f"{thing!r} is neither a file nor a link") from None
    return LinkPart(name=thing, link=thing)
