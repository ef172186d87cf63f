"""Banks and their entries: curated collections of known content."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from stanch.errors import InvalidValueError
from stanch.values.fingerprints import Fingerprint
from stanch.values.methods import METHODS


class ContentType(StrEnum):
    """What makes content terrorist content: Regulation (EU) 2021/784, Article 2(7), points (a) to (e)."""

    INCITES = "incites"
    SOLICITS_OFFENCE = "solicits-offence"
    SOLICITS_GROUP = "solicits-group"
    INSTRUCTS = "instructs"
    THREATENS = "threatens"


class Purpose(StrEnum):
    """Whether a bank holds what is to be found, or what is known to be good."""

    KNOWN = "known"
    KNOWN_GOOD = "known-good"


class State(StrEnum):
    """Whether matches have an effect. In shadow they are counted, nothing else."""

    ENABLED = "enabled"
    SHADOW = "shadow"


@dataclass(frozen=True, kw_only=True, slots=True)
class Designation:
    """The list that names the group behind the content, its identifier there, and since when."""

    list: str
    identifier: str
    date: date


BEHAVIOUR_BASED = "behaviour-based"


@dataclass(frozen=True, kw_only=True, slots=True)
class BankInfo:
    """Everything about a bank but its entries.

    Parameters
    ----------
    name : letters, digits, `-`, `_` and `.`; unique in an installation.
    owner : the organisation that answers for it.
    legal_basis : why its content may be looked for.
    content_type : Article 2(7); None for a bank of known-good content.
    designation : of the group behind it, or `behaviour-based`; None for a bank of known-good content.
    reason : why the content is known to be good; for known-good banks only.
    radius : by method id, where it differs from the method's own.
    """

    name: str
    owner: str
    legal_basis: str
    purpose: Purpose = Purpose.KNOWN
    content_type: ContentType | None = None
    designation: Designation | str | None = None
    reason: str | None = None
    state: State = State.SHADOW
    radius: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (
            not self.name
            or self.name.startswith(".")
            or not all(c.isascii() and (c.isalnum() or c in "-_.") for c in self.name)
        ):
            self._refuse("name", "use letters, digits, '-', '_' and '.', and do not begin with '.'")
        for required in ("owner", "legal_basis"):
            if not getattr(self, required).strip():
                self._refuse(required, "must be stated")
        if self.purpose is Purpose.KNOWN:
            self._check_known()
        elif not (self.reason or "").strip():
            self._refuse("reason", "say why its content is known to be good")
        for method_id, radius in self.radius.items():
            self._check_radius(method_id, radius)

    def _check_known(self) -> None:
        if self.content_type is None:
            self._refuse("content_type", f"must be one of {', '.join(ContentType)}")
        if isinstance(self.designation, str) and self.designation != BEHAVIOUR_BASED:
            self._refuse("designation", f"give list, identifier and date, or {BEHAVIOUR_BASED!r}")
        if self.designation is None:
            self._refuse("designation", f"give list, identifier and date, or {BEHAVIOUR_BASED!r}")

    def _check_radius(self, method_id: str, radius: int) -> None:
        if method_id not in METHODS:
            self._refuse("radius", f"no method is called {method_id!r}")
        if not 0 <= radius <= (64 if METHODS[method_id].radius else 0):
            self._refuse("radius", f"{radius} is out of range for {method_id}")

    def _refuse(self, what: str, problem: str) -> None:
        raise InvalidValueError(what=f"bank {self.name!r}: {what}", problem=problem)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One known content in a bank, as fingerprints; its bytes are not kept here.

    Parameters
    ----------
    id : unique in its bank.
    fingerprints : one for each method that applies; variant `as-is`.
    added : when it came into this bank; with a time zone.
    confirmed_by : who looked at it and said what it is; None if nobody here did, as after an import.
    expires : from when on it is no longer matched.
    """

    id: str
    fingerprints: tuple[Fingerprint, ...]
    added: datetime
    confirmed_by: str | None = None
    expires: datetime | None = None
    labels: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if not self.id or not self.id.isprintable():
            raise InvalidValueError(what=f"entry id {self.id!r}", problem="must be printable")
        if self.confirmed_by is not None and not self.confirmed_by.strip():
            raise InvalidValueError(
                what=f"entry {self.id!r}: confirmed_by", problem="must name somebody, or be absent"
            )
        methods = [fingerprint.method for fingerprint in self.fingerprints]
        if len(set(methods)) != len(methods):
            raise InvalidValueError(what=f"entry {self.id!r}", problem="has two fingerprints of one method")
        for name, moment in (("added", self.added), ("expires", self.expires)):
            if moment is not None and moment.tzinfo is None:
                raise InvalidValueError(what=f"entry {self.id!r}: {name}", problem="needs a time zone")
