"""What people fill in. What a decision needs stands in `grounds`; the form says it in the person's language."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from stanch_server.banks.models import Bank
from stanch_server.intake.models import ItemPart
from stanch_server.review.grounds import NONE_APPLIES, TAKES_DOWN, Action, Grounds
from stanch_server.review.models import WORDS, Decision
from stanch_server.review.operations.exits import Facts

ROWS: Final = 3


def words(
    label: Any,  # noqa: ANN401 - text to be translated
    *,
    required: bool = False,
    rows: int = ROWS,
    help_text: Any = "",  # noqa: ANN401 - ditto
) -> forms.CharField:
    """Return a field for sentences, in whatever direction they are written."""
    area = forms.Textarea(attrs={"rows": rows, "dir": "auto", "class": "form-control"})
    return forms.CharField(label=label, required=required, max_length=WORDS, widget=area, help_text=help_text)


def line(
    label: Any,  # noqa: ANN401 - ditto
    *,
    longest: int,
    required: bool = False,
    help_text: Any = "",  # noqa: ANN401 - ditto
    **attributes: str,
) -> forms.CharField:
    """Return a field for one line."""
    text = forms.TextInput(attrs={"dir": "auto", "class": "form-control", **attributes})
    return forms.CharField(label=label, required=required, max_length=longest, widget=text, help_text=help_text)


class TokenForm(forms.Form):
    """A form that is shown once and counts once, however often it is sent."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class DecisionForm(TokenForm):
    """A decision. Which banks and parts are offered depends on the item and on the person."""

    action = forms.ChoiceField(label=_("Action"), choices=Action.choices, widget=forms.RadioSelect)
    label = line(_("Label"), longest=200, help_text=_("What the source shows beside the content."))
    content_type = forms.ChoiceField(
        label=_("Type of terrorist content: Regulation (EU) 2021/784, Article 2(7)"),
        choices=[("", _("none")), *Decision.ContentType.choices],
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    exemption = forms.ChoiceField(
        label=_("Exemption: Article 1(3)"),
        choices=[("", _("choose, also if none applies")), *Decision.Exemption.choices],
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=_("What is spread for one of these purposes is not terrorist content."),
    )
    assessment = words(
        _("Assessment: why an exemption applies, or why none does"),
        help_text=_("Needed to restrict, remove or label."),
    )
    reasons = words(_("Reasons"), help_text=_("The source is told; it can tell the person who published it."))
    bank = forms.ModelChoiceField(
        label=_("Confirm as known content in"),
        queryset=Bank.objects.none(),
        required=False,
        empty_label=_("no bank"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    parts = forms.TypedMultipleChoiceField(
        label=_("Parts to confirm"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, banks: Any = None, parts: Sequence[ItemPart] = (), **kwargs: Any) -> None:  # noqa: ANN401 - Django's own
        super().__init__(*args, **kwargs)
        chosen = self.fields["bank"], self.fields["parts"]
        if banks is not None and parts:
            chosen[0].queryset = banks  # type: ignore[attr-defined]
        chosen[1].choices = [(part.position, part.name) for part in parts]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Leave out what does not belong to the chosen action, and say what is missing."""
        given = super().clean() or {}
        action = given.get("action", "")
        if action != Action.LABEL:
            given["label"] = ""
        if action == Action.ALLOW:
            given.update(content_type="", bank=None, parts=[])
            given["exemption"] = given.get("exemption") or NONE_APPLIES.value
        self._say_problems(given)
        self._check_confirming(given)
        return given

    def grounds(self) -> Grounds:
        """Return the grounds of a form that is valid."""
        return _grounds(self.cleaned_data)

    def _say_problems(self, given: dict[str, Any]) -> None:
        for field, problem in _grounds(given).problems():
            if field not in self.errors:
                self.add_error(field, str(problem))

    def _check_confirming(self, given: dict[str, Any]) -> None:
        if given.get("bank") and not given.get("parts"):
            self.add_error("parts", str(_("Choose the parts that show it.")))
        if given.get("bank") and not given.get("content_type") and given.get("action") not in TAKES_DOWN:
            self.add_error("bank", str(_("Say which type of terrorist content it is to confirm it.")))


class ReasonForm(forms.Form):
    """A reason."""

    reason = words(_("Reason"), required=True, rows=2, help_text=_("The source is told."))


class UnlearnForm(forms.Form):
    """Why something that was learnt is taken back."""

    reason = words(_("Reason"), required=True, rows=2, help_text=_("It stands in the audit log, with your name."))


class IdsField(forms.Field):
    """Any number of ids."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> list[UUID]:  # noqa: ANN401 - whatever was sent
        """Return the ids that were sent."""
        try:
            return [UUID(one) for one in value or []]
        except ValueError as error:
            raise forms.ValidationError(_("There is no such thing here.")) from error


class RemovalForm(forms.Form):
    """Why an entry is removed, and what is reinstated with it; `seen` is everything that the page showed."""

    reason = words(_("Reason"), required=True, rows=2)
    reinstate = IdsField(required=False)
    lift = IdsField(required=False)
    seen = IdsField(required=False)


class ThreatForm(TokenForm):
    """What an authority needs to act on a threat to life."""

    threat = words(
        _("What threatens whom, where and when"),
        required=True,
        help_text=_("Facts that you have seen or been told, and how you know them."),
    )
    member_state = line(
        _("Member State concerned (two letters; empty if it is not known)"),
        longest=2,
        size="2",
        autocapitalize="characters",
    )
    recipient = line(_("Authority that is told"), longest=500, required=True)
    published = line(
        _("When it was published, with time zone"),
        longest=100,
        help_text=_("For example: 3 May 2026, 14:05, UTC+2"),
    )
    location = line(_("Where it stands: exact addresses"), longest=2_000, autocapitalize="none")
    uploader = words(
        _("What is known of who published it"),
        rows=2,
        help_text=_("Account, addresses, times of use: what you lawfully hold, and no more than is needed."),
    )
    contact = line(_("Who can be asked, day and night"), longest=500, required=True)

    def clean_member_state(self) -> str:
        """Return two letters, or none."""
        state: str = self.cleaned_data["member_state"].strip().upper()
        if state and not (len(state) == 2 and state.isascii() and state.isalpha()):  # ISO 3166
            raise forms.ValidationError(_("Use the two letters of ISO 3166, or leave it empty."))
        return state

    def facts(self) -> Facts:
        """Return the facts of a form that is valid."""
        return Facts(**{name: self.cleaned_data[name] for name in Facts.__dataclass_fields__})


def _grounds(given: dict[str, Any]) -> Grounds:
    return Grounds(
        action=given.get("action", ""),
        exemption=given.get("exemption", ""),
        reasons=given.get("reasons", ""),
        content_type=given.get("content_type", ""),
        assessment=given.get("assessment", ""),
        label=given.get("label", ""),
    )
