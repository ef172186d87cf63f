"""The first tables."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Make them."""

    initial = True

    dependencies: ClassVar[list[Any]] = []

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="MasterKey",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("item", "Item"), ("entry", "Entry of a bank"), ("evidence", "Evidence")],
                        max_length=16,
                    ),
                ),
                ("source", models.CharField(db_index=True, max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("algorithm", models.CharField(max_length=40)),
                ("nonce", models.BinaryField(null=True)),
                ("wrapped_key", models.BinaryField(null=True)),
                ("created", models.DateTimeField()),
                ("expires", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("stored", "Stored"), ("erased", "Erased")], default="stored", max_length=16
                    ),
                ),
                ("erased", models.DateTimeField(null=True)),
                ("confirmed", models.DateTimeField(null=True)),
                (
                    "master",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.masterkey",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Preservation",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=500)),
                ("until", models.DateTimeField()),
                ("created", models.DateTimeField()),
                ("released", models.DateTimeField(null=True)),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="preservations", to="vault.blob"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="blob",
            index=models.Index(condition=models.Q(("state", "stored")), fields=["expires"], name="vault_due"),
        ),
        migrations.AddIndex(
            model_name="blob",
            index=models.Index(
                condition=models.Q(("confirmed", None), ("state", "erased")),
                fields=["erased"],
                name="vault_unconfirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="blob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("erased__isnull", True),
                        ("master__isnull", False),
                        ("nonce__isnull", False),
                        ("state", "stored"),
                        ("wrapped_key__isnull", False),
                    ),
                    models.Q(
                        ("erased__isnull", False),
                        ("master__isnull", True),
                        ("nonce__isnull", True),
                        ("size", 0),
                        ("state", "erased"),
                        ("wrapped_key__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="vault_erased_means_no_key",
            ),
        ),
    ]
