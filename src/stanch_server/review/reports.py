"""A report of a threat to life as it leaves the house: the same facts on paper, as text and as JSON."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stanch_server.review.models import ThreatReport

LAW = "Regulation (EU) 2021/784, Article 14(5); Regulation (EU) 2022/2065, Article 18"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One line of a report.

    Parameters
    ----------
    key : stable, for programs.
    name : for people.
    """

    key: str
    name: str | Promise
    said: str


def facts_of(report: ThreatReport) -> list[Fact]:
    """Return what a report says, in the order in which it is read; what is not known is said to be empty."""
    item = report.item
    lines: list[tuple[str, str | Promise, str]] = [
        ("report", _("Report"), str(report.id)),
        ("law", _("Made under"), LAW),
        ("made", _("Made"), report.made.isoformat(timespec="seconds")),
        ("recipient", _("To"), report.recipient),
        ("member_state", _("Member State concerned"), report.member_state),
        ("threat", _("What threatens whom, where and when"), report.threat),
        ("published", _("Published"), report.published),
        ("location", _("Where it stands"), report.location),
        ("uploader", _("Who published it, as far as is known"), report.uploader),
        ("source", _("Service"), report.source.name),
        ("post", _("The service's reference"), item.reference),
        ("account", _("The service's reference of the account"), item.account),
        ("received", _("Received here"), item.received.isoformat(timespec="seconds")),
        ("language", _("Language"), item.language),
        ("item", _("Our reference"), str(item.id)),
        ("contact", _("Who can be asked, day and night"), report.contact),
    ]
    return [Fact(key=key, name=name, said=said) for key, name, said in lines]


def as_text(report: ThreatReport) -> str:
    """Return a report as plain text, a line or more for each fact."""
    return "".join(f"{fact.name}:\n    {_indented(fact.said)}\n" for fact in facts_of(report))


def _indented(said: str) -> str:
    return "\n    ".join(said.splitlines()) or "–"
