"""`stanch doctor`: what is there, what is missing, and what that would enable."""

import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import entry_points, version
from io import BytesIO
from pathlib import Path

import numpy as np
import typer
from PIL import Image, features
from rich.console import Console
from rich.table import Table

from stanch import __version__
from stanch.cli.exits import Exit
from stanch.cli.installation import Installation
from stanch.cli.options import Config, Json
from stanch.cli.show import safe, to_json
from stanch.errors import StanchError
from stanch.fingerprints import as_query
from stanch.media import Decoders
from stanch.values import FilePart

CHECKS = "stanch.checks"
"""The group of entry points under which other packages, and the service, add checks.

Each is a function that takes the configuration file, or None, and returns findings.
"""

PROGRAMS = {
    "tesseract": ("tesseract-ocr", "reading text in pictures, in a later version"),
    "fpcalc": ("libchromaprint-tools", "checking sound fingerprints against a second implementation, later"),
}
MARKS = {"ok": "green", "missing": "yellow", "broken": "red"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing looked at: `ok`, `missing` (optional) or `broken`, and what to do about it."""

    what: str
    state: str
    detail: str


def doctor(*, config: Config = None, json: Json = False) -> None:
    """Say what is there, what is missing, and what that would enable.

    Exit codes: 0 nothing is broken; 1 something is.
    """
    findings = [*_versions(), *_formats(), _sandbox(), *_programs(), *_banks(config), *_added(config)]
    if json:
        for finding in findings:
            typer.echo(to_json(asdict(finding)))
    else:
        table = Table()
        for heading in ("what", "state", "detail"):
            table.add_column(heading, overflow="fold")
        for finding in findings:
            state = f"[{MARKS[finding.state]}]{finding.state}[/]"
            table.add_row(safe(finding.what), state, safe(finding.detail, most=500))
        Console().print(table)
    raise typer.Exit(Exit.FAILED if any(finding.state == "broken" for finding in findings) else Exit.NOTHING)


def _versions() -> Iterator[Finding]:
    yield Finding(what="stanch", state="ok", detail=f"{__version__}, Python {platform.python_version()}")
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "pillow"))
    yield Finding(what="libraries", state="ok", detail=libraries)


def _formats() -> Iterator[Finding]:
    for name, enables in (
        ("jpg", "JPEG pictures"),
        ("webp", "WebP pictures"),
        ("avif", "AVIF pictures"),
        ("jpg_2000", "JPEG 2000 pictures"),
        ("littlecms2", "colour profiles and CMYK"),
    ):
        there = features.check(name)
        detail = enables if there else f"{enables} are not read: this Pillow was built without {name}"
        yield Finding(what=f"Pillow: {name}", state="ok" if there else "broken", detail=detail)


def _sandbox() -> Finding:
    """Send a real picture through a real worker process."""
    picture = Image.fromarray(np.arange(128 * 128, dtype=np.uint32).astype(np.uint8).reshape(128, 128))
    try:
        with Decoders() as decoders:
            readings = as_query(FilePart(name="picture", data=_png(picture)), decoders)
        problems = [why.reason for reading in readings for why in reading.not_scanned]
    except (StanchError, OSError) as error:
        problems = [str(error)]
    if problems:
        return Finding(what="decoder sandbox", state="broken", detail=problems[0])
    return Finding(what="decoder sandbox", state="ok", detail="a picture was decoded in a process of its own")


def _png(picture: Image.Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def _programs() -> Iterator[Finding]:
    for name, (package, enables) in PROGRAMS.items():
        path = shutil.which(name)
        if path is None:
            yield Finding(what=name, state="missing", detail=f"for {enables}: apt-get install {package}")
        else:
            yield Finding(what=name, state="ok", detail=f"{_first_line(path)}; for {enables}")


def _first_line(program: str) -> str:
    flag = "-version" if program.endswith("fpcalc") else "--version"
    done = subprocess.run([program, flag], capture_output=True, text=True, check=False, timeout=10)  # noqa: S603 - a fixed program and flag
    return (done.stdout or done.stderr).splitlines()[0] if done.stdout or done.stderr else program


def _banks(config: Path | None) -> Iterator[Finding]:
    try:
        installation = Installation.find(config)
    except StanchError as error:
        yield Finding(what="configuration", state="broken", detail=str(error))
        return
    where = installation.configuration or "no stanch.toml; your own folder"
    yield Finding(what="configuration", state="ok", detail=f"{where}; banks in {installation.banks}")
    if not installation.names():
        hint = "nothing can match yet: stanch bank create, or stanch bank import"
        yield Finding(what="banks", state="missing", detail=hint)
    for name in installation.names():
        try:
            bank = installation.open(name)
        except (StanchError, OSError) as error:
            yield Finding(what=f"bank {name}", state="broken", detail=str(error))
        else:
            detail = f"{len(bank)} entries, {bank.info.state}, {bank.info.purpose}"
            yield Finding(what=f"bank {name}", state="ok", detail=detail)
    for name in sorted(set(installation.policies) - set(installation.names())):
        yield Finding(what=f"policy {name}", state="broken", detail="is recorded for a bank that is not here")


def _added(config: Path | None) -> Iterator[Finding]:
    """Ask the checks of other packages; one that cannot be loaded is named."""
    for found in sorted(entry_points(group=CHECKS), key=lambda each: each.name):
        try:
            check = found.load()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with another package is what is to be told
            yield Finding(what=found.name, state="broken", detail=f"its checks cannot be loaded: {error}")
        else:
            yield from check(config)
