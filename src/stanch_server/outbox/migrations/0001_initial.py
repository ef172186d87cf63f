"""The first tables."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make them."""

    initial = True

    dependencies: ClassVar[list[Any]] = []

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="OutboxRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("topic", models.CharField(max_length=64)),
                ("key", models.CharField(blank=True, default="", max_length=200)),
                ("payload", models.JSONField(default=dict)),
                ("created", models.DateTimeField()),
                ("due", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("lease_until", models.DateTimeField(null=True)),
                ("leased_by", models.CharField(blank=True, default="", max_length=64)),
                ("done", models.DateTimeField(null=True)),
                ("dead", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("dead__isnull", True), ("done__isnull", True)),
                        fields=["due", "id"],
                        name="outbox_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("done__isnull", True)),
                        fields=["key", "topic", "id"],
                        name="outbox_open",
                    ),
                    models.Index(condition=models.Q(("done__isnull", False)), fields=["done"], name="outbox_done"),
                ],
            },
        ),
    ]
