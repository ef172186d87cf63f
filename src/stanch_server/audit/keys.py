"""Keys that are made at the first start and stand outside the database."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stanch_server.audit.errors import KeyFileError

KEY_BYTES = 32


def key_file(path: Path, *, size: int = KEY_BYTES) -> bytes:
    """Return the key in a file that only its owner reads, making it if it is not there.

    Two processes that start at once get one key: whoever links the file first wins. The key is on the disk before
    it is returned.

    Parameters
    ----------
    path : of the file; its folder is made.
    size : bytes of a new key.

    Raises
    ------
    KeyFileError
        If the file holds fewer or more bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _make(path, size)
    key = path.read_bytes()
    if len(key) != size:
        raise KeyFileError(path=path, size=size)
    return key


def _make(path: Path, size: int) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(secrets.token_bytes(size))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # another process was first: its key stands
    finally:
        draft.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk: a file that is there after a power cut is one whose name is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Return the Ed25519 key that signs heads, from its key file, made if it is not there.

    Its public half, which is all that verifying needs, is `signing_key(path).public_key()`.
    """
    return Ed25519PrivateKey.from_private_bytes(key_file(path))
