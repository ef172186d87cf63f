"""The pool of workers: bytes in, pictures out, or the reason why not."""

import contextlib
import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from stanch.errors import (
    DecoderCrashedError,
    InvalidValueError,
    MediaTooLargeError,
    UnreadableMediaError,
    UnsupportedMediumError,
)
from stanch.media import wire
from stanch.media.assembly import assemble, hashed, previews, refusal
from stanch.media.limits import Limits
from stanch.media.pictures import DecodedImage, HashedImage
from stanch.media.previews import Previews
from stanch.media.process import Worker
from stanch.media.sniff import READ_IMAGES, sniff
from stanch.values import Medium

_OTHER_QUESTION = "its answer was to another question"


class Decoders:
    """Decodes media in worker processes, so that a malformed file costs one item and nothing else.

    Any number of threads may ask at once; those for whom there is no worker wait for one. Workers are started when
    they are first needed. Leaving the context ends them all.

    Parameters
    ----------
    workers : how many there are at most.
    limits : what one item may cost.
    """

    def __init__(self, *, workers: int = 2, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._closed = False
        self._lock = threading.Lock()
        self._running: set[Worker] = set()
        # The last one used is the first one used again, so that no more are started than are needed.
        self._places: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._places.put(None)

    def image(self, data: bytes) -> DecodedImage:
        """Decode an image.

        Raises
        ------
        UnsupportedMediumError
            If it is something else, or an image of a format that is not read.
        UnreadableMediaError, MediaTooLargeError
            If it is no image, is cut short, or promises more than the limits allow.
        DecoderCrashedError, DecoderTimeoutError, DecoderUnavailableError
            If no answer came. The next item gets a fresh worker.
        """
        with self._asked(data, wire.Wanted.PLANES) as (answer, body):
            if not isinstance(answer, wire.Decoded):
                raise DecoderCrashedError(problem=_OTHER_QUESTION)
            return assemble(answer, body)

    def hashes(self, data: bytes) -> HashedImage:
        """Return what PDQ says of an image: what hashing `image(data)` gives, but no pixel leaves the worker.

        Raises as `image` does.
        """
        with self._asked(data, wire.Wanted.HASHES) as (answer, body):
            if not isinstance(answer, wire.Hashed):
                raise DecoderCrashedError(problem=_OTHER_QUESTION)
            return hashed(answer, body)

    def previews(self, data: bytes) -> Previews:
        """Return small pictures of an image's first frame, for a person to look at; raises as `image` does."""
        with self._asked(data, wire.Wanted.PREVIEW) as (answer, body):
            if not isinstance(answer, wire.Previewed):
                raise DecoderCrashedError(problem=_OTHER_QUESTION)
            return previews(answer, body)

    def close(self) -> None:
        """End all workers; what they are at is not scanned."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        for worker in running:
            worker.kill()
        self._end_idle()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _asked(self, data: bytes, wanted: wire.Wanted) -> Iterator[tuple[wire.Made, bytearray]]:
        """Lend a worker's answer; if it makes no sense to who reads it, the worker is ended."""
        if len(data) > self.limits.input:
            raise MediaTooLargeError(medium="image", actual=len(data), unit="bytes", limit=self.limits.input)
        _require_image(data)
        with self._worker() as worker:
            answer, body = worker.ask(Medium.IMAGE, data, wanted=wanted)
            if isinstance(answer, wire.Refused):
                raise refusal(answer, Medium.IMAGE)
            yield answer, body

    @contextlib.contextmanager
    def _worker(self) -> Iterator[Worker]:
        """Lend a worker, and take it back if it is still sound; what it got wrong ends it."""
        place = self._places.get()
        try:
            place = worker = self._usable(place)
            try:
                yield worker
            except DecoderCrashedError:
                worker.sound = False
                raise
        finally:
            self._places.put(self._kept(place))
            if self._closed:
                self._end_idle()

    def _usable(self, worker: Worker | None) -> Worker:
        """Return a worker that is alive, the one given or a fresh one."""
        if self._closed:
            raise InvalidValueError(what="decoders", problem="they are closed")
        kept = self._kept(worker)
        if kept is not None:
            return kept
        fresh = Worker(self.limits)
        with self._lock:
            self._running.add(fresh)
        return fresh

    def _kept(self, worker: Worker | None) -> Worker | None:
        """Return a worker that can go on; end any other."""
        if worker is None or (worker.sound and worker.alive):
            return worker
        with self._lock:
            self._running.discard(worker)
        worker.stop()
        return None

    def _end_idle(self) -> None:
        """End the workers that nobody is using, and leave their places empty for those who wait."""
        places: list[Worker | None] = []
        with contextlib.suppress(queue.Empty):
            while True:
                places.append(self._places.get_nowait())
        for worker in places:
            if worker is not None:
                worker.sound = False
            self._places.put(self._kept(worker))


def _require_image(data: bytes) -> None:
    if not data:
        raise UnreadableMediaError(medium="image", problem="it is empty")
    sniffed = sniff(data)
    if sniffed.medium in {Medium.TEXT, Medium.FILE}:
        raise UnreadableMediaError(medium="image", problem="it is not in any image format that is known")
    if sniffed.medium is not Medium.IMAGE or sniffed.format not in READ_IMAGES:
        raise UnsupportedMediumError(medium=sniffed.name)
