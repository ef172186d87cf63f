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
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("opaque_id", models.CharField(max_length=32, unique=True)),
                ("at", models.DateTimeField()),
                ("commitment", models.CharField(max_length=64)),
                ("number", models.BigIntegerField(null=True, unique=True)),
                ("chain", models.CharField(max_length=64, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
                ("chain", models.CharField(max_length=64)),
                ("moved", models.DateTimeField(null=True)),
                ("anchored", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="AuditPayload",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="payload",
                        serialize=False,
                        to="audit.auditentry",
                    ),
                ),
                ("salt", models.CharField(max_length=64)),
                ("actor", models.CharField(max_length=200)),
                ("action", models.CharField(max_length=64)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("source", models.CharField(max_length=200, null=True)),
                ("detail", models.TextField()),
            ],
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("number__isnull", True)), fields=["id"], name="audit_unnumbered"
            ),
        ),
        migrations.AddIndex(
            model_name="auditpayload",
            index=models.Index(fields=["subject", "action"], name="audit_subject"),
        ),
        migrations.AddIndex(
            model_name="auditpayload",
            index=models.Index(fields=["source", "entry"], name="audit_source"),
        ),
        migrations.AddIndex(
            model_name="auditpayload",
            index=models.Index(fields=["actor", "entry"], name="audit_actor"),
        ),
    ]
