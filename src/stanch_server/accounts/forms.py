"""What people type. Longer than anybody types is refused before it is hashed."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stanch_server.accounts.capabilities import KEY_CAPABILITIES, ROLE_NAMES, Role
from stanch_server.accounts.models import Source
from stanch_server.accounts.names import LONGEST

LONGEST_PASSPHRASE: Final = 1000


def passphrase_field(label: Any, autocomplete: str) -> forms.CharField:  # noqa: ANN401 - text, or text to be translated
    """Return a field for a passphrase; spaces count."""
    hidden = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=hidden, strip=False, max_length=LONGEST_PASSPHRASE)


def code_field(**options: Any) -> forms.CharField:  # noqa: ANN401 - Django's own options
    """Return a field for a code of the authenticator app or on paper."""
    plain = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"})
    return forms.CharField(label=_("Code"), widget=plain, max_length=40, **options)


class PlainForm(forms.Form):
    """A form whose labels are words, without a colon behind them, as on all other pages."""

    def __init__(self, *given: Any, **more: Any) -> None:  # noqa: ANN401 - Django's own
        super().__init__(*given, **{"label_suffix": "", **more})


class SignInForm(PlainForm):
    """Name, passphrase and code, checked together."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "dir": "auto"}),
    )
    passphrase = passphrase_field(_("Passphrase"), "current-password")
    code = code_field(help_text=_("From your authenticator app, or one of your recovery codes."))


class AgainForm(PlainForm):
    """Passphrase and code once more."""

    passphrase = passphrase_field(_("Passphrase"), "current-password")
    code = code_field()


class CodeForm(PlainForm):
    """A code."""

    code = code_field()


class PassphraseForm(PlainForm):
    """A new passphrase, twice."""

    passphrase = passphrase_field(_("New passphrase"), "new-password")
    repeated = passphrase_field(_("The same again"), "new-password")

    def clean_repeated(self) -> str:
        """Refuse two that differ."""
        repeated: str = self.cleaned_data["repeated"]
        if repeated != self.cleaned_data.get("passphrase", repeated):
            raise ValidationError(_("The two differ."))
        return repeated


class PersonForm(PlainForm):
    """A new person."""

    sign_in_name = forms.CharField(label=_("Sign-in name"), max_length=LONGEST)
    display_name = forms.CharField(label=_("Name shown to others"), max_length=LONGEST, required=False)


class RoleForm(PlainForm):
    """A role, for one source or for all."""

    role = forms.TypedChoiceField(
        label=_("Role"), choices=[(role.value, ROLE_NAMES[role]) for role in Role], coerce=Role
    )
    source = forms.ModelChoiceField(
        label=_("Source"), queryset=Source.objects.order_by("name"), required=False, empty_label=_("All sources")
    )


class KeyForm(PlainForm):
    """A new API key."""

    name = forms.CharField(label=_("Name"), max_length=100)
    capabilities = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(name, name) for name in sorted(KEY_CAPABILITIES)],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(label=_("Days until it expires"), min_value=1, max_value=366, initial=90)
