"""How Django knows this room."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The room of decisions."""

    name = "stanch_server.review"
    label = "review"

    def ready(self) -> None:
        """Tell the room below who knows of decisions, and what else is forgotten with an item."""
        from stanch_server.intake.answers import register_decisions  # noqa: PLC0415 - models are there only now
        from stanch_server.intake.operations import when_forgotten  # noqa: PLC0415 - ditto
        from stanch_server.review.answers import decision_answers, forget  # noqa: PLC0415 - ditto

        register_decisions(decision_answers)
        when_forgotten(forget)
