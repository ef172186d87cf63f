"""From paths on the command line to posts."""

import codecs
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from stanch.errors import InvalidValueError, PostError, PrivateAudienceError, StanchError
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


class _Post(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
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

    A folder with `post.json` is one post, with every other file that stands in it, and so is each line of a
    `.jsonl` file. Any other file is a post of its own, hidden ones too. What cannot be read costs only itself: it
    is not scanned, and says why and where. Links to folders are not followed.
    """
    for path in paths:
        if str(path) == "-":
            yield from _of_standard_input()
        else:
            yield from _of_tree(path)


def _of_tree(top: Path) -> Iterator[Found]:
    """Walk a folder without recursion, so that no depth is too deep."""
    waiting = [top]
    while waiting:
        path = waiting.pop()
        try:
            if not path.is_dir() or (path.is_symlink() and path != top):
                yield from _of_file(path)
            elif (path / POST_FILE).is_file():
                yield _of_folder(path)
                waiting += sorted((each for each in path.iterdir() if each.is_dir()), reverse=True)
            else:
                waiting += sorted(path.iterdir(), reverse=True)
        except OSError as error:
            yield unread(str(path), error)


def _of_folder(folder: Path) -> Found:
    """Return the post of a folder; files that it does not name belong to it all the same."""
    place = str(folder / POST_FILE)
    post = _post((folder / POST_FILE).read_bytes(), place=place, folder=folder)
    if not isinstance(post, Post):
        return post
    named = {part.path for part in post.parts if isinstance(part, FilePart)}
    others = [path for path in sorted(folder.iterdir()) if path.name != POST_FILE and path.is_file()]
    more = tuple(FilePart(name=path.name, path=path) for path in others if path.resolve() not in named)
    return replace(post, parts=(*post.parts, *more))


def _of_file(path: Path) -> Iterator[Found]:
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device would be read for ever
        yield unread(str(path), InvalidValueError(what=path.name, problem="is no regular file"))
    elif not path.stat().st_size:
        yield Post(id=str(path), parts=(FilePart(name=path.name, data=b""),))
    elif path.suffix in LINES:
        with path.open("rb") as stream:
            yield from _of_lines(stream, name=str(path), folder=path.parent)
    else:
        with path.open("rb"):  # what may not be read is told here, not in the middle of a scan
            pass
        yield Post(id=str(path), parts=(FilePart(name=path.name, path=path),))


def _of_lines(lines: Iterable[bytes], *, name: str, folder: Path) -> Iterator[Found]:
    for number, line in enumerate(lines, start=1):
        content = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        if content.strip():
            yield _post(content, place=f"{name}, line {number}", folder=folder)


def _of_standard_input() -> Iterator[Found]:
    data = sys.stdin.buffer.read()
    if data.removeprefix(codecs.BOM_UTF8).lstrip().startswith((b"{", b"[")):
        yield from _of_lines(data.splitlines(), name="standard input", folder=Path())
    else:
        yield Post(id="standard input", parts=(FilePart(name="standard input", data=data),))


def _post(data: bytes, *, place: str, folder: Path) -> Found:
    try:
        return _checked(data, place=place, folder=folder)
    except PrivateAudienceError as error:
        return unread(place, error)
    except (StanchError, msgspec.ValidationError, OSError, ValueError, RecursionError) as error:
        return unread(place, PostError(place=place, problem=str(error)))


def unread(place: str, error: Exception) -> PostResult:
    """Return the result of something that could not be read: never clean, and no reason to stop."""
    code = error.code if isinstance(error, StanchError) else "unreadable"
    reason = NotScanned(code=code, reason=str(error))
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
