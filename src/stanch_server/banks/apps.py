"""How Django knows this room."""

from django.apps import AppConfig


class BanksConfig(AppConfig):
    """The room of banks."""

    name = "stanch_server.banks"
    label = "banks"
