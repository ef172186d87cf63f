"""Every deliberate error of the library, in one tree.

The docstring of a class is its message: `{fields}` are filled from the keyword arguments, which stay
readable on the error (`error.fields`) beside a stable `code`, so that nobody has to parse prose.
"""

from typing import ClassVar


class StanchError(Exception):
    """Stanch could not go on."""

    code: ClassVar[str] = "error"

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__((self.__doc__ or "").format(**fields))


class InvalidValueError(StanchError):
    """{what}: {problem}."""

    code = "invalid-value"


class ShapeMismatchError(StanchError):
    """{what} must be of shape {expected}, not {actual}."""

    code = "shape-mismatch"


class UnknownMethodError(StanchError):
    """No method is called {method!r}; known are {known}."""

    code = "unknown-method"


class PrivateAudienceError(StanchError):
    """Post {post!r} is private: private messages are not scanned. Send public, members or unlisted posts only."""

    code = "private-audience"


class PostError(StanchError):
    """{place}: {problem}."""

    code = "invalid-post"


class NotALinkError(StanchError):
    """{link!r} is not a link: {problem}."""

    code = "not-a-link"


class MissingExtraError(StanchError):
    """Packages for this are not installed ({missing}): pip install 'stanch[{extra}]'."""

    code = "missing-extra"


class BrokenPluginError(StanchError):
    """{name!r}, which package {package!r} adds, cannot be loaded: {problem}. Mend or uninstall that package."""

    code = "broken-plugin"


# What cannot go into a bank.


class CannotBankError(StanchError):
    """{name}: {problem}."""

    code = "cannot-bank"


class EmptyTextError(CannotBankError):
    """{name}: nothing is left of this text once it is normalised, so it would match everything or nothing."""

    code = "empty-text"


class TooPlainError(CannotBankError):
    """{name}: too plain to fingerprint (quality {quality}, at least {floor} is needed)."""

    code = "too-plain"


# Banks and the installation they live in.


class BankError(StanchError):
    """Bank {bank!r}: {problem}."""

    code = "bank"


class UnknownBankError(BankError):
    """There is no bank {bank!r} here; there are: {known}. Make one with `stanch bank create`."""

    code = "unknown-bank"


class BankExistsError(BankError):
    """Bank {bank!r} exists already."""

    code = "bank-exists"


class EntryExistsError(BankError):
    """Bank {bank!r} holds entry {entry!r} already."""

    code = "entry-exists"


class UnknownEntryError(BankError):
    """Bank {bank!r} holds no entry {entry!r}."""

    code = "unknown-entry"


class ConfigurationError(StanchError):
    """{path}: {place}: {problem}."""

    code = "configuration"


# Files that stand for something else: bank files, hash lists.


class FormatError(StanchError):
    """{path}, line {line}: {problem}."""

    code = "format"


class NewerVersionError(FormatError):
    """{path}: written in version {version} of the format; this Stanch reads up to {supported}. Upgrade Stanch."""

    code = "newer-version"


class DamagedFileError(FormatError):
    """{path}: damaged: {problem}."""

    code = "damaged-file"


class DamagedSegmentError(DamagedFileError):
    """{path}: damaged in its {place}: {problem}."""

    code = "damaged-segment"


class CannotWriteError(StanchError):
    """{path} cannot be written: {problem}."""

    code = "cannot-write"


# Why something was not scanned. Each costs one item, never the process.


class NotScannedError(StanchError):
    """{problem}."""

    code = "not-scanned"


class UnsupportedMediumError(NotScannedError):
    """{medium} is not read by this version."""

    code = "unsupported-medium"


class UnreadableMediaError(NotScannedError):
    """The {medium} cannot be read: {problem}."""

    code = "unreadable-media"


class MediaTooLargeError(NotScannedError):
    """The {medium} is too large: {actual:,} {unit}, at most {limit:,} are read."""

    code = "media-too-large"


class UnreadableTextError(NotScannedError):
    """The text cannot be read in full: {problem}."""

    code = "unreadable-text"


class DecoderTimeoutError(NotScannedError):
    """Decoding took longer than {seconds} s and was stopped."""

    code = "decoder-timeout"


class DecoderCrashedError(NotScannedError):
    """The decoder died ({problem}); the file may be made to attack it."""

    code = "decoder-crashed"


class DecoderUnavailableError(NotScannedError):
    """No decoder could be started: {problem}."""

    code = "decoder-unavailable"
