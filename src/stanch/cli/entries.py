"""What `stanch bank add` takes."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from stanch.fingerprints import is_link_list
from stanch.language import decode
from stanch.media import sniff
from stanch.values import FilePart, LinkPart, Medium, Part


def parts_of(paths: Iterable[Path], links: Iterable[str]) -> Iterator[Part]:
    """Yield what is to be banked: each file, each line of a list of links, each link."""
    for path in paths:
        data = path.read_bytes()
        listed = _links_in(data)
        if listed:
            yield from (LinkPart(name=link, link=link) for link in listed)
        else:
            yield FilePart(name=path.name, data=data)
    yield from (LinkPart(name=link, link=link) for link in links)


def _links_in(data: bytes) -> list[str]:
    """Return the links of a file that holds nothing else."""
    if sniff(data).medium is not Medium.TEXT:
        return []
    text, problems = decode(data)
    lines = [line.strip() for line in text.splitlines()]
    return (
        [line for line in lines if line and not line.startswith("#")]
        if not problems and is_link_list(text)
        else []
    )
