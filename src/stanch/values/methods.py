"""The methods: how a fingerprint is made, by frozen id.

From the first release on, what an id means never changes. A better way to do the same is a new id.
"""

from dataclasses import dataclass
from enum import StrEnum

from stanch.errors import UnknownMethodError


class Medium(StrEnum):
    """What a feature is taken from."""

    FILE = "file"
    IMAGE = "image"
    VIDEO = "video"
    SOUND = "sound"
    TEXT = "text"
    LINK = "link"


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """One way to make fingerprints.

    Parameters
    ----------
    id : the frozen name, for example `pdq/1`.
    medium : what it is taken from.
    bits : width of one feature; a multiple of 64.
    radius : how many bits a stored feature may differ by and still be found, unless a bank says otherwise.
        0 means that only an equal feature is found.
    finds : whether entries are found by it; if not, it is asked of entries that were found otherwise.
    """

    id: str
    medium: Medium
    bits: int
    radius: int
    finds: bool = True

    @property
    def words(self) -> int:
        """How many 64-bit words one feature takes."""
        return self.bits // 64


FILE_SHA256 = Method(id="file-sha256/1", medium=Medium.FILE, bits=256, radius=0)
FILE_MD5 = Method(id="file-md5/1", medium=Medium.FILE, bits=128, radius=0)
PDQ = Method(id="pdq/1", medium=Medium.IMAGE, bits=256, radius=31)
PDQ_RAW = Method(id="pdq-raw/1", medium=Medium.IMAGE, bits=256, radius=31)
TEXT_EXACT = Method(id="text-exact/1", medium=Medium.TEXT, bits=256, radius=0)
TEXT_GRAM = Method(id="text-gram/1", medium=Medium.TEXT, bits=64, radius=0)
TEXT_SIMHASH = Method(id="text-simhash/1", medium=Medium.TEXT, bits=64, radius=0, finds=False)
LINK = Method(id="link/1", medium=Medium.LINK, bits=64, radius=0)

GRAM = 12
"""How many symbols a feature of `text-gram/1` covers: 12 letters, or 6 characters of Han, Kana or Ethiopic."""

SHORT_GRAM = 3
"""How many symbols a short gram covers, of which a feature of `text-simhash/1` is made."""

METHODS = {
    method.id: method
    for method in (FILE_SHA256, FILE_MD5, PDQ, PDQ_RAW, TEXT_EXACT, TEXT_GRAM, TEXT_SIMHASH, LINK)
}

FINDING = tuple(method for method in METHODS.values() if method.finds)
"""Those by which entries are found."""


def method(method_id: str) -> Method:
    """Return the method with this id.

    Raises
    ------
    UnknownMethodError
        If there is none.
    """
    try:
        return METHODS[method_id]
    except KeyError:
        raise UnknownMethodError(method=method_id, known=", ".join(METHODS)) from None
