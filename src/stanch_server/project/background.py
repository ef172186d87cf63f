"""What the service has learnt to be common, for whoever keeps it."""

from datetime import datetime

from stanch.matching import LearntOfEntry
from stanch_server.accounts.operations import SYSTEM
from stanch_server.banks import background
from stanch_server.banks.live import close, follower
from stanch_server.intake.operations import sighting


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
    reason: str,
    at: datetime,
) -> list[int]:
    """Take back some grams for good, or what a publisher brought, or what came since a moment, or else everything.

    Returns
    -------
    The grams that are no longer common.
    """
    if grams:
        return background.refuse(grams=grams, acting_user=SYSTEM, at=at, reason=reason)
    if publisher is not None:
        source, account = publisher
        return sighting.undo_publisher(source=source, account=account, acting_user=SYSTEM, at=at, reason=reason)
    if since is not None:
        return sighting.undo_since(moment=since, acting_user=SYSTEM, at=at, reason=reason)
    return sighting.undo_all(acting_user=SYSTEM, at=at, reason=reason)
