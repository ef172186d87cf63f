"""The one table of the queue."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

TOPIC_LENGTH = 64
KEY_LENGTH = 200
ERROR_LENGTH = 200


class OutboxRow(models.Model):
    """One effect to be delivered: written with its cause, leased by a worker, then done or dead.

    A row is in one of four states. *Waiting*: neither `done` nor `dead`; it may be claimed from `due` on, unless
    `lease_until` lies ahead. *Done*. *Dead*: tried too often, waits for a person. *Discarded*: `dead` and `done`,
    a person let it go.

    `attempts` counts claims, so that a row whose worker is killed each time ends too. Together with `leased_by` it
    fences: a worker that lost its lease cannot settle the row any more.
    """

    topic = models.CharField(max_length=TOPIC_LENGTH)
    key = models.CharField(max_length=KEY_LENGTH, blank=True, default="")
    payload = models.JSONField(default=dict)
    created = models.DateTimeField()
    due = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=TOPIC_LENGTH, blank=True, default="")
    done = models.DateTimeField(null=True)
    dead = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=ERROR_LENGTH, blank=True, default="")

    class Meta:
        """Indexes cover what is open; what is done costs only the index that purging needs."""

        indexes: ClassVar = [
            models.Index(
                fields=["due", "id"], name="outbox_waiting", condition=Q(done__isnull=True, dead__isnull=True)
            ),
            # Not led by the topic: a planner would take it for the search by topic, and sort all that is due.
            models.Index(fields=["key", "topic", "id"], name="outbox_open", condition=Q(done__isnull=True)),
            models.Index(fields=["done"], name="outbox_done", condition=Q(done__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"
