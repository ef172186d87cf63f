"""Telling a source what came of its items: signed messages, retried until they are acknowledged."""

from stanch_server.intake.webhooks.announcing import announce

__all__ = ["announce"]
