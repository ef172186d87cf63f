"""The only place that writes items and policies: rows, audit record and outbox rows in one transaction."""

from stanch_server.intake.operations.closing import close, lift, lock, reopen
from stanch_server.intake.operations.forgetting import Forgotten, forget, prove_forgotten, when_forgotten
from stanch_server.intake.operations.recording import set_policy
from stanch_server.intake.operations.settling import end_hold, give_up_scan, scan_pending
from stanch_server.intake.operations.sighting import (
    count_sightings,
    forget_sightings,
    learn_common,
    publishers_of,
    undo_grams,
)
from stanch_server.intake.operations.submitting import Submitted, purge_idempotency_keys, submit

__all__ = [
    "Forgotten",
    "Submitted",
    "close",
    "count_sightings",
    "end_hold",
    "forget",
    "forget_sightings",
    "give_up_scan",
    "learn_common",
    "lift",
    "lock",
    "prove_forgotten",
    "publishers_of",
    "purge_idempotency_keys",
    "reopen",
    "scan_pending",
    "set_policy",
    "submit",
    "undo_grams",
    "when_forgotten",
]
