"""What an operator has recorded for a bank."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from stanch.errors import InvalidValueError
from stanch.values import Level


@dataclass(frozen=True, kw_only=True, slots=True)
class BankPolicy:
    """How the matches of one bank may act, and who said so.

    Parameters
    ----------
    block_identical : whether content identical to what a person confirmed is blocked without a further look.
    at_most : the most severe level that a match in this bank may have.
    recorded_by, recorded_on, reason : the decision behind it; required where `block_identical` is set.
    """

    block_identical: bool = False
    at_most: Level = Level.BLOCK
    recorded_by: str = ""
    recorded_on: date | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.block_identical and not (self.recorded_by.strip() and self.recorded_on and self.reason.strip()):
            problem = "needs recorded_by, recorded_on and reason: a machine blocks only on a recorded decision"
            raise InvalidValueError(what="block_identical", problem=problem)


Policies = Mapping[str, BankPolicy]
"""By name of bank; a bank that is not named has the default."""

DEFAULT = BankPolicy()
