"""Rows of the vault. Only this room touches them."""

from datetime import UTC
from typing import ClassVar

import msgspec
from django.db import models
from django.db.models import Q

from stanch_server.vault.values import Purpose, State

ID_LENGTH = 32
SOURCE_LENGTH = 64
REASON_LENGTH = 500


class MasterKey(models.Model):
    """A master key that wraps something here: its id, never the key.

    The database refuses to delete the row while a blob refers to it, also against a writer that has not committed
    yet. So a key file is destroyed only after its row is gone.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH)

    def __str__(self) -> str:
        return self.id


class Blob(models.Model):
    """Some bytes that are kept for a purpose, and the wrapped key to their file.

    No digest of the content is kept: it would tell, after the erasure, what had been here. For the same reason
    `size` is 0 then.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    source = models.CharField(max_length=SOURCE_LENGTH, db_index=True)
    size = models.PositiveBigIntegerField()
    algorithm = models.CharField(max_length=40)
    nonce = models.BinaryField(null=True)
    wrapped_key = models.BinaryField(null=True)
    master = models.ForeignKey(MasterKey, on_delete=models.PROTECT, null=True, related_name="+")
    created = models.DateTimeField()
    expires = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.STORED)
    erased = models.DateTimeField(null=True)
    confirmed = models.DateTimeField(null=True)

    class Meta:
        """A blob is erased if and only if its key is gone: the database holds to that, too."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="vault_erased_means_no_key",
                condition=Q(
                    state=State.STORED,
                    wrapped_key__isnull=False,
                    nonce__isnull=False,
                    master__isnull=False,
                    erased__isnull=True,
                )
                | Q(
                    state=State.ERASED,
                    wrapped_key__isnull=True,
                    nonce__isnull=True,
                    master__isnull=True,
                    erased__isnull=False,
                    size=0,
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires"], name="vault_due", condition=Q(state=State.STORED)),
            models.Index(
                fields=["erased"], name="vault_unconfirmed", condition=Q(state=State.ERASED, confirmed=None)
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def facts(self) -> bytes:
        """Return what is bound to the wrapped key: all that the row says of the blob, in one fixed form."""
        return msgspec.json.encode(
            [
                self.id,
                self.purpose,
                self.source,
                self.size,
                self.algorithm,
                bytes(self.nonce or b"").hex(),
                self.created.astimezone(UTC),
                self.expires and self.expires.astimezone(UTC),
                self.master_id,
            ]
        )


class Preservation(models.Model):
    """Why and until when a blob must not be erased. Several may lie on one blob; each is released for itself."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="preservations")
    reason = models.CharField(max_length=REASON_LENGTH)
    until = models.DateTimeField()
    created = models.DateTimeField()
    released = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id
