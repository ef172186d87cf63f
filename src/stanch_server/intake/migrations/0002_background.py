"""What benign items share with entries."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table of sightings."""

    dependencies = [
        ("intake", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="GramSighting",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("gram", models.BigIntegerField(db_index=True)),
                ("publisher", models.BigIntegerField(db_index=True)),
                ("printing", models.BigIntegerField()),
                ("at", models.DateTimeField(db_index=True)),
                ("state", models.SmallIntegerField(choices=[(0, "waiting"), (1, "new"), (2, "counted")])),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sightings", to="intake.item"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", 1)), fields=["gram"], name="sighting_new")],
            },
        ),
    ]
