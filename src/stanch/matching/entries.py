"""From content to an entry of a bank."""

import hashlib
from datetime import datetime

from stanch.fingerprints import as_entry
from stanch.media import Decoders
from stanch.values import Entry, FilePart, LinkPart, Part, TextPart


def entry_of(
    part: Part,
    decoders: Decoders,
    *,
    added: datetime,
    confirmed_by: str | None,
    subdomains: bool = False,
    expires: datetime | None = None,
    labels: tuple[str, ...] = (),
    note: str = "",
    name: str | None = None,
) -> Entry:
    """Take the fingerprints of known content; the errors are those of `stanch.fingerprints.as_entry`.

    Parameters
    ----------
    added, confirmed_by, expires, labels, note : as in `Entry`.
    subdomains : whether a bare host stands for everything below it too; for links only.
    name : the entry's id; by default one that follows from the content.
    """
    readings = as_entry(part, decoders, subdomains=subdomains)
    return Entry(
        id=name or _id_of(part),
        fingerprints=tuple(found for reading in readings for found in reading.fingerprints),
        added=added,
        confirmed_by=confirmed_by,
        expires=expires,
        labels=labels,
        note=note,
    )


def entry_id(content: bytes) -> str:
    """Return the id that content has in every bank, so that adding it twice is noticed."""
    return hashlib.sha256(content).hexdigest()[:16]


def _id_of(part: Part) -> str:
    """Return an id that follows from the content; a link and a hash are their own."""
    match part:
        case FilePart():
            return entry_id(part.read())
        case TextPart():
            return entry_id(part.text.encode(errors="surrogatepass"))
        case LinkPart():
            return part.link
        case _:
            return part.value
