"""Requests as they come over the wire: a header that Django cannot read is refused, and breaks nothing."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

UNREADABLE: Final = "application/octet-stream"
"""Whatever it was meant to be, no endpoint takes it."""


class Request(WSGIRequest):
    """A request whose content type may be anything.

    Django reads that header before it calls any middleware, and raises what nobody catches if a parameter of it
    names a charset that there is not (RFC 2231: `boundary*=nonsense''x`) or whose bytes are none of it.
    """

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # Django's own, not in its stubs
        except (LookupError, ValueError):
            self.content_type, self.content_params = UNREADABLE, {}


def harden(application: WSGIHandler) -> WSGIHandler:
    """Let an application read requests this way, and return it."""
    application.request_class = Request
    return application
