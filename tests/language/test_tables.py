"""The Unicode tables are the ones that the methods were frozen with, and can be made again."""

import hashlib
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from stanch.errors import DamagedFileError, NewerVersionError
from stanch.language import normalise, tables
from stanch.language.tables import Kind
from tests.conftest import ROOT

FROZEN = "687f755e8abb14b8bbd3b6eadf73bc9108ceac01ed174e945ac96478489a4ba6"
FILE = ROOT / "src" / "stanch" / "language" / tables.FILE
UNICODE = Path("/usr/share/unicode")


@pytest.fixture
def sources() -> Path:
    """Return the folder of the pinned Unicode files, or skip: `scripts/README.md` says how to get them."""
    if not (UNICODE / "security" / "confusables.txt").is_file():
        pytest.skip(f"public test data absent: {UNICODE} as scripts/README.md describes it")
    return UNICODE


def test_the_tables_are_the_frozen_ones() -> None:
    data = FILE.read_bytes()
    assert hashlib.sha256(data).hexdigest() == FROZEN
    assert len(data) < 300_000


def test_the_tables_can_be_made_again(sources: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.bin"
    script = ROOT / "scripts" / "make_unicode_tables.py"
    subprocess.run([sys.executable, str(script), str(sources), str(made)], check=True, capture_output=True)
    assert made.read_bytes() == FILE.read_bytes()


def test_other_sources_are_refused(tmp_path: Path) -> None:
    (tmp_path / "UnicodeData.txt").write_text("0041;A;Lu;0;L;;;;;N;;;;0061;\n")
    script = ROOT / "scripts" / "make_unicode_tables.py"
    command = [sys.executable, str(script), str(tmp_path), str(tmp_path / "made.bin")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode != 0
    assert "not the pinned version" in done.stderr
    assert not (tmp_path / "made.bin").exists()


@pytest.mark.parametrize("place", [0, 20, 44, 50, 5_000, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    data = bytearray(FILE.read_bytes())
    data[place] ^= 1
    with pytest.raises(DamagedFileError):
        tables.read(bytes(data))


@pytest.mark.parametrize("length", [0, 7, 43, 44, 10_000])
def test_a_cut_file_is_noticed(length: int) -> None:
    with pytest.raises(DamagedFileError):
        tables.read(FILE.read_bytes()[:length])


def test_a_newer_version_is_refused() -> None:
    data = bytearray(FILE.read_bytes())
    data[8] = tables.VERSION + 1
    with pytest.raises(NewerVersionError):
        tables.read(bytes(data))


def test_each_code_point_has_one_entry() -> None:
    for mapping in (tables.tables().symbols, tables.tables().hosts):
        assert mapping.starts[0] == 0
        assert (mapping.starts[1:] > mapping.starts[:-1]).all()
        assert len(mapping.flat()) == 0x110000
        assert (mapping.entries >> tables.KIND <= Kind.CONTROL).all()


# What UTS #39 takes for a letter of English and normalised text does not: letters whose script would lose one
# (Armenian, Ahom, Hebrew beside vav), vowel signs, digits, punctuation, what Unicode folds into another letter.
NOT_TAKEN = set("ſ˛ͺ׀ן￨ռզంംංಂ𑜎𑜏᙮𑢼𑢤𑣣𑣩𑣦𑣥")


def test_every_look_alike_of_a_latin_letter_becomes_that_letter(sources: Path) -> None:
    prototypes: dict[str, str] = {}
    for line in (sources / "security" / "confusables.txt").read_text(encoding="utf-8-sig").splitlines():
        if line and not line.startswith("#"):
            source, target, *_ = line.split(";")
            prototypes[chr(int(source, 16))] = "".join(chr(int(code, 16)) for code in target.split())
    alike = defaultdict(set)
    for source, target in prototypes.items():
        alike[target].add(source)
    tried = 0
    for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ":
        for source in alike[prototypes.get(letter, letter)] - NOT_TAKEN:
            if not "\u0600" <= source < "\u0900" and not "\ufb50" <= source < "\uff00" and source < "\U0001ee00":
                tried += 1
                assert str(normalise(f"best {source}")) == str(normalise(f"best {letter}")), (letter, source)
    assert tried > 1_200
