"""Write the demo into a folder: banks, policy, inputs, and what must come of each."""

import shutil
import tempfile
from hashlib import sha256
from pathlib import Path

import msgspec

from stanch.demo.inputs import DemoInput, inputs
from stanch.demo.works import ADDED, BANKS, PARTNER, POLICY, REVIEWER, Work, works
from stanch.matching import Bank, entry_of
from stanch.media import Decoders
from stanch.values import FilePart, LinkPart, TextPart

VERSION = 1
MARKER = "demo.json"
GENERATED = "generated.sha256"
"""Lists every file of the demo as `sha256sum` does, so that what a user put in or changed can be told."""

INPUTS = "inputs"


class Expected(msgspec.Struct, kw_only=True):
    """What must come of one input; `kind` is empty where nothing may match."""

    kind: str
    outcome: str


class Marker(msgspec.Struct, kw_only=True):
    """What the folder holds, by the version that made it; `expected` is by name of input."""

    version: int
    expected: dict[str, Expected]


def build(folder: Path) -> Marker:
    """Build the demo if it is not there in this version, and return what must come of its inputs.

    The folder appears whole or not at all. One that another version made is kept beside it, under a name that
    says so: somebody may have worked in it.
    """
    made = read_marker(folder)
    if made is not None and made.version == VERSION:
        return made
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        marker = _write(draft)
        draft.chmod(0o755)
        if folder.exists():
            folder.rename(_free_name(folder))
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return marker


def read_marker(folder: Path) -> Marker | None:
    """Return what a folder says of the demo in it, or None if it holds none."""
    try:
        return msgspec.json.decode((folder / MARKER).read_bytes(), type=Marker)
    except (OSError, msgspec.DecodeError):
        return None


def _write(folder: Path) -> Marker:
    every = works()
    _write_banks(folder, every)
    _write_works(folder / "works", every)
    (folder / "stanch.toml").write_text(POLICY, encoding="utf-8")
    made = inputs()
    for each in made:
        _write_input(folder / INPUTS, each)
    expected = {
        each.name: Expected(kind=each.kind.value if each.kind else "", outcome=str(each.level)) for each in made
    }
    marker = Marker(version=VERSION, expected=expected)
    (folder / MARKER).write_bytes(msgspec.json.format(msgspec.json.encode(marker), indent=1))
    _write_list(folder)
    return marker


def _write_list(folder: Path) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}" for path in paths]
    (folder / GENERATED).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_banks(folder: Path, every: list[Work]) -> None:
    (folder / "banks").mkdir()
    with Decoders() as decoders:
        for info in BANKS:
            entries = [
                entry_of(
                    part,
                    decoders,
                    added=ADDED,
                    confirmed_by=None if info.name == PARTNER else REVIEWER,
                    subdomains=work.subdomains,
                    labels=(work.id, *work.labels),
                    name=part.name if isinstance(part, LinkPart) else work.id,
                )
                for work in every
                if work.bank == info.name
                for part in work.parts
            ]
            Bank(info, entries).save(folder / "banks" / f"{info.name}.bank")


def _write_works(folder: Path, every: list[Work]) -> None:
    """Write the works themselves, for trying `stanch compare` and `stanch bank add`."""
    folder.mkdir()
    for work in every:
        for part in work.parts:
            if isinstance(part, FilePart):
                (folder / part.name).write_bytes(part.read())
            elif isinstance(part, TextPart):
                (folder / f"{work.id}.txt").write_text(part.text, encoding="utf-8")
            else:
                with (folder / f"{work.id}.txt").open("a", encoding="utf-8") as stream:
                    stream.write(f"{part.name}\n")


def _write_input(folder: Path, each: DemoInput) -> None:
    path = folder / each.name
    if each.bare:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(next((picture() for picture in each.media.values()), each.text.encode()))
        return
    path.mkdir(parents=True)
    for name, picture in each.media.items():
        (path / name).write_bytes(picture())
    post = {"id": each.name, "audience": "public", "text": each.text, "links": each.links, "media": [*each.media]}
    (path / "post.json").write_bytes(msgspec.json.format(msgspec.json.encode(post), indent=1))


def _free_name(folder: Path) -> Path:
    names = (folder.with_name(f"{folder.name}-before-{number}") for number in range(1, 10_000))
    return next(name for name in names if not name.exists())
