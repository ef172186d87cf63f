"""A post: what somebody published, in one or more parts."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from stanch.errors import InvalidValueError


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

    def read(self, limit: int | None = None) -> bytes:
        """Return the bytes, at most `limit` + 1 of them, so that a caller can tell that there are more."""
        if self.data is not None:
            return self.data if limit is None else self.data[: limit + 1]
        assert self.path is not None
        with self.path.open("rb") as stream:
            return stream.read(-1 if limit is None else limit + 1)


Part = TextPart | LinkPart | FilePart


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """What one judgement is about: one or more parts that were published together."""

    id: str
    parts: tuple[Part, ...]
    audience: Audience = Audience.PUBLIC
