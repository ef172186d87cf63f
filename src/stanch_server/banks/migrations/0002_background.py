"""Grams that were learnt to be common."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The table of what was learnt."""

    dependencies = [
        ("banks", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LearntGram",
            fields=[
                ("gram", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("refused", models.DateTimeField(null=True)),
            ],
        ),
    ]
