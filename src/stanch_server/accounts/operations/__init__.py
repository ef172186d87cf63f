"""The only writers of this room: each writes its rows and its audit entry in one transaction.

Audit entries hold opaque ids only. `acting_user` is the opaque id of who asked, or `SYSTEM`.
"""

from stanch_server.accounts.operations.factors import (
    begin_authenticator,
    confirm_authenticator,
    new_recovery_codes,
    remove_authenticator,
    set_passphrase,
)
from stanch_server.accounts.operations.keys import create_api_key, note_key_used, revoke_api_key
from stanch_server.accounts.operations.people import (
    create_person,
    create_source,
    grant_role,
    revoke_role,
    set_active,
    set_source_state,
)
from stanch_server.accounts.operations.recording import SYSTEM
from stanch_server.accounts.operations.signing_in import (
    create_sign_in_link,
    note_session_ended,
    note_sign_in,
    note_sign_in_refused,
    use_sign_in_link,
)

__all__ = [
    "SYSTEM",
    "begin_authenticator",
    "confirm_authenticator",
    "create_api_key",
    "create_person",
    "create_sign_in_link",
    "create_source",
    "grant_role",
    "new_recovery_codes",
    "note_key_used",
    "note_session_ended",
    "note_sign_in",
    "note_sign_in_refused",
    "remove_authenticator",
    "revoke_api_key",
    "revoke_role",
    "set_active",
    "set_passphrase",
    "set_source_state",
    "use_sign_in_link",
]
