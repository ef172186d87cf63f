"""Banks, and people who do things with them in the console, for the tests of this room's pages."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from django.http.response import HttpResponseBase
from django.test import Client
from PIL import Image, ImageDraw

from stanch.fingerprints import text as text_fingerprints
from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType, Part, Purpose
from stanch.values import Entry as EntryValue
from stanch_server.accounts.models import Person, Source
from stanch_server.banks import live, operations
from stanch_server.banks.models import Bank, Entry
from tests.matching.writing import writing
from tests.server.conftest import START

Browser = Callable[[Person], Client]
NEXT_YEAR = "2027-03-01"


def bank(source: Source | None, name: str = "lantern", **said: Any) -> Bank:
    info = BankInfo(
        name=name,
        owner="Harbour Ltd",
        legal_basis="Article 5",
        content_type=ContentType.INCITES,
        designation=BEHAVIOUR_BASED,
    )
    if said.get("good"):
        info = BankInfo(name=name, owner="us", legal_basis="none", purpose=Purpose.KNOWN_GOOD, reason="read aloud")
    return operations.create_bank(info=info, source=source, acting_user="test", at=START)


def found(part: Part, source: Source, now: datetime = START) -> list[str]:
    result = live.follower().match_part(part, source=source.id, now=now)
    return [f"{match.kind.value} {match.entry}" for match in result.matches]


def add(browser: Client, to: Bank, by: str, **typed: Any) -> HttpResponseBase:
    return browser.post(f"/banks/{to.id}/add/?by={by}", typed)


def entry_in(to: Bank) -> Entry:
    return Entry.objects.get(bank=to, removed=None)


def picture(seed: int) -> bytes:
    """Return a drawing as PNG, another for each seed."""
    drawn = Image.new("RGB", (240, 180), (240, 240, 230))
    pen = ImageDraw.Draw(drawn)
    for step in range(12):
        place = (seed * 37 + step * 53) % 180
        pen.ellipse((place, step * 12, place + 60, step * 12 + 40), fill=(step * 20, 90, 250 - step * 20))
    stream = BytesIO()
    drawn.save(stream, "PNG")
    return stream.getvalue()


def text_value() -> EntryValue:
    made = text_fingerprints.as_entry(writing(1, 60), name="t").fingerprints
    return EntryValue(id="e1", fingerprints=made, added=START)
