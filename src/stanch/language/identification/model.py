"""The weights that ship with Stanch, read from `weights.bin`; `scripts/train_language_model.py` writes them.

The file, little-endian: `STANCHLM`, the version (u32), the SHA-256 of everything that follows, the length of a
description in bytes (u32), the description (JSON), and the tables of the families in its order, one byte a weight.
The description lists for each family its script, languages, bits (the table has 2^bits rows, one column a
language), scale (a weight is its byte times the scale) and the two numbers of its calibration.
"""

import hashlib
import json
import struct
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stanch.errors import DamagedFileError, NewerVersionError
from stanch.language.identification.letters import SCRIPTS

FILE: Final = "weights.bin"
MAGIC: Final = b"STANCHLM"
VERSION: Final = 1
ROW: Final = 16
"""Rows in memory are padded to a multiple of so many bytes."""
_HEADER = struct.Struct("<8sI32s")
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Family:
    """The languages that share a script, and what each gram says for each of them.

    Parameters
    ----------
    script : the number of the script, as in `SCRIPTS`, counted from 1.
    languages : one a column; `und` stands for what is no language.
    weights : int8 array, shape (2^bits, columns), columns padded with zeros.
    scale : what a weight of 1 stands for, in logits.
    calibration : offset and slope of the logarithm of the temperature against that of the number of grams.
    """

    script: int
    languages: tuple[str, ...]
    weights: NDArray[np.int8]
    scale: float
    calibration: tuple[float, float]

    def log_shares(self, sums: NDArray[np.int32], counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the logarithm of each language's probability, shape (texts, languages).

        Parameters
        ----------
        sums : shape (texts, columns), the sums of rows.
        counts : shape (texts,), the number of grams.
        """
        offset, slope = self.calibration
        temperature = np.exp(offset + slope * np.log(np.maximum(counts, 1)))
        logits = sums[:, : len(self.languages)] * (self.scale / temperature[:, None])
        logits -= logits.max(axis=1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))


@cache
def families() -> dict[int, Family]:
    """Return the families by the number of their script, read once.

    Raises
    ------
    DamagedFileError, NewerVersionError
        If the file is not what this version of Stanch ships.
    """
    data = resources.files("stanch.language.identification").joinpath(FILE).read_bytes()
    return {family.script: family for family in read(data)}


def read(data: bytes) -> list[Family]:
    """Read the bytes of a file of weights."""
    body = _checked(data)
    (length,) = _LENGTH.unpack_from(body)
    at, found = _LENGTH.size + length, []
    for told in json.loads(body[_LENGTH.size : at])["families"]:
        columns = len(told["languages"])
        size = columns << told["bits"]
        table = np.frombuffer(body, dtype=np.int8, count=size, offset=at).reshape(-1, columns)
        at += size
        found.append(
            Family(
                script=SCRIPTS.index(told["script"]) + 1,
                languages=tuple(told["languages"]),
                weights=np.pad(table, ((0, 0), (0, -columns % ROW))),
                scale=told["scale"],
                calibration=(told["calibration"][0], told["calibration"][1]),
            )
        )
    return found


def written(families_: list[Family]) -> bytes:
    """Return the bytes of a file of weights."""
    description = {
        "families": [
            {
                "script": SCRIPTS[family.script - 1],
                "languages": family.languages,
                "bits": len(family.weights).bit_length() - 1,
                "scale": family.scale,
                "calibration": family.calibration,
            }
            for family in families_
        ]
    }
    told = json.dumps(description, sort_keys=True, separators=(",", ":")).encode()
    tables = (np.ascontiguousarray(family.weights[:, : len(family.languages)]) for family in families_)
    body = _LENGTH.pack(len(told)) + told + b"".join(table.tobytes() for table in tables)
    return _HEADER.pack(MAGIC, VERSION, hashlib.sha256(body).digest()) + body


def _checked(data: bytes) -> bytes:
    if len(data) < _HEADER.size or not data.startswith(MAGIC):
        raise DamagedFileError(path=FILE, problem="it is not a file of weights")
    _, version, checksum = _HEADER.unpack_from(data)
    if version > VERSION:
        raise NewerVersionError(path=FILE, version=version, supported=VERSION)
    body = data[_HEADER.size :]
    if hashlib.sha256(body).digest() != checksum:
        raise DamagedFileError(path=FILE, problem="its checksum does not match")
    return body
