"""Decisions, what they rested on, reports of threats to life."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The first tables of this room."""

    initial = True

    dependencies = [
        ("accounts", "0002_second_factor"),
        ("banks", "0001_initial"),
        ("intake", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("restrict", "restrict"),
                            ("remove", "remove"),
                            ("label", "label"),
                            ("allow", "allow"),
                        ],
                        max_length=10,
                        verbose_name="action",
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=200, verbose_name="label")),
                (
                    "content_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("incites", "(a) incites to commit a terrorist offence, such as by glorifying one"),
                            ("solicits-offence", "(b) solicits somebody to commit a terrorist offence"),
                            ("solicits-group", "(c) solicits somebody to take part in a terrorist group"),
                            ("instructs", "(d) instructs on weapons or methods for a terrorist offence"),
                            ("threatens", "(e) threatens to commit a terrorist offence"),
                        ],
                        max_length=30,
                        verbose_name="content type",
                    ),
                ),
                (
                    "exemption",
                    models.CharField(
                        choices=[
                            ("none", "none applies"),
                            ("educational", "educational"),
                            ("journalistic", "journalistic"),
                            ("artistic", "artistic"),
                            ("research", "research"),
                            ("counter-terrorism", "preventing or countering terrorism"),
                            ("public-debate", "public debate, polemic or controversial views too"),
                        ],
                        max_length=20,
                        verbose_name="exemption",
                    ),
                ),
                (
                    "assessment",
                    models.TextField(blank=True, max_length=5000, verbose_name="assessment of the exemptions"),
                ),
                ("reasons", models.TextField(max_length=5000, verbose_name="reasons")),
                ("decided_by", models.CharField(max_length=64)),
                ("decided", models.DateTimeField()),
                ("undone", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=64)),
                ("undo_reason", models.TextField(blank=True, max_length=5000)),
                (
                    "confirmed",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="banks.entry"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="intake.item"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="accounts.source"
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
            },
        ),
        migrations.CreateModel(
            name="DecisionEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rests_on", to="review.decision"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="banks.entry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ThreatReport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "member_state",
                    models.CharField(blank=True, max_length=2, verbose_name="Member State concerned"),
                ),
                ("recipient", models.CharField(max_length=500, verbose_name="authority")),
                ("threat", models.TextField(max_length=5000, verbose_name="what threatens whom")),
                (
                    "published",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="when it was published, with time zone"
                    ),
                ),
                ("location", models.CharField(blank=True, max_length=2000, verbose_name="where it stands")),
                (
                    "uploader",
                    models.TextField(
                        blank=True, max_length=5000, verbose_name="what is known of who published it"
                    ),
                ),
                ("contact", models.CharField(max_length=500, verbose_name="who can be asked, day and night")),
                ("made_by", models.CharField(max_length=64)),
                ("made", models.DateTimeField()),
                ("handed_over", models.DateTimeField(null=True)),
                ("handed_over_by", models.CharField(blank=True, max_length=64)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="threat_reports",
                        to="intake.item",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="threat_reports",
                        to="accounts.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "report of an imminent threat to life",
                "verbose_name_plural": "reports of an imminent threat to life",
            },
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["source", "-decided"], name="decision_by_source"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone", None)), fields=("item",), name="one_decision_stands"
            ),
        ),
        migrations.AddConstraint(
            model_name="decisionentry",
            constraint=models.UniqueConstraint(fields=("decision", "entry"), name="rests_on_entry_once"),
        ),
    ]
