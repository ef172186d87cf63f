"""What a program sends: a post, checked part by part, each refusal with its place."""

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from stanch.errors import PrivateAudienceError, StanchError
from stanch.formats import FingerprintRecord
from stanch.language import LONGEST_TEXT
from stanch.values import METHODS, TEXT_GRAM, Audience, Medium
from stanch_server.endpoints.problems import invalid
from stanch_server.intake.contents import Content, as_part, as_readings
from stanch_server.intake.effort import features_in
from stanch_server.intake.models import PART_NAME_LENGTH, REFERENCE_LENGTH, ItemPart

MOST_PARTS = 100
LONGEST_LINK = 10_000
LONGEST = 1_000_000
"""Characters of one text."""
MOST_FEATURES, MOST_COMPARED, MOST_SYMBOLS = 200_000, 10_000, 10_000_000
"""What all fingerprints of a post may hold together: features, those of them that are compared with every one of a
bank (an animation of 200 frames in all variants has 8,000), and symbols of texts."""

UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of control characters, half characters, and what parts lines."""

COMPARED_METHODS = frozenset(method.id for method in METHODS.values() if method.radius)

Reference = Annotated[str, Meta(max_length=REFERENCE_LENGTH)]
Name = Annotated[str, Meta(min_length=1, max_length=PART_NAME_LENGTH)]
Link = Annotated[str, Meta(min_length=1, max_length=LONGEST_LINK)]
Text = Annotated[str, Meta(max_length=LONGEST)]
Undone = Annotated[str, Meta(pattern="^[a-z-]{1,20}$")]


class SentHash(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A hash that the source took: hexadecimal, by `pdq`, `md5`, `sha256`, or the id of a method."""

    method: Annotated[str, Meta(max_length=40)]
    value: Annotated[str, Meta(min_length=1, max_length=128)]


class SentFingerprint(FingerprintRecord, kw_only=True, forbid_unknown_fields=True):
    """A fingerprint in one variant of the content, as the library writes it."""

    variant: Annotated[str, Meta(max_length=100)] = "as-is"


class SentNotScanned(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Something that could not be looked at on the source's side: it is never clean here either."""

    code: Annotated[str, Meta(min_length=1, max_length=60)]
    reason: Annotated[str, Meta(max_length=500)] = ""


class SentReading(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One content as fingerprints that the library made on the source's side, or why there are none."""

    name: Name
    medium: Medium
    fingerprints: Annotated[list[SentFingerprint], Meta(max_length=64)] = []
    symbols: Annotated[int, Meta(ge=0, le=LONGEST_TEXT)] = 0
    not_scanned: Annotated[list[SentNotScanned], Meta(max_length=20)] = []
    evasion: Annotated[float, Meta(ge=0, le=1)] = 0.0
    undone: Annotated[list[Undone], Meta(max_length=20)] = []


class SentPost(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A post: `audience` must be said; at least one of text, links, media, hashes and fingerprints must be there.

    `id` and `account` are the source's own references, opaque here; names of people do not belong in them.
    """

    audience: Literal["public", "members", "unlisted", "private"]
    id: Reference = ""
    account: Reference = ""
    text: Text = ""
    links: Annotated[list[Link], Meta(max_length=MOST_PARTS)] = []
    media: Annotated[list[Name], Meta(max_length=MOST_PARTS)] = []
    hashes: Annotated[list[SentHash], Meta(max_length=MOST_PARTS)] = []
    fingerprints: Annotated[list[SentReading], Meta(max_length=MOST_PARTS)] = []


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """A post that was checked, ready to be scanned.

    Parameters
    ----------
    idempotency : the name under which the program may send it again; empty if it gave none.
    digest : of everything that was sent, to tell a repetition from another post.
    at_leisure : whether the program asked to be answered before the scan.
    """

    contents: tuple[Content, ...]
    audience: Audience
    reference: str = ""
    account: str = ""
    idempotency: str = ""
    digest: str = field(default="", repr=False)
    at_leisure: bool = False


def checked(
    post: SentPost,
    *,
    files: Mapping[str, bytes] | None = None,
    idempotency: str = "",
    digest: str = "",
    at_leisure: bool = False,
) -> Submission:
    """Return a post as it is scanned.

    Parameters
    ----------
    files : by name, the media that came along; each name in `media` has one, and no other is there.

    Raises
    ------
    ProblemError
        422, with the place.
    """
    if post.audience == "private":
        said = PrivateAudienceError(post=post.id or "this")
        raise invalid(str(said), place="$.audience", code=said.code)
    _check_printable(post.id, "$.id")
    _check_printable(post.account, "$.account")
    _check_features(post.fingerprints)
    contents = tuple(_contents(post, files or {}))
    _check_together(contents)
    return Submission(
        contents=contents,
        audience=Audience(post.audience),
        reference=post.id,
        account=post.account,
        idempotency=idempotency,
        digest=digest,
        at_leisure=at_leisure,
    )


def digest_of(body: bytes, files: Mapping[str, bytes]) -> str:
    """Return the digest of what was sent, files by their name."""
    whole = hashlib.sha256(hashlib.sha256(body).digest())
    for name in sorted(files):
        whole.update(hashlib.sha256(name.encode(errors="surrogatepass")).digest())
        whole.update(hashlib.sha256(files[name]).digest())
    return whole.hexdigest()


def _contents(post: SentPost, files: Mapping[str, bytes]) -> Iterator[Content]:
    if post.text:
        yield _of("$.text", name="text", form=ItemPart.Form.TEXT, data=post.text.encode(errors="surrogatepass"))
    for number, link in enumerate(post.links):
        place = f"links[{number}]"
        yield _of(f"$.{place}", name=place, form=ItemPart.Form.LINK, data=link.encode(errors="surrogatepass"))
    for number, name in enumerate(post.media):
        yield _file(name, files, place=f"$.media[{number}]")
    for number, sent in enumerate(post.hashes):
        place = f"hashes[{number}]"
        yield _of(f"$.{place}", name=place, form=ItemPart.Form.HASH, data=msgspec.json.encode(sent))
    for number, reading in enumerate(post.fingerprints):
        place, data = f"$.fingerprints[{number}]", msgspec.json.encode(reading)
        _check_printable(reading.name, f"{place}.name")
        if not reading.fingerprints and not reading.not_scanned:
            raise invalid("Give its fingerprints, or say why there are none.", place=f"{place}.fingerprints")
        yield _of(place, name=reading.name, form=ItemPart.Form.FINGERPRINTS, data=data)
    spare = set(files) - set(post.media)
    if spare:
        raise invalid(f"The file {min(spare)!r} is not named in the post.", place="$.media")


def _file(name: str, files: Mapping[str, bytes], *, place: str) -> Content:
    _check_printable(name, place)
    if name not in files:
        came = f"there came {', '.join(map(repr, sorted(files)))}" if files else "send a form with files"
        raise invalid(f"No file came along whose filename is {name!r}; {came}.", place=place)
    return Content(name=name, form=ItemPart.Form.FILE, data=files[name])


def _of(place: str, *, name: str, form: ItemPart.Form, data: bytes) -> Content:
    """Return a content of which it is certain that it can be read again."""
    made = Content(name=name, form=form, data=data)
    try:
        if form is ItemPart.Form.FINGERPRINTS:
            as_readings(made)
        elif form is ItemPart.Form.HASH:
            as_part(made)
    except (StanchError, ValueError) as error:
        raise invalid(str(error), place=place) from error
    return made


def _check_printable(said: str, place: str) -> None:
    """Refuse what would break a line or cannot be kept; joiners and marks, which many scripts need, pass."""
    if any(unicodedata.category(letter) in UNPRINTABLE for letter in said):
        raise invalid("Use no control characters and no line breaks.", place=place)


def _check_features(readings: list[SentReading]) -> None:
    """Refuse more fingerprints than a post can need, before any is read."""
    every = [(one, features_in(one.method, one.bits)) for reading in readings for one in reading.fingerprints]
    compared = sum(count for one, count in every if one.method in COMPARED_METHODS)
    symbols = sum(one.extent for one, _ in every if one.method == TEXT_GRAM.id)
    if sum(count for _, count in every) > MOST_FEATURES or compared > MOST_COMPARED or symbols > MOST_SYMBOLS:
        raise invalid(
            f"Together they hold too much: at most {MOST_FEATURES:,} features are taken, {MOST_COMPARED:,} of "
            f"them of images, and {MOST_SYMBOLS:,} symbols of texts.",
            place="$.fingerprints",
        )


def _check_together(contents: tuple[Content, ...]) -> None:
    if not contents:
        raise invalid("The post holds nothing: give text, links, media, hashes or fingerprints.", place="$")
    if len(contents) > MOST_PARTS:
        raise invalid(f"The post has {len(contents)} parts; at most {MOST_PARTS} are taken.", place="$")
    names = [one.name for one in contents]
    if len(set(names)) < len(names):
        twice = {name for name in names if names.count(name) > 1}
        raise invalid(f"Two parts are called {min(twice)!r}.", place="$")
