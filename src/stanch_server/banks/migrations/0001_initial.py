"""Banks, entries, and the numbered log of changes."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The first tables of this room."""

    initial = True

    dependencies = [
        ("accounts", "0002_second_factor"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("number", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("holder", models.CharField(max_length=100)),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Bank",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("owner", models.CharField(max_length=500, verbose_name="owner")),
                ("legal_basis", models.CharField(max_length=1000, verbose_name="legal basis")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("known", "known content"), ("known-good", "known-good content")],
                        max_length=20,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("enabled", "enabled"), ("shadow", "in shadow")],
                        default="shadow",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("content_type", models.CharField(blank=True, max_length=30, verbose_name="content type")),
                ("behaviour_based", models.BooleanField(default=False, verbose_name="behaviour-based")),
                ("designation_list", models.CharField(blank=True, max_length=500, verbose_name="list")),
                (
                    "designation_identifier",
                    models.CharField(blank=True, max_length=200, verbose_name="identifier"),
                ),
                ("designation_date", models.DateField(null=True, verbose_name="listed since")),
                (
                    "reason",
                    models.CharField(blank=True, max_length=1000, verbose_name="why it is known to be good"),
                ),
                ("radius", models.JSONField(default=dict, verbose_name="thresholds by method")),
                ("created", models.DateTimeField()),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="banks",
                        to="accounts.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "bank",
                "verbose_name_plural": "banks",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=1000, verbose_name="entry")),
                ("fingerprints", models.BinaryField()),
                ("added", models.DateTimeField()),
                ("confirmed_by", models.CharField(blank=True, max_length=64)),
                ("expires", models.DateTimeField(null=True)),
                ("labels", models.JSONField(default=list)),
                ("note", models.TextField(blank=True)),
                ("blob", models.CharField(blank=True, max_length=64)),
                ("removed", models.DateTimeField(null=True)),
                (
                    "bank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="banks.bank"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "bank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="banks.bank"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="banks.entry"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed", None)), fields=("bank", "name"), name="entry_once_in_bank"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("removed", None)),
                fields=["bank", "-added", "-id"],
                name="entry_newest_in_bank",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["blob"], name="entry_by_blob"),
        ),
    ]
