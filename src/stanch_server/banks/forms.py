"""What people type about banks. The library has the last word; here each of its refusals gets its field."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stanch.errors import InvalidValueError
from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType, Designation, Purpose
from stanch_server.accounts.models import Source
from stanch_server.banks.making import LABEL, LABELS, NOTE, Details
from stanch_server.banks.models import NAME_LENGTH, Bank, Entry
from stanch_server.banks.sentences import CONTENT_TYPES, LARGEST_RADIUS, RADIUS_METHODS, Said

BETWEEN_LABELS: Final = re.compile(r"[,;\n\u060C\u061B\uFF0C\u3001]")  # commas and semicolons, those of Arabic too

_BANK_PROBLEMS: Final[Mapping[str, Said]] = {
    "name": _("Use Latin letters, digits, “-”, “_” and “.”, and do not begin with “.”."),
    "owner": _("Say who answers for this bank."),
    "legal_basis": _("Say why its content may be looked for."),
    "content_type": _("Choose one: only such content may be looked for."),
    "designation_list": _("Give list, identifier and date, or say that it is behaviour-based."),
    "reason": _("Say why its content is known to be good."),
}


def said(label: Said, **attributes: str) -> dict[str, Any]:
    """Return the options of a field in which people write in any language."""
    return {"label": label, "widget": forms.TextInput(attrs={"dir": "auto", **attributes})}


def written(label: Said, rows: int, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - Django's own options
    """Return the options of a field in which people write much."""
    return {"label": label, "widget": forms.Textarea(attrs={"dir": "auto", "rows": rows}), **options}


def day_field(label: Said, **options: Any) -> forms.DateField:  # noqa: ANN401 - Django's own options
    """Return a field for a day, as browsers send it."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


class DressedForm(forms.Form):
    """A form whose fields wear Bootstrap's classes."""

    def __init__(self, *given: Any, **more: Any) -> None:  # noqa: ANN401 - Django's own
        super().__init__(*given, **more)
        for field in self.fields.values():
            field.widget.attrs["class"] = _class_of(field.widget)


class BankForm(DressedForm):
    """A new bank. What it must say of itself depends on what it is for."""

    name = forms.CharField(**said(_("Name"), autocapitalize="none"), max_length=NAME_LENGTH)
    source = forms.ModelChoiceField(label=_("For"), queryset=Source.objects.none())
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Bank.Purpose.choices)
    owner = forms.CharField(**said(_("Owner")), max_length=500)
    legal_basis = forms.CharField(**said(_("Legal basis")), max_length=1000)
    content_type = forms.ChoiceField(
        label=_("Content type"),
        choices=[("", "–"), *CONTENT_TYPES.items()],
        required=False,
        help_text=_("Regulation (EU) 2021/784, Article 2(7). Not for known-good content."),
    )
    behaviour_based = forms.BooleanField(
        label=_("Behaviour-based"), required=False, help_text=_("No list names the group behind the content.")
    )
    designation_list = forms.CharField(**said(_("Designation: list")), max_length=500, required=False)
    designation_identifier = forms.CharField(**said(_("Designation: identifier")), max_length=200, required=False)
    designation_date = day_field(_("Designation: listed since"), required=False)
    reason = forms.CharField(
        **said(_("Why it is known to be good")),
        max_length=1000,
        required=False,
        help_text=_("For known-good content only."),
    )

    def __init__(self, *given: Any, sources: QuerySet[Source], everywhere: bool) -> None:  # noqa: ANN401 - Django's
        super().__init__(*given)
        field = self.fields["source"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = sources
        field.required = not everywhere
        field.empty_label = _("all sources") if everywhere else None

    def clean(self) -> dict[str, Any]:
        """Have the library judge the description, and give its refusal to the field that it is about."""
        chosen = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                chosen["info"] = _info(chosen)
            except InvalidValueError as error:
                field = str(error.fields["what"]).rpartition(": ")[2]
                field = "designation_list" if field == "designation" else field
                self.add_error(field, ValidationError(_BANK_PROBLEMS[field]))
        return chosen


class RadiusForm(DressedForm):
    """How near something must be to match, for one method."""

    method = forms.ChoiceField(label=_("Method"), choices=[(one.id, one.id) for one in RADIUS_METHODS])
    radius = forms.IntegerField(label=_("Bits"), min_value=0, max_value=LARGEST_RADIUS)


class DetailsForm(DressedForm):
    """What is said of an entry beside its content. In a known-good bank, why and until when must be said."""

    labels = forms.CharField(**said(_("Labels")), required=False, help_text=_("With commas between them."))
    note = forms.CharField(**written(_("Note"), 3), required=False, max_length=NOTE)
    expires = day_field(
        _("Expires"), required=False, help_text=_("From this day on it is no longer matched. Empty: never.")
    )

    def __init__(self, *given: Any, bank: Bank, at: datetime, entry: Entry | None = None, **more: Any) -> None:  # noqa: ANN401 - Django's
        if entry is not None:
            more["initial"] = _initial(entry)
        super().__init__(*given, **more)
        self.at, self.entry = at, entry
        if bank.purpose == Bank.Purpose.KNOWN_GOOD:
            self.fields["note"].required = self.fields["expires"].required = True
            self.fields["note"].label = _("Why it is known to be good")
            self.fields["expires"].help_text = _("From this day on it is no longer matched.")

    def clean_labels(self) -> tuple[str, ...]:
        """Return the labels, each once."""
        parts = [part.strip() for part in BETWEEN_LABELS.split(self.cleaned_data["labels"])]
        labels = tuple(dict.fromkeys(part for part in parts if part))
        if len(labels) > LABELS or not all(len(one) <= LABEL and one.isprintable() for one in labels):
            raise ValidationError(
                _("Give at most %(many)d labels of at most %(long)d characters each."),
                params={"many": LABELS, "long": LABEL},
            )
        return labels

    def clean_note(self) -> str:
        """Return the note with plain ends of lines."""
        return plain_lines(self.cleaned_data["note"])

    def clean_expires(self) -> datetime | None:
        """Return the beginning of the day; one that the entry has already may have passed."""
        day: date | None = self.cleaned_data["expires"]
        if day is None:
            return None
        if self.entry is not None and self.entry.expires and day == _day(self.entry.expires):
            return self.entry.expires
        moment = timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC)
        if moment <= self.at:
            raise ValidationError(_("Give a day that lies ahead."))
        return moment

    def details(self) -> Details:
        """Return what was said, once it is valid."""
        chosen = self.cleaned_data
        return Details(labels=chosen["labels"], note=chosen["note"], expires=chosen["expires"])


class SearchForm(DressedForm):
    """What entries are looked for by."""

    q = forms.CharField(
        label=_("Name or label"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto", "placeholder": _("Name or label")}),
    )

    def text(self) -> str:
        """Return what is looked for; nothing if it cannot be read."""
        found: str = self.cleaned_data["q"] if self.is_valid() else ""
        return found


def plain_lines(text: str) -> str:
    """Return a text with the ends of lines that its author typed: browsers send two characters for each."""
    return text.replace("\r\n", "\n")


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


def _info(chosen: Mapping[str, Any]) -> BankInfo:
    known = chosen["purpose"] == Bank.Purpose.KNOWN
    return BankInfo(
        name=chosen["name"],
        owner=chosen["owner"],
        legal_basis=chosen["legal_basis"],
        purpose=Purpose(chosen["purpose"]),
        content_type=ContentType(chosen["content_type"]) if known and chosen["content_type"] else None,
        designation=_designation(chosen) if known else None,
        reason=None if known else chosen["reason"],
    )


def _designation(chosen: Mapping[str, Any]) -> Designation | str | None:
    if chosen["behaviour_based"]:
        return BEHAVIOUR_BASED
    named = [chosen["designation_list"], chosen["designation_identifier"], chosen["designation_date"]]
    return Designation(list=named[0], identifier=named[1], date=named[2]) if all(named) else None


def _initial(entry: Entry) -> dict[str, Any]:
    expires = _day(entry.expires) if entry.expires else None
    return {"labels": ", ".join(entry.labels), "note": entry.note, "expires": expires}


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
