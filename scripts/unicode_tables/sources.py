"""Reading the pinned files of the Unicode character database."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Unicode 15.0.0, as Debian 12 packages it: unicode-data 15.0.0-1, unicode-idna 15.0.0-1.1, and for
# security/confusables.txt the source of icu 72.1-3 (icu/source/data/unidata/confusables.txt).
PINNED = {
    "UnicodeData.txt": "806e9aed65037197f1ec85e12be6e8cd870fc5608b4de0fffd990f689f376a73",
    "CaseFolding.txt": "cdd49e55eae3bbf1f0a3f6580c974a0263cb86a6a08daa10fbf705b4808a56f7",
    "BidiBrackets.txt": "333ae1e99db0504ca8a046a07dc45b5e7aa91869c685e6bf955ebe674804827a",
    "DerivedAge.txt": "7570877e0fa197c45338f7c41a02636da4e14c8dba6a3611a01cd30bf329d5ca",
    "Scripts.txt": "cca85d830f46aece2e7c1459ef1249993dca8f2e46d51e869255be140d7ea4b0",
    "security/confusables.txt": "2b10130885c3370b101c52d7baedc452ab7f0e257b86c1e52ee657ecfc29ce64",
    "idna/IdnaMappingTable.txt": "cc8522199541d60326a42a8f91f8748fd15630a42502dd2cf4878e81e2066ead",
}


class WrongSourceError(Exception):
    """A file is not the one that the tables are defined by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Characters:
    """What UnicodeData.txt says, by code point; ranges are written out.

    Parameters
    ----------
    category : general category; a code point that is not assigned is missing.
    decomposition : one step of NFKD.
    combining : canonical combining class.
    digits : the value, in ASCII digits, of digits of any kind and of numbers that have no script.
    name : as listed.
    bidi : bidirectional class.
    """

    category: dict[int, str]
    decomposition: dict[int, tuple[int, ...]]
    combining: dict[int, int]
    digits: dict[int, str]
    name: dict[int, str]
    bidi: dict[int, str]


def read(folder: Path, name: str) -> str:
    """Return one pinned file.

    Raises
    ------
    WrongSourceError
        If it is missing or not the pinned version.
    """
    path = folder / name
    if not path.is_file():
        raise WrongSourceError(f"{path} is missing; scripts/README.md says where it comes from")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != PINNED[name]:
        raise WrongSourceError(f"{path} is not the pinned version (its SHA-256 differs)")
    return data.decode("utf-8")


def fields(text: str) -> Iterator[list[str]]:
    """Yield the stripped fields of each line that holds any."""
    for line in text.splitlines():
        content = line.split("#", 1)[0].strip()
        if content:
            yield [field.strip() for field in content.split(";")]


def code_points(field: str) -> tuple[int, ...]:
    """Return the code points of a field such as `0041 0301`."""
    return tuple(int(digits, 16) for digits in field.split())


def code_range(field: str) -> range:
    """Return the code points of a field such as `0041` or `0041..005A`."""
    first, _, last = field.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


def characters(folder: Path) -> Characters:
    """Read UnicodeData.txt."""
    found = Characters(category={}, decomposition={}, combining={}, digits={}, name={}, bidi={})
    first = 0
    for line in read(folder, "UnicodeData.txt").splitlines():
        row = line.split(";")
        code = int(row[0], 16)
        if row[1].endswith(", First>"):
            first = code
            continue
        covered = range(first, code + 1) if row[1].endswith(", Last>") else range(code, code + 1)
        found.category.update(dict.fromkeys(covered, row[2]))
        found.bidi.update(dict.fromkeys(covered, row[4]))
        _add(found, code, row)
    return found


def _add(found: Characters, code: int, row: list[str]) -> None:
    found.name[code] = row[1]
    found.combining[code] = int(row[3])
    if row[5]:
        found.decomposition[code] = code_points(row[5].rpartition(">")[2])
    number = row[7] or (row[8] if row[1].startswith(("DINGBAT", "NEGATIVE CIRCLED NUMBER")) else "")
    if number.isdecimal():
        found.digits[code] = number


def case_folding(folder: Path) -> dict[int, tuple[int, ...]]:
    """Read the full case folding (status C and F) of CaseFolding.txt."""
    rows = fields(read(folder, "CaseFolding.txt"))
    return {int(row[0], 16): code_points(row[2]) for row in rows if row[1] in {"C", "F"}}


def confusables(folder: Path) -> dict[int, tuple[int, ...]]:
    """Read the prototype of each code point that has one (UTS #39, confusables.txt)."""
    text = read(folder, "security/confusables.txt").removeprefix("\ufeff")
    return {int(row[0], 16): code_points(row[1]) for row in fields(text)}


def repertoire(folder: Path, *, up_to: int) -> list[int]:
    """Return the code points assigned in Unicode `up_to`.0 or before, in order."""
    rows = fields(read(folder, "DerivedAge.txt"))
    return sorted(code for row in rows if float(row[1]) <= up_to for code in code_range(row[0]))


def brackets(folder: Path) -> list[tuple[int, int]]:
    """Return opening brackets and the brackets that close them (BidiBrackets.txt), canonical equivalents apart."""
    rows = fields(read(folder, "BidiBrackets.txt"))
    return sorted((int(row[0], 16), int(row[1], 16)) for row in rows if row[2] == "o")


def scripts(folder: Path) -> dict[int, str]:
    """Read the script of each code point that has one."""
    rows = fields(read(folder, "Scripts.txt"))
    return {code: row[1] for row in rows for code in code_range(row[0])}


def host_mapping(folder: Path) -> dict[int, tuple[int, ...]]:
    """Read what UTS #46 maps or ignores in host names; what it keeps or refuses is left out.

    Non-transitional, so that sharp s and final sigma stay. The two joiners, which UTS #46 keeps where
    the script asks for them, are dropped: a label with and one without look the same.
    """
    mapping: dict[int, tuple[int, ...]] = {0x200C: (), 0x200D: ()}
    for row in fields(read(folder, "idna/IdnaMappingTable.txt")):
        if row[1] in {"mapped", "ignored", "disallowed_STD3_mapped"}:
            target = code_points(row[2]) if len(row) > 2 else ()
            mapping.update(dict.fromkeys(code_range(row[0]), target))
    return mapping
