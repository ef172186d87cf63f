"""The worker: `python -m stanch.media.worker LIMITS`, started by `stanch.media.process` and by nobody else.

It confines itself, says that it is ready, and then answers one request after the other until its input ends.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence

import msgspec

from stanch.errors import MediaTooLargeError, NotScannedError, UnreadableMediaError, UnsupportedMediumError
from stanch.media import sandbox, wire
from stanch.media.limits import Limits

Planes = Sequence[memoryview]
Decoder = Callable[[bytes, Limits, int], tuple[wire.Made, Planes]]
Decoders = dict[tuple[str, wire.Wanted], Decoder]


def main() -> None:
    """Serve until the input ends, or until it is time for a fresh worker."""
    limits = msgspec.json.decode(sys.argv[1], type=Limits)
    answers = sandbox.private_output()
    sandbox.confine(limits)
    from stanch.media import decode, preview  # noqa: PLC0415 - decoders are loaded once the process is confined

    decode.prepare(limits)
    decoders: Decoders = {
        ("image", wire.Wanted.PLANES): decode.image,
        ("image", wire.Wanted.HASHES): decode.hashes,
        ("image", wire.Wanted.PREVIEW): preview.image,
    }
    _write(answers, wire.head(wire.Ready()))
    sandbox.silence()
    for served in range(1, limits.items + 1):
        asked = _receive(0)
        if asked is None:
            break
        with sandbox.alarm(limits):
            answer, planes = _answer(*asked, limits, decoders)
            answer = msgspec.structs.replace(answer, last=answer.last or _tired(served, limits))
            _write(answers, wire.head(answer, sum(map(len, planes))), *planes)
        if answer.last:
            break


def _answer(
    request: wire.Request, data: bytes, limits: Limits, decoders: Decoders
) -> tuple[wire.Made | wire.Refused, Planes]:
    """Decode one item, or say why not: whatever a decoder raises is about the item."""
    try:
        return _decoder(decoders, request)(data, limits, request.token)
    except NotScannedError as error:
        return _refusal(request, error), []
    except MemoryError:
        problem = f"decoding it takes more than {limits.memory >> 20:,} MiB of memory"
        refused = _refusal(request, UnreadableMediaError(medium=request.medium, problem=problem))
        # What is left of the memory may be in pieces, so a fresh worker takes the next item.
        return msgspec.structs.replace(refused, last=True), []
    except Exception as error:  # noqa: BLE001 - decoders raise anything at all over a malformed file
        problem = f"{error} ({type(error).__name__})" if str(error) else type(error).__name__
        return _refusal(request, UnreadableMediaError(medium=request.medium, problem=problem)), []


def _decoder(decoders: Decoders, request: wire.Request) -> Decoder:
    if (request.medium, request.wanted) not in decoders:
        raise UnsupportedMediumError(medium=request.medium)
    return decoders[request.medium, request.wanted]


def _refusal(request: wire.Request, error: NotScannedError) -> wire.Refused:
    fields = error.fields
    if isinstance(error, MediaTooLargeError):
        actual, limit = (min(int(str(fields[name])), wire.MOST) for name in ("actual", "limit"))
        return wire.Refused(
            token=request.token, code=error.code, actual=actual, limit=limit, unit=str(fields["unit"])
        )
    return wire.Refused(token=request.token, code=error.code, problem=str(fields.get("problem", ""))[:200])


def _tired(served: int, limits: Limits) -> bool:
    """Whether a fresh worker should take over, well before the system ends this one in the middle of an item."""
    return served >= limits.items or time.process_time() > sandbox.cpu_seconds(limits) / 2


def _receive(source: int) -> tuple[wire.Request, bytes] | None:
    """Return the next request and its item, or None at the end of the input."""
    prefix = _read(source, wire.PREFIX.size)
    if len(prefix) < wire.PREFIX.size:
        return None
    header, body = wire.PREFIX.unpack(prefix)
    return wire.request(_read(source, header)), _read(source, body)


def _read(source: int, count: int) -> bytes:
    """Return the next bytes; fewer at the end of the input."""
    received = bytearray(count)
    rest = memoryview(received)
    while rest:
        size = os.readv(source, [rest])
        if not size:
            break
        rest = rest[size:]
    return bytes(memoryview(received)[: count - len(rest)])


def _write(sink: int, *parts: bytes | memoryview) -> None:
    for part in parts:
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(sink, rest) :]


if __name__ == "__main__":
    main()
