"""An outcome: a machine's word on a post, with its reasons."""

from dataclasses import dataclass
from enum import IntEnum

from stanch.values.matches import Match


class Level(IntEnum):
    """What a source is told, from mildest to most severe.

    `REVIEW` never hides content. `HOLD` is a bounded delay that ends in allow and review. Only `BLOCK` is adverse.
    """

    ALLOW = 0
    REVIEW = 1
    HOLD = 2
    BLOCK = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One thing that spoke for a level: a stable code, a sentence, and the match it is about, if any."""

    level: Level
    code: str
    text: str
    part: str = ""
    match: Match | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The level, and every reason, most severe first."""

    post: str
    level: Level
    reasons: tuple[Reason, ...] = ()
