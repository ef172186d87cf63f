"""How Django knows this room."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """The room where items come in."""

    name = "stanch_server.intake"
    label = "intake"
