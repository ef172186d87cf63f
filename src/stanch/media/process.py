"""One worker, seen from the process that asks it."""

import os
import secrets
import signal
import site
import subprocess
import sys
import time

import msgspec

from stanch.errors import DecoderCrashedError, DecoderTimeoutError, DecoderUnavailableError
from stanch.media import wire
from stanch.media.limits import Limits
from stanch.media.pipes import Pipes
from stanch.values import Medium

_START_SECONDS = 60.0
_END_SECONDS = 2.0
_KEPT_OF_ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class Worker:
    """A fresh process that decodes, confined before it sees any data.

    It is a new interpreter, never a fork of this one: a fork would take along the locks and the secrets of a
    server's threads. It cannot outlive this process for long: between items it ends when its pipe does, and
    during one its own alarm ends it. (Linux could end it with the thread that
    started it, but threads come and go.)

    Attributes
    ----------
    sound : whether it can be asked again.
    """

    def __init__(self, limits: Limits) -> None:
        self.sound = True
        self._limits = limits
        self._process = _started([*_command(), msgspec.json.encode(limits).decode()])
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pipes = Pipes(outward=self._process.stdin.fileno(), inward=self._process.stdout.fileno())
        self._await_first_word()

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ask(
        self, medium: Medium, data: bytes, *, wanted: wire.Wanted = wire.Wanted.PLANES
    ) -> tuple[wire.Made | wire.Refused, bytearray]:
        """Return the worker's answer to one item, header and body.

        Raises
        ------
        DecoderTimeoutError, DecoderCrashedError
            It then has to be stopped.
        """
        # Until it has answered in full, nobody may take what is in its pipe for something else.
        self.sound = False
        deadline = time.monotonic() + self._limits.seconds
        request = wire.Request(token=secrets.randbits(63), medium=medium.value, wanted=wanted)
        try:
            self._pipes.send([wire.head(request, len(data)), data], deadline=deadline)
            answer, body = self._receive(deadline)
        except TimeoutError:
            raise DecoderTimeoutError(seconds=f"{self._limits.seconds:g}") from None
        except (BrokenPipeError, EOFError):
            raise DecoderCrashedError(problem=self._how_it_ended()) from None
        except msgspec.MsgspecError:
            raise DecoderCrashedError(problem="its answer made no sense") from None
        if isinstance(answer, wire.Ready) or answer.token != request.token:
            raise DecoderCrashedError(problem="its answer was to another question")
        self.sound = not answer.last
        return answer, body

    def stop(self) -> None:
        """End the worker, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()

    def kill(self) -> None:
        """End the worker while another thread waits for it; that thread then stops it."""
        self._process.kill()

    def _receive(self, deadline: float) -> tuple[wire.Answer, bytearray]:
        header_size, body_size = wire.PREFIX.unpack(self._pipes.receive(wire.PREFIX.size, deadline=deadline))
        if header_size > wire.LONGEST_HEADER or body_size > self._limits.output:
            raise msgspec.ValidationError
        answer = wire.answer(self._pipes.receive(header_size, deadline=deadline))
        return answer, self._pipes.receive(body_size, deadline=deadline)

    def _await_first_word(self) -> None:
        try:
            answer, _ = self._receive(time.monotonic() + _START_SECONDS)
        except (TimeoutError, EOFError, msgspec.MsgspecError):
            problem = self._last_words()
            self.stop()
            raise DecoderUnavailableError(problem=problem) from None
        if not isinstance(answer, wire.Ready):
            self.stop()
            raise DecoderUnavailableError(problem="it answered before it was asked")

    def _last_words(self) -> str:
        """Return the last line that a worker wrote before it saw any data: what keeps it from starting."""
        assert self._process.stderr is not None
        if self._wait_a_little() is None:
            return f"no answer within {_START_SECONDS:g} s"
        lines = self._process.stderr.read(1 << 16).decode(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else self._how_it_ended()

    def _how_it_ended(self) -> str:
        status = self._wait_a_little()
        if status is None:
            return "it closed its pipe"
        return f"killed by {signal.Signals(-status).name}" if status < 0 else f"it ended with status {status}"

    def _wait_a_little(self) -> int | None:
        try:
            return self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return None


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - this interpreter, and arguments of our own making
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            bufsize=0,
            close_fds=True,
            start_new_session=True,
        )
    except OSError as error:
        raise DecoderUnavailableError(problem=str(error)) from None


def _command() -> list[str]:
    """Return what starts a worker.

    Neither the environment nor the current folder says what it imports, as with `-I`; but unlike with `-I` it
    finds packages that a user installed for himself, if this process does.
    """
    own = [] if site.ENABLE_USER_SITE else ["-s"]
    return [sys.executable, "-E", "-P", "-B", *own, "-m", "stanch.media.worker"]


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_OF_ENVIRONMENT if name in os.environ}
    single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return kept | single
