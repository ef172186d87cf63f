"""What must not be read in logs."""

import logging
import re
from typing import Final

TOKEN: Final = re.compile(r"(/sign-in/link/)[^/]+")


class WithoutTokens(logging.Filter):
    """Takes the token out of the address of a sign-in link: whoever reads logs must not sign in with it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass every record on, without tokens."""
        if isinstance(record.args, tuple):
            record.args = tuple(TOKEN.sub(r"\1…", part) if isinstance(part, str) else part for part in record.args)
        return True
