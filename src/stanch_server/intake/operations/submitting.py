"""Items in: scanned, kept as far as they must be, and acknowledged once they are committed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from stanch.language import UNDETERMINED, identify
from stanch.values import Level
from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.endpoints.problems import busy
from stanch_server.intake.contents import Content, keep, let_go
from stanch_server.intake.effort import effort_of
from stanch_server.intake.errors import IdempotencyKeyReusedError, OutdatedScanError
from stanch_server.intake.models import IdempotencyKey, Item, ItemPart
from stanch_server.intake.operations.rows import SCAN_TOPIC, record, set_outcome, write_outcome, write_parts
from stanch_server.intake.posts import Submission
from stanch_server.intake.scanning import Scanned, scan
from stanch_server.outbox.operations import enqueue
from stanch_server.rows import insert

KEPT: Final = timedelta(days=7)
"""For so long an idempotency key is known."""

AT_ONCE: Final = 250_000
"""As much work (`intake.effort`) is done while the program waits; a post that is more is answered later."""

BATCH_AT_ONCE: Final = 1_000_000
"""The same for all posts of a batch together, in their order."""

RETRIES: Final = 3
AGAIN_SECONDS: Final = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    """What became of one submission: its item, and whether it had been there before."""

    item: Item
    replayed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Prepared:
    """A submission whose outcome is known, or that waits for it, with its content in the vault."""

    item: Item
    submission: Submission
    scanned: Scanned | None
    blobs: dict[str, str]


def submit(submission: Submission, *, caller: KeyPrincipal, now: datetime) -> Submitted:
    """Take in one post. When this returns, it is committed.

    Raises
    ------
    IdempotencyKeyReusedError
        If its idempotency key was used for something else.
    """
    (outcome,) = submit_many([submission], caller=caller, now=now)
    if isinstance(outcome, IdempotencyKeyReusedError):
        raise outcome
    return outcome


def submit_many(
    submissions: Iterable[Submission], *, caller: KeyPrincipal, now: datetime
) -> list[Submitted | IdempotencyKeyReusedError]:
    """Take in several posts in one transaction; each has an answer of its own, in their order.

    What another request takes in under the same idempotency key at the same instant is noticed when this one is
    written: then all is looked up anew. So is all scanned anew if an entry was removed meanwhile.

    Raises
    ------
    ProblemError
        503 if that happens again and again.
    """
    chosen = list(submissions)
    for _ in range(RETRIES):
        known = _known(chosen, caller.key)
        prepared: list[_Prepared] = []
        try:
            for one, at_once in _by_effort(_new(chosen, known)):
                prepared.append(_prepared(one, caller, now, at_once=at_once))
            with transaction.atomic():
                for ready in prepared:
                    _write(ready, caller, now)
        except (IntegrityError, OutdatedScanError):
            _abandon(prepared, caller, now)
            continue
        except BaseException:
            _abandon(prepared, caller, now)
            raise
        return _answers(chosen, known, prepared)
    raise busy(AGAIN_SECONDS)


def purge_idempotency_keys(*, now: datetime) -> int:
    """Forget keys that are older than seven days. Return how many."""
    return IdempotencyKey.objects.filter(created__lt=now - KEPT).delete()[0]


def _known(chosen: list[Submission], key: UUID) -> dict[str, IdempotencyKey]:
    names = {one.idempotency for one in chosen if one.idempotency}
    if not names:
        return {}
    return {row.name: row for row in IdempotencyKey.objects.filter(key=key, name__in=names)}


def _new(chosen: list[Submission], known: dict[str, IdempotencyKey]) -> Iterator[Submission]:
    """Yield what is not known yet; of several under one name, the first."""
    seen = set(known)
    for one in chosen:
        if one.idempotency not in seen:
            yield one
        if one.idempotency:
            seen.add(one.idempotency)


def _by_effort(submissions: Iterable[Submission]) -> Iterator[tuple[Submission, bool]]:
    """Yield each submission, and whether it is scanned at once."""
    left = BATCH_AT_ONCE
    for one in submissions:
        effort = effort_of(one.contents)
        at_once = not one.at_leisure and effort <= min(AT_ONCE, left)
        left -= effort if at_once else 0
        yield one, at_once


def _prepared(submission: Submission, caller: KeyPrincipal, now: datetime, *, at_once: bool) -> _Prepared:
    item = Item(
        source_id=caller.source,
        key=caller.key,
        reference=submission.reference,
        account=submission.account,
        audience=submission.audience.value,
        state=Item.State.PENDING,
        language=_language(submission.contents),
        received=now,
    )
    scanned = scan(submission.contents, source=caller.source, now=now) if at_once else None
    if scanned is not None:
        set_outcome(item, scanned, at=now)
    blobs = {}
    if scanned is None or scanned.level > Level.ALLOW:
        kept = keep(submission.contents, source=caller.source, acting_user=caller.actor, now=now)
        blobs = {content.name: str(blob) for content, blob in kept}
    return _Prepared(item=item, submission=submission, scanned=scanned, blobs=blobs)


def _language(contents: Iterable[Content]) -> str:
    """Return the language of the longest text; empty where there is none, or it does not tell."""
    texts = [one.data for one in contents if one.form is ItemPart.Form.TEXT]
    known = identify(max(texts, key=len).decode(errors="surrogatepass")) if texts else UNDETERMINED
    return "" if known == UNDETERMINED else known


def _write(one: _Prepared, caller: KeyPrincipal, now: datetime) -> None:
    item, submission = one.item, one.submission
    if submission.idempotency:
        IdempotencyKey.objects.create(
            key=caller.key, name=submission.idempotency, digest=submission.digest, item=item.id, created=now
        )
    insert(item)
    if one.blobs:
        write_parts(item, submission.contents, one.blobs, one.scanned.media if one.scanned else {})
    if one.scanned is not None:
        write_outcome(item, one.scanned, acting_user=caller.actor, at=now)
    else:
        record("item.received", item, acting_user=caller.actor, at=now, parts=len(submission.contents))
        enqueue(topic=SCAN_TOPIC, payload={"item": str(item.id)}, key=str(item.id))


def _abandon(prepared: list[_Prepared], caller: KeyPrincipal, now: datetime) -> None:
    """Erase what was kept for items that are not to be; a commit that seemed to fail may have been one."""
    there = set(Item.objects.filter(id__in=[one.item.id for one in prepared]).values_list("id", flat=True))
    for one in prepared:
        if one.item.id in there:
            continue
        let_go(one.blobs.values(), acting_user=caller.actor, reason="not taken in", now=now)
        one.item.pk = None


def _answers(
    chosen: list[Submission], known: dict[str, IdempotencyKey], prepared: list[_Prepared]
) -> list[Submitted | IdempotencyKeyReusedError]:
    made = {id(one.submission): one.item for one in prepared}
    digests = {name: (row.digest, row.item) for name, row in known.items()}
    for one in prepared:
        digests[one.submission.idempotency] = (one.submission.digest, one.item.id)
    repeated = {digests[one.idempotency][1] for one in chosen if id(one) not in made}
    earlier = {row.id: row for row in Item.objects.filter(id__in=repeated)} if repeated else {}
    return [
        Submitted(item=made[id(one)]) if id(one) in made else _again(one, *digests[one.idempotency], earlier)
        for one in chosen
    ]


def _again(
    one: Submission, digest: str, item: UUID, earlier: dict[UUID, Item]
) -> Submitted | IdempotencyKeyReusedError:
    """Return what a repetition is told: the item as it is now, or that this is another post."""
    if digest != one.digest or item not in earlier:
        return IdempotencyKeyReusedError()
    return Submitted(item=earlier[item], replayed=True)
