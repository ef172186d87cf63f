"""How Django knows this room."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The room of decisions."""

    name = "stanch_server.review"
    label = "review"
