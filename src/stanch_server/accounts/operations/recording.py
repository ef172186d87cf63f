"""How this room's operations reach the audit log."""

from datetime import datetime
from typing import Final
from uuid import UUID

from stanch_server.accounts.models import Source
from stanch_server.audit import operations as audit

SYSTEM: Final = "system"  # asked for by whoever can run commands on the server
NOBODY: Final = "anonymous"  # asked for by somebody who has not signed in


def record(
    action: str,
    subject: UUID | str,
    *,
    acting_user: str,
    now: datetime,
    source: Source | UUID | None = None,
    **detail: str | int | list[str],
) -> None:
    """Record what was done, in the transaction in which it is done.

    Parameters
    ----------
    action : `accounts.` and what happened.
    subject : the opaque id of whom or what it happened to; empty for nobody who is known.
    detail : never names, addresses or secrets.
    """
    place = source.id if isinstance(source, Source) else source
    audit.record(
        actor=acting_user,
        action=f"accounts.{action}",
        subject=str(subject),
        source=None if place is None else str(place),
        detail=detail,
        at=now,
    )
