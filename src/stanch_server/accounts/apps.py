"""How Django finds this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, roles, sources and API keys."""

    name = "stanch_server.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
