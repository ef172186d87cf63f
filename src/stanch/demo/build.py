"""Build the demo in a folder, whole or not at all."""

import shutil
import tempfile
from pathlib import Path

from stanch.demo.marker import VERSION, Marker, read_marker
from stanch.errors import MissingExtraError


def build(folder: Path) -> Marker:
    """Build the demo if it is not there in this version, and return what must come of its inputs.

    The folder appears whole or not at all. One that another version made is kept beside it, under a name that
    says so: somebody may have worked in it.

    Raises
    ------
    MissingExtraError
        If it has to be built and what draws its posters is not installed.
    """
    made = read_marker(folder)
    if made is not None and made.version == VERSION:
        return made
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        marker = _written(draft)
        draft.chmod(0o755)
        if folder.exists():
            folder.rename(_free_name(folder))
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return marker


def _written(folder: Path) -> Marker:
    try:
        from stanch.demo.folder import write  # noqa: PLC0415 - what draws is an extra, and reading needs none of it
    except ModuleNotFoundError as error:
        raise MissingExtraError(missing=error.name, extra="demo") from error
    return write(folder)


def _free_name(folder: Path) -> Path:
    names = (folder.with_name(f"{folder.name}-before-{number}") for number in range(1, 10_000))
    return next(name for name in names if not name.exists())
