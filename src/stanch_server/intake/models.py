"""Items, what is kept of their content, and what a source has arranged: policies and webhooks.

What is known of an item stands in its row; its content, where any is kept, lies encrypted in the vault.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stanch_server.accounts.models import Source
from stanch_server.banks.models import Bank, Entry

REFERENCE_LENGTH = 200
PART_NAME_LENGTH = 300


class Item(models.Model):
    """What a source received: one post of one or more parts.

    `found` is the JSON of `intake.found.Found`: matches, reasons, and what was not scanned. `change` is the number
    of the last change of the banks that was known when it was matched. `level` is what holds now, `first_level`
    what the machine said at first: they differ when a hold has ended. `decided` is when a person's decision was
    taken that stands. `evasion` is how much of how a part of it is written had to be undone, in per cent of the
    letters, rounded up: it orders lists, and nothing follows from it.
    """

    class State(models.TextChoices):
        """Whether its outcome is there."""

        PENDING = "pending", _("being scanned")
        DONE = "done", _("scanned")

    class Level(models.IntegerChoices):
        """The outcome: `stanch.values.Level`."""

        ALLOW = 0, _("allow")
        REVIEW = 1, _("review")
        HOLD = 2, _("hold")
        BLOCK = 3, _("block")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="items")
    key = models.UUIDField()
    reference = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    account = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    audience = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices)
    level = models.SmallIntegerField(choices=Level.choices, null=True)
    first_level = models.SmallIntegerField(choices=Level.choices, null=True)
    hold_until = models.DateTimeField(null=True)
    language = models.CharField(max_length=8, blank=True)
    kinds = models.CharField(max_length=60, blank=True)
    evasion = models.SmallIntegerField(default=0)
    found = models.BinaryField(default=b"")
    change = models.BigIntegerField(default=0)
    received = models.DateTimeField()
    settled = models.DateTimeField(null=True)
    decided = models.DateTimeField(null=True)
    locked = models.DateTimeField(null=True)
    locked_by = models.CharField(max_length=64, blank=True)

    class Meta:
        """Lists are read newest first, by source and outcome."""

        verbose_name = _("item")
        verbose_name_plural = _("items")
        indexes: ClassVar = [
            models.Index(fields=["source", "-received"], name="item_by_source"),
            models.Index(fields=["source", "-evasion", "-received"], name="item_by_evasion"),
            models.Index(
                fields=["source", "level", "-received"],
                name="item_to_look_at",
                condition=models.Q(level__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ItemPart(models.Model):
    """A part whose content is kept: it waits for the scan, or for a person."""

    class Form(models.TextChoices):
        """What the content in the vault is."""

        TEXT = "text", _("text")
        LINK = "link", _("link")
        FILE = "file", _("file")
        HASH = "hash", _("hash")
        FINGERPRINTS = "fingerprints", _("fingerprints")

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="parts")
    position = models.SmallIntegerField()
    name = models.CharField(max_length=PART_NAME_LENGTH)
    form = models.CharField(max_length=15, choices=Form.choices)
    medium = models.CharField(max_length=10, blank=True)
    blob = models.CharField(max_length=64, blank=True)

    class Meta:
        """Each place is taken once. By the index is found what no part names."""

        ordering: ClassVar = ["position"]
        indexes: ClassVar = [models.Index(fields=["blob"], name="part_by_blob")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "position"], name="part_once_in_item")]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.position}"


class ItemEntry(models.Model):
    """That an item matched an entry with effect: so is found what rests on an entry that turns out to be wrong."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="matched")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Once each."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "entry"], name="item_matched_once")]

    def __str__(self) -> str:
        return str(self.pk)


class GramSighting(models.Model):
    """That a publisher printed a gram that some bank holds, in an item that is benign or may turn out to be.

    `publisher` is a digest, `printing` 32 bits of what stood around the gram. It goes when its item is forgotten.
    """

    class State(models.IntegerChoices):
        """Whether it counts: the item has to be cleared first, nobody has looked yet, it does."""

        WAITING = 0, "waiting"
        NEW = 1, "new"
        COUNTED = 2, "counted"

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="sightings")
    gram = models.BigIntegerField(db_index=True)
    publisher = models.BigIntegerField(db_index=True)
    printing = models.BigIntegerField()
    at = models.DateTimeField(db_index=True)
    state = models.SmallIntegerField(choices=State.choices)

    class Meta:
        """Those that nobody has looked at are found without walking the others."""

        indexes: ClassVar = [models.Index(fields=["gram"], name="sighting_new", condition=models.Q(state=1))]

    def __str__(self) -> str:
        return f"{self.gram:012x}"


class IdempotencyKey(models.Model):
    """That a key's program sent something under a name of its own choice, and which item came of it."""

    key = models.UUIDField()
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    item = models.UUIDField()
    created = models.DateTimeField(db_index=True)

    class Meta:
        """A name is used once by each key."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "name"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Policy(models.Model):
    """What the operator recorded for a source and a bank: how far its matches may go, who said so, and why."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="policies")
    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="policies")
    block_identical = models.BooleanField(_("block what is identical to confirmed content"), default=False)
    at_most = models.SmallIntegerField(_("at most"), choices=Item.Level.choices, default=Item.Level.BLOCK)
    recorded_by = models.CharField(max_length=64)
    recorded = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=1000)

    class Meta:
        """One for each bank."""

        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "bank"], name="policy_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Webhook(models.Model):
    """Where a source wants to be told. A removed one stays as the row that says so.

    Secrets are kept sealed (`webhooks.sealing`). After a rotation the old one signs beside the new one until
    `old_until`. `disabled` is when its receiver answered that it is gone. Of the last test message it says when it
    was asked for, when it was tried, and what was wrong.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="webhooks")
    url = models.URLField(_("address"), max_length=500)
    secret = models.BinaryField()
    old_secret = models.BinaryField(default=b"")
    old_until = models.DateTimeField(null=True)
    created = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    disabled = models.DateTimeField(null=True)
    test_sent = models.DateTimeField(null=True)
    tested = models.DateTimeField(null=True)
    test_problem = models.CharField(max_length=200, blank=True)
    removed = models.DateTimeField(null=True)

    class Meta:
        """Names for people."""

        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return str(self.id)
