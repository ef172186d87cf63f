"""Where the vault's three parts stand. Each belongs on a disk of its own, or at least in a backup of its own."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Folders and files of the vault.

    Parameters
    ----------
    folder : of the encrypted files (`VAULT_FOLDER`).
    keys : the folder of the master keys (`VAULT_KEYS`); never in one backup with the database.
    erasures : the list of erasures (`VAULT_ERASURES`); never restored from a backup.
    """

    folder: Path
    keys: Path
    erasures: Path


def places() -> Places:
    """Return what Django's settings say; what they do not say stands in the data folder."""
    return Places(
        folder=_place("VAULT_FOLDER", "vault"),
        keys=_place("VAULT_KEYS", "keys/vault"),
        erasures=_place("VAULT_ERASURES", "erasures/vault.list"),
    )


def _place(setting: str, default: str) -> Path:
    given = getattr(settings, setting, None)
    return Path(given) if given else Path(settings.CONFIGURATION.data) / default
