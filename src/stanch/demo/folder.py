"""Write the demo's files: banks, policy, works, inputs, and the list of what was written."""

from hashlib import sha256
from pathlib import Path

import msgspec

from stanch.demo.demo_input import DemoInput
from stanch.demo.inputs import inputs
from stanch.demo.marker import GENERATED, INPUTS, MARKER, VERSION, Expected, Marker
from stanch.demo.works import ADDED, BANKS, PARTNER, POLICY, REVIEWER, Work, works
from stanch.matching import Bank, entry_of
from stanch.media import Decoders
from stanch.values import FilePart, LinkPart, TextPart


def write(folder: Path) -> Marker:
    """Write the demo into an empty folder, and return what must come of its inputs."""
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
