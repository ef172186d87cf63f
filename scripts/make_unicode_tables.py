"""Make `src/stanch/language/unicode_tables.bin` from pinned files of Unicode 15.0.0.

    python scripts/make_unicode_tables.py /usr/share/unicode [OUTPUT]

The same bytes come out on every run and every machine. `scripts/README.md` says where the files come from.
"""

import sys
from pathlib import Path

from unicode_tables import binary, sources
from unicode_tables.letters import Letters

OUTPUT = Path(__file__).resolve().parent.parent / "src" / "stanch" / "language" / "unicode_tables.bin"


def main(folder: Path, output: Path) -> None:
    """Read the sources, check them, write the tables."""
    letters = Letters(folder)
    hosts = sources.host_mapping(folder)
    data = binary.file_of(
        binary.mapping_section(b"sym", letters.target),
        binary.mapping_section(b"fld", letters.fold),
        binary.mapping_section(b"hst", lambda code: hosts.get(code, (code,)) or "drop"),
        binary.classes_section(b"bidi", letters.bidi_class),
        binary.section(b"brkt", binary.words(code for pair in letters.brackets() for code in pair)),
        binary.ranges_section(b"stbl", sources.repertoire(folder, up_to=14)),
    )
    output.write_bytes(data)
    print(f"{output}: {len(data):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else OUTPUT)
