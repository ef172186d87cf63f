"""From a part of a post to its readings, whatever medium it turns out to be."""

import re
from dataclasses import replace
from mmap import ACCESS_READ, mmap
from typing import NoReturn

from stanch.errors import (
    InvalidValueError,
    MediaTooLargeError,
    NotALinkError,
    NotScannedError,
    StanchError,
    UnreadableTextError,
    UnsupportedMediumError,
)
from stanch.fingerprints import file, image, link, markup, text
from stanch.fingerprints.reading import Reading
from stanch.language import decode
from stanch.language.normalised import code_points
from stanch.media import Decoders, sniff
from stanch.values import (
    FILE_MD5,
    FILE_SHA256,
    PDQ,
    PDQ_RAW,
    FilePart,
    Fingerprint,
    HashPart,
    LinkPart,
    Medium,
    Method,
    NotScanned,
    Part,
    TextPart,
    words_from_bytes,
)

LOOKED_FOR = {
    FILE_SHA256.id: (FILE_SHA256,),
    FILE_MD5.id: (FILE_MD5,),
    PDQ.id: (PDQ, PDQ_RAW),
    PDQ_RAW.id: (PDQ, PDQ_RAW),
}
"""The methods whose hashes people pass on by themselves, and under which a query looks for one.

A PDQ hash was made with or without normalisation, which does not show.
"""

IN_TEXT = "link at character "
"""How the variant of a link begins that was found in a text; the character follows."""

HEXADECIMAL = re.compile("[0-9a-fA-F]*")


def as_query(part: Part, decoders: Decoders) -> tuple[Reading, ...]:
    """Read a part for all that could match: a file by its bytes and what it shows, a text and its links."""
    match part:
        case TextPart():
            return _of_text(part.text)
        case LinkPart():
            return (_of_link(part.link),)
        case HashPart():
            return (_of_bare_hash(part),)
        case FilePart():
            return _of_file(part, decoders)


def as_entry(part: Part, decoders: Decoders, *, subdomains: bool = False) -> tuple[Reading, ...]:
    """Read a part as known content, to go into a bank.

    Parameters
    ----------
    subdomains : whether a bare host stands for everything below it too; for links only.

    Raises
    ------
    CannotBankError
        If nothing is left of a text, or an image is too plain.
    NotScannedError
        If the part cannot be read.
    NotALinkError
        If a link is none.
    """
    match part:
        case TextPart():
            return (text.as_entry(markup.decoded(part.text) or part.text, name=part.name),)
        case LinkPart():
            return (link.as_entry(part.link, subdomains=subdomains),)
        case HashPart():
            return (_of_hash(part, (part.method,) if looked_for(part) else ()),)
        case FilePart():
            return _entry_of_file(part, decoders)


def _of_text(content: str, problems: tuple[NotScanned, ...] = ()) -> tuple[Reading, ...]:
    """Read a text, each link in it, and what tags and escapes hide; the text comes last and names the medium."""
    shown, codes = markup.decoded(content), code_points(content)
    read = [link.query_of(found.place, f"{IN_TEXT}{found.start}") for found in link.find(content, codes)]
    if shown is not None:
        read += [link.query_of(found.place) for found in link.find(shown)]
        read.append(_as_variant(text.as_query(shown), markup.DECODED))
    reading = text.as_query(content, codes)
    more = markup.unread(content)
    if problems or more is not None:
        reasons = (*problems, *(() if more is None else (_not_scanned(more),)))
        reading = replace(reading, not_scanned=(*reasons, *reading.not_scanned))
    return (*read, reading)


def _as_variant(reading: Reading, variant: str) -> Reading:
    """Return a second reading of what was read already: it counts no symbols, and says nothing twice."""
    made = tuple(replace(found, variant=variant) for found in reading.fingerprints)
    return Reading(
        medium=reading.medium,
        fingerprints=made,
        evasion=reading.evasion,
        undone=reading.undone,
        shorts=reading.shorts,
    )


def _of_link(address: str) -> Reading:
    try:
        return link.as_query(address)
    except NotALinkError as error:
        return Reading(medium=Medium.LINK, not_scanned=(_not_scanned(error),))


def looked_for(part: HashPart) -> tuple[Method, ...]:
    """Return the methods under which a bare hash is looked for; none if it is no such hash."""
    whole = len(part.value) * 4 == part.method.bits and HEXADECIMAL.fullmatch(part.value)
    return LOOKED_FOR.get(part.method.id, ()) if whole else ()


def _of_bare_hash(part: HashPart) -> Reading:
    try:
        return _of_hash(part, looked_for(part))
    except InvalidValueError as error:
        return Reading(medium=part.method.medium, not_scanned=(_not_scanned(error),))


def _of_hash(part: HashPart, methods: tuple[Method, ...]) -> Reading:
    """Read a bare hash for these methods, of which there are none if it is no such hash."""
    if not methods:
        _refuse(part)
    bits = words_from_bytes(bytes.fromhex(part.value)).reshape(1, -1)
    return Reading(
        medium=part.method.medium, fingerprints=tuple([Fingerprint.whole(method, bits) for method in methods])
    )


def _refuse(part: HashPart) -> NoReturn:
    if part.method.id not in LOOKED_FOR:
        problem = f"{part.method.id} has no bare hashes; give one of {', '.join(LOOKED_FOR)}"
        raise InvalidValueError(what=part.name, problem=problem)
    problem = f"{part.value[:80]!r} is not {part.method.bits // 4} hexadecimal digits"
    raise InvalidValueError(what=part.name, problem=problem)


def _of_file(part: FilePart, decoders: Decoders) -> tuple[Reading, ...]:
    """Read a file by its bytes, and by what it shows unless that is too large or too broken to look at."""
    limit = decoders.limits.input
    size = part.size()
    if size > limit:
        error = MediaTooLargeError(medium="file", actual=size, unit="bytes", limit=limit)
        return (_hashes_of_large(part), _not_read(Medium.FILE, error))
    data = part.read()
    return (file.as_query(data), *_of_content(data, decoders))


def _hashes_of_large(part: FilePart) -> Reading:
    """Hash a file that is not read into memory."""
    if part.path is None:
        return file.as_query(part.read())
    with part.path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
        return file.as_query(data)


def _of_content(data: bytes, decoders: Decoders) -> tuple[Reading, ...]:
    if not data:
        return ()
    sniffed = sniff(data)
    medium = sniffed.medium
    if medium is Medium.IMAGE:
        return (image.as_query(data, decoders),)
    if medium is Medium.TEXT:
        content, problems = decode(data)
        return _of_text(
            content, tuple(NotScanned(code=problem.code, reason=problem.sentence) for problem in problems)
        )
    name = "this kind of file" if medium is Medium.FILE else sniffed.name
    return (_not_read(medium, UnsupportedMediumError(medium=name)),)


def _entry_of_file(part: FilePart, decoders: Decoders) -> tuple[Reading, ...]:
    data = part.read()
    whole = file.as_entry(data)
    medium = sniff(data).medium
    if medium is Medium.IMAGE:
        return (whole, image.as_entry(data, decoders, name=part.name))
    if medium is Medium.TEXT:
        content, problems = decode(data)
        if problems:
            raise UnreadableTextError(problem=problems[0].sentence)
        if markup.unread(content) is not None:
            return (whole,)  # its plain text is not what it shows
        return (whole, text.as_entry(markup.decoded(content) or content, name=part.name))
    return (whole,)


def _not_read(medium: Medium, error: NotScannedError) -> Reading:
    return Reading(medium=medium, not_scanned=(_not_scanned(error),))


def _not_scanned(error: StanchError) -> NotScanned:
    return NotScanned(code=error.code, reason=str(error))
