"""What the kill campaign asks of the service's database, in a process of its own: `python -m … set-up|count`."""

import json
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.test import Client  # noqa: E402 - Django has to be set up first
from django.utils import timezone  # noqa: E402 - ditto
from django_otp import DEVICE_ID_SESSION_KEY  # noqa: E402 - ditto

from stanch.matching import entry_of  # noqa: E402 - ditto
from stanch.media import Decoders  # noqa: E402 - ditto
from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType, State, TextPart  # noqa: E402 - ditto
from stanch_server.accounts import operations as accounts  # noqa: E402 - ditto
from stanch_server.accounts import sessions  # noqa: E402 - ditto
from stanch_server.accounts.capabilities import KEY_CAPABILITIES, Role  # noqa: E402 - ditto
from stanch_server.accounts.models import Authenticator, Source  # noqa: E402 - ditto
from stanch_server.banks import operations as banks  # noqa: E402 - ditto
from stanch_server.banks.models import Bank, Entry  # noqa: E402 - ditto
from stanch_server.intake.models import Item  # noqa: E402 - ditto
from stanch_server.intake.webhooks.operations import add_webhook  # noqa: E402 - ditto
from stanch_server.outbox.models import OutboxRow  # noqa: E402 - ditto
from stanch_server.review.models import Decision  # noqa: E402 - ditto
from tests.server.campaigns.actor_words import STATEMENT  # noqa: E402 - ditto

WHO = "campaign"


def set_up(listener: str) -> dict[str, str]:
    """Make a source with a bank, a program, a webhook, and a person who is signed in."""
    now = timezone.now()
    source = accounts.create_source(name="forum", acting_user=WHO, now=now)
    _, secret = accounts.create_api_key(
        source=source,
        name="forum",
        capabilities=KEY_CAPABILITIES,
        expires_at=now + timedelta(days=1),
        acting_user=WHO,
        now=now,
    )
    add_webhook(source=source, url=listener, acting_user=WHO, at=now)
    return {"key": secret, "bank": str(_bank(source).id), "session": _session(source)}


def _bank(source: Source) -> Bank:
    now = timezone.now()
    info = BankInfo(
        name="lantern",
        owner="the harbour",
        legal_basis="Regulation (EU) 2021/784, Article 5",
        content_type=ContentType.INCITES,
        designation=BEHAVIOUR_BASED,
    )
    bank = banks.create_bank(info=info, source=source, acting_user=WHO, at=now)
    with Decoders() as decoders:
        known = entry_of(TextPart(name="x", text=STATEMENT), decoders, added=now, confirmed_by=WHO)
    banks.add_entries(bank=bank, entries=[known], acting_user=WHO, at=now)
    banks.set_state(bank=bank, state=State.ENABLED, acting_user=WHO, at=now)
    return bank


def _session(source: Source) -> str:
    """Return the key of a session in which a reviewer has shown both factors just now."""
    now = timezone.now()
    person = accounts.create_person(sign_in_name="bob", display_name="Bob", acting_user=WHO, now=now)
    accounts.grant_role(person, Role.MANAGER, source, acting_user=WHO, now=now)
    browser = Client()
    browser.force_login(person, backend=sessions.BACKEND)
    device = Authenticator.objects.create(user=person, confirmed=True)
    session = browser.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.update(dict.fromkeys((sessions.BEGAN, sessions.SEEN, sessions.PROVED), now.timestamp()))
    session.save()
    return str(session.session_key)


def count() -> dict[str, Any]:
    """Return everything that the campaign compares with what was acknowledged."""
    soon = timezone.now() + timedelta(hours=1)  # not the ends of holds and of preservations
    queue = OutboxRow.objects.filter(done=None, due__lte=soon)
    return {
        "items": [[row.reference, str(row.id), row.state] for row in Item.objects.order_by("received")],
        "decisions": [[str(row.item_id), row.action, row.undone is not None] for row in Decision.objects.all()],
        "entries": [[row.name, row.removed is None] for row in Entry.objects.all()],
        "waiting": queue.filter(dead=None).count(),
        "dead": queue.exclude(dead=None).count(),
    }


if __name__ == "__main__":
    asked, *words = sys.argv[1:]
    answer = set_up(*words) if asked == "set-up" else count()
    print(json.dumps(answer))  # noqa: T201 - the answer
