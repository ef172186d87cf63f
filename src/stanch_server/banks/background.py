"""Grams that were learnt to be common: rows, the change that tells every process, and the audit record."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.db import transaction

from stanch_server.audit import operations as audit
from stanch_server.banks.changes import record_changes
from stanch_server.banks.models import Bank, LearntGram

SUBJECT = "background"
"""What audit records call the whole of what was learnt: it belongs to no source."""

PAGE = 200
"""So many grams are asked for at once."""

SHOWN = 1_000
"""So many grams a record names; how many there are it says in any case."""


def common_grams() -> list[int]:
    """Return the grams that weigh nothing by learning, in order."""
    return list(LearntGram.objects.filter(refused=None).order_by("gram").values_list("gram", flat=True))


def known_among(grams: Iterable[int]) -> set[int]:
    """Return which of these grams are learnt already, or were undone for good."""
    return set(LearntGram.objects.filter(gram__in=list(grams)).values_list("gram", flat=True))


def pages_of(grams: Iterable[int]) -> Iterator[list[int]]:
    """Yield grams in order, each once, as many as a database takes in one question."""
    chosen = sorted(set(grams))
    yield from (chosen[begin : begin + PAGE] for begin in range(0, len(chosen), PAGE))


def learnt_at(grams: Iterable[int]) -> dict[int, datetime]:
    """Return since when each of these grams is common; those that are not are left out."""
    common = LearntGram.objects.filter(refused=None)
    return dict(
        pair for page in pages_of(grams) for pair in common.filter(gram__in=page).values_list("gram", "at")
    )


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
        _tell("background.learnt", new, acting_user, at, {})
    return new


def unlearn(*, grams: Iterable[int], acting_user: str, at: datetime, reason: str, **told: str) -> list[int]:
    """Let grams count again, for as long as nothing new speaks for them; return those that were common.

    Parameters
    ----------
    told : what else the record says.
    """
    with transaction.atomic():
        there = LearntGram.objects.filter(gram__in=list(grams), refused=None)
        gone = sorted(there.values_list("gram", flat=True))
        there.delete()
        _tell("background.unlearnt", gone, acting_user, at, {"reason": reason, **told})
    return gone


def refuse(
    *,
    grams: Iterable[int],
    acting_user: str,
    at: datetime,
    reason: str,
    bank: Bank | None = None,
    **told: str,
) -> list[int]:
    """Let grams count again for good, in whatever entry they stand: they are not learnt any more.

    Parameters
    ----------
    bank : because of which they are taken back, if it is because of one.
    told : what else the record says, such as the entry.

    Returns
    -------
    Those that were common.
    """
    chosen, gone = sorted(set(grams)), list[int]()
    with transaction.atomic():
        for page in pages_of(chosen):
            gone += _refused(page, at)
        _tell("background.refused", chosen, acting_user, at, {"reason": reason, **told}, bank=bank)
    return gone


def _refused(grams: list[int], at: datetime) -> list[int]:
    common = LearntGram.objects.filter(gram__in=grams, refused=None)
    gone = sorted(common.values_list("gram", flat=True))
    common.update(refused=at)
    new = [LearntGram(gram=gram, at=at, refused=at) for gram in sorted(set(grams) - known_among(grams))]
    LearntGram.objects.bulk_create(new, ignore_conflicts=True)
    return gone


def _tell(
    action: str,
    grams: list[int],
    acting_user: str,
    at: datetime,
    told: Mapping[str, str],
    *,
    bank: Bank | None = None,
) -> None:
    """Record what was done, and have every process look again; grams are of entries, so there is a bank."""
    changed = bank or Bank.objects.order_by("created", "id").first()
    if not grams or changed is None:
        return
    named = [f"{gram:012x}" for gram in grams[:SHOWN]]
    audit.record(
        actor=acting_user,
        action=action,
        subject=str(bank.id) if bank else SUBJECT,
        source=str(bank.source_id) if bank and bank.source_id else None,
        detail={"grams": named, "count": len(grams), **told},
        at=at,
    )
    record_changes(changed, [None], at=at)
