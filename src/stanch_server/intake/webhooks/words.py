"""What the pages say, in the reader's language, of what was stored in English words."""

import re
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_lazy as _

from stanch_server.intake.webhooks.errors import Problem

STORED: Final = re.compile(r"(?:DeliveryError|HopelessError): (.*)\.")
STATUS: Final = re.compile(r"the receiver answered (\d{3})")


PROBLEMS: Final = MappingProxyType(
    {
        Problem.NOT_A_URL: _("it is not an address of the web"),
        Problem.NOT_HTTPS: _("it does not begin with https://"),
        Problem.CREDENTIALS: _("it holds a name or a password"),
        Problem.TOO_LONG: _("it is longer than 500 characters"),
        Problem.UNKNOWN_NAME: _("its name could not be resolved"),
        Problem.NOT_PUBLIC: _("it leads to an address that is not public"),
        Problem.NO_CONNECTION: _("no connection could be made"),
        Problem.CERTIFICATE: _("its certificate was not accepted"),
        Problem.TIMEOUT: _("the receiver did not answer within 10 seconds"),
        Problem.BROKEN: _("the connection broke off, or the answer was not HTTP"),
        Problem.REDIRECT: _("the receiver answered with a redirect, which is not followed"),
        Problem.GONE: _("the receiver answered 410 Gone, which disables the webhook"),
        Problem.DISABLED: _("the webhook is disabled"),
        Problem.SECRET: _("its secret does not open"),
    }
)
KIND_NAMES: Final = MappingProxyType(
    {
        "item.done": _("scanned"),
        "item.outcome": _("another outcome"),
        "decision.made": _("decision"),
        "decision.undone": _("decision undone"),
        "webhook.test": _("test message"),
    }
)


def kind(name: str) -> str:
    """Return what a kind of message is called."""
    return str(KIND_NAMES.get(name, name))


def problem(stored: str) -> str:
    """Return a stored problem in the reader's language; what is not known is given as it is."""
    found = STORED.fullmatch(stored)
    plain = found[1] if found else stored
    if answered := STATUS.fullmatch(plain):
        return str(_("the receiver answered %(status)s") % {"status": answered[1]})
    known = next((name for name in Problem if name.value == plain), None)
    return str(PROBLEMS[known]) if known else plain
