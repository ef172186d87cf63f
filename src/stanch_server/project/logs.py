"""Logs: one line of JSON each, or plain on a terminal; never content, names, addresses or what was asked for.

What our own code logs is a fixed sentence and fields from a list. Of what libraries log only the sentence is kept
before its gaps are filled, and of errors the class and the places: the words of either may quote anything.
"""

import logging
import logging.config
import re
import sys
import threading
from collections.abc import Mapping, MutableMapping
from copy import copy
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

import msgspec
import structlog

OURS: Final = "stanch"
FIELDS: Final = frozenset(
    {
        "actor", "again_in_s", "attempt", "code", "count", "entries", "error", "file", "how", "job", "method",
        "ms", "pid", "process", "request", "route", "row", "status", "task", "topic",
    }
)  # fmt: skip
GAP: Final = re.compile(r"%(\(\w+\))?\w")
"""Of a sentence that is nothing but gaps, nothing is left to be said."""

DEEPEST: Final = 12
"""Places of an error that are kept, the innermost."""

EACH: Final = "each"
"""What a record of ours may carry: a mapping of fields for each of several lines that say the same."""

READY: Final = "fields"
"""The fields of one of these lines, all in one mapping."""

Event = MutableMapping[str, Any]


class LinesForPeople(structlog.stdlib.ProcessorFormatter):
    """Makes lines for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines, of a record."""
        each = getattr(record, EACH, None)
        if each is None:
            return super().format(record)
        return "\n".join([self.line(record, fields) for fields in each])

    def line(self, record: logging.LogRecord, fields: Mapping[str, Any]) -> str:
        """Return one of the lines of a record that has several."""
        one = copy(record)
        setattr(one, READY, fields)
        return super().format(one)


class Lines(LinesForPeople):
    """Makes lines of JSON; those of a record that has several in an eighth of the time.

    There is one of these for every request, and it is no business of a line to be half of what a look-up costs.
    """

    def line(self, record: logging.LogRecord, fields: Mapping[str, Any]) -> str:
        """Return one of the lines of a record that has several."""
        line = {"event": record.msg, **{name: value for name, value in fields.items() if name in FIELDS}}
        line |= {"level": record.levelname.lower(), "logger": record.name}
        line["timestamp"] = f"{datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None).isoformat()}Z"
        return msgspec.json.encode(line).decode()


def only_known_fields(_logger: object, _method: str, event: Event) -> Event:
    """Drop every field that is not on the list: a new one is added there, on purpose."""
    kept = FIELDS | {"event", "level", "timestamp", "logger", "_record", "_from_structlog"}
    return {name: value for name, value in event.items() if name in kept}


def from_records(_logger: object, _method: str, event: Event) -> Event:
    """Take from a record of the standard library what may be kept of it."""
    record: logging.LogRecord = event["_record"]
    ours = record.name.split("_")[0].split(".")[0] == OURS
    if not ours:
        said = str(record.msg)
        event["event"] = said if re.search(r"\w", GAP.sub("", said)) else "failed"
    if ours:  # each record has a `process`, which is not ours
        event.update({name: value for name, value in vars(record).items() if name in FIELDS - {"process"}})
        event.update(getattr(record, READY, {}))
    if record.exc_info and record.exc_info[0] is not None:
        event["error"] = f"{record.exc_info[0].__qualname__} in {places(record.exc_info[2])}"
    return event


def places(traceback: TracebackType | None) -> str:
    """Return where an error came from, innermost last, without a word of what it said."""
    found = []
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__", "?")
        found.append(f"{module}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return " > ".join(found[-DEEPEST:])


def configuration(*, plain: bool | None = None) -> dict[str, Any]:
    """Return how Python logs, for `logging.config`.

    Parameters
    ----------
    plain : for people rather than programs; by default when the error stream is a terminal.
    """
    for_people = sys.stderr.isatty() if plain is None else plain
    last = structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer(ensure_ascii=True)
    shared = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.contextvars.merge_contextvars,
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": LinesForPeople if for_people else Lines,
                "foreign_pre_chain": [*shared, from_records],
                "processors": [
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    only_known_fields,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    last,
                ],
            }
        },
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["lines"], "level": "WARNING"},
        "loggers": {
            "stanch": {"level": "INFO"},
            "stanch_server": {"level": "INFO"},
            "django": {"handlers": [], "propagate": True},  # not its own: those quote addresses
            "django.request": {"level": "ERROR"},  # 4xx are in the line of the request
            "django.security": {"level": "ERROR"},
            "axes": {"level": "CRITICAL"},  # names whom it counts; the audit log knows of failures by opaque id
        },
    }


def set_up(*, plain: bool | None = None) -> None:
    """Have this process log, also before Django is there or without it, and what nobody catches too."""
    logging.config.dictConfig(configuration(plain=plain))
    use_structlog()
    threading.excepthook = _uncaught_in_thread


def _uncaught_in_thread(what: threading.ExceptHookArgs) -> None:
    if what.exc_type is not SystemExit:
        found = (what.exc_type, what.exc_value or what.exc_type(), what.exc_traceback)
        logging.getLogger(__name__).error("thread failed", exc_info=found)


def use_structlog() -> None:
    """Have structlog hand its lines to the same place."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
