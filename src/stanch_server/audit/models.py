"""Three tables: what is chained, what can be erased, and where the chain ends."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

DIGEST_LENGTH = 64
ID_LENGTH = 32
ACTION_LENGTH = 64
NAME_LENGTH = 200


class AuditEntry(models.Model):
    """One record: an opaque id, a time and a commitment to the payload, numbered and chained after commit.

    The database refuses to change any of it, but for number and chain that are given once, and to delete it.
    """

    opaque_id = models.CharField(max_length=ID_LENGTH, unique=True)
    at = models.DateTimeField()
    commitment = models.CharField(max_length=DIGEST_LENGTH)
    number = models.BigIntegerField(null=True, unique=True)
    chain = models.CharField(max_length=DIGEST_LENGTH, null=True)  # noqa: DJ001 - null until numbered, as `number` is

    class Meta:
        """The index finds what waits for a number."""

        indexes: ClassVar = [
            models.Index(fields=["id"], name="audit_unnumbered", condition=Q(number__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.opaque_id


class AuditPayload(models.Model):
    """What a record says, and the salt of its commitment: the part that can be erased.

    `detail` is kept as the canonical JSON text that was committed to, so that no database rewrites it.
    """

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, primary_key=True, related_name="payload")
    salt = models.CharField(max_length=DIGEST_LENGTH)
    actor = models.CharField(max_length=NAME_LENGTH)
    action = models.CharField(max_length=ACTION_LENGTH)
    subject = models.CharField(max_length=NAME_LENGTH, blank=True)
    source = models.CharField(max_length=NAME_LENGTH, null=True)  # noqa: DJ001 - null is no source, and is committed to
    detail = models.TextField()

    class Meta:
        """The indexes are those of the console's filters."""

        indexes: ClassVar = [
            models.Index(fields=["subject", "action"], name="audit_subject"),
            models.Index(fields=["source", "entry"], name="audit_source"),
            models.Index(fields=["actor", "entry"], name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.entry_id}"


class AuditHead(models.Model):
    """The last record that was numbered, and the last whose head was signed. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    chain = models.CharField(max_length=DIGEST_LENGTH)
    moved = models.DateTimeField(null=True)
    anchored = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"head {self.number}"
