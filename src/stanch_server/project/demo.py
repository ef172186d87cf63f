"""The demo in the service: the same banks, policy and posts as on the command line, each put in once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from django.db import transaction
from django.utils import timezone
from rich.progress import Progress

from stanch.cli.installation import CONFIGURATION, Installation
from stanch.cli.show import errors
from stanch.demo import INPUTS, build
from stanch.matching import Bank as BankFile
from stanch_server.accounts import operations as accounts
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import ApiKey, Person, Source
from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.banks import contents, live
from stanch_server.banks import operations as banks
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake import operations as intake
from stanch_server.intake.models import Item, Policy
from stanch_server.intake.posts import SentPost, checked, digest_of

SOURCE = "Harbour Forum"
REVIEWER, MANAGER = ("mara.lind", "Mara Lind"), ("ilse.brandt", "Ilse Brandt")
KEY = "demo"
KEY_LASTS = timedelta(days=365)
WORKS = "works"
TEXT = ".txt"
WORK_ENDINGS = (TEXT, ".png")


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is in the service now, how many items were new, and which outcomes are not as they must be."""

    source: str
    banks: int
    entries: int
    items: int
    new: int
    wrong: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sent:
    """A post of the demo, as a program would send it."""

    post: SentPost
    files: dict[str, bytes]


def load(folder: Path) -> Told:
    """Put the demo of a folder into the service; what is there already is left as it is."""
    with errors().status("building the demo"):
        marker = build(folder)
    installation = Installation.find(folder / CONFIGURATION)
    now = timezone.now()
    source = _source(now)
    reviewer, manager = (
        _person(*REVIEWER, Role.REVIEWER, source, now),
        _person(*MANAGER, Role.MANAGER, source, now),
    )
    files = installation.open_all()
    made = [_bank(file, folder / WORKS, source, reviewer, manager, now) for file in files]
    _policies(installation, {bank.name: bank for bank in made}, source, manager, now)
    try:
        new = _submit_all(list(_posts(folder / INPUTS)), _caller(source, manager, now))
    finally:
        live.close()
    wanted = {name: expected.outcome for name, expected in marker.expected.items()}
    return Told(
        source=source.name,
        banks=len(made),
        entries=Entry.objects.filter(bank__in=made, removed=None).count(),
        items=Item.objects.filter(source=source, reference__in=wanted).count(),
        new=new,
        wrong=tuple(_wrong(source, wanted)) if new else (),
    )


def _source(now: datetime) -> Source:
    found = Source.objects.filter(name=SOURCE).first()
    return found or accounts.create_source(name=SOURCE, acting_user=accounts.SYSTEM, now=now)


def _person(name: str, shown: str, role: Role, source: Source, now: datetime) -> Person:
    """Return one of the two who acted in the demo's story; nobody can sign in as them without a link."""
    found = Person.objects.filter(sign_in_name=name).first()
    if found is not None:
        return found
    with transaction.atomic():
        person = accounts.create_person(
            sign_in_name=name, display_name=shown, acting_user=accounts.SYSTEM, now=now
        )
        accounts.grant_role(person, role, source, acting_user=accounts.SYSTEM, now=now)
    return person


def _bank(file: BankFile, works: Path, source: Source, reviewer: Person, manager: Person, now: datetime) -> Bank:
    """Return the bank of a file, with its entries; confirmed ones under the opaque id of who confirmed them.

    What a person here confirmed is kept with its content, to be seen beside what matches it; what came from a
    partner is known by its fingerprints alone.
    """
    found = Bank.objects.filter(name=file.info.name).first()
    if found is not None:
        return found
    entries = [
        replace(entry, confirmed_by=reviewer.actor if entry.confirmed_by else None, note="") for entry in file
    ]
    blobs = {
        entry.id: contents.keep(
            bank=Bank(source=source), content=work.read_bytes(), acting_user=reviewer.actor, at=now
        )
        for entry in entries
        if entry.confirmed_by and (work := _work(works, entry.id)) is not None
    }
    with transaction.atomic():
        bank = banks.create_bank(info=file.info, source=source, acting_user=manager.actor, at=now)
        banks.add_entries(bank=bank, entries=entries, acting_user=reviewer.actor, at=now, blobs=blobs)
        banks.set_state(bank=bank, state=file.info.state, acting_user=manager.actor, at=now)
    return bank


def _work(works: Path, name: str) -> Path | None:
    """Return the file of a work; a link has none."""
    found = (works / f"{name}{ending}" for ending in WORK_ENDINGS)
    return next((path for path in found if path.is_file()), None)


def _policies(
    installation: Installation, made: dict[str, Bank], source: Source, manager: Person, now: datetime
) -> None:
    for name, policy in installation.policies.items():
        if not Policy.objects.filter(source=source, bank=made[name]).exists():
            intake.set_policy(
                source=source,
                bank=made[name],
                block_identical=policy.block_identical,
                at_most=policy.at_most,
                reason=policy.reason,
                acting_user=manager.actor,
                at=now,
            )


def _caller(source: Source, manager: Person, now: datetime) -> KeyPrincipal:
    """Return the key under which the demo's posts come in. Nobody has seen its secret."""
    key = ApiKey.objects.filter(source=source, name=KEY, revoked_at=None, expires_at__gt=now).first()
    if key is None:
        key, _ = accounts.create_api_key(
            source=source,
            name=KEY,
            capabilities=["items.submit"],
            expires_at=now + KEY_LASTS,
            acting_user=manager.actor,
            now=now,
        )
    return KeyPrincipal(key=key.id, source=source.id, capabilities=frozenset(key.capabilities))


def _submit_all(posts: list[_Sent], caller: KeyPrincipal) -> int:
    """Take in what is not there yet, and return how many that was."""
    there = set(Item.objects.filter(source=caller.source).values_list("reference", flat=True))
    missing = [sent for sent in posts if sent.post.id not in there]
    with Progress(console=errors(), transient=True) as progress:
        for sent in progress.track(missing, description="taking in the demo's posts"):
            body = msgspec.json.encode(sent.post)
            submission = checked(
                sent.post,
                files=sent.files,
                idempotency=f"demo {sent.post.id}",
                digest=digest_of(body, sent.files),
            )
            intake.submit(submission, caller=caller, now=timezone.now())
    return len(missing)


def _posts(folder: Path) -> Iterator[_Sent]:
    """Yield the inputs in order of name: texts as text, folders by their post.json, all else as media."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            post = msgspec.json.decode((path / "post.json").read_bytes(), type=SentPost)
            yield _Sent(post=post, files={name: (path / name).read_bytes() for name in post.media})
        elif path.suffix == TEXT:
            post = SentPost(audience="public", id=path.name, text=path.read_text(encoding="utf-8"))
            yield _Sent(post=post, files={})
        else:
            post = SentPost(audience="public", id=path.name, media=[path.name])
            yield _Sent(post=post, files={path.name: path.read_bytes()})


def _wrong(source: Source, wanted: dict[str, str]) -> Iterator[str]:
    """Yield what did not come out as it must; what waits for its scan is not judged yet."""
    items = Item.objects.filter(source=source, reference__in=wanted, state=Item.State.DONE).order_by("reference")
    for item in items:
        level = Item.Level(item.first_level).name.lower() if item.first_level is not None else ""
        if level != wanted[item.reference]:
            yield f"{item.reference}: {level}, must be {wanted[item.reference]}"
