"""`stanch service`: people, sources, keys and the demo, for whoever sets a service up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stanch.cli.exits import Exit
from stanch.cli.options import Json
from stanch.cli.show import to_json
from stanch.errors import InvalidValueError
from stanch_server.project.commands.options import Config
from stanch_server.project.errors import UnknownNameError
from stanch_server.project.start import loaded

if TYPE_CHECKING:
    from stanch_server.accounts.capabilities import Role
    from stanch_server.accounts.models import Source

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode="markdown", help="Set the service up from the command line."
)

ROLES = "admin, manager, reviewer, analyst, auditor or partner"

Port = Annotated[int, typer.Option(help="Port on which the service listens, for the link.", min=1, max=65_535)]


@app.command(name="sign-in")
def sign_in(
    name: Annotated[str, typer.Argument(help="Sign-in name of the person.")],
    *,
    port: Port = 8000,
    config: Config = None,
) -> None:
    """Print a new link that signs a person in once, within 15 minutes; older ones end."""
    with loaded(config):
        from django.utils import timezone  # noqa: PLC0415 - an extra

        from stanch_server.project import people  # noqa: PLC0415 - needs Django

        invitation = people.invite(name, now=timezone.now())
        typer.echo(f"{people.address(port=port)}{invitation.path}")


@app.command(name="create-source")
def create_source(
    name: Annotated[str, typer.Argument(help="Name of the site or product.")], *, config: Config = None
) -> None:
    """Add a source, a site or product of yours, and print its id; one that is there already stays as it is."""
    with loaded(config):
        from django.utils import timezone  # noqa: PLC0415 - an extra

        from stanch_server.accounts import operations  # noqa: PLC0415 - needs Django
        from stanch_server.accounts.models import Source  # noqa: PLC0415 - ditto

        found = Source.objects.filter(name=name).first()
        made = found or operations.create_source(name=name, acting_user=operations.SYSTEM, now=timezone.now())
        typer.echo(made.id)


@app.command(name="create-person")
def create_person(
    name: Annotated[str, typer.Argument(help="Name with which the person signs in.")],
    *,
    display_name: Annotated[str, typer.Option(help="Name shown to others.")] = "",
    role: Annotated[list[str] | None, typer.Option(help=f"A role; may be given again: {ROLES}.")] = None,
    source: Annotated[str, typer.Option(help="Source for which the roles hold; all of them if not given.")] = "",
    port: Port = 8000,
    config: Config = None,
) -> None:
    """Add a person, and print a link that signs them in once, within 15 minutes; then they choose a passphrase."""
    with loaded(config):
        from django.db import transaction  # noqa: PLC0415 - an extra
        from django.utils import timezone  # noqa: PLC0415 - ditto

        from stanch_server.accounts import operations  # noqa: PLC0415 - needs Django
        from stanch_server.project import people  # noqa: PLC0415 - ditto

        now = timezone.now()
        where, roles = (_source(source) if source else None), _roles(role or [])
        with transaction.atomic():
            person = operations.create_person(
                sign_in_name=name, display_name=display_name, acting_user=operations.SYSTEM, now=now
            )
            for each in roles:
                operations.grant_role(person, each, where, acting_user=operations.SYSTEM, now=now)
            invitation = people.invite(person.sign_in_name, now=now)
        typer.echo(f"{people.address(port=port)}{invitation.path}")


@app.command(name="create-key")
def create_key(
    *,
    source: Annotated[str, typer.Option(help="Name of the source that the key is for.")],
    capability: Annotated[
        list[str],
        typer.Option(
            help="What it may do; may be given again: items.submit, items.read, items.forget, match.query, "
            "decisions.read, banks.read, banks.write, banks.register."
        ),
    ],
    name: Annotated[str, typer.Option(help="What people call it.")] = "made on the command line",
    days: Annotated[int, typer.Option(help="Days until it ends.", min=1, max=366)] = 90,
    config: Config = None,
) -> None:
    """Make an API key with which a program of a source asks, and print it; it cannot be shown again.

    For example: `stanch service create-key --source "Harbour Forum" --capability items.submit`
    """
    with loaded(config):
        from django.utils import timezone  # noqa: PLC0415 - an extra

        from stanch_server.accounts import operations  # noqa: PLC0415 - needs Django

        now = timezone.now()
        _key, secret = operations.create_api_key(
            source=_source(source),
            name=name,
            capabilities=capability,
            expires_at=now + timedelta(days=days),
            acting_user=operations.SYSTEM,
            now=now,
        )
        typer.echo(secret)


@app.command()
def learnt(*, config: Config = None, json: Json = False) -> None:
    """List what was learnt to be common, entry by entry: what is believed of it, and what waits for a person."""
    with loaded(config, existing=True):
        from django.utils import timezone  # noqa: PLC0415 - an extra

        from stanch_server.project import background  # noqa: PLC0415 - needs Django

        for each in background.learnt(now=timezone.now()):
            said = "counts nothing" if each.believed else "counts in full: it is too much of the entry"
            grams = [f"{gram:012x}" for gram in each.grams]
            told = {"bank": each.bank, "entry": each.entry, "share": round(each.share, 4), "grams": grams}
            line = f"{each.bank}: {each.entry}: {len(grams)} grams, {each.share:.0%}, {said}: {' '.join(grams)}"
            typer.echo(to_json({**told, "believed": each.believed}) if json else line)


@app.command()
def unlearn(
    *,
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit log.")],
    gram: Annotated[list[str] | None, typer.Option(help="A gram, as `learnt` names it; for good.")] = None,
    source: Annotated[str, typer.Option(help="All that an account of this source brought; with --account.")] = "",
    account: Annotated[str, typer.Option(help="The account; if not given, what came without any.")] = "",
    since: Annotated[datetime | None, typer.Option(help="All that came since then, in UTC.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that was learnt.")] = False,
    by: Annotated[str, typer.Option(help="Sign-in name of the person who says so, for the audit log.")] = "",
    config: Config = None,
) -> None:
    """Take back what was learnt to be common; every process of the service knows at once.

    Without `--by`, the audit log says that whoever runs commands on this machine did it.
    """
    if sum([bool(gram), bool(source), since is not None, everything]) != 1:
        raise typer.BadParameter("give one of --gram, --source, --since and --all")
    with loaded(config, existing=True):
        from django.utils import timezone  # noqa: PLC0415 - an extra

        from stanch_server.project import background  # noqa: PLC0415 - needs Django

        gone = background.undo(
            grams=[_gram(digits) for digits in gram or []],
            publisher=(str(_source(source).id), account) if source else None,
            since=since and since.replace(tzinfo=UTC),
            by=by,
            reason=reason,
            at=timezone.now(),
        )
        typer.echo(f"{len(gone)} grams are no longer common")


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where the demo stands; it is built there if it is not.")] = Path(
        "demo"
    ),
    *,
    config: Config = None,
) -> None:
    """Put the demo into the service: banks, policy, people, and its 150 posts as items. Again does nothing.

    Exit codes: 0 every outcome is as it must be; 1 one is not.
    """
    with loaded(config):
        from stanch_server.project import demo as demos  # noqa: PLC0415 - needs Django

        told = demos.load(folder)
    typer.echo(f"{told.source}: {told.banks} banks, {told.entries} entries, {told.items} items, {told.new} new.")
    for wrong in told.wrong:
        typer.echo(f"not as it must: {wrong}")
    raise typer.Exit(Exit.FAILED if told.wrong else Exit.NOTHING)


def _source(name: str) -> "Source":
    from django.conf import settings  # noqa: PLC0415 - an extra

    from stanch_server.accounts.models import Source  # noqa: PLC0415 - needs Django

    found = Source.objects.filter(name=name).first()
    if found is None:
        there = ", ".join(Source.objects.order_by("name").values_list("name", flat=True))
        known = f"; there is {there}" if there else ", nor any other: `stanch service create-source` makes one"
        raise UnknownNameError(what="source", name=name, data=settings.DATA_FOLDER, known=known)
    return found


def _roles(given: list[str]) -> "list[Role]":
    from stanch_server.accounts.capabilities import Role  # noqa: PLC0415 - needs Django

    unknown = sorted(set(given) - set(Role))
    if unknown:
        raise InvalidValueError(what=f"role {unknown[0]!r}", problem=f"give some of {', '.join(Role)}")
    return [Role(each) for each in given]


def _gram(digits: str) -> int:
    try:
        return int(digits, 16)
    except ValueError as error:
        raise InvalidValueError(what=f"gram {digits!r}", problem="must be hexadecimal") from error
