"""What this room refuses."""

from stanch.errors import StanchError


class LockedItemError(StanchError):
    """Item {item} is locked: nothing of it is shown, handed out or changed here."""

    code = "locked"


class GoneContentError(StanchError):
    """Nothing of part {part!r} of item {item} is kept here."""

    code = "content-gone"


class PreservedItemError(StanchError):
    """Item {item} has to be kept until {until:%Y-%m-%d}: an order, a decision or a complaint asks for it."""

    code = "preserved"


class IdempotencyKeyReusedError(StanchError):
    """Within seven days this idempotency key was used for something else. Make a new one for each post."""

    code = "idempotency-key-reused"


class OutdatedScanError(StanchError):
    """An entry that item {item} matches was removed while it was scanned: it has to be scanned anew."""

    code = "outdated-scan"
