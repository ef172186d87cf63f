"""How much of how an item is written had to be undone, so that lists can be ordered by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column, 0 for what is there already, and the index that lists read."""

    dependencies = [
        ("accounts", "0002_second_factor"),
        ("intake", "0002_background"),
    ]

    operations = [
        migrations.AddField(
            model_name="item",
            name="evasion",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["source", "-evasion", "-received"], name="item_by_evasion"),
        ),
    ]
