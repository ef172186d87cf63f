"""One post of the demo."""

from collections.abc import Callable
from dataclasses import dataclass, field

from stanch.values import Kind, Level

Picture = Callable[[], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoInput:
    """One post, and what must come of it.

    Parameters
    ----------
    name : of its file or folder.
    kind : of the strongest match that counts, or None where nothing may match.
    level : of the outcome.
    text, links : of the post.
    media : by file name, what makes the bytes; nothing is drawn before it is needed.
    bare : whether it is a file of its own rather than a folder with `post.json`.
    """

    name: str
    kind: Kind | None
    level: Level
    text: str = ""
    links: tuple[str, ...] = ()
    media: dict[str, Picture] = field(default_factory=dict)
    bare: bool = False
