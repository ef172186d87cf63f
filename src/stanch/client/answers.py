"""What the service answers: frozen, typed, and tolerant of fields that a later service adds."""

from datetime import datetime

import msgspec

PROBLEM_TYPE = "urn:stanch:problem:"
"""How the type of the service's own problem documents begins; the code follows."""

PENDING, DONE = "pending", "done"
"""States of an item that the service holds."""

DEFERRED, WAITING = "deferred", "waiting"
"""States of a post that is kept here, because the service could not be reached within the budget."""

PUBLISHABLE = frozenset({"allow", "review"})
"""The outcomes that hide nothing."""


class SpanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch `[start, end)` of the part and the stretch of the entry that it is aligned with."""

    query: tuple[float, float]
    bank: tuple[float, float]
    slope: float = 1.0


class MatchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One entry found in one part; the fields are those of `stanch.values.Match`.

    `kind` and `medium` are words, not members of an enumeration: a later service may know more of them.
    """

    bank: str
    entry: str
    method: str
    kind: str
    part: str = ""
    medium: str = ""
    confirmed: bool = False
    shadow: bool = False
    known_good: bool = False
    distance: int | None = None
    query_cover: float | None = None
    bank_cover: float | None = None
    variant: str = "as-is"
    spans: tuple[SpanAnswer, ...] = ()


class PartAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a part turned out to be; the fields are those of `stanch.values.PartResult`.

    `evasion` says how much of how a text is written had to be undone, 0 to 1, and `undone` what that was.
    """

    name: str
    medium: str = ""
    symbols: int = 0
    unmatched: int = 0
    evasion: float = 0.0
    undone: tuple[str, ...] = ()


class ReasonAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that spoke for a level; `match` is the place of its match in the item's `matches`, if any."""

    level: str
    code: str
    text: str = ""
    part: str = ""
    match: int | None = None


class NotScannedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be looked at: never the same as clean."""

    code: str
    reason: str = ""
    part: str = ""


class DecisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word on an item; `undone` says when it was taken back."""

    id: str
    item: str
    action: str
    decided: datetime
    label: str = ""
    content_type: str = ""
    exemption: str = "none"
    assessment: str = ""
    reasons: str = ""
    undone: datetime | None = None


class ItemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a post.

    Parameters
    ----------
    id : the service's name for it; empty while it is kept here (`deferred`, `waiting`).
    post, account : the source's own references, as they were sent.
    state : `pending` or `done` at the service, `deferred` or `waiting` here.
    outcome : `allow`, `review`, `hold` or `block`; None while `pending`.
    decision : the person's word that stands, if any; it goes before the outcome.
    idempotency_key : under which this client sent it; empty for what was only asked for.
    replayed : whether the service had it already under this key.
    """

    id: str
    state: str
    post: str = ""
    account: str = ""
    audience: str = ""
    outcome: str | None = None
    received: datetime | None = None
    hold_until: datetime | None = None
    language: str = ""
    kinds: tuple[str, ...] = ()
    parts: tuple[PartAnswer, ...] = ()
    reasons: tuple[ReasonAnswer, ...] = ()
    matches: tuple[MatchAnswer, ...] = ()
    not_scanned: tuple[NotScannedAnswer, ...] = ()
    remarks: tuple[str, ...] = ()
    decision: DecisionAnswer | None = None
    idempotency_key: str = ""
    replayed: bool = False

    @property
    def may_be_published(self) -> bool:
        """Whether nothing speaks against showing the post now; False for an outcome that is not known (yet)."""
        if self.decision is not None and self.decision.undone is None:
            return self.decision.action in {"allow", "label"}
        return self.outcome in PUBLISHABLE


class MatchesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one query of `match` found; nothing of it was kept.

    Of a text, `evasion` and `undone` say how it is written, as in `PartAnswer`.
    """

    matches: tuple[MatchAnswer, ...] = ()
    not_scanned: tuple[NotScannedAnswer, ...] = ()
    evasion: float = 0.0
    undone: tuple[str, ...] = ()


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why the service refused something: RFC 9457, with the place in what was sent, such as `$.links[2]`."""

    type: str = "about:blank"
    title: str = ""
    status: int = 0
    detail: str = ""
    place: str = ""

    @property
    def code(self) -> str:
        """The service's own stable word for it, such as `private-audience`; empty if something else answered."""
        return self.type.removeprefix(PROBLEM_TYPE) if self.type.startswith(PROBLEM_TYPE) else ""

    @property
    def sentence(self) -> str:
        """What a person should read of it."""
        said = ": ".join(text.rstrip(". ") for text in (self.title, self.detail) if text) or "no reason given"
        return f"{said} (at {self.place})" if self.place else said


class RefusedPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post that waited here and that the service refused when it was sent; `kept` is the file that holds it."""

    post: str
    idempotency_key: str
    problem: Problem
    kept: str


class Drained(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the posts that waited here.

    Parameters
    ----------
    sent : those that the service has now, with their outcomes.
    refused : those that it will not have; somebody has to look at them.
    waiting : how many requests still wait.
    """

    sent: tuple[ItemAnswer, ...] = ()
    refused: tuple[RefusedPost, ...] = ()
    waiting: int = 0
