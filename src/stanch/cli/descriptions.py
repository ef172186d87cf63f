"""What a bank is: asked for, and told."""

from datetime import date
from typing import Any

import typer

from stanch.cli.show import to_json
from stanch.matching import Bank
from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType, Designation, Purpose


def described(
    name: str, *, owner: str, legal_basis: str, content: ContentType | None, designation: str, good: str = ""
) -> BankInfo:
    """Return the description of a new bank, asking at a terminal for what was not given."""
    asked = typer.prompt if _can_ask() else _must_be_given
    owner = owner or asked("Owner: the organisation that answers for it")
    legal_basis = legal_basis or asked("Legal basis")
    if good:
        return BankInfo(name=name, owner=owner, legal_basis=legal_basis, purpose=Purpose.KNOWN_GOOD, reason=good)
    kinds = ", ".join(ContentType)
    return BankInfo(
        name=name,
        owner=owner,
        legal_basis=legal_basis,
        content_type=content or _content_type(asked(f"Content type ({kinds})")),
        designation=_designation(
            designation or asked(f"Designation ('LIST;IDENTIFIER;YYYY-MM-DD' or {BEHAVIOUR_BASED})")
        ),
    )


def _can_ask() -> bool:
    return typer.get_text_stream("stdin").isatty()


def _must_be_given(what: str) -> str:
    option = "--" + what.split("(", maxsplit=1)[0].split(":", maxsplit=1)[0].strip().lower().replace(" ", "-")
    raise typer.BadParameter(f"{option} is needed: {what}")


def _content_type(written: str) -> ContentType:
    if written not in set(ContentType):
        raise typer.BadParameter(f"--content-type must be one of {', '.join(ContentType)}")
    return ContentType(written)


def _designation(written: str) -> Designation | str:
    if written == BEHAVIOUR_BASED:
        return written
    parts = [part.strip() for part in written.split(";")]
    try:
        named, identifier, since = parts
        return Designation(list=named, identifier=identifier, date=date.fromisoformat(since))
    except ValueError:
        raise typer.BadParameter(
            f"--designation must be 'LIST;IDENTIFIER;YYYY-MM-DD' or {BEHAVIOUR_BASED}, not {written!r}"
        ) from None


def designated(info: BankInfo) -> str:
    """Return the designation of a bank as people read it."""
    named = info.designation
    return f"{named.list} {named.identifier} ({named.date})" if isinstance(named, Designation) else named or "-"


def in_words(bank: Bank) -> list[str]:
    """Return a bank's description as lines for people."""
    info = bank.info
    what = f"content type {info.content_type}" if info.content_type else f"known to be good: {info.reason}"
    return [
        f"{info.name}: {info.state}, {len(bank)} entries",
        f"  {what}; designation: {designated(info)}",
        f"  owner: {info.owner}; legal basis: {info.legal_basis}",
    ]


def bank_json(bank: Bank) -> str:
    """Return a bank's description and the list of its entries as one line of JSON."""
    info = bank.info
    entries: list[dict[str, Any]] = [
        {
            "entry": entry.id,
            "added": entry.added,
            "confirmed_by": entry.confirmed_by,
            "expires": entry.expires,
            "labels": entry.labels,
            "methods": [found.method.id for found in entry.fingerprints],
        }
        for entry in bank
    ]
    record = {
        "bank": info.name,
        "state": info.state,
        "purpose": info.purpose,
        "owner": info.owner,
        "legal_basis": info.legal_basis,
        "content_type": info.content_type,
        "designation": designated(info),
        "reason": info.reason,
        "entries": entries,
    }
    return to_json(record)
