"""Make `src/stanch/language/identification/weights.bin` from SIB-200.

    python scripts/train_language_model.py FOLDER [OUTPUT]

FOLDER holds `sib200_80langs.tsv.gz`. The splits `train` and `dev` are trained on, `test` calibrates. Seeds are
fixed: the same bytes come out on every run with the same versions of numpy and numba. Takes a few minutes.
"""

import sys
from dataclasses import replace
from pathlib import Path

from language_model.data import FAMILIES, Sentence, sentences
from language_model.training import calibrated, trained
from language_model.windows import noise, windows

from stanch.language.identification.model import FILE, Family, written

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "src" / "stanch" / "language" / "identification" / FILE
SEED = 20_261_122
NO_LANGUAGE = "und"
WINDOWS, WINDOWS_HELD_OUT = 10, 3
"""How many windows of each sentence are trained on, and calibrate, besides the whole of it."""


def family_of(script: str, listed: list[Sentence]) -> Family:
    """Train and calibrate the family of a script."""
    learnt = [sentence for sentence in listed if sentence.split != "test"]
    held_out = [sentence for sentence in listed if sentence.split == "test"]
    languages = [*dict.fromkeys(FAMILIES[script].values()), NO_LANGUAGE]
    pairs = list(windows(learnt, script, WINDOWS, SEED))
    pairs += [(NO_LANGUAGE, text) for text in noise(learnt, script, SEED)]
    labels, texts = zip(*pairs, strict=True)
    family = trained(script, languages, texts, labels, SEED)
    labels, texts = zip(*windows(held_out, script, WINDOWS_HELD_OUT, SEED + 1), strict=True)
    return replace(family, calibration=calibrated(family, texts, labels))


def main(folder: Path, output: Path) -> None:
    """Train every family, write the weights."""
    data = written([family_of(script, listed) for script, listed in sentences(folder).items()])
    output.write_bytes(data)
    print(f"{output}: {len(data):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else OUTPUT)
