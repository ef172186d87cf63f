"""From paths on the command line to posts."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from stanch.errors import InvalidValueError, PostError, PrivateAudienceError, UnknownMethodError
from stanch.values import (
    Audience,
    FilePart,
    HashPart,
    LinkPart,
    Medium,
    Method,
    NotScanned,
    Part,
    PartResult,
    Post,
    PostResult,
    TextPart,
    method,
)

POST_FILE = "post.json"
LINES = {".jsonl", ".ndjson"}
HASH_NAMES = {"pdq": "pdq/1", "md5": "file-md5/1", "sha256": "file-sha256/1"}


class _Hash(msgspec.Struct, forbid_unknown_fields=True):
    method: str
    value: str


class _Post(msgspec.Struct, kw_only=True):
    id: str = ""
    audience: str = "public"
    text: str = ""
    links: list[str] = []
    media: list[str] = []
    hashes: list[_Hash] = []


Found = Post | PostResult
"""A post, or the result of one that could not be read."""


def posts_in(paths: Iterable[Path]) -> Iterator[Found]:
    """Yield the posts of files and folders, in order of name; `-` is the standard input.

    A folder with `post.json` is one post, and so is each line of a `.jsonl` file. Any other file is a post of
    its own. A post that is not what it should be costs only itself: it is not scanned, and says why and where.

    Raises
    ------
    PrivateAudienceError
        If a post is private.
    """
    for path in paths:
        if str(path) == "-":
            yield from _of_standard_input()
        elif path.is_dir():
            yield from _of_folder(path)
        else:
            yield from _of_file(path)


def _of_folder(folder: Path) -> Iterator[Found]:
    if (folder / POST_FILE).is_file():
        yield _post((folder / POST_FILE).read_bytes(), place=str(folder / POST_FILE), folder=folder)
        return
    for path in sorted(folder.iterdir()):
        if not path.name.startswith("."):
            yield from _of_folder(path) if path.is_dir() else _of_file(path)


def _of_file(path: Path) -> Iterator[Found]:
    if path.suffix in LINES:
        with path.open("rb") as stream:
            yield from _of_lines(stream, name=str(path), folder=path.parent)
    else:
        yield Post(id=str(path), parts=(FilePart(name=path.name, path=path),))


def _of_lines(lines: Iterable[bytes], *, name: str, folder: Path) -> Iterator[Found]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _post(line, place=f"{name}, line {number}", folder=folder)


def _of_standard_input() -> Iterator[Found]:
    data = sys.stdin.buffer.read()
    if data.lstrip().startswith(b"{"):
        yield from _of_lines(data.splitlines(), name="standard input", folder=Path())
    else:
        yield Post(id="standard input", parts=(FilePart(name="standard input", data=data),))


def _post(data: bytes, *, place: str, folder: Path) -> Found:
    try:
        return _checked(data, place=place, folder=folder)
    except (msgspec.ValidationError, InvalidValueError, UnknownMethodError) as error:
        problem = PostError(place=place, problem=str(error))
        reason = NotScanned(code=problem.code, reason=str(problem))
        return PostResult(post=place, parts=(PartResult(name=place, medium=Medium.FILE, not_scanned=(reason,)),))


def _checked(data: bytes, *, place: str, folder: Path) -> Post:
    read = msgspec.convert(_decoded(data), _Post)
    if read.audience == "private":
        raise PrivateAudienceError(post=read.id or place)
    if read.audience not in set(Audience):
        raise InvalidValueError(what="audience", problem=f"must be one of {', '.join(Audience)}")
    parts = tuple(_parts(read, folder))
    if not parts:
        raise InvalidValueError(what="post", problem="holds nothing: give text, links, media or hashes")
    return Post(id=read.id or place, parts=parts, audience=Audience(read.audience))


def _decoded(data: bytes) -> Any:  # noqa: ANN401 - checked against a type by the caller
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidValueError(what="JSON", problem=str(error)) from error


def _parts(post: _Post, folder: Path) -> Iterator[Part]:
    if post.text:
        yield TextPart(name="text", text=post.text)
    for link in post.links:
        yield LinkPart(name=link, link=link)
    for name in post.media:
        yield FilePart(name=name, path=_inside(folder, name))
    for written in post.hashes:
        yield HashPart(name=f"{written.method} hash", method=hash_method(written.method), value=written.value)


def hash_method(name: str) -> Method:
    """Return the method of a hash by its id or by the name that people use: pdq, md5, sha256."""
    return method(HASH_NAMES.get(name.lower(), name))


def _inside(folder: Path, name: str) -> Path:
    """Return a file beside its post; a post names no file elsewhere."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise InvalidValueError(what=f"media {name!r}", problem="must stand in the folder of its post")
    if not path.is_file():
        raise InvalidValueError(what=f"media {name!r}", problem="is not there")
    return path
