"""What a decision needs before it is one: a content type, an assessment of the exemptions, reasons.

Regulation (EU) 2021/784: Article 2(7) says what terrorist content is; Article 1(3) says what is none, whatever it
shows: what is spread for education, journalism, art, research, against terrorism, or in public debate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stanch_server.review.errors import UnfoundedDecisionError
from stanch_server.review.models import WORDS, Decision

Action = Decision.Action
NONE_APPLIES = Decision.Exemption.NONE
TAKES_DOWN = frozenset({Action.RESTRICT, Action.REMOVE})
ADVERSE = TAKES_DOWN | {Action.LABEL}
LONGEST_LABEL = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Grounds:
    """What a person gives as the grounds of an action."""

    action: str
    exemption: str
    reasons: str
    content_type: str = ""
    assessment: str = ""
    label: str = ""

    def problems(self) -> Iterator[tuple[str, str | Promise]]:
        """Yield each field that lacks something, and a sentence for the person who filled it in."""
        yield from self._unknown()
        yield from self._missing()
        yield from self._contradictions()
        yield from self._too_long()

    def require(self) -> None:
        """Let grounds pass that are complete.

        Raises
        ------
        UnfoundedDecisionError
            If they are not; the error names the first field.
        """
        for field, problem in self.problems():
            raise UnfoundedDecisionError(field=field, problem=problem)

    def _unknown(self) -> Iterator[tuple[str, str | Promise]]:
        if self.action not in Action.values:
            yield "action", _("Choose an action.")
        if self.exemption not in Decision.Exemption.values:
            yield "exemption", _("Say which exemption applies, or that none does.")
        if self.content_type and self.content_type not in Decision.ContentType.values:
            yield "content_type", _("Choose one of the types.")

    def _missing(self) -> Iterator[tuple[str, str | Promise]]:
        if not self.reasons.strip():
            yield "reasons", _("Give your reasons.")
        if self.action in TAKES_DOWN and not self.content_type:
            yield "content_type", _("Say which type of terrorist content it is. If it is none, allow it.")
        if self.action in ADVERSE and not self.assessment.strip():
            yield "assessment", _("Say why an exemption applies, or why none does.")
        if self.action == Action.LABEL and not self.label.strip():
            yield "label", _("Say what the label is.")

    def _contradictions(self) -> Iterator[tuple[str, str | Promise]]:
        exempt = self.exemption in Decision.Exemption.values and self.exemption != NONE_APPLIES
        if exempt and self.action in TAKES_DOWN:
            yield "exemption", _("What is spread for this purpose is not terrorist content. Allow or label it.")
        if self.content_type and (exempt or self.action == Action.ALLOW):
            yield "content_type", _("This contradicts: either it is terrorist content, or it is not.")
        if self.label and self.action != Action.LABEL:
            yield "label", _("Only the action “label” has a label.")

    def _too_long(self) -> Iterator[tuple[str, str | Promise]]:
        longest = {"reasons": WORDS, "assessment": WORDS, "label": LONGEST_LABEL}
        for field, limit in longest.items():
            if len(getattr(self, field)) > limit:
                yield field, _("This is too long.")
