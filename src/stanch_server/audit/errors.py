"""What the audit log refuses."""

from stanch.errors import StanchError


class UnrecordedError(StanchError):
    """An audit record of {action!r} must be written inside the transaction of what it is about; none is open."""

    code = "audit-outside-transaction"


class UnknownAuditEntryError(StanchError):
    """The audit log holds no record {entry!r}."""

    code = "audit-unknown-entry"


class NotErasableError(StanchError):
    """Record {entry!r} says that another one was erased; it cannot be erased itself."""

    code = "audit-not-erasable"


class AnchorAheadError(StanchError):
    """A signed head names record {anchored}, which the log does not hold as signed; it ends at {number}.

    Records were removed or altered, or an older database was restored. Verify the log; to go on, keep the folder
    of signed heads under another name and start an empty one.
    """

    code = "audit-anchor-ahead"


class KeyFileError(StanchError):
    """{path} does not hold a key of {size} bytes."""

    code = "audit-key-file"
