"""A match: which entry of which bank, how close, and where in both."""

from dataclasses import dataclass
from enum import StrEnum

from stanch.values.fingerprints import AS_IS
from stanch.values.methods import Medium


class Kind(StrEnum):
    """How what came in stands to the entry, from least to most."""

    QUOTES = "quotes a passage"
    COPY_WITH_ADDITIONS = "copy with additions"
    COPY = "copy"
    IDENTICAL = "identical"

    @property
    def rank(self) -> int:
        """0 for the weakest kind."""
        return list(Kind).index(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A half-open stretch of an original, in its own units."""

    start: float
    end: float


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignedSpans:
    """A stretch of what came in and the stretch of the entry that it is aligned with."""

    query: Span
    bank: Span
    slope: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """One entry found in one part.

    Parameters
    ----------
    query_cover, bank_cover : shares (0 to 1) of the part and of the entry that lie in aligned spans,
        common symbols counting in neither; None where a method compares wholes.
    distance : bits for images; path segments below the entry for links; None elsewhere.
    confirmed : whether a named person confirmed the entry.
    counted_only : whether the bank is in shadow, so that the match has no effect.
    known_good : whether the entry is known to be good.
    variant : what had to be done to the part for it to match.
    """

    bank: str
    entry: str
    method: str
    medium: Medium
    kind: Kind
    confirmed: bool
    counted_only: bool = False
    known_good: bool = False
    distance: int | None = None
    query_cover: float | None = None
    bank_cover: float | None = None
    spans: tuple[AlignedSpans, ...] = ()
    variant: str = AS_IS

    @property
    def has_effect(self) -> bool:
        """Whether the match can speak against a post: it is with known content, and its bank is not in shadow."""
        return not (self.counted_only or self.known_good)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotScanned:
    """Something that could not be looked at: never the same as clean."""

    code: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PartResult:
    """What was found in one part of a post.

    Parameters
    ----------
    symbols : how many symbols of normalised text the part holds; 0 for other media.
    unmatched : how many of them lie outside every span that is aligned with known content.
    remarks : what a person should know and no rule acts on, such as an image too plain to compare.
    evasion : how much of how a text is written had to be undone before it could be read, for each letter; 0 to 1.
        It orders what people look at, and never leads to an outcome.
    undone : what that was, most first: `moved`, `deleted`, `hidden`, `marks`, `mixed`, `fancy`, `split`, `leet`,
        as `stanch.language.Evasion` explains them.
    """

    name: str
    medium: Medium
    matches: tuple[Match, ...] = ()
    not_scanned: tuple[NotScanned, ...] = ()
    symbols: int = 0
    unmatched: int = 0
    remarks: tuple[str, ...] = ()
    evasion: float = 0.0
    undone: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PostResult:
    """What was found in a post, before any policy has looked at it."""

    post: str
    parts: tuple[PartResult, ...]

    @property
    def matches(self) -> tuple[Match, ...]:
        """The matches of all parts."""
        return tuple(match for part in self.parts for match in part.matches)

    @property
    def not_scanned(self) -> tuple[NotScanned, ...]:
        """Everything that could not be looked at, in all parts."""
        return tuple(reason for part in self.parts for reason in part.not_scanned)

    @property
    def evasion(self) -> float:
        """The highest evasion score of its parts, 0 to 1."""
        return max((part.evasion for part in self.parts), default=0.0)
