"""The master keys: files in a folder outside the database, named by ids, one of them current."""

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stanch_server.vault import durable
from stanch_server.vault.errors import MasterKeyError, MissingMasterKeyError

SIZE: Final = 64  # AES-SIV with 256 bits takes two keys
SUFFIX: Final = ".key"
CURRENT: Final = "current"
OTHERS: Final = 0o077


@dataclass(frozen=True, kw_only=True, slots=True)
class MasterKey:
    """A master key. Its id is the beginning of its SHA-256, so that a wrong file is known at once.

    Parameters
    ----------
    secret : 64 random bytes.
    """

    id: str
    secret: bytes = field(repr=False)


class KeyRing:
    """The master keys of one folder. Nothing is remembered between calls: other processes rotate, too.

    Parameters
    ----------
    folder : readable by its owner only.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def is_founded(self) -> bool:
        """Return whether a current key was ever named here."""
        return (self.folder / CURRENT).exists()

    def found(self) -> MasterKey:
        """Make the first key. Of several processes that do so at once, one wins, and all get its key."""
        made = self._make()
        draft = self._named(made.id)
        try:
            (self.folder / CURRENT).hardlink_to(draft)
            durable.sync_folder(self.folder)
        except FileExistsError:
            self.destroy(made.id)
        finally:
            draft.unlink()
        return self.current()

    def current(self) -> MasterKey:
        """Return the key that wraps what is stored from now on.

        Raises
        ------
        MasterKeyError
            If none is named, or its file is missing or wrong.
        """
        try:
            return self.key((self.folder / CURRENT).read_text(encoding="ascii").strip())
        except FileNotFoundError:
            raise MissingMasterKeyError(key=CURRENT, folder=self.folder) from None

    def key(self, key: str) -> MasterKey:
        """Return a key by its id.

        Raises
        ------
        MissingMasterKeyError
            If there is no file of it.
        MasterKeyError
            If the file holds another key, or others than its owner may read it.
        """
        path = self._path(key)
        try:
            secret, mode = path.read_bytes(), path.stat().st_mode
        except FileNotFoundError:
            raise MissingMasterKeyError(key=key, folder=self.folder) from None
        if mode & OTHERS:
            raise MasterKeyError(key=key, problem=f"others can read {path}; make it 0600")
        if len(secret) != SIZE or _id(secret) != key:
            raise MasterKeyError(key=key, problem=f"{path} holds another key, or a damaged one")
        return MasterKey(id=key, secret=secret)

    def add(self) -> MasterKey:
        """Make another key, which is current from now on; the others stay.

        Raises
        ------
        StorageError
            If it cannot be written. Should only the very last step have failed, the new key is current.
        """
        made = self._make()
        draft = self._named(made.id)
        with durable.refusing(self.folder / CURRENT):
            draft.replace(self.folder / CURRENT)
            durable.sync_folder(self.folder)
        return made

    def retired(self) -> list[str]:
        """Return the ids of the keys that are not current, in order."""
        current = self.current().id
        return sorted(path.stem for path in self.folder.glob(f"*{SUFFIX}") if path.stem != current)

    def destroy(self, key: str) -> None:
        """Overwrite and remove a key's file; what only this key wraps is lost from then on."""
        path = self._path(key)
        with suppress(FileNotFoundError):
            handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
            try:
                durable.write_all(handle, bytes(SIZE))
                os.fsync(handle)
            finally:
                os.close(handle)
            durable.remove(path)

    def _make(self) -> MasterKey:
        secret = secrets.token_bytes(SIZE)
        made = MasterKey(id=_id(secret), secret=secret)
        durable.write_new(self._path(made.id), [secret], drafts=self.folder)
        return made

    def _named(self, key: str) -> Path:
        """Write a key's id into a file that can take the place of `current`."""
        path = self.folder / f".{CURRENT}.{key}"
        durable.write_new(path, [key.encode()], drafts=self.folder)
        return path

    def _path(self, key: str) -> Path:
        if not key.isalnum():
            raise MasterKeyError(key=repr(key), problem="is no id of a key")
        return self.folder / f"{key}{SUFFIX}"


def _id(secret: bytes) -> str:
    return hashlib.sha256(b"stanch vault master key\0" + secret).hexdigest()[:32]
