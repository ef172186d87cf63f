"""What benign items share with entries: noted, counted once they are cleared, learnt from five publishers.

An item is benign if nothing in it matched with effect, or if a person allowed it. When it is forgotten, so is what
was noted of it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet

from stanch.matching import Sighting, independent, publisher_digest
from stanch.matching.background_learning import KEPT, KEY_BYTES, WANTED
from stanch.values import Level
from stanch_server.accounts.operations import SYSTEM
from stanch_server.banks import background
from stanch_server.banks.models import Bank, LearntGram
from stanch_server.intake.models import GramSighting, Item
from stanch_server.intake.scanning import Scanned

UNLEARNT_KEPT: Final = timedelta(days=30)
"""For so long a sighting waits for others of its gram."""

PAGE: Final = 200
"""So many grams are looked at in one transaction."""


def note_sightings(item: Item, scanned: Scanned, *, at: datetime) -> None:
    """Note what an item shares with entries; it counts at once, or when a person clears the item.

    What is published although it matched with effect, a quotation, nobody has cleared: nothing is noted.
    """
    matched = any(match.has_effect for match in scanned.found.matches)
    if not scanned.seen or (scanned.level is Level.ALLOW and matched):
        return
    state = GramSighting.State.WAITING if scanned.level > Level.ALLOW else GramSighting.State.NEW
    publisher = publisher_of(str(item.source_id), item.account)
    known = background.known_among(gram for gram, _ in scanned.seen)
    GramSighting.objects.bulk_create(
        GramSighting(item=item, gram=gram, publisher=publisher, printing=printing, at=at, state=state)
        for gram, printing in dict(scanned.seen).items()
        if gram not in known
    )


def publisher_of(source: str, account: str) -> int:
    """Return by what a publisher is known here: an account of a source; without accounts, the source itself."""
    key = hashlib.sha256(b"stanch background\0" + settings.SECRET_KEY.encode()).digest()[:KEY_BYTES]
    return publisher_digest(source, account, key=key)


def count_sightings(*, item: Item) -> None:
    """Count what was noted of an item that a person has just allowed, in the decision's transaction."""
    GramSighting.objects.filter(item=item, state=GramSighting.State.WAITING).update(state=GramSighting.State.NEW)


def withhold_sightings(*, item: Item, acting_user: str, at: datetime) -> None:
    """Count no longer what was noted of an item whose decision was undone, and unlearn what rested on it."""
    rows = GramSighting.objects.filter(item=item).exclude(state=GramSighting.State.WAITING)
    grams = list(rows.values_list("gram", flat=True))
    if grams:
        rows.update(state=GramSighting.State.WAITING)
        _check_again(grams, acting_user=acting_user, at=at, reason="a decision was undone")


def learn_common(*, now: datetime) -> int:
    """Learn what enough independent publishers printed since the last look; return how many grams."""
    learnt = 0
    while True:
        with transaction.atomic():
            new = GramSighting.objects.filter(state=GramSighting.State.NEW)
            grams = list(new.order_by("gram").values_list("gram", flat=True).distinct()[:PAGE])
            counted = _counted(grams)
            enough = [gram for gram, some in counted.items() if len(some) >= WANTED]
            learnt += len(background.learn(grams=enough, acting_user=SYSTEM, at=now))
        if len(grams) < PAGE:
            return learnt


def publishers_of(grams: Iterable[int]) -> dict[int, int]:
    """Return by how many independent publishers each gram was printed, as far as that is still known.

    No more than `KEPT` are ever kept, and who printed it goes with the item in which it stood.
    """
    counted = GramSighting.objects.filter(state=GramSighting.State.COUNTED)
    return dict(
        pair
        for page in background.pages_of(grams)
        for pair in counted.filter(gram__in=page).values_list("gram").annotate(known=Count("id"))
    )


def undo_grams(
    *,
    grams: Iterable[int],
    acting_user: str,
    at: datetime,
    reason: str,
    bank: Bank | None = None,
    **told: str,
) -> list[int]:
    """Forget who printed these grams, and let them count again for good; return those that were common.

    Parameters
    ----------
    bank, told : as in `banks.background.refuse`.
    """
    chosen = set(grams)
    with transaction.atomic():
        for page in background.pages_of(chosen):
            GramSighting.objects.filter(gram__in=page).delete()
        return background.refuse(grams=chosen, acting_user=acting_user, at=at, reason=reason, bank=bank, **told)


def undo_publisher(
    *, source: str, account: str, acting_user: str, at: datetime, reason: str, **told: str
) -> list[int]:
    """Forget what one publisher printed; return the grams that are no longer common."""
    with transaction.atomic():
        rows = GramSighting.objects.filter(publisher=publisher_of(source, account))
        grams = list(rows.values_list("gram", flat=True))
        rows.delete()
        return _check_again(grams, acting_user=acting_user, at=at, reason=reason, **told)


def undo_since(*, moment: datetime, acting_user: str, at: datetime, reason: str, **told: str) -> list[int]:
    """Forget what was printed from a moment on; return the grams that are no longer common."""
    with transaction.atomic():
        rows = GramSighting.objects.filter(at__gte=moment)
        grams = list(rows.values_list("gram", flat=True))
        rows.delete()
        return _check_again(grams, acting_user=acting_user, at=at, reason=reason, **told)


def undo_all(*, acting_user: str, at: datetime, reason: str, **told: str) -> list[int]:
    """Forget everything that was learnt; return the grams that are no longer common."""
    with transaction.atomic():
        GramSighting.objects.all().delete()
        common = background.common_grams()
        return background.unlearn(grams=common, acting_user=acting_user, at=at, reason=reason, **told)


def forget_sightings(*, now: datetime) -> int:
    """Delete sightings that are old and came to nothing; return how many."""
    old = GramSighting.objects.filter(at__lt=now - UNLEARNT_KEPT)
    return old.exclude(gram__in=LearntGram.objects.values("gram")).delete()[0]


def _counted(grams: Iterable[int]) -> dict[int, list[Sighting]]:
    """Return the independent sightings of these grams; the others are deleted, these are no longer new."""
    rows = GramSighting.objects.filter(gram__in=list(grams)).exclude(state=GramSighting.State.WAITING)
    by_gram: dict[int, dict[Sighting, int]] = defaultdict(dict)
    for row in rows.order_by("id"):
        by_gram[row.gram].setdefault(Sighting(at=row.at, publisher=row.publisher, printing=row.printing), row.id)
    counted = {gram: independent(some)[:KEPT] for gram, some in by_gram.items()}
    kept = [by_gram[gram][one] for gram, some in counted.items() for one in some]
    _all_but(rows, kept).delete()
    rows.filter(id__in=kept).update(state=GramSighting.State.COUNTED)
    return counted


def _all_but(rows: QuerySet[GramSighting], kept: list[int]) -> QuerySet[GramSighting]:
    return GramSighting.objects.filter(id__in=set(rows.values_list("id", flat=True)) - set(kept))


def _check_again(grams: Iterable[int], *, acting_user: str, at: datetime, reason: str, **told: str) -> list[int]:
    """Unlearn those of these grams that too few publishers carry now."""
    few = list[int]()
    for page in background.pages_of(grams):
        counted = _counted(page)
        few += [gram for gram in page if len(counted.get(gram, ())) < WANTED]
    return background.unlearn(grams=few, acting_user=acting_user, at=at, reason=reason, **told)
