"""A post: what somebody published, in one or more parts."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from stanch.errors import InvalidValueError
from stanch.values.methods import Method


class Audience(StrEnum):
    """Who can see a post. There is no `private`: private messages are not scanned."""

    PUBLIC = "public"
    MEMBERS = "members"
    UNLISTED = "unlisted"


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPart:
    """A text as its author sent it."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkPart:
    """One link, as written."""

    name: str
    link: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FilePart:
    """A file: its bytes, or the path to read them from."""

    name: str
    data: bytes | None = None
    path: Path | None = None

    def __post_init__(self) -> None:
        if (self.data is None) == (self.path is None):
            raise InvalidValueError(what=self.name, problem="give either its bytes or its path")

    def size(self) -> int:
        """Return how many bytes it has."""
        return len(self.data) if self.data is not None else self._path().stat().st_size

    def read(self) -> bytes:
        """Return its bytes."""
        return self.data if self.data is not None else self._path().read_bytes()

    def _path(self) -> Path:
        assert self.path is not None
        return self.path


@dataclass(frozen=True, kw_only=True, slots=True)
class HashPart:
    """A hash that somebody else took: hexadecimal, of the method named.

    A PDQ hash may have been made with or without normalisation, so it is looked for under both methods.
    """

    name: str
    method: Method
    value: str


Part = TextPart | LinkPart | FilePart | HashPart


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """What one judgement is about: one or more parts that were published together."""

    id: str
    parts: tuple[Part, ...]
    audience: Audience = Audience.PUBLIC
