"""Who may do what: one table, from a role to its capabilities."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SEES_ITEMS = frozenset({"items.read", "exits.use", "decisions.read", "banks.read", "banks.register"})
DECIDES = SEES_ITEMS | {"items.reveal", "items.decide", "items.undo", "banks.confirm", "match.query"}


class Role(StrEnum):
    """What a person is to a source, or to all of them."""

    ADMIN = "admin"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    PARTNER = "partner"


# An admin keeps the installation running and sees no content. Who can read an item has both exits from it.
ROLES: Final[Mapping[Role, frozenset[str]]] = MappingProxyType(
    {
        Role.ADMIN: frozenset(
            {
                "people.manage",
                "sources.read",
                "sources.manage",
                "keys.manage",
                "webhooks.read",
                "webhooks.manage",
                "system.read",
                "audit.read",
                "banks.register",
            }
        ),
        Role.MANAGER: DECIDES
        | {
            "items.forget",
            "banks.write",
            "banks.manage",
            "policies.read",
            "policies.write",
            "sources.read",
            "webhooks.read",
            "system.read",
            "audit.read",
        },
        Role.REVIEWER: DECIDES,
        Role.ANALYST: SEES_ITEMS | {"items.reveal", "match.query"},
        Role.AUDITOR: SEES_ITEMS | {"audit.read", "policies.read", "sources.read", "webhooks.read", "system.read"},
        Role.PARTNER: frozenset({"banks.register"}),
    }
)

# A program takes in, asks and forgets. It never decides, never sees content unveiled, and manages nobody.
KEY_CAPABILITIES: Final = frozenset(
    {
        "items.submit",
        "items.read",
        "items.forget",
        "match.query",
        "banks.read",
        "banks.write",
        "banks.register",
        "decisions.read",
    }
)

CAPABILITIES: Final = KEY_CAPABILITIES.union(*ROLES.values())

ROLE_NAMES: Final[Mapping[Role, str | Promise]] = MappingProxyType(
    {
        Role.ADMIN: _("Admin"),
        Role.MANAGER: _("Manager"),
        Role.REVIEWER: _("Reviewer"),
        Role.ANALYST: _("Analyst"),
        Role.AUDITOR: _("Auditor"),
        Role.PARTNER: _("Partner"),
    }
)
