"""How Django finds this room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VaultConfig(AppConfig):
    """Encrypted bytes, their keys, what is preserved and what was erased."""

    name = "stanch_server.vault"
    label = "vault"
    verbose_name = _("Vault")
