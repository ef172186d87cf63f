"""The way through the console: each person is shown the rooms that they may enter, and no others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from stanch_server.accounts import access, doors
from stanch_server.accounts.capabilities import ROLES, Role
from stanch_server.accounts.models import Person


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """A way into a room.

    Parameters
    ----------
    name : what it is called.
    page : the name of its first page.
    capability : what a person needs to enter; None where being signed in is enough.
    everywhere : whether they need it for the installation as a whole.
    """

    name: str | Promise
    page: str
    capability: str | None
    everywhere: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One link of the navigation; `current` if the page lies behind it."""

    name: str | Promise
    address: str
    current: bool


KEYS: Final = "accounts:keys"
ROOMS: Final = (
    Room(name=_("Items"), page="console:items", capability="items.read"),
    Room(name=_("Decisions"), page="review:decisions", capability="decisions.read"),
    Room(name=_("Banks"), page="banks:banks", capability="banks.read"),
    Room(name=_("Register"), page="banks:register", capability="banks.register"),
    Room(name=_("Policies"), page="intake:policies", capability="policies.read"),
    Room(name=_("Webhooks"), page="intake:webhooks", capability="webhooks.read"),
    Room(name=_("Audit log"), page="console:audit", capability="audit.read"),
    Room(name=_("System"), page="console:system", capability="system.read", everywhere=True),
    Room(name=_("People"), page="accounts:people", capability="people.manage", everywhere=True),
    Room(name=_("Keys"), page=KEYS, capability="keys.manage"),
    Room(name=_("Account"), page="accounts:account", capability=None),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return what templates show as `navigation`: nothing before every step of signing in is taken.

    It is worked out when a template asks for it, so that parts of pages cost no query.
    """
    return {"navigation": SimpleLazyObject(lambda: links(request))}


def links(request: HttpRequest) -> list[Link]:
    """Return the links that the person of a request is shown."""
    user = getattr(request, "user", None)
    if not isinstance(user, Person) or doors.missing_step(request) is not None:
        return []
    addresses = [(room, _address(room, user)) for room in _open_to(user)]
    current = _longest(request.path, [address for _room, address in addresses])
    return [Link(name=room.name, address=address, current=address == current) for room, address in addresses]


def _open_to(person: Person) -> Iterator[Room]:
    held = [(ROLES[Role(role)], source) for role, source in person.memberships.values_list("role", "source_id")]
    for room in ROOMS:
        if room.capability is None or any(
            room.capability in capabilities and (source is None or not room.everywhere)
            for capabilities, source in held
        ):
            yield room


def _address(room: Room, person: Person) -> str:
    """Return where a room begins: keys belong to a source, so whoever has several chooses at their account."""
    if room.page != KEYS:
        return reverse(room.page)
    sources = list(access.sources_with(person, "keys.manage")[:2])
    if len(sources) == 1:
        return reverse(KEYS, args=[sources[0].id])
    return reverse("accounts:account") + "#keys"


def _longest(path: str, addresses: list[str]) -> str | None:
    """Return the address that a page lies behind, the nearest one."""
    return max((one for one in addresses if path.startswith(one)), key=len, default=None)
