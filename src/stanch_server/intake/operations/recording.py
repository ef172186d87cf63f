"""What the operator records for a source and a bank."""

from datetime import datetime

from django.db import transaction

from stanch.policies import BankPolicy
from stanch.values import Level
from stanch_server.accounts.models import Source
from stanch_server.audit import operations as audit
from stanch_server.banks.changes import record_changes
from stanch_server.banks.models import Bank
from stanch_server.intake.models import Policy


def set_policy(
    *,
    source: Source,
    bank: Bank,
    block_identical: bool,
    at_most: Level,
    reason: str,
    acting_user: str,
    at: datetime,
) -> Policy:
    """Record how far matches of a bank may go for a source; it holds in every process with the next item.

    Raises
    ------
    InvalidValueError
        If blocking is allowed and no reason is given.
    """
    BankPolicy(
        block_identical=block_identical,
        at_most=at_most,
        recorded_by=acting_user,
        recorded_on=at.date(),
        reason=reason,
    )
    said = {"block_identical": block_identical, "at_most": int(at_most), "reason": reason.strip()}
    with transaction.atomic():
        row, _ = Policy.objects.update_or_create(
            source=source, bank=bank, defaults={**said, "recorded_by": acting_user, "recorded": at}
        )
        audit.record(
            actor=acting_user,
            action="policy.recorded",
            subject=str(bank.id),
            source=str(source.id),
            detail=said,
            at=at,
        )
        record_changes(bank, [None], at=at)  # so that each process looks policies up again
    return row
