"""Sessions: how they begin, and what ends them."""

from datetime import datetime, timedelta
from typing import Final

import django_otp
from django.contrib.auth import SESSION_KEY, login, logout
from django.http import HttpRequest
from django_otp.models import Device

from stanch_server.accounts import operations
from stanch_server.accounts.models import Person

IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=12)
PROOF_LASTS: Final = timedelta(minutes=10)
NOTED_EVERY: Final = timedelta(minutes=1)  # a row is not written for every request

BEGAN: Final = "began"
SEEN: Final = "seen"
PROVED: Final = "proved"
BACKEND: Final = "stanch_server.accounts.backends.PassphraseAndCode"


def begin(request: HttpRequest, person: Person, *, now: datetime) -> None:
    """Begin a session under a new key; nothing of an older one stays."""
    request.session.flush()
    login(request, person, backend=BACKEND)
    request.session[BEGAN] = request.session[SEEN] = request.session[PROVED] = now.timestamp()


def prove(request: HttpRequest, device: Device, *, now: datetime) -> None:
    """Note that the person has just given a second factor, under a new key of the session."""
    request.session.cycle_key()
    django_otp.login(request, device)
    request.session[PROVED] = now.timestamp()


def proved_recently(request: HttpRequest, *, now: datetime) -> bool:
    """Whether the person has shown within ten minutes who they are: asked before a dangerous act."""
    proved: float = request.session.get(PROVED, 0)
    return now.timestamp() - proved < PROOF_LASTS.total_seconds()


def end(request: HttpRequest, *, why: str, now: datetime) -> None:
    """End a session, on the server too."""
    if (person := request.session.get(SESSION_KEY)) is not None:
        operations.note_session_ended(person, why=why, now=now)
    logout(request)


def enforce(request: HttpRequest, *, now: datetime) -> None:
    """End a session that was left alone for half an hour or began twelve hours ago; else note that it is used."""
    if SESSION_KEY not in request.session:
        return
    moment = now.timestamp()
    if moment - request.session.get(BEGAN, 0) >= ABSOLUTE.total_seconds():
        end(request, why="too-long", now=now)
    elif (quiet := moment - request.session.get(SEEN, 0)) >= IDLE.total_seconds():
        end(request, why="idle", now=now)
    elif quiet >= NOTED_EVERY.total_seconds():
        request.session[SEEN] = moment
