"""What the outbox refuses."""

from stanch.errors import StanchError


class OutsideTransactionError(StanchError):
    """An outbox row for topic {topic!r} must be written inside the transaction of its cause; none is open."""

    code = "outbox-outside-transaction"


class DuplicateTopicError(StanchError):
    """Topic {topic!r} has a handler already."""

    code = "outbox-duplicate-topic"


class UnknownTopicError(StanchError):
    """No handler is registered for topic {topic!r}; known are: {known}."""

    code = "outbox-unknown-topic"


class DeliveryError(StanchError):
    """{problem}."""

    # Raised by a handler that wants to say why. The words are stored and shown: they hold no content,
    # no address and nothing personal. Of every other exception only class and place are stored.

    code = "outbox-delivery"


class HopelessError(DeliveryError):
    """{problem}."""

    # Trying again would not help: the row is dead at once, and waits for a person.

    code = "outbox-hopeless"
