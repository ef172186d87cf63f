"""What verifying the log comes to."""

from dataclasses import dataclass
from enum import StrEnum


class Damage(StrEnum):
    """What can be wrong at a record."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    PAYLOAD_ALTERED = "payload altered"
    PAYLOAD_REMOVED = "payload removed"
    REWRITTEN = "rewritten"
    HEAD_ALTERED = "head altered"
    ANCHOR_FORGED = "signed head forged"
    ANCHORS_REMOVED = "signed heads removed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One damage, and where.

    Parameters
    ----------
    number : of the first record concerned; None for one that has no number yet.
    until : of the last, where the chain says only that it lies in a stretch: all of it was chained anew.
    entry : opaque id of the record that stands there now, if there is one.
    place : file and line, for a signed head.
    """

    damage: Damage
    number: int | None
    until: int | None = None
    entry: str = ""
    place: str = ""

    def __str__(self) -> str:
        where = f"record {self.number}" if self.number is not None else "a record without a number"
        parts = [where, f"to {self.until}" if self.until else "", f"({self.entry})" if self.entry else ""]
        told = f"{' '.join(part for part in parts if part)}: {self.damage}"
        return f"{told}, {self.place}" if self.place else told


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What was verified, and what was found.

    Parameters
    ----------
    records : how many have a number.
    waiting : how many have none yet.
    erased : how many payloads were erased, each with a record that says so.
    anchors : how many signed heads agree with the log.
    torn : how many lines of the folder are no heads; a power cut leaves one.
    anchored : number of the last record that a signed head covers. Those after it could be cut off unseen.
    findings : first record first. At the chain only the first break is named: what follows is uncertain then.
    unnamed : how many more payloads are damaged than are named.
    """

    records: int
    waiting: int
    erased: int
    anchors: int
    torn: int
    anchored: int
    findings: tuple[Finding, ...]
    unnamed: int = 0

    @property
    def first(self) -> Finding | None:
        """The damage at the first record."""
        return self.findings[0] if self.findings else None

    @property
    def intact(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def tail(self) -> tuple[int, int] | None:
        """First and last number of the records that no signed head covers yet."""
        return (self.anchored + 1, self.records) if self.records > self.anchored else None
