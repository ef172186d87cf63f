"""What was done to a record, told from the chains that its neighbours still carry.

Only who left those chains alone is recognised; who chained everything anew is shown by the signed heads.
"""

import itertools

from stanch_server.audit.report import Damage
from stanch_server.audit.rows import Row, at_number, numbered, waiting

BATCH = 2_000
MOST_REMOVED = 10_000


def diagnose(chain: str, number: int, row: Row) -> Damage:
    """Return what is wrong at a place of the chain.

    Parameters
    ----------
    chain : of the record before, which is sound.
    number : of the record that is looked for.
    row : what was found instead: the next record by number.
    """
    found = row.number or 0
    if found < number:
        return Damage.INSERTED
    right = _right_one(chain, number)
    if right is None:
        return Damage.REMOVED if found > number or _closed_up(row) else Damage.ALTERED
    if right.number is None or right.chain is None:
        return Damage.ALTERED
    if found > number:
        return Damage.REORDERED
    return Damage.INSERTED if _moved_on(right.number, right.chain, number, row) else Damage.REORDERED


def _right_one(chain: str, number: int) -> Row | None:
    """Return the record that belongs at a place, wherever it stands now."""
    for rows in itertools.chain(numbered(until=2**63 - 1, batch=BATCH), waiting(batch=BATCH)):
        for row in rows:
            if row.fits(chain, number):
                return row
    return None


def _closed_up(row: Row) -> bool:
    """Whether records were removed just before this one, and all that follow were given smaller numbers."""
    number, chain = row.number, row.chain
    following = at_number(number + 1) if number is not None else None
    if following is None or number is None or chain is None:
        return False
    return any(following.fits(chain, number + 1 + removed) for removed in range(1, MOST_REMOVED))


def _moved_on(stands: int, chain: str, number: int, row: Row) -> bool:
    """Whether the right record made room for others: it and what follows it were given larger numbers."""
    before = at_number(stands - 1)
    swapped_after = chain if stands == number + 1 else (before.chain if before else None)
    if swapped_after and row.fits(swapped_after, stands):
        return False  # the two have changed places
    following = at_number(stands + 1)
    return following is None or following.fits(chain, number + 1)
