"""How Django knows this room."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The room that wires the others together, and holds what all pages share."""

    name = "stanch_server.project"
    label = "project"
