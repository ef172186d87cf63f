"""What one item may cost."""

from dataclasses import dataclass

from stanch.errors import InvalidValueError

MOST_FRAMES = 1000
"""More frames than this do not fit in the header of an answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What decoding one item may cost, and a worker in all.

    Parameters
    ----------
    input : bytes that are taken in; a larger item is not read.
    pixels : pixels that are decoded, all frames that are looked at together.
    side : pixels along one side.
    frames : frames of an animation that are looked at, evenly spread over it.
    output : bytes of luma that a worker may answer with.
    seconds : how long a worker may take over one item.
    memory : bytes of address space of a worker.
    items : how many items a worker reads before a fresh one takes its place, so that a worker that one item
        got the better of does not judge many others.
    """

    input: int = 100_000_000
    pixels: int = 100_000_000
    side: int = 131_072
    frames: int = 200
    output: int = 400_000_000
    seconds: float = 20.0
    memory: int = 1536 << 20
    items: int = 500

    def __post_init__(self) -> None:
        if not 1 <= self.frames <= MOST_FRAMES:
            raise InvalidValueError(what="frames", problem=f"{self.frames:,} is not from 1 to {MOST_FRAMES:,}")
