"""For how long the law wants something kept, from a file that counsel can read and change."""

import calendar
import tomllib
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

MONTHS_A_YEAR = 12


class Why(StrEnum):
    """What begins a period."""

    REMOVED = "removed"
    THREAT = "threat"
    SEALED = "sealed"


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period in months.

    Parameters
    ----------
    law : where it is said.
    unconfirmed : whether it was never checked against the law's own text.
    """

    months: int
    law: str
    unconfirmed: bool

    def end(self, start: datetime) -> datetime:
        """Return when it ends: on the same day of a later month, or on that month's last."""
        years, month = divmod(start.month - 1 + self.months, MONTHS_A_YEAR)
        year = start.year + years
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        return start.replace(year=year, month=month + 1, day=day)


@cache
def periods() -> dict[Why, Period]:
    """Return every period, as the file has it."""
    text = files("stanch_server.review").joinpath("data/calendar.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[Why, Period])
