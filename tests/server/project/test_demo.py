"""The demo in the service: what the command line finds, the service finds, and nothing is put in twice."""

from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from stanch.cli.app import app
from stanch.demo.marker import INPUTS, MARKER, VERSION, Expected, Marker
from stanch.demo.works import ADDED, BANKS, OWN, PARTNER, POLICY, REVIEWER
from stanch.demo.writings import statements
from stanch.matching import Bank, entry_of
from stanch.media import Decoders
from stanch.values import TextPart
from stanch_server.accounts import access
from stanch_server.accounts.models import ApiKey, Membership, Person, Source
from stanch_server.banks.models import Bank as BankRow
from stanch_server.banks.models import Entry
from stanch_server.intake.models import IdempotencyKey, Item, Policy
from stanch_server.project import demo, people
from tests.server.conftest import START

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a small demo: two banks of one statement each, and four posts."""
    own, partners, *_ = (each.body for each in statements() if each.language == "en")
    place = tmp_path / "demo"
    (place / "banks").mkdir(parents=True)
    with Decoders() as decoders:
        for name, text, by in ((OWN, own, REVIEWER), (PARTNER, partners, None)):
            info = next(info for info in BANKS if info.name == name)
            entry = entry_of(TextPart(name="statement", text=text), decoders, added=ADDED, confirmed_by=by)
            Bank(info, [entry]).save(place / "banks" / f"{name}.bank")
    (place / "stanch.toml").write_text(POLICY)
    post = {"id": "folder", "audience": "public", "text": "Nothing of note.", "media": ["a.png"], "links": []}
    (place / INPUTS / "folder").mkdir(parents=True)
    (place / INPUTS / "folder" / "post.json").write_bytes(msgspec.json.encode(post))
    noise = np.random.default_rng(7).integers(0, 256, (2, 64, 64), dtype=np.uint8)
    Image.fromarray(noise[0]).save(place / INPUTS / "folder" / "a.png")
    Image.fromarray(noise[1]).save(place / INPUTS / "bare.png")
    (place / INPUTS / "own.txt").write_text(own)
    (place / INPUTS / "partners.txt").write_text(partners)
    expected = {"own.txt": "block", "partners.txt": "hold", "folder": "allow", "bare.png": "allow"}
    marker = Marker(
        version=VERSION, expected={name: Expected(kind="", outcome=one) for name, one in expected.items()}
    )
    (place / MARKER).write_bytes(msgspec.json.encode(marker))
    return place


def test_everything_is_put_in_once_and_comes_out_as_it_must(folder: Path) -> None:
    told = demo.load(folder)
    assert (told.source, told.banks, told.entries, told.items, told.new) == (demo.SOURCE, 2, 2, 4, 4)
    assert told.wrong == ()
    tables = (Source, Person, Membership, ApiKey, BankRow, Entry, Policy, Item, IdempotencyKey)
    counts = [table.objects.count() for table in tables]
    assert demo.load(folder).new == 0
    assert [table.objects.count() for table in tables] == counts


def test_what_a_person_confirmed_stands_under_an_opaque_id_and_nobody_can_sign_in(folder: Path) -> None:
    demo.load(folder)
    reviewer = Person.objects.get(sign_in_name="mara.lind")
    assert {entry.bank.name: entry.confirmed_by for entry in Entry.objects.select_related("bank")} == {
        OWN: reviewer.actor,
        PARTNER: "",
    }
    assert not any(person.has_usable_password() for person in Person.objects.all())
    held = access.capabilities_of(reviewer, Source.objects.get().id)
    assert held is not None
    assert "items.decide" in held


def test_an_outcome_that_is_not_as_it_must_is_told(folder: Path) -> None:
    marker = msgspec.json.decode((folder / MARKER).read_bytes(), type=Marker)
    marker.expected["own.txt"] = Expected(kind="", outcome="allow")
    (folder / MARKER).write_bytes(msgspec.json.encode(marker))
    assert demo.load(folder).wrong == ("own.txt: block, must be allow",)


def test_the_first_admin_is_made_once_also_beside_the_demos_people(folder: Path) -> None:
    demo.load(folder)
    first = people.first_admin(now=START)
    assert first is not None
    assert first.name == "admin"
    assert people.first_admin(now=START + timedelta(days=1)) is None
    admin = Person.objects.get(sign_in_name="admin")
    held = access.capabilities_of(admin, access.EVERYWHERE)
    assert held is not None
    assert {"people.manage", "items.decide"} <= held


def test_an_item_is_forgotten_by_command_with_proof(folder: Path) -> None:
    demo.load(folder)
    item = Item.objects.get(reference="own.txt")
    (blob,) = item.parts.values_list("blob", flat=True)
    done = CliRunner().invoke(app, ["forget", str(item.id)])
    assert done.exit_code == 0, done.output
    assert f"Item {item.id} is forgotten:" in done.output
    assert f"content {blob}" in done.output
    assert done.output.count(": yes") == 5
    assert "NO" not in done.output
    assert not Item.objects.filter(id=item.id).exists()
    assert Item.objects.count() == 3
