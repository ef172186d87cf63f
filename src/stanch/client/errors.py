"""What can go wrong with a call to the service: one tree, below `StanchError`."""

from typing import ClassVar

from stanch.client.answers import Problem
from stanch.errors import StanchError


class ServiceError(StanchError):
    """The service refused ({status}): {explained}."""

    code: ClassVar[str] = "service"

    def __init__(self, *, problem: Problem) -> None:
        self.problem = problem
        super().__init__(
            status=problem.status,
            code=problem.code,
            title=problem.title,
            detail=problem.detail,
            place=problem.place,
            explained=problem.sentence,
        )


class UnauthenticatedError(ServiceError):
    """The service does not know the API key, or it has expired ({status}): {explained}."""

    code = "unauthenticated"


class RefusedError(ServiceError):
    """The API key may not do this ({status}): {explained}."""

    code = "refused"


class NotFoundError(ServiceError):
    """The service has no such thing, or not for this key ({status}): {explained}."""

    code = "not-found"


class ConflictError(ServiceError):
    """The service cannot do this as things stand ({status}): {explained}."""

    code = "conflict"


class InvalidRequestError(ServiceError):
    """The service cannot take what was sent ({status}): {explained}."""

    code = "invalid-request"


class RateLimitedError(ServiceError):
    """The service asks to send less, and to wait longer than the time budget allows ({status}): {explained}."""

    code = "rate-limited"


class OutageError(StanchError):
    """The service at {server} gave no answer: {problem}."""

    code = "outage"


class FailedError(OutageError):
    """The service at {server} failed on this request: {problem}."""

    code = "failed"


class SpoolError(StanchError):
    """The post could not be kept in {folder}, and is lost unless it is sent again: {problem}."""

    code = "spool"


KINDS: dict[int, type[ServiceError]] = {
    401: UnauthenticatedError,
    403: RefusedError,
    404: NotFoundError,
    409: ConflictError,
    400: InvalidRequestError,
    413: InvalidRequestError,
    415: InvalidRequestError,
    422: InvalidRequestError,
    429: RateLimitedError,
}


def error_of(problem: Problem) -> ServiceError:
    """Return the error that a problem stands for."""
    return KINDS.get(problem.status, ServiceError)(problem=problem)
