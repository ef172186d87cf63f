"""Items, what is kept of them, policies and webhooks."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The first tables of this room."""

    initial = True

    dependencies = [
        ("accounts", "0002_second_factor"),
        ("banks", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("key", models.UUIDField()),
                ("name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("item", models.UUIDField()),
                ("created", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "name"), name="idempotency_key_once")],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("key", models.UUIDField()),
                ("reference", models.CharField(blank=True, max_length=200)),
                ("account", models.CharField(blank=True, max_length=200)),
                ("audience", models.CharField(max_length=10)),
                (
                    "state",
                    models.CharField(choices=[("pending", "being scanned"), ("done", "scanned")], max_length=10),
                ),
                (
                    "level",
                    models.SmallIntegerField(
                        choices=[(0, "allow"), (1, "review"), (2, "hold"), (3, "block")], null=True
                    ),
                ),
                (
                    "first_level",
                    models.SmallIntegerField(
                        choices=[(0, "allow"), (1, "review"), (2, "hold"), (3, "block")], null=True
                    ),
                ),
                ("hold_until", models.DateTimeField(null=True)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("kinds", models.CharField(blank=True, max_length=60)),
                ("found", models.BinaryField(default=b"")),
                ("change", models.BigIntegerField(default=0)),
                ("received", models.DateTimeField()),
                ("settled", models.DateTimeField(null=True)),
                ("decided", models.DateTimeField(null=True)),
                ("locked", models.DateTimeField(null=True)),
                ("locked_by", models.CharField(blank=True, max_length=64)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="accounts.source"
                    ),
                ),
            ],
            options={
                "verbose_name": "item",
                "verbose_name_plural": "items",
            },
        ),
        migrations.CreateModel(
            name="ItemEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="banks.entry"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="matched", to="intake.item"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ItemPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("position", models.SmallIntegerField()),
                ("name", models.CharField(max_length=300)),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("text", "text"),
                            ("link", "link"),
                            ("file", "file"),
                            ("hash", "hash"),
                            ("fingerprints", "fingerprints"),
                        ],
                        max_length=15,
                    ),
                ),
                ("medium", models.CharField(blank=True, max_length=10)),
                ("blob", models.CharField(blank=True, max_length=64)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="intake.item"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "block_identical",
                    models.BooleanField(
                        default=False, verbose_name="block what is identical to confirmed content"
                    ),
                ),
                (
                    "at_most",
                    models.SmallIntegerField(
                        choices=[(0, "allow"), (1, "review"), (2, "hold"), (3, "block")],
                        default=3,
                        verbose_name="at most",
                    ),
                ),
                ("recorded_by", models.CharField(max_length=64)),
                ("recorded", models.DateTimeField()),
                ("reason", models.CharField(max_length=1000, verbose_name="reason")),
                (
                    "bank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="policies", to="banks.bank"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="policies", to="accounts.source"
                    ),
                ),
            ],
            options={
                "verbose_name": "policy",
                "verbose_name_plural": "policies",
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                ("secret", models.BinaryField()),
                ("old_secret", models.BinaryField(default=b"")),
                ("old_until", models.DateTimeField(null=True)),
                ("created", models.DateTimeField()),
                ("created_by", models.CharField(max_length=64)),
                ("disabled", models.DateTimeField(null=True)),
                ("test_sent", models.DateTimeField(null=True)),
                ("tested", models.DateTimeField(null=True)),
                ("test_problem", models.CharField(blank=True, max_length=200)),
                ("removed", models.DateTimeField(null=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="webhooks", to="accounts.source"
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
            },
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["source", "-received"], name="item_by_source"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("level__gte", 1)),
                fields=["source", "level", "-received"],
                name="item_to_look_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="itementry",
            constraint=models.UniqueConstraint(fields=("item", "entry"), name="item_matched_once"),
        ),
        migrations.AddIndex(
            model_name="itempart",
            index=models.Index(fields=["blob"], name="part_by_blob"),
        ),
        migrations.AddConstraint(
            model_name="itempart",
            constraint=models.UniqueConstraint(fields=("item", "position"), name="part_once_in_item"),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.UniqueConstraint(fields=("source", "bank"), name="policy_once"),
        ),
    ]
