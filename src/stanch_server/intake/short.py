"""Short look-ups of bare hashes, many at once: the one address that is answered below Django.

Hundreds of them come each second, and each must be answered within milliseconds. So those that wait are answered
together (`endpoints.combining`): each key and the newest change are read once, the hashes of a source are searched
for at once, and one commit records them all before any is answered.

The view (`intake.api.match`) says what an answer is, and who may have it. Whatever is unusual goes there, as does
what comes while the database is away: a request that is refused is refused in one place.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import Error, close_old_connections
from django.http import HttpResponse

from stanch.errors import StanchError
from stanch.values import Part
from stanch_server.accounts import access, clock
from stanch_server.accounts.middleware import with_security_headers
from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.endpoints import limits
from stanch_server.endpoints.bodies import JSON, answer, decoded, encoded
from stanch_server.endpoints.combining import Combined
from stanch_server.endpoints.door import failed
from stanch_server.endpoints.problems import ProblemError
from stanch_server.endpoints.turns import INPUT, Application, Environ, has_come, is_short, turn
from stanch_server.intake import api
from stanch_server.intake.lookups import LookedUp, Lookup, SentLookups, look_up_together, parts_of

ADDRESS: Final = "/api/v1/match"
REQUEST_ID: Final = "X-Request-ID"

StartResponse = Callable[..., Any]


class Note(Protocol):
    """Logs and counts an answered request (`project.middleware.note`)."""

    def __call__(
        self, name: str, /, *, route: str, method: str, status: int, seconds: float, actor: str | None
    ) -> None: ...


class Question(NamedTuple):
    """A request that is as it should be, as far as can be said before the key is read."""

    authorization: str
    parts: Sequence[Part]


class Told(NamedTuple):
    """What a program is told: an answer that is committed, or why there is none."""

    actor: str
    said: LookedUp | ProblemError | Exception


class ShortLookups:
    """A WSGI application that answers short look-ups of hashes itself, and leaves all else to another.

    Parameters
    ----------
    otherwise : answers what is not short, or not as it should be.
    note : is told of each answer that is given here.
    """

    def __init__(self, otherwise: Application, *, note: Note) -> None:
        self._otherwise = otherwise
        self._note = note
        self._desk: Combined[Question, Told | None] = Combined(answer_all)
        self._headers = list(with_security_headers(answer(None)).items())

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        began = time.perf_counter()
        question = question_of(environ)
        told = None if question is None else self._ask(question)
        if told is None:
            return self._otherwise(environ, start_response)
        name = uuid.uuid4().hex
        status, headers, body = self._response(name, told.said)
        seconds = time.perf_counter() - began
        self._note(name, route=ADDRESS, method="POST", status=int(status[:3]), seconds=seconds, actor=told.actor)
        start_response(status, [*headers, (REQUEST_ID, name)])
        return [body]

    def _ask(self, question: Question) -> Told | None:
        """Return what is told; None where the view has to say it."""
        try:
            return self._desk.ask(question)
        except Exception:  # noqa: BLE001 - nothing was recorded; what it was shows where each is answered by itself
            return None

    def _response(self, name: str, said: LookedUp | ProblemError | Exception) -> tuple[str, Any, bytes]:
        if isinstance(said, LookedUp):
            return "200 OK", self._headers, encoded(said)
        with structlog.contextvars.bound_contextvars(request=name):
            response: HttpResponse = said.response() if isinstance(said, ProblemError) else failed(said)
        with_security_headers(response)
        return f"{response.status_code} {response.reason_phrase}", list(response.items()), response.content


def question_of(environ: Environ) -> Question | None:
    """Return what a request asks; None if it is not short, not only of hashes, or not as it should be."""
    if not (_is_plain(environ) and is_short(environ) and has_come(environ)):
        return None
    body = environ[INPUT].getvalue()
    try:
        sent = decoded(body, SentLookups)
        if all(one.hash is not None for one in sent.queries):
            return Question(environ.get("HTTP_AUTHORIZATION", ""), parts_of(sent))
    except StanchError:
        pass  # the view says what is wrong with it
    return None


def _is_plain(environ: Environ) -> bool:
    """Whether the view would find nothing to say about how a request comes."""
    return (
        environ.get("PATH_INFO") == ADDRESS
        and environ["REQUEST_METHOD"] == "POST"
        and environ.get("CONTENT_TYPE") == JSON
        and not environ.get("QUERY_STRING")
        and "HTTP_TRANSFER_ENCODING" not in environ
        and _is_secure(environ)
    )


def _is_secure(environ: Environ) -> bool:
    if not settings.HTTPS:
        return True
    header, secure = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    return bool(header) and environ.get(header) == secure


def answer_all(asked: Sequence[Question]) -> list[Told | None]:
    """Answer several questions, those that may be asked, and record that they were.

    Returns
    -------
    One for each, in their order; None where the view has to say what is wrong.
    """
    with turn():
        close_old_connections()
        now = clock.now()
        callers = {header: _admitted(header, now) for header in {one.authorization for one in asked}}
        told: list[Told | None] = [None] * len(asked)
        lookups: dict[int, Lookup] = {}
        for place, (header, parts) in enumerate(asked):
            caller = callers[header]
            if caller is None:
                continue
            told[place] = _too_much(caller, len(parts))
            if told[place] is None:
                lookups[place] = Lookup(caller, parts)
        for place, one in zip(lookups, _answered(list(lookups.values()), now), strict=True):
            told[place] = one
    return told


def _admitted(authorization: str, now: datetime) -> KeyPrincipal | None:
    """Return who asks, if the rule of the view lets them pass, and their use of this day is noted already."""
    caller = access.authenticate_key(authorization, now=now)
    if caller is None or not caller.used_today:
        return None
    try:
        api.match.rule.authorise(caller, {})
    except PermissionDenied:
        return None
    return caller


def _too_much(caller: KeyPrincipal, queries: int) -> Told | None:
    """Take a request from what a key may ask for, as the endpoint and its view do."""
    try:
        limits.take(caller.key)
        limits.take(caller.key, queries - 1)
    except ProblemError as problem:
        return Told(caller.actor, problem)
    return None


def _answered(lookups: Sequence[Lookup], now: datetime) -> list[Told]:
    """Look up and record; if the database fails, that is what each is told."""
    if not lookups:
        return []
    try:
        found: Sequence[LookedUp | Exception] = look_up_together(lookups, now=now)
    except Error as error:
        found = [error] * len(lookups)
    return [Told(one.caller.actor, said) for one, said in zip(lookups, found, strict=True)]
