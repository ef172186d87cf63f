"""What people type about webhooks."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from stanch_server.intake.webhooks.addresses import LONGEST


class WebhookForm(forms.Form):
    """A new webhook."""

    attributes: ClassVar = {"class": "form-control", "dir": "ltr", "inputmode": "url", "autocomplete": "off"}
    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs=attributes | {"placeholder": "https://"}),
        help_text=_("Begins with https:// and is reached from the public internet."),
    )
