"""Decisions, what they rested on, and reports of an imminent threat to life."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stanch_server.accounts.models import Source
from stanch_server.banks.models import Entry
from stanch_server.intake.models import Item

WORDS = 5_000


class Decision(models.Model):
    """A person's word on an item. One stands at a time; an undone one stays as the row that says so."""

    class Action(models.TextChoices):
        """What the source is asked to do; `allow` asks for nothing but to leave it up."""

        RESTRICT = "restrict", _("restrict")
        REMOVE = "remove", _("remove")
        LABEL = "label", _("label")
        ALLOW = "allow", _("allow")

    class ContentType(models.TextChoices):
        """Regulation (EU) 2021/784, Article 2(7), points (a) to (e)."""

        INCITES = "incites", _("(a) incites to commit a terrorist offence, such as by glorifying one")
        SOLICITS_OFFENCE = "solicits-offence", _("(b) solicits somebody to commit a terrorist offence")
        SOLICITS_GROUP = "solicits-group", _("(c) solicits somebody to take part in a terrorist group")
        INSTRUCTS = "instructs", _("(d) instructs on weapons or methods for a terrorist offence")
        THREATENS = "threatens", _("(e) threatens to commit a terrorist offence")

    class Exemption(models.TextChoices):
        """Article 1(3): what is spread for these purposes is not terrorist content."""

        NONE = "none", _("none applies")
        EDUCATIONAL = "educational", _("educational")
        JOURNALISTIC = "journalistic", _("journalistic")
        ARTISTIC = "artistic", _("artistic")
        RESEARCH = "research", _("research")
        COUNTER_TERRORISM = "counter-terrorism", _("preventing or countering terrorism")
        PUBLIC_DEBATE = "public-debate", _("public debate, polemic or controversial views too")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="decisions")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="decisions")
    action = models.CharField(_("action"), max_length=10, choices=Action.choices)
    label = models.CharField(_("label"), max_length=200, blank=True)
    content_type = models.CharField(_("content type"), max_length=30, choices=ContentType.choices, blank=True)
    exemption = models.CharField(_("exemption"), max_length=20, choices=Exemption.choices)
    assessment = models.TextField(_("assessment of the exemptions"), max_length=WORDS, blank=True)
    reasons = models.TextField(_("reasons"), max_length=WORDS)
    decided_by = models.CharField(max_length=64)
    decided = models.DateTimeField()
    undone = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=64, blank=True)
    undo_reason = models.TextField(max_length=WORDS, blank=True)
    confirmed = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Of two people who decide at once, one is told that the other was first."""

        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item"], condition=models.Q(undone=None), name="one_decision_stands")
        ]
        indexes: ClassVar = [models.Index(fields=["source", "-decided"], name="decision_by_source")]

    def __str__(self) -> str:
        return str(self.id)


class DecisionEntry(models.Model):
    """That an item matched an entry, with effect, when it was decided on: the decision rested on it."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="rests_on")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="decisions")

    class Meta:
        """Once each."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["decision", "entry"], name="rests_on_entry_once")]

    def __str__(self) -> str:
        return str(self.pk)


class ThreatReport(models.Model):
    """What a person wrote down for an authority.

    Regulations (EU) 2021/784, Article 14(5), and 2022/2065, Article 18. It is kept and printed; a person hands it
    over. Nothing here sends it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="threat_reports")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="threat_reports")
    member_state = models.CharField(_("Member State concerned"), max_length=2, blank=True)
    recipient = models.CharField(_("authority"), max_length=500)
    threat = models.TextField(_("what threatens whom"), max_length=WORDS)
    published = models.CharField(_("when it was published, with time zone"), max_length=100, blank=True)
    location = models.CharField(_("where it stands"), max_length=2_000, blank=True)
    uploader = models.TextField(_("what is known of who published it"), max_length=WORDS, blank=True)
    contact = models.CharField(_("who can be asked, day and night"), max_length=500)
    made_by = models.CharField(max_length=64)
    made = models.DateTimeField()
    handed_over = models.DateTimeField(null=True)
    handed_over_by = models.CharField(max_length=64, blank=True)

    class Meta:
        """Names for people."""

        verbose_name = _("report of an imminent threat to life")
        verbose_name_plural = _("reports of an imminent threat to life")

    def __str__(self) -> str:
        return str(self.id)
