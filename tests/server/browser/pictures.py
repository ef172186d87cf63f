"""Pictures of the console for the documentation: small enough to keep."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

LARGEST = 120 * 1024
COLOURS = (256, 128, 64, 32)


def keep(page: Page, path: Path) -> None:
    """Write what is in sight into a PNG file, with as many colours as fit."""
    page.mouse.move(0, 0)
    seen = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    for colours in COLOURS:
        few = seen.quantize(colours, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return
    raise AssertionError(path)
