"""What webhooks refuse."""

from enum import StrEnum

from stanch.errors import StanchError


class SealedSecretError(StanchError):
    """The secret of webhook {webhook} does not open: is keys/webhook.key the file that it was sealed with?"""

    code = "webhook-secret-sealed"


class TooManyWebhooksError(StanchError):
    """A source has at most {most} webhooks. Remove one first."""

    code = "webhook-too-many"


class RemovedWebhookError(StanchError):
    """Webhook {webhook} was removed. Add another one."""

    code = "webhook-removed"


class Problem(StrEnum):
    """Why a message did not arrive, or an address is refused, in words that hold no address and no content."""

    NOT_A_URL = "it is not an address of the web"
    NOT_HTTPS = "it does not begin with https://"
    CREDENTIALS = "it holds a name or a password"
    TOO_LONG = "it is longer than 500 characters"
    UNKNOWN_NAME = "its name could not be resolved"
    NOT_PUBLIC = "it leads to an address that is not public"
    NO_CONNECTION = "no connection could be made"
    CERTIFICATE = "its certificate was not accepted"
    TIMEOUT = "the receiver did not answer within 10 seconds"
    BROKEN = "the connection broke off, or the answer was not HTTP"
    REDIRECT = "the receiver answered with a redirect, which is not followed"
    GONE = "the receiver answered 410 Gone, which disables the webhook"
    DISABLED = "the webhook is disabled"
    SECRET = "its secret does not open"  # noqa: S105 - a sentence


class AddressError(StanchError):
    """A webhook cannot be sent to this address: {problem}."""

    code = "webhook-address"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem=problem.value)
        self.problem = problem
