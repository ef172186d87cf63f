"""How the service is, in plain words: each part is good, late or bad, with the numbers behind it."""

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stanch_server.accounts import clock
from stanch_server.accounts.rules import PersonRequest, Scope, rule
from stanch_server.audit import access as audit
from stanch_server.audit.models import AuditEntry
from stanch_server.banks.changes import last_number
from stanch_server.banks.indexer import LEASE
from stanch_server.banks.live import follower
from stanch_server.banks.models import Change, Lease
from stanch_server.intake.models import Item
from stanch_server.outbox import access as outbox
from stanch_server.review.console.rows import Tag
from stanch_server.review.console.words import duration

Said = str | Promise
GOOD: Final = Tag(word=_("good"), tone="good")
LATE: Final = Tag(word=_("late"), tone="late")
BAD: Final = Tag(word=_("bad"), tone="bad")
PACKAGES: Final = ("stanch", "django", "granian", "numpy", "pillow", "cryptography")
MOST_LETTERS: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A number behind what is said of a part."""

    name: Said
    value: object


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of the service: how it is, why, and what to do about it if it is not good."""

    name: Said
    state: Tag
    said: Said
    facts: tuple[Fact, ...]


@rule(capability="system.read", source_from=Scope.EVERYWHERE)
def system(request: PersonRequest) -> HttpResponse:
    """Show every part, dead letters by what they were to do, and what runs here."""
    now = clock.now()
    said: dict[str, Any] = {
        "parts": list(_parts(now)),
        "letters": outbox.dead_letters(limit=MOST_LETTERS),
        "versions": list(_versions()),
        "database": _database(),
        "now": now,
    }
    return render(request, "console/system.html", said)


def _parts(now: datetime) -> Iterator[Part]:
    yield _index(now)
    yield _queue(now)
    yield _scanning(now)
    yield _audit(now)
    yield _disk()


def _index(now: datetime) -> Part:
    """What this process has read of the banks. It reads on with each question, so it is late only between them."""
    newest, known = last_number(), follower().number
    first = Change.objects.filter(number__gt=known).order_by("number").values_list("at", flat=True).first()
    at_work = Lease.objects.filter(name=LEASE, until__gt=now).exists()
    facts = (
        Fact(name=_("newest change"), value=newest),
        Fact(name=_("known to this process"), value=known),
        Fact(name=_("behind by"), value=newest - known),
        *_since(first, now),
        Fact(name=_("indexer"), value=_("at work") if at_work else _("not at work")),
    )
    if not at_work:
        said: Said = _(
            "Everything is found all the same, but a process takes longer to start: see to the indexer."
        )
        return Part(name=_("Index of the banks"), state=LATE, said=said, facts=facts)
    if first is None:
        said = _("Everything that was added to the banks or removed is known here.")
    else:
        said = _("This process learns of what is missing with its next question, before it answers.")
    return Part(name=_("Index of the banks"), state=GOOD, said=said, facts=facts)


def _since(first: datetime | None, now: datetime) -> tuple[Fact, ...]:
    return () if first is None else (Fact(name=_("the first of these is"), value=duration(now - first)),)


def _queue(now: datetime) -> Part:
    state = outbox.state(now=now)
    facts = (
        Fact(name=_("waiting"), value=state.waiting),
        Fact(name=_("the first has been due for"), value=duration(state.late)),
        Fact(name=_("dead letters"), value=state.dead),
    )
    if state.late > _limit():
        said: Said = _("Nothing is lost, but it is late: see whether the worker runs.")
        return Part(name=_("Queue"), state=LATE, said=said, facts=facts)
    if state.dead:
        said = _("Some effects were tried too often and wait for a person.")
        return Part(name=_("Queue"), state=BAD, said=said, facts=facts)
    return Part(name=_("Queue"), state=GOOD, said=_("What has to be done is done in time."), facts=facts)


def _scanning(now: datetime) -> Part:
    waiting = Item.objects.filter(state=Item.State.PENDING, locked=None).order_by("received")
    first = waiting.values_list("received", flat=True).first()
    late = max(timedelta(), now - (first or now))
    facts = (Fact(name=_("items without an outcome"), value=waiting.count()), *_since(first, now))
    if late > _limit():
        said: Said = _("Items wait for their scan: see whether the worker runs.")
        return Part(name=_("Scanning"), state=LATE, said=said, facts=facts)
    return Part(name=_("Scanning"), state=GOOD, said=_("Items get their outcome in time."), facts=facts)


def _audit(now: datetime) -> Part:
    state = audit.state()
    first = AuditEntry.objects.filter(number=None).order_by("id").values_list("at", flat=True).first()
    tail = state.records - state.anchored
    facts = (
        Fact(name=_("numbered records"), value=state.records),
        Fact(name=_("waiting for a number"), value=state.waiting),
        Fact(name=_("signed up to record"), value=state.anchored),
        Fact(name=_("not yet covered by a signed head"), value=tail),
    )
    if first is not None and now - first > _limit():
        said: Said = _("Records wait for their number: see whether the sequencer runs.")
        return Part(name=_("Audit log"), state=LATE, said=said, facts=facts)
    said = _("Records are numbered and signed. That nothing was changed is shown by: stanch audit verify.")
    return Part(name=_("Audit log"), state=GOOD, said=said, facts=facts)


def _disk() -> Part:
    places = {
        _("data"): settings.DATA_FOLDER,
        _("vault"): settings.VAULT_FOLDER,
        _("index"): settings.INDEX_FOLDER,
    }
    free = {name: shutil.disk_usage(_there(Path(path))).free for name, path in places.items()}
    facts = tuple(Fact(name=name, value=f"{count / 1e9:,.1f} GB") for name, count in free.items())
    if min(free.values()) < settings.FREE_DISK:
        said: Said = _("The disk is almost full: soon nothing can be taken in. Make room.")
        return Part(name=_("Free on disk"), state=BAD, said=said, facts=facts)
    return Part(name=_("Free on disk"), state=GOOD, said=_("There is room."), facts=facts)


def _there(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


def _limit() -> timedelta:
    return timedelta(seconds=settings.LATE_SECONDS)


def _database() -> str:
    with connection.cursor() as cursor:
        ask = "SHOW server_version" if connection.vendor == "postgresql" else "SELECT sqlite_version()"
        cursor.execute(ask)
        return f"{connection.display_name} {cursor.fetchone()[0]}"


def _versions() -> Iterator[tuple[str, str]]:
    yield "Python", platform.python_version()
    for name in PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:  # it is not needed in every installation
            continue
