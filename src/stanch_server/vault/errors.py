"""What the vault refuses, and what it finds damaged. No message holds content."""

from stanch.errors import StanchError


class VaultError(StanchError):
    """The vault could not go on: {problem}."""

    code = "vault"


class UnknownBlobError(VaultError):
    """There is no blob {blob} in the vault."""

    code = "vault-unknown-blob"


class ErasedBlobError(VaultError):
    """Blob {blob} was erased; nothing brings it back."""

    code = "vault-erased"


class PreservedBlobError(VaultError):
    """Blob {blob} is preserved until {until:%Y-%m-%d %H:%M} UTC and cannot be erased before, unless released."""

    code = "vault-preserved"


class UnknownPreservationError(VaultError):
    """There is no preservation {preservation} that could be released."""

    code = "vault-unknown-preservation"


class DamagedBlobError(VaultError):
    """Blob {blob} is damaged or was tampered with: {problem}."""

    code = "vault-damaged"


class StorageError(VaultError):
    """{path} cannot be written: {problem}."""

    code = "vault-storage"


class MasterKeyError(VaultError):
    """Master key {key}: {problem}."""

    code = "vault-master-key"


class MissingMasterKeyError(MasterKeyError):
    """Master key {key} is not in {folder}. Put its file back: what it wraps cannot be read without."""

    code = "vault-missing-master-key"


class DamagedErasureListError(VaultError):
    """{path}, line {line}: {problem}. Take the list from its copy: without it a restore could undo erasures."""

    code = "vault-erasure-list"


class TooManyOrphansError(VaultError):
    """{found} files belong to no row, more than the {limit} that are swept unasked.

    Is this the right database? If it is, say how many may go.
    """

    code = "vault-too-many-orphans"
