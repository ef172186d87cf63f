"""The two ways out of an item: sealed at once, or reported to an authority by a person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from stanch_server.intake import operations as intake
from stanch_server.intake.models import Item
from stanch_server.review.calendar import Why
from stanch_server.review.models import ThreatReport
from stanch_server.review.operations.common import record, stated
from stanch_server.review.operations.keeping import preserve


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What an authority needs: Regulation (EU) 2021/784, Article 14(5), and (EU) 2022/2065, Article 18.

    Parameters
    ----------
    recipient : the authority that is told.
    threat : what threatens whom, when and where, as far as it is known.
    contact : who can be asked, day and night.
    member_state : two letters of the Member State concerned; empty if it is not known.
    published : when it was published, with its time zone.
    location : where it stands.
    uploader : what is known of who published it.
    """

    recipient: str
    threat: str
    contact: str
    member_state: str = ""
    published: str = ""
    location: str = ""
    uploader: str = ""


def seal(*, item: Item, acting_user: str, at: datetime) -> bool:
    """Lock an item that may show the sexual abuse of a child: nobody here opens anything of it any more.

    Its content stays in the vault, encrypted, preserved for the authority that asks for it. No decision on it is
    taken or undone, and nothing is sent: a person tells the hotline.

    Returns
    -------
    False if it was sealed before.
    """
    with transaction.atomic():
        if not intake.lock(item=item, acting_user=acting_user, at=at):
            return False
        preserve(item, why=Why.SEALED, reason="sealed", acting_user=acting_user, at=at)
        record("sealed", item, acting_user=acting_user, at=at)
    return True


def report_threat(
    *, item: Item, facts: Facts, acting_user: str, at: datetime, token: UUID | None = None
) -> ThreatReport:
    """Write down what an authority has to be told, and preserve what it may ask for. Nothing is sent.

    Parameters
    ----------
    token : drawn when the form was shown; the same form sent twice makes one report.

    Raises
    ------
    UnfoundedDecisionError
        If the authority, the threat or the contact is not said.
    """
    for field in ("recipient", "threat", "contact"):
        stated(getattr(facts, field), field=field)
    identity = token or uuid4()
    with transaction.atomic():
        made, new = ThreatReport.objects.get_or_create(
            id=identity,
            item=item,
            made_by=acting_user,
            defaults={
                "source_id": item.source_id,
                "member_state": facts.member_state,
                "recipient": facts.recipient,
                "threat": facts.threat,
                "published": facts.published,
                "location": facts.location,
                "uploader": facts.uploader,
                "contact": facts.contact,
                "made": at,
            },
        )
        if new:
            preserve(item, why=Why.THREAT, reason="threat to life", acting_user=acting_user, at=at)
            record("threat-reported", item, acting_user=acting_user, at=at, report=str(made.id))
    return made


def hand_over(*, report: ThreatReport, acting_user: str, at: datetime) -> bool:
    """Record that a person has handed a report to the authority; return False if it was recorded before."""
    with transaction.atomic():
        open_reports = ThreatReport.objects.filter(id=report.id, handed_over=None)
        if not open_reports.update(handed_over=at, handed_over_by=acting_user):
            return False
        record("threat-handed-over", report.item, acting_user=acting_user, at=at, report=str(report.id))
    report.handed_over, report.handed_over_by = at, acting_user
    return True
