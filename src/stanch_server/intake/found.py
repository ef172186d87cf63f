"""What was found in an item, as it is kept with it."""

import msgspec

from stanch.values import Match, Outcome, PartResult, PostResult, Reason
from stanch_server.intake.models import Item


class FoundSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of what came in, and the stretch of the entry that it is aligned with; half-open, in own units."""

    query: tuple[float, float]
    bank: tuple[float, float]
    slope: float = 1.0


class FoundMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One entry found in one part; the fields are those of `stanch.values.Match`, `shadow` is `counted_only`."""

    part: str
    bank: str
    entry: str
    method: str
    medium: str
    kind: str
    confirmed: bool
    shadow: bool
    known_good: bool
    distance: int | None
    query_cover: float | None
    bank_cover: float | None
    variant: str
    spans: list[FoundSpan]

    @property
    def has_effect(self) -> bool:
        """Whether it can speak against the item."""
        return not (self.shadow or self.known_good)


class FoundReason(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that spoke for a level; `match` is its place in the list of matches."""

    level: str
    code: str
    text: str
    part: str
    match: int | None


class FoundNotScanned(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be looked at: never the same as clean."""

    part: str
    code: str
    reason: str


class FoundPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a part turned out to be; the fields are those of `stanch.values.PartResult`.

    `evasion` says how much of how a text is written had to be undone, for each letter, 0 to 1, and `undone` what
    that was, most first.
    """

    name: str
    medium: str
    symbols: int
    unmatched: int
    evasion: float = 0.0
    undone: list[str] = []


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was found in an item, most severe reason first."""

    matches: list[FoundMatch] = []
    reasons: list[FoundReason] = []
    not_scanned: list[FoundNotScanned] = []
    remarks: list[str] = []
    parts: list[FoundPart] = []


NOTHING = Found()
_DECODER = msgspec.json.Decoder(Found)


def found_of(item: Item) -> Found:
    """Return what was found in an item; nothing while it is pending."""
    return _DECODER.decode(bytes(item.found)) if item.found else NOTHING


def found_in(result: PostResult, outcome: Outcome) -> Found:
    """Return what the library found, with the reasons of what follows."""
    listed = [(part.name, match) for part in result.parts for match in part.matches]
    places = {id(match): place for place, (_, match) in enumerate(listed)}
    return Found(
        matches=[match_of(match, part) for part, match in listed],
        reasons=[_reason(one, places) for one in outcome.reasons],
        not_scanned=[one for part in result.parts for one in not_scanned_of(part)],
        remarks=[f"{part.name}: {remark}" for part in result.parts for remark in part.remarks],
        parts=[
            FoundPart(
                name=part.name,
                medium=part.medium.value,
                symbols=part.symbols,
                unmatched=part.unmatched,
                evasion=round(part.evasion, 4),
                undone=list(part.undone),
            )
            for part in result.parts
        ],
    )


def not_scanned_of(part: PartResult) -> list[FoundNotScanned]:
    """Return what could not be looked at in one part."""
    return [FoundNotScanned(part=part.name, code=why.code, reason=why.reason) for why in part.not_scanned]


def match_of(match: Match, part: str) -> FoundMatch:
    """Return one match of the library, in the part of this name."""
    return FoundMatch(
        part=part,
        bank=match.bank,
        entry=match.entry,
        method=match.method,
        medium=match.medium.value,
        kind=match.kind.value,
        confirmed=match.confirmed,
        shadow=match.counted_only,
        known_good=match.known_good,
        distance=match.distance,
        query_cover=_rounded(match.query_cover),
        bank_cover=_rounded(match.bank_cover),
        variant=match.variant,
        spans=[
            FoundSpan(
                query=(pair.query.start, pair.query.end),
                bank=(pair.bank.start, pair.bank.end),
                slope=round(pair.slope, 4),
            )
            for pair in match.spans
        ],
    )


def _reason(reason: Reason, places: dict[int, int]) -> FoundReason:
    place = None if reason.match is None else places.get(id(reason.match))
    return FoundReason(level=str(reason.level), code=reason.code, text=reason.text, part=reason.part, match=place)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
