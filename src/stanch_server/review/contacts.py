"""Whom to tell: public directories from a file, and what the operator has set for this installation."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec
from django.conf import settings


class Contact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who can be found under a public address."""

    name: str
    what: str
    address: str


class Contacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to tell of suspected child sexual abuse material, and of an imminent threat to life."""

    abuse: tuple[Contact, ...]
    threat: tuple[Contact, ...]


@cache
def contacts() -> Contacts:
    """Return what the file says."""
    text = files("stanch_server.review").joinpath("data/contacts.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Contacts)


def own_hotline() -> str:
    """Return how the operator's hotline is reached; empty if the operator has not said."""
    return str(settings.HOTLINE)


def own_threat_contact() -> str:
    """Return whom the operator calls about a threat to life; empty if the operator has not said."""
    return str(settings.THREAT_CONTACT)


def own_member_state() -> str:
    """Return the operator's Member State by its two letters; empty if the operator has not said."""
    return str(settings.MEMBER_STATE)
