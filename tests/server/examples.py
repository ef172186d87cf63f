"""An example of everything that an address may name, for the matrix test: a room adds its own here.

Each is a function from a source to what belongs to it; the id goes into the address.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta

from stanch_server.accounts import operations
from stanch_server.accounts.models import Source
from stanch_server.intake.models import Item
from tests.server.conftest import START


def _person(_source: Source) -> uuid.UUID:
    name = f"someone-{uuid.uuid4().hex}"
    return operations.create_person(sign_in_name=name, display_name="", acting_user="test", now=START).id


def _key(source: Source) -> uuid.UUID:
    key, _ = operations.create_api_key(
        source=source,
        name="importer",
        capabilities=["items.read"],
        expires_at=START + timedelta(days=30),
        acting_user="test",
        now=START,
    )
    return key.id


def _item(source: Source) -> uuid.UUID:
    return Item.objects.create(
        source=source, key=uuid.uuid4(), audience="public", state=Item.State.DONE, level=1, received=START
    ).id


EXAMPLES: Mapping[str, Callable[[Source], object]] = {
    "source_id": lambda source: source.id,
    "person_id": _person,
    "key_id": _key,
    "item_id": _item,
    "token": lambda _source: "no-such-token",
}
