"""Banks and entries as rows, and the log of changes.

The database is the truth; what is searched is made from it, and may be thrown away at any time.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stanch_server.accounts.models import Source

NAME_LENGTH = 100
ID_LENGTH = 1000
LEASE_LENGTH = 100


class Bank(models.Model):
    """A curated collection of known content, for one source or for all of them."""

    class State(models.TextChoices):
        """Whether its matches have an effect."""

        ENABLED = "enabled", _("enabled")
        SHADOW = "shadow", _("in shadow")

    class Purpose(models.TextChoices):
        """Whether it holds what is to be found, or what is known to be good."""

        KNOWN = "known", _("known content")
        KNOWN_GOOD = "known-good", _("known-good content")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, unique=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="banks")
    owner = models.CharField(_("owner"), max_length=500)
    legal_basis = models.CharField(_("legal basis"), max_length=1000)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SHADOW)
    content_type = models.CharField(_("content type"), max_length=30, blank=True)
    behaviour_based = models.BooleanField(_("behaviour-based"), default=False)
    designation_list = models.CharField(_("list"), max_length=500, blank=True)
    designation_identifier = models.CharField(_("identifier"), max_length=200, blank=True)
    designation_date = models.DateField(_("listed since"), null=True)
    reason = models.CharField(_("why it is known to be good"), max_length=1000, blank=True)
    radius = models.JSONField(_("thresholds by method"), default=dict)
    created = models.DateTimeField()

    class Meta:
        """Names for people."""

        verbose_name = _("bank")
        verbose_name_plural = _("banks")

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """One known content in a bank, as fingerprints. A removed entry stays, as the row that says so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="entries")
    name = models.CharField(_("entry"), max_length=ID_LENGTH)
    fingerprints = models.BinaryField()
    added = models.DateTimeField()
    confirmed_by = models.CharField(max_length=64, blank=True)
    expires = models.DateTimeField(null=True)
    labels = models.JSONField(default=list)
    note = models.TextField(blank=True)
    blob = models.CharField(max_length=64, blank=True)
    removed = models.DateTimeField(null=True)

    class Meta:
        """An id stands in a bank once; when it was removed, it may be added again. Pages show the newest first."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bank", "name"], condition=models.Q(removed=None), name="entry_once_in_bank"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["bank", "-added", "-id"], condition=models.Q(removed=None), name="entry_newest_in_bank"
            ),
            models.Index(fields=["blob"], name="entry_by_blob"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Change(models.Model):
    """One change of what is searched. Numbers are given in commit order, without gaps that fill later.

    A change names what changed, never how: a process that follows looks up the state it is in now, so that reading
    a change twice, or late, does no harm.
    """

    number = models.BigIntegerField(primary_key=True)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.number)


class ChangeCounter(models.Model):
    """The one row that says which number was given last; whoever writes a change holds it until the commit."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class LearntGram(models.Model):
    """A gram that weighs nothing since independent publishers printed it; with `refused`, one undone for good."""

    gram = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    refused = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.gram:012x}"


class Lease(models.Model):
    """Who does what only one process needs to do, and until when."""

    name = models.CharField(max_length=LEASE_LENGTH, primary_key=True)
    holder = models.CharField(max_length=LEASE_LENGTH)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
