"""The only place that writes the vault: rows, files, keys and the list of erasures."""

from stanch_server.vault.operations.erasing import erase, expire_due, finish_erasure, prove_erased
from stanch_server.vault.operations.opening import OpenedBlob, open_blob
from stanch_server.vault.operations.preserving import preserve, release
from stanch_server.vault.operations.recovering import (
    erase_unnamed,
    reapply_erasures,
    settle_erasures,
    sweep_orphans,
)
from stanch_server.vault.operations.rotating import destroy_retired_keys, resume_rotation, rotate_master_key
from stanch_server.vault.operations.storing import store

__all__ = [
    "OpenedBlob",
    "destroy_retired_keys",
    "erase",
    "erase_unnamed",
    "expire_due",
    "finish_erasure",
    "open_blob",
    "preserve",
    "prove_erased",
    "reapply_erasures",
    "release",
    "resume_rotation",
    "rotate_master_key",
    "settle_erasures",
    "store",
    "sweep_orphans",
]
