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
from typing import Any, Final, NamedTuple

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import Error, close_old_connections

from stanch.errors import StanchError
from stanch.values import Part
from stanch_server.accounts import access, clock
from stanch_server.accounts.middleware import with_security_headers
from stanch_server.accounts.principals import KeyPrincipal
from stanch_server.endpoints import limits
from stanch_server.endpoints.answered import Answered
from stanch_server.endpoints.bodies import JSON, answer, decoded, encoded
from stanch_server.endpoints.combining import Combined
from stanch_server.endpoints.door import failed
from stanch_server.endpoints.problems import ProblemError
from stanch_server.endpoints.turns import INPUT, Application, Environ, has_come, is_short, turn
from stanch_server.intake import api
from stanch_server.intake.lookups import LookedUp, Lookup, SentLookups, look_up_together, parts_of

ADDRESS: Final = "/api/v1/match"
REQUEST_ID: Final = "X-Request-ID"

SPACING: Final = 0.0005
"""Seconds between two commits where many ask. A commit costs a millisecond, whether of one request or of ten."""

StartResponse = Callable[..., Any]


class Question(NamedTuple):
    """A request that comes as it should, of which nothing else is known yet."""

    began: float
    authorization: str
    body: bytes


class Reply(NamedTuple):
    """An answer as the web server takes it, and what is noted of it."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    noted: Answered


class Told(NamedTuple):
    """What a program is told: an answer that is committed, or why there is none."""

    actor: str
    said: LookedUp | ProblemError | Exception


class ShortLookups:
    """A WSGI application that answers short look-ups of hashes itself, and leaves all else to another.

    A request's own thread does next to nothing: the one that answers does it for all, with warm caches.

    Parameters
    ----------
    otherwise : answers what is not short, or not as it should be.
    note : logs and counts what was answered here.
    """

    def __init__(self, otherwise: Application, *, note: Callable[[Sequence[Answered]], None]) -> None:
        self._otherwise = otherwise
        self._note = note
        self._desk: Combined[Question, Reply | None] = Combined(
            self._answer, spacing=SPACING, afterwards=self._note_all
        )
        self._headers = list(with_security_headers(answer(None)).items())

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        reply = self._reply(environ)
        if reply is None:
            return self._otherwise(environ, start_response)
        start_response(reply.status, reply.headers)
        return [reply.body]

    def _reply(self, environ: Environ) -> Reply | None:
        """Return what is answered here; None where the view has to say it."""
        began = time.perf_counter()
        if not (is_plain(environ) and is_short(environ) and has_come(environ)):
            return None
        question = Question(began, environ.get("HTTP_AUTHORIZATION", ""), environ[INPUT].getvalue())
        try:
            return self._desk.ask(question)
        except Exception:  # noqa: BLE001 - nothing was recorded; what it was shows where each is answered by itself
            return None

    def _answer(self, asked: Sequence[Question]) -> list[Reply | None]:
        told = told_all(asked)
        return [
            None if said is None else self._made(question, said)
            for question, said in zip(asked, told, strict=True)
        ]

    def _made(self, question: Question, told: Told) -> Reply:
        """Return an answer with its headers."""
        name = uuid.uuid4().hex
        if isinstance(told.said, LookedUp):
            status, headers, body = "200 OK", self._headers, encoded(told.said)
        else:
            status, headers, body = _refusal(name, told.said)
        seconds = time.perf_counter() - question.began
        noted = Answered(name, ADDRESS, "POST", int(status[:3]), seconds, told.actor)
        return Reply(status, [*headers, (REQUEST_ID, name)], body, noted)

    def _note_all(self, replies: Sequence[Reply | None]) -> None:
        """Log and count what was answered here."""
        self._note([one.noted for one in replies if one is not None])


def _refusal(name: str, said: ProblemError | Exception) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return status, headers and body that the endpoint and the door answer to such an error."""
    with structlog.contextvars.bound_contextvars(request=name):
        response = said.response() if isinstance(said, ProblemError) else failed(said)
    with_security_headers(response)
    return f"{response.status_code} {response.reason_phrase}", list(response.items()), response.content


def is_plain(environ: Environ) -> bool:
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


def told_all(asked: Sequence[Question]) -> list[Told | None]:
    """Look up what several ask, those who may, and record that they did.

    Returns
    -------
    One for each, in their order; None where the view has to say what is wrong.
    """
    parts = [_hashes(one.body) for one in asked]
    told: list[Told | None] = [None] * len(asked)
    lookups: dict[int, Lookup] = {}
    with turn():
        close_old_connections()
        now = clock.now()
        callers = {header: _admitted(header, now) for header in {one.authorization for one in asked}}
        for place, (question, wanted) in enumerate(zip(asked, parts, strict=True)):
            caller = callers[question.authorization]
            if caller is not None and wanted is not None:
                lookups[place] = Lookup(caller, wanted)
                told[place] = _too_much(lookups[place])
        free = {place: one for place, one in lookups.items() if told[place] is None}
        for place, said in zip(free, _answered(list(free.values()), now), strict=True):
            told[place] = said
    return told


def _hashes(body: bytes) -> Sequence[Part] | None:
    """Return the hashes that a body asks for; None if it asks for anything else, or is not as it must be."""
    try:
        sent = decoded(body, SentLookups)
        return parts_of(sent) if all(one.hash is not None for one in sent.queries) else None
    except StanchError:
        return None


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


def _too_much(lookup: Lookup) -> Told | None:
    """Take a request from what a key may ask for, as the endpoint and its view do."""
    try:
        limits.take(lookup.caller.key)
        limits.take(lookup.caller.key, len(lookup.parts) - 1)
    except ProblemError as problem:
        return Told(lookup.caller.actor, problem)
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
