"""Grams that were learnt to be common: rows, the change that tells every process, and the audit record."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from stanch_server.audit import operations as audit
from stanch_server.banks.changes import record_changes
from stanch_server.banks.models import Bank, LearntGram

SUBJECT = "background"
"""What audit records call the whole of what was learnt: it belongs to no source."""

SHOWN = 1_000
"""So many grams a record names; how many there are it says in any case."""


def common_grams() -> list[int]:
    """Return the grams that weigh nothing by learning, in order."""
    return list(LearntGram.objects.filter(refused=None).order_by("gram").values_list("gram", flat=True))


def known_among(grams: Iterable[int]) -> set[int]:
    """Return which of these grams are learnt already, or were undone for good."""
    return set(LearntGram.objects.filter(gram__in=list(grams)).values_list("gram", flat=True))


def learn(*, grams: Iterable[int], acting_user: str, at: datetime) -> list[int]:
    """Make grams common that are neither learnt nor undone; every process knows of it with its next question.

    Returns
    -------
    Those that were new.
    """
    chosen = set(grams)
    with transaction.atomic():
        new = sorted(chosen - known_among(chosen))
        LearntGram.objects.bulk_create([LearntGram(gram=gram, at=at) for gram in new], ignore_conflicts=True)
        _tell("background.learnt", new, acting_user, at)
    return new


def unlearn(*, grams: Iterable[int], acting_user: str, at: datetime, reason: str) -> list[int]:
    """Let grams count again, for as long as nothing new speaks for them; return those that were common."""
    with transaction.atomic():
        there = LearntGram.objects.filter(gram__in=list(grams), refused=None)
        gone = sorted(there.values_list("gram", flat=True))
        there.delete()
        _tell("background.unlearnt", gone, acting_user, at, reason=reason)
    return gone


def refuse(*, grams: Iterable[int], acting_user: str, at: datetime, reason: str) -> list[int]:
    """Let grams count again for good: they are not learnt any more; return those that were common."""
    chosen = set(grams)
    with transaction.atomic():
        common = LearntGram.objects.filter(gram__in=chosen, refused=None)
        gone = sorted(common.values_list("gram", flat=True))
        common.update(refused=at)
        new = [LearntGram(gram=gram, at=at, refused=at) for gram in sorted(chosen - known_among(chosen))]
        LearntGram.objects.bulk_create(new, ignore_conflicts=True)
        _tell("background.refused", sorted(chosen), acting_user, at, reason=reason)
    return gone


def _tell(action: str, grams: list[int], acting_user: str, at: datetime, **detail: str) -> None:
    """Record what was done, and have every process look again; grams are of entries, so there is a bank."""
    bank = Bank.objects.order_by("created", "id").first()
    if not grams or bank is None:
        return
    named = [f"{gram:012x}" for gram in grams[:SHOWN]]
    audit.record(
        actor=acting_user,
        action=action,
        subject=SUBJECT,
        detail={"grams": named, "count": len(grams), **detail},
        at=at,
    )
    record_changes(bank, [None], at=at)
