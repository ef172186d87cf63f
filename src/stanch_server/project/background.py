"""What the service has learnt to be common, for whoever keeps it."""

from datetime import datetime
from typing import Any, Final

from stanch.matching import LearntOfEntry
from stanch_server.accounts.operations import SYSTEM
from stanch_server.banks.live import close, follower
from stanch_server.intake.operations import sighting
from stanch_server.project import people

THROUGH: Final = "command line"
"""How a record tells what was done on the server from what a person did who had signed in."""


def learnt(*, now: datetime) -> list[LearntOfEntry]:
    """Return each entry that holds something that was learnt, and whether that is believed of it."""
    try:
        return follower().learnt_of_entries(now=now)
    finally:
        close()


def undo(
    *,
    grams: list[int],
    publisher: tuple[str, str] | None,
    since: datetime | None,
    by: str,
    reason: str,
    at: datetime,
) -> list[int]:
    """Take back some grams for good, or what a publisher brought, or what came since a moment, or else everything.

    Parameters
    ----------
    by : the sign-in name of the person who says so; empty if it is whoever runs commands on the server. The audit
        log says in either case that it was done there.

    Returns
    -------
    The grams that are no longer common.

    Raises
    ------
    UnknownNameError
        If nobody signs in under that name.
    """
    done: dict[str, Any] = {
        "acting_user": people.person_called(by).actor if by else SYSTEM,
        "at": at,
        "reason": reason,
        "through": THROUGH,
    }
    if grams:
        return sighting.undo_grams(grams=grams, **done)
    if publisher is not None:
        source, account = publisher
        return sighting.undo_publisher(source=source, account=account, **done)
    if since is not None:
        return sighting.undo_since(moment=since, **done)
    return sighting.undo_all(**done)
