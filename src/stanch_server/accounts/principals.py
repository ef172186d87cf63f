"""Who asks: a person, or a program with a key."""

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from stanch_server.accounts.models import Person


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyPrincipal:
    """A program whose key was accepted.

    Parameters
    ----------
    key : the key's id; records name the program by it.
    source : the only source that it knows of.
    capabilities : what it may do there.
    used_today : whether its use on this day is noted already.
    """

    key: UUID
    source: UUID
    capabilities: frozenset[str]
    used_today: bool = True

    @property
    def actor(self) -> str:
        """The opaque id under which records name this program."""
        return str(self.key)


Caller: TypeAlias = Person | KeyPrincipal
