"""The command line."""

import errno
import sys
from io import TextIOWrapper

from stanch.cli.exits import Exit
from stanch.errors import ConfigurationError, InvalidValueError, PrivateAudienceError, StanchError

ADVICE = {
    errno.ENOSPC: ". Make room on the disk and run the same again; nothing was left half written",
    errno.EROFS: ". Choose a folder that can be written to",
    errno.EACCES: ". You may not read or write there",
}
WRONG_USE = (InvalidValueError, PrivateAudienceError, ConfigurationError)


def main() -> None:
    """Run `stanch`; a deliberate error is one line on the error stream, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter shows a question mark
    try:
        from stanch.cli.app import app  # noqa: PLC0415 - so that even a broken plug-in is told in one line

        app()
    except StanchError as error:
        _end(error, Exit.WRONG_USE if isinstance(error, WRONG_USE) else Exit.FAILED)
    except OSError as error:
        _end(f"{error}{ADVICE.get(error.errno or 0, '')}", Exit.FAILED)


def _end(error: object, code: Exit) -> None:
    sys.stderr.write(f"stanch: {error}\n")
    sys.exit(code)
