"""After a crash and after a restore: what was erased stays erased, and nothing lies about."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, TypeVar

from django.db import transaction

from stanch_server.vault.erasures import Mark
from stanch_server.vault.errors import PreservedBlobError, TooManyOrphansError, UnknownBlobError
from stanch_server.vault.models import Blob, Preservation
from stanch_server.vault.operations.common import SYSTEM, erasures, files, locked, moment
from stanch_server.vault.operations.erasing import destroy_key, erase, finish_erasure, note
from stanch_server.vault.operations.preserving import refuse_preserved
from stanch_server.vault.values import BlobId, Purpose, Reapplied, Settled, State, Swept

BATCH: Final = 500
DAY: Final = timedelta(days=1)

T = TypeVar("T")


def reapply_erasures(*, acting_user: str = SYSTEM, now: datetime | None = None) -> Reapplied:
    """Erase again whatever on the list came back with a restore. To be run before the service starts again.

    An erasure that began and was never confirmed counts as one, since it may have been acknowledged in the last
    instant before the loss; only if the blob is preserved now, it is left as it is, and reported.

    Raises
    ------
    DamagedErasureListError
        If the list cannot be trusted.
    """
    at, marks = moment(now), erasures().read()
    gone = [blob for blob, mark in marks.items() if mark is not Mark.KEPT]
    erased, preserved = [], []
    for blob in _stored(gone):
        if _erase_again(blob, certain=marks[blob] is Mark.ERASED, actor=acting_user, at=at):
            erased.append(blob)
        else:
            preserved.append(blob)
    return Reapplied(
        erased=tuple(erased),
        files=sum(files().remove(blob) for blob in gone if blob not in preserved),
        listed=_list_unlisted(marks.keys(), at),
        preserved=tuple(preserved),
    )


def _erase_again(blob: BlobId, *, certain: bool, actor: str, at: datetime) -> bool:
    """Return False if the blob is preserved and its erasure not certain."""
    with transaction.atomic(durable=True):
        row = locked(blob)
        if not certain:
            try:
                refuse_preserved(row, at)
            except PreservedBlobError:
                return False
        destroy_key(row, at)
        note(row, "vault.erased-again", actor=actor, reason="came back with a restore", at=at)
    finish_erasure(blob=blob, now=at)
    return True


def _list_unlisted(known: Iterable[BlobId], at: datetime) -> int:
    """Put erased rows on the list that it does not know: it was lost, or is itself an old copy."""
    listed = set(known)
    rows = Blob.objects.filter(state=State.ERASED).values_list("pk", flat=True)
    missing = [blob for blob in rows.iterator() if blob not in listed]
    if missing:
        erasures().add(missing, Mark.ERASED, at=at)
    return len(missing)


def settle_erasures(*, now: datetime | None = None) -> Settled:
    """Bring to an end what a crash left half-way: files of erased blobs, and erasures that never committed.

    To be run at each start and now and then. On an erasure that is just going on this waits for its outcome.
    """
    at = moment(now)
    unconfirmed = Blob.objects.filter(state=State.ERASED, confirmed=None).order_by("erased")
    finished = [finish_erasure(blob=blob, now=at) for blob in list(unconfirmed.values_list("pk", flat=True))]
    begun = [blob for blob, mark in erasures().read().items() if mark is Mark.BEGUN]
    return Settled(finished=sum(finished), withdrawn=sum([_withdraw(blob, at) for blob in _stored(begun)]))


def _withdraw(blob: BlobId, at: datetime) -> bool:
    """Put on the list that an erasure never committed, if so. Under the row's lock none can begin meanwhile."""
    with suppress(UnknownBlobError), transaction.atomic(durable=True):
        if locked(blob).state == State.STORED:
            erasures().add([blob], Mark.KEPT, at=at)
            return True
    return False


def sweep_orphans(*, now: datetime, grace: timedelta = DAY, at_most: int | None = 1_000) -> Swept:
    """Remove drafts of writers that died, and files that no row can open.

    After a restore of an older database, files of later blobs are orphans: sweep when that database is to stay.

    Parameters
    ----------
    grace : what was written later than this before `now` may still get its row; longer than any transaction.
    at_most : if more files than that are orphans, none is removed; None removes any number.

    Raises
    ------
    TooManyOrphansError
        If there are more.
    """
    before, tree = now - grace, files()
    drafts = list(tree.drafts(before=before))
    written = tree.blobs(before=before)
    orphans = [blob for some in _batches(written) for blob in set(some) - set(_stored(some))]
    if at_most is not None and len(orphans) > at_most:
        raise TooManyOrphansError(found=len(orphans), limit=at_most)
    for draft in drafts:
        draft.unlink(missing_ok=True)
    return Swept(drafts=len(drafts), orphans=sum([tree.remove(blob) for blob in orphans]))


def erase_unnamed(
    *,
    purpose: Purpose,
    named: Callable[[Collection[str]], Iterable[str]],
    now: datetime,
    acting_user: str = SYSTEM,
    grace: timedelta = DAY,
    at_most: int = 1_000,
) -> int:
    """Erase what was stored for something that never came to be, because the process died in between.

    Parameters
    ----------
    named : returns those of some ids that its room knows.
    grace, at_most : as with `sweep_orphans`.

    Returns
    -------
    How many there were.

    Raises
    ------
    TooManyOrphansError
        If there are more than that; then none is erased.
    """
    held = Preservation.objects.filter(released=None, until__gt=now).values("blob")
    old = Blob.objects.filter(purpose=purpose, state=State.STORED, created__lt=now - grace).exclude(pk__in=held)
    unnamed = [
        blob
        for some in _batches(old.values_list("pk", flat=True).iterator())
        for blob in set(some) - set(named(some))
    ]
    if len(unnamed) > at_most:
        raise TooManyOrphansError(found=len(unnamed), limit=at_most)
    erased = 0
    for blob in unnamed:
        with suppress(PreservedBlobError):  # since it was found
            erased += erase(blob=blob, acting_user=acting_user, reason="nothing names it", now=now)
    return erased


def _stored(blobs: Iterable[BlobId]) -> Iterator[BlobId]:
    """Yield those of the ids that have a row with a key."""
    for some in _batches(blobs):
        rows = Blob.objects.filter(pk__in=some, state=State.STORED)
        yield from map(BlobId, list(rows.values_list("pk", flat=True)))


def _batches(things: Iterable[T]) -> Iterator[list[T]]:
    left = iter(things)
    while some := list(islice(left, BATCH)):
        yield some
