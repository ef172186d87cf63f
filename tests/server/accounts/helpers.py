"""What tests of signing in do again and again."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from django.http.response import HttpResponseBase
from django.test import Client
from django_otp.oath import TOTP

from stanch_server.accounts import operations
from stanch_server.accounts.models import Authenticator, Person
from stanch_server.audit.models import AuditPayload
from tests.server.conftest import START

PASSPHRASE = "قهوة kettle orbit नमक 7"


@dataclass
class SetUp:
    """A person who has set up everything, and what they hold."""

    person: Person
    device: Authenticator
    recovery_codes: list[str]

    def form(self, at: datetime, **changed: str) -> dict[str, str]:
        """Return what they type to sign in."""
        typed = {"name": self.person.sign_in_name, "passphrase": PASSPHRASE, "code": code(self.device, at)}
        return typed | changed


def code(device: Authenticator, at: datetime) -> str:
    """Return what an app shows that was given the device's secret, six digits."""
    app = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    app.time = at.timestamp()
    return f"{app.token():06d}"


def set_up(person: Person) -> SetUp:
    """Give a person a passphrase and an authenticator, long before the test begins."""
    operations.set_passphrase(person, PASSPHRASE, acting_user=person.actor, now=START)
    device, _ = Authenticator.objects.get_or_create(user=person, confirmed=True)
    codes = operations.new_recovery_codes(person, acting_user=person.actor, now=START)
    return SetUp(person, device, codes)


def text(response: HttpResponseBase) -> str:
    """Return the page."""
    content: bytes = getattr(response, "content")  # noqa: B009 - the client's own type hides what it is
    return content.decode()


def signed_in(browser: Client) -> bool:
    """Whether a browser gets to its own account, past every step."""
    return browser.get("/account/").status_code == 200


def secret_to_type(page: str) -> str:
    """Return the authenticator's secret that a page offers to copy, in base 32."""
    found = re.search(r"secret=([A-Z2-7]+)", page)
    assert found is not None
    return found[1]


def recorded(action: str) -> list[tuple[str, str, str | None, dict[str, object]]]:
    """Return actor, subject, source and detail of each audit record of an action."""
    rows = AuditPayload.objects.filter(action=f"accounts.{action}").order_by("entry_id")
    return [(row.actor, row.subject, row.source, json.loads(row.detail)) for row in rows]
