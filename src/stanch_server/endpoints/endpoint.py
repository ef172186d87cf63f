"""An endpoint: a view for programs that says of itself what it takes and gives.

@key_rule(capability="match.query", methods=("POST",))
@endpoint(summary="Look up hashes and short texts", takes=Queries, gives={200: Results})
def match(request: KeyRequest) -> HttpResponse: ...
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse

from stanch.errors import StanchError
from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.accounts.rules import KeyRequest, View
from stanch_server.endpoints import limits
from stanch_server.endpoints.problems import ProblemError, busy, invalid

BUSY_SECONDS = 2


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of the query or a header, for the document.

    Parameters
    ----------
    place : `query` or `header`.
    schema : JSON Schema of its value.
    """

    name: str
    place: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, kw_only=True)
class Description:
    """What the OpenAPI document says of an endpoint.

    Parameters
    ----------
    takes : the type of the body; None if there is none.
    gives : by status, the type of what is answered, None for an answer without a body.
    refuses : statuses that come with a problem document, beside those that every endpoint has.
    form : whether the body may also come as a form with files.
    """

    summary: str
    takes: type | None = None
    gives: Mapping[int, type | None] = field(default_factory=dict)
    refuses: tuple[int, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    form: bool = False


class Endpoint:
    """A view that answers every deliberate error with its problem document."""

    def __init__(self, view: View, description: Description) -> None:
        self.view = view
        self.description = description
        functools.update_wrapper(self, view)

    def __call__(self, request: HttpRequest, **arguments: Any) -> HttpResponse:  # noqa: ANN401 - the view's own
        """Answer, or say why not."""
        try:
            caller = getattr(request, "caller", None)
            if isinstance(caller, KeyPrincipal):
                limits.take(caller.key)
            return self.view(cast("KeyRequest", request), **arguments)
        except ProblemError as error:
            return error.response()
        except (Http404, PermissionDenied):
            raise  # the rule around this one answers
        except StanchError as error:
            return invalid(str(error), code=error.code).response()
        except OperationalError:  # the database is locked, away, or out of room: nothing was acknowledged
            return busy(BUSY_SECONDS).response()


def endpoint(
    *,
    summary: str,
    takes: type | None = None,
    gives: Mapping[int, type | None],
    refuses: tuple[int, ...] = (),
    parameters: tuple[Parameter, ...] = (),
    form: bool = False,
) -> Callable[[View], Endpoint]:
    """Make a view an endpoint; the parameters are those of `Description`."""
    description = Description(
        summary=summary, takes=takes, gives=gives, refuses=refuses, parameters=parameters, form=form
    )
    return lambda view: Endpoint(view, description)
