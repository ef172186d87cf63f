"""From a post that was read here to what goes to a service."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from stanch.client import FingerprintedPart, Hash, NewPost, fingerprint_here
from stanch.client.posts import Names
from stanch.media import Decoders
from stanch.values import FilePart, HashPart, LinkPart, Part, Post, TextPart

LONGEST_REFERENCE: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """A post as it goes out.

    Parameters
    ----------
    files : its media, by the names under which they are sent.
    names : from the names by which the service calls parts to the names by which they are shown.
    """

    source: Post
    post: NewPost
    files: dict[str, FilePart]
    names: dict[str, str]

    @property
    def empty(self) -> bool:
        """Whether nothing is left to ask about: what was read gave no fingerprints."""
        parts = (self.post.text, self.post.links, self.post.hashes, self.files)
        return not any(parts) and not any(part.fingerprints for part in self.post.fingerprints)


def whole(source: Post) -> Outgoing:
    """Return a post with its content."""
    named = dict(_named(source))
    files = {name: part for name, part in named.items() if isinstance(part, FilePart)}
    post = NewPost(
        audience=source.audience,
        id=_reference(source),
        text="\n\n".join(part.text for part in source.parts if isinstance(part, TextPart)),
        links=tuple(part.link for part in source.parts if isinstance(part, LinkPart)),
        hashes=tuple(
            Hash(method=part.method.id, value=part.value) for part in source.parts if isinstance(part, HashPart)
        ),
    )
    return Outgoing(source=source, post=post, files=files, names=_shown(named))


def fingerprinted(source: Post, decoders: Decoders) -> Outgoing:
    """Return a post as fingerprints that are made here; its texts, links and names of files stay here too.

    Raises
    ------
    OSError
        If a file cannot be read.
    """
    named = dict(_named(source))
    numbered = {_kind(part, number): part for number, part in enumerate(named.values())}
    parts = tuple(_fingerprinted(name, part, decoders) for name, part in numbered.items())
    post = NewPost(audience=source.audience, id=_reference(source), fingerprints=parts)
    return Outgoing(source=source, post=post, files={}, names=_shown(numbered))


def _fingerprinted(name: str, part: Part, decoders: Decoders) -> FingerprintedPart:
    return fingerprint_here(replace(part, name=name), decoders=decoders)


def _named(post: Post) -> Iterator[tuple[str, Part]]:
    """Yield the parts of a post by the names by which the service calls them, each once."""
    links = hashes = 0
    names = Names()
    for part in post.parts:
        match part:
            case TextPart():
                yield "text", part
            case LinkPart():
                yield f"links[{links}]", part
                links += 1
            case HashPart():
                yield f"hashes[{hashes}]", part
                hashes += 1
            case FilePart():
                yield names.free(part.name), part


def _kind(part: Part, number: int) -> str:
    return f"{type(part).__name__.removesuffix('Part').lower()} {number + 1}"


def _shown(named: dict[str, Part]) -> dict[str, str]:
    return {name: part.name for name, part in named.items()}


def _reference(post: Post) -> str:
    """Return the end of a post's id, as far as a reference goes."""
    return "".join(char if char.isprintable() else "_" for char in post.id)[-LONGEST_REFERENCE:]
