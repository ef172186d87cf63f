"""Leases: which of several processes does what only one needs to do.

A lease saves work; nothing may hang on there being one holder at every instant, since a process that was stopped
for longer than its lease does not know yet that another has it.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from stanch_server.banks.models import Lease


def acquire(*, name: str, holder: str, seconds: float, now: datetime) -> bool:
    """Take a lease that is free or has run out, or lengthen one's own. Return whether it is held now.

    Compare and set: of any number that try at once, one gets it.

    Parameters
    ----------
    name : what it is for.
    holder : who asks; another name in every process.
    seconds : how long it is held from `now` on, unless it is renewed.
    now : by a clock that all holders share within a few seconds.
    """
    until = now + timedelta(seconds=seconds)
    held = Lease.objects.filter(name=name).first()
    if held is None:
        return _insert(name, holder, until)
    if held.holder != holder and held.until > now:
        return False
    unchanged = Lease.objects.filter(name=name, holder=held.holder, until=held.until)
    return bool(unchanged.update(holder=holder, until=until))


def renew(*, name: str, holder: str, seconds: float, now: datetime) -> bool:
    """Lengthen a lease that is still held. Return False if it has run out or is another's."""
    mine = Lease.objects.filter(name=name, holder=holder, until__gt=now)
    return bool(mine.update(until=now + timedelta(seconds=seconds)))


def release(*, name: str, holder: str, now: datetime) -> bool:
    """Give a lease back, so that another need not wait until it has run out. Return whether it was held."""
    return bool(Lease.objects.filter(name=name, holder=holder, until__gt=now).update(until=now))


def _insert(name: str, holder: str, until: datetime) -> bool:
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, holder=holder, until=until)
    except IntegrityError:  # another was first
        return False
    return True
