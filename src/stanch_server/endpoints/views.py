"""The document, for whoever wants to write a client."""

from django.http import HttpRequest, HttpResponse

from stanch_server.accounts.rules import open_to_all
from stanch_server.endpoints.bodies import answer
from stanch_server.endpoints.openapi import document


@open_to_all(reason="it says how to call the service, and nothing of what is in it")
def openapi(_request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI document."""
    return answer(document())
