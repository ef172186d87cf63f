"""What an endpoint refuses, as an error that knows its problem document."""

from collections.abc import Mapping

from django.http import HttpResponse

from stanch.errors import StanchError
from stanch_server.accounts import problems
from stanch_server.accounts.problems import Problem


class ProblemError(StanchError):
    """{title} {detail}"""

    def __init__(
        self,
        status: int,
        problem_code: str,
        title: str,
        *,
        detail: str = "",
        place: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.problem_code, self.title = status, problem_code, title
        self.detail, self.place, self.headers = detail, place, dict(headers or {})
        super().__init__(title=title, detail=detail)

    def document(self) -> Problem:
        """Return the problem document, for an element of a batch."""
        return problems.document(self.status, self.problem_code, self.title, detail=self.detail, place=self.place)

    def response(self) -> HttpResponse:
        """Return the problem document as an answer."""
        return problems.problem(
            self.status,
            self.problem_code,
            self.title,
            detail=self.detail,
            place=self.place,
            headers=self.headers,
        )


def invalid(detail: str, *, place: str = "", code: str = "invalid") -> ProblemError:
    """Return 422: what was sent is not as it must be, and where."""
    return ProblemError(422, code, "What was sent is not as it must be.", detail=detail, place=place)


def too_large(limit: int) -> ProblemError:
    """Return 413, with the limit in bytes."""
    detail = f"At most {limit:,} bytes are taken in one request."
    return ProblemError(413, "too-large", "This is too large.", detail=detail)


def unsupported(taken: str) -> ProblemError:
    """Return 415, with what is taken instead."""
    return ProblemError(
        415, "unsupported-media-type", "This content type is not taken here.", detail=f"Send {taken}."
    )


def busy(seconds: int) -> ProblemError:
    """Return 503, and when to come again."""
    headers = {"Retry-After": str(seconds)}
    return ProblemError(503, "busy", "The service cannot answer now; send the same again later.", headers=headers)
