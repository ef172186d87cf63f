"""`stanch serve`: made ready, then all processes under one supervisor."""

import http.client
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connections
from django.utils import timezone
from filelock import FileLock, Timeout

from stanch_server.audit.keys import signing_key
from stanch_server.project import people
from stanch_server.project.errors import AddressTakenError, AlreadyServingError
from stanch_server.project.metrics import SHARED
from stanch_server.project.people import Invitation
from stanch_server.project.supervisor import Plan, Supervisor
from stanch_server.vault import operations as vault

BESIDE_WEB = ("worker", "indexer", "sequencer")
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in it is made for us alone

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Web:
    """Where and how requests are answered.

    Parameters
    ----------
    workers : processes that answer.
    threads : of each.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 8


def serve(web: Web, *, sign_in: str = "", say: Callable[[str], None]) -> None:
    """Run the service until this process is asked to end. The tables have been made.

    Parameters
    ----------
    sign_in : a person for whom a link is made at the start.
    say : tells the operator, who alone sees the link.

    Raises
    ------
    AlreadyServingError
        If another one runs on this data.
    AddressTakenError
        If nothing can listen there.
    UnknownNameError
        If there is no such person.
    """
    with _alone(), _counts() as counts:
        invitation = _make_ready(sign_in)
        _check_free(web)
        connections.close_all()
        announcement = _Announcement(web, invitation, say)
        supervisor = Supervisor(_plans(web, counts), meanwhile=announcement.try_it)
        supervisor.handle_signals()
        supervisor.run()


def _make_ready(sign_in: str) -> Invitation | None:
    now = timezone.now()
    signing_key(settings.SIGNING_KEY)
    again = vault.reapply_erasures(now=now)  # nothing that was erased is back when the first request comes
    if again.erased or again.preserved:
        logger.warning("erased again after a restore", count=len(again.erased))
    first = people.first_admin(now=now)
    return people.invite(sign_in, now=now) if sign_in else first


def _plans(web: Web, counts: Path) -> list[Plan]:
    command = (sys.executable, "-m", "stanch_server.project.processes")
    arguments = (web.host, str(web.port), str(web.workers), str(web.threads))
    plans = [Plan(name="web", command=(*command, "web", *arguments), environment={SHARED: str(counts)})]
    return [*plans, *(Plan(name=name, command=(*command, name)) for name in BESIDE_WEB)]


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the data folder; the lock goes with this process, however it ends."""
    lock = FileLock(settings.DATA_FOLDER / ".serving")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise AlreadyServingError(data=settings.DATA_FOLDER) from error
    try:
        yield
    finally:
        lock.release()


def counts_folder(data: Path) -> Path:
    """Return where the web's counts stand while a service runs on a data folder; the next start empties it."""
    above = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    return above / f"stanch-{os.getuid()}-{sha256(bytes(data.resolve())).hexdigest()[:16]}"


@contextmanager
def _counts() -> Iterator[Path]:
    """Make an empty folder for the web's counts, in memory where there is such a place.

    On a full disk a count that is mapped from a file would end the process that counts.
    """
    folder = counts_folder(settings.DATA_FOLDER)
    if folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.getuid():
        shutil.rmtree(folder)  # of one that was killed
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_free(web: Web) -> None:
    try:
        family, *_, place = socket.getaddrinfo(web.host, web.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(place)
    except OSError as error:
        raise AddressTakenError(host=web.host, port=web.port, problem=error.strerror or error) from error


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Announcement:
    """Says where the service is, once it answers."""

    def __init__(self, web: Web, invitation: Invitation | None, say: Callable[[str], None]) -> None:
        self._web = web
        self._invitation = invitation
        self._say = say

    def try_it(self) -> bool:
        """Return whether it was said."""
        if not self._answers():
            return False
        address = people.address(host=self._web.host, port=self._web.port)
        self._say(f"Stanch answers on {address}; end it with Ctrl-C. Its data: {settings.DATA_FOLDER}")
        if not settings.HTTPS and not _is_local(self._web.host):
            self._say("Others can reach it without encryption: set service.https, and a proxy with TLS before it.")
        if self._invitation is not None:
            link = f"{address}{self._invitation.path}"
            self._say(f"Sign in as {self._invitation.name}, once and within 15 minutes:\n{link}")
        return True

    def _answers(self) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._web.host, self._web.host)  # noqa: S104 - looked up
        connection = http.client.HTTPConnection(host, self._web.port, timeout=1)
        try:
            connection.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0]})
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True
