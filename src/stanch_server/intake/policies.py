"""What a source has recorded for its banks, ready for each outcome."""

from uuid import UUID

from stanch.policies import BankPolicy, Policies
from stanch.values import Level
from stanch_server.intake.models import Policy

_known: dict[UUID, tuple[int, Policies]] = {}


def policies_of(source: UUID, *, change: int) -> Policies:
    """Return a source's policies by name of bank.

    Parameters
    ----------
    change : the number of the last change of the banks: recording a policy is one, so what was looked up under
        the same number still holds.
    """
    held = _known.get(source)
    if held is None or held[0] != change:
        held = _known[source] = (change, _read(source))
    return held[1]


def _read(source: UUID) -> Policies:
    rows = Policy.objects.filter(source=source).select_related("bank")
    return {
        row.bank.name: BankPolicy(
            block_identical=row.block_identical,
            at_most=Level(row.at_most),
            recorded_by=row.recorded_by,
            recorded_on=row.recorded.date(),
            reason=row.reason,
        )
        for row in rows
    }


def forget_all() -> None:
    """Look everything up again with the next outcome, as in a new process."""
    _known.clear()
