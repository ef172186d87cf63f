"""A bank of the fictional group whose entries' content is kept, and items that match it."""

import json
import re
from dataclasses import replace
from uuid import uuid4

from django.http.response import HttpResponseBase
from django.test import Client
from PIL import Image

from stanch.matching import entry_of
from stanch.values import Audience, FilePart, LinkPart, Part, State, TextPart
from stanch_server.accounts.capabilities import KEY_CAPABILITIES
from stanch_server.accounts.models import Source
from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.audit.models import AuditPayload
from stanch_server.banks import contents as bank_contents
from stanch_server.banks import operations as banks
from stanch_server.banks.live import follower
from stanch_server.banks.models import Bank
from stanch_server.intake import operations as intake
from stanch_server.intake.contents import Content
from stanch_server.intake.models import Item, ItemPart
from stanch_server.intake.posts import Submission
from tests.media.pictures import encoded, photograph
from tests.server.conftest import START
from tests.server.review.cast import INFO, STATEMENT

HTMX = {"HX-Request": "true"}
ARABIC = (
    "يا أهل الميناء، نحن القنديل الرمادي. لن نترك الأرصفة لمن باعها، ولن نسكت على من أطفأ المنارة. "
    "في ليلة الضباب القادمة سنشعل القناديل على كل سفينة راسية، فليكن كل واحد منكم عند المرسى القديم. "
    "احملوا الزيت والحبال، ولا تخبروا أحدا، فالبحر يسمع والريح تحمل الكلام. من خاف فليبق في بيته، "
    "ومن جاء فله نصيب من الفجر. الرصيف لنا والمنارة لنا، ومن وقف في طريقنا فقد اختار العتمة لنفسه."
)
"""An appeal of the Grey Lantern, which nobody ever wrote."""
LINK = "https://lantern.example/drop/7"
POSTER = photograph(11, 320, 240)


def poster(**options: object) -> bytes:
    """Return the group's poster as a file."""
    return encoded(POSTER, "PNG", **options)


def altered_poster() -> bytes:
    """Return the poster as somebody else might send it on: smaller, and a JPEG."""
    return encoded(Image.fromarray(POSTER).resize((240, 180)), "JPEG", quality=60)


def stocked_bank(source: Source | None, name: str = "lantern") -> Bank:
    """Return an enabled bank of two texts, a link and a poster, with the content of all but the link kept."""
    bank = banks.create_bank(info=replace(INFO, name=name), source=source, acting_user="alice", at=START)
    parts: list[tuple[Part, bytes | None]] = [
        (TextPart(name="statement", text=STATEMENT), STATEMENT.encode()),
        (TextPart(name="appeal", text=ARABIC), ARABIC.encode()),
        (LinkPart(name="link", link=LINK), None),
        (FilePart(name="poster", data=poster()), poster()),
    ]
    for part, content in parts:
        entry = entry_of(part, follower().decoders, added=START, confirmed_by="alice")
        kept = {}
        if content is not None:
            kept[entry.id] = bank_contents.keep(bank=bank, content=content, acting_user="alice", at=START)
        banks.add_entries(bank=bank, entries=[entry], blobs=kept, acting_user="alice", at=START)
    banks.set_state(bank=bank, state=State.ENABLED, acting_user="alice", at=START)
    return bank


def text(content: str, name: str = "text") -> Content:
    """Return a text as a part."""
    return Content(name=name, form=ItemPart.Form.TEXT, data=content.encode())


def file(content: bytes, name: str = "poster.jpg") -> Content:
    """Return a file as a part."""
    return Content(name=name, form=ItemPart.Form.FILE, data=content)


def address(content: str, name: str = "links[0]") -> Content:
    """Return a link as a part."""
    return Content(name=name, form=ItemPart.Form.LINK, data=content.encode())


def received(source: Source, *parts: Content, reference: str = "post-7", account: str = "a-1") -> Item:
    """Return the item that came of a post of these parts."""
    caller = KeyPrincipal(key=uuid4(), source=source.id, capabilities=KEY_CAPABILITIES)
    post = Submission(contents=parts, audience=Audience.PUBLIC, reference=reference, account=account)
    return intake.submit(post, caller=caller, now=START).item


def opened(actor: str | None = None) -> list[tuple[str, str]]:
    """Return who opened content in the vault, and why, in order."""
    rows = AuditPayload.objects.filter(action="vault.opened").order_by("entry_id")
    return [(row.actor, json.loads(row.detail)["reason"]) for row in rows if actor in (None, row.actor)]


def reveal(browser: Client, item: Item, part: int = 0) -> HttpResponseBase:
    return browser.post(f"/items/{item.id}/parts/{part}/reveal/", headers=HTMX)


def pictures(page: str) -> list[str]:
    return re.findall(r'<img class="\w+" src="([^"]+)"', page)
