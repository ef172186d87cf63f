"""How content is sealed: AES-256-GCM in chunks, and how its key is wrapped: AES-SIV.

Content is cut into chunks of 64 KiB. Each is sealed under a nonce of seven random bytes, the chunk's number and a
byte that is 1 at the last chunk only (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizar, "Online
authenticated-encryption and its nonce-reuse misuse-resistance", CRYPTO 2015). So chunks that are swapped, dropped,
repeated or cut off at the end do not open. Empty content is one empty last chunk.

A key is wrapped by deterministic authenticated encryption (RFC 5297; Rogaway and Shrimpton, "A provable-security
treatment of the key-wrap problem", EUROCRYPT 2006), which needs no nonce and so wraps any number of keys. What the
row says of the blob is authenticated with it.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from stanch_server.vault.errors import DamagedBlobError

ALGORITHM: Final = "aes-256-gcm-stream-64k/1"
CHUNK: Final = 1 << 16
TAG: Final = 16
PREFIX: Final = 7
COUNTER: Final = 4


def new_key() -> bytes:
    """Return a fresh data key, 32 bytes."""
    return secrets.token_bytes(32)


def new_prefix() -> bytes:
    """Return the random part of a blob's nonces, seven bytes."""
    return secrets.token_bytes(PREFIX)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seal:
    """Seals and opens the chunks of one blob.

    Parameters
    ----------
    key : 32 bytes, used for this blob only.
    prefix : 7 bytes, the random part of the nonces.
    blob, purpose : bound to each chunk.
    """

    key: bytes = field(repr=False)
    prefix: bytes
    blob: str
    purpose: str

    def sealed(self, content: BinaryIO) -> Iterator[bytes]:
        """Yield the sealed chunks of a stream, reading it to its end."""
        cipher, bound = AESGCM(self.key), self._bound()
        number, chunk = 0, _filled(content)
        while True:
            following = _filled(content) if len(chunk) == CHUNK else b""
            yield cipher.encrypt(self._nonce(number, last=not following), chunk, bound)
            if not following:
                return
            number, chunk = number + 1, following

    def opened(self, stored: BinaryIO, *, size: int) -> Iterator[bytes]:
        """Yield the content chunk by chunk, none before it is authenticated.

        Parameters
        ----------
        stored : the sealed chunks.
        size : bytes of the content, as the row says.

        Raises
        ------
        DamagedBlobError
            If a chunk is not what was sealed at its place; the error says which.
        """
        cipher, bound, count = AESGCM(self.key), self._bound(), chunks(size)
        for number in range(count):
            nonce = self._nonce(number, last=number == count - 1)
            try:
                yield cipher.decrypt(nonce, stored.read(CHUNK + TAG), bound)
            except InvalidTag:
                problem = f"chunk {number + 1} of {count} of its file is not what was stored there"
                raise DamagedBlobError(blob=self.blob, problem=problem) from None

    def _nonce(self, number: int, *, last: bool) -> bytes:
        return self.prefix + number.to_bytes(COUNTER, "big") + bytes([last])

    def _bound(self) -> bytes:
        return f"{ALGORITHM} {self.purpose} {self.blob}".encode()


def chunks(size: int) -> int:
    """Return how many chunks content of `size` bytes is cut into; at least one."""
    return max(1, -(-size // CHUNK))


def sealed_size(size: int) -> int:
    """Return the bytes of the file for content of `size` bytes."""
    return size + TAG * chunks(size)


def content_size(sealed: int) -> int:
    """Return the bytes of content in a file of `sealed` bytes."""
    return sealed - TAG * max(1, -(-sealed // (CHUNK + TAG)))


def wrapped(key: bytes, *, master: bytes, facts: bytes) -> bytes:
    """Return a data key wrapped by a master key of 64 bytes, with the facts that are bound to it; 48 bytes."""
    return AESSIV(master).encrypt(key, [facts])


def unwrapped(wrapping: bytes, *, master: bytes, facts: bytes, blob: str) -> bytes:
    """Return the data key.

    Raises
    ------
    DamagedBlobError
        If the key or any of the facts is not what was wrapped.
    """
    try:
        return AESSIV(master).decrypt(wrapping, [facts])
    except (InvalidTag, ValueError):
        raise DamagedBlobError(blob=blob, problem="its row is not what was stored") from None


def _filled(content: BinaryIO) -> bytes:
    """Return the next whole chunk, or what is left; a stream may give less than it is asked for."""
    pieces, wanted = [], CHUNK
    while wanted and (piece := content.read(wanted)):
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)
