"""What `stanch doctor` says of the service."""

import logging
from collections.abc import Iterator
from pathlib import Path

from stanch.cli.doctor import Finding
from stanch.errors import MissingExtraError, StanchError
from stanch_server.project.errors import NoServiceError
from stanch_server.project.start import load


def checks(config: Path | None) -> Iterator[Finding]:
    """Look at the service of this place, if there is one; nothing is written, and it may run meanwhile."""
    try:
        load(config, existing=True)
    except (NoServiceError, MissingExtraError) as error:
        yield Finding(what="service", state="missing", detail=str(error))
        return
    except StanchError as error:
        yield Finding(what="service", state="broken", detail=str(error))
        return
    from django.utils import timezone  # noqa: PLC0415 - an extra

    from stanch_server.project.diagnosis import look  # noqa: PLC0415 - needs Django

    logger = logging.getLogger("stanch_server")
    level = logger.level
    logger.setLevel(logging.ERROR)  # what is found is said here
    try:
        yield from look(now=timezone.now())
    finally:
        logger.setLevel(level)
