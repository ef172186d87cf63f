"""The demo's texts, read from the TOML files beside this module."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A statement of the Grey Lantern; `idiom` is religious or secular."""

    id: str
    language: str
    title: str
    idiom: str
    content_type: str
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Writing:
    """A text that must pass: a report, a sermon, a market price."""

    id: str
    language: str
    genre: str
    title: str
    body: str
    quotes: str = ""
    quoted: str = ""

    @property
    def whole(self) -> str:
        """The text as it was published, under its title."""
        return f"{self.title}\n\n{self.body}"


@cache
def statements() -> tuple[Statement, ...]:
    """Return the sixty-six statements: three in each of ten languages, one in each of thirty-six others."""
    return tuple(
        Statement(language=name.removesuffix(".toml"), **_only(Statement, record))
        for name, record in _records("statements", "statement")
    )


@cache
def benign() -> tuple[Writing, ...]:
    """Return the texts that must pass."""
    return tuple(Writing(**_only(Writing, record)) for _, record in _records("benign", "text"))


@cache
def verses() -> dict[str, str]:
    """Return the verses of the Book of Tides by language."""
    data = tomllib.loads((files("stanch.demo") / "texts" / "scripture.toml").read_text(encoding="utf-8"))
    return {record["language"]: record["body"].strip() for record in data["verse"]}


def _records(folder: str, key: str) -> list[tuple[str, dict[str, Any]]]:
    paths = sorted((files("stanch.demo") / "texts" / folder).iterdir(), key=lambda path: path.name)
    return [
        (path.name, record) for path in paths for record in tomllib.loads(path.read_text(encoding="utf-8"))[key]
    ]


def _only(kind: type, record: dict[str, Any]) -> dict[str, str]:
    """Return the fields that a record and a type have in common, trimmed."""
    known = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return {name: value.strip() for name, value in record.items() if name in known}
