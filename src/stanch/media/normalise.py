"""One frame as a viewer shows it: upright, its colours in sRGB, on white and on black. Runs only in a worker."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from stanch.media.colour import colours_and_alpha, luma_and_alpha
from stanch.media.pictures import ON_BLACK
from stanch.media.planes import pixels
from stanch.values import AS_IS

UNREADABLE_EXIF = "the orientation in EXIF is unreadable, and was ignored"

_ARRAY_TURNS: dict[Image.Transpose, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    Image.Transpose.FLIP_LEFT_RIGHT: lambda luma: luma[:, ::-1],
    Image.Transpose.ROTATE_180: lambda luma: luma[::-1, ::-1],
    Image.Transpose.FLIP_TOP_BOTTOM: lambda luma: luma[::-1],
    Image.Transpose.TRANSPOSE: lambda luma: luma.T,
    Image.Transpose.ROTATE_270: lambda luma: luma[::-1].T,
    Image.Transpose.TRANSVERSE: lambda luma: luma[::-1, ::-1].T,
    Image.Transpose.ROTATE_90: lambda luma: luma[:, ::-1].T,
}
"""The same as views of an array, as no pixel has to be moved for it to be hashed."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What each orientation of EXIF (tag 0x0112) asks for; Pillow turns anticlockwise."""

_BACKGROUNDS = {AS_IS: 255, ON_BLACK: 0}


class Normaliser:
    """Normalises the frames of one image, and keeps what there is to remark on."""

    def __init__(self) -> None:
        self.remarks: list[str] = []

    def remark(self, sentence: str) -> None:
        """Note something that a person should know, once."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def backgrounds(self, frame: Image.Image) -> dict[str, NDArray[np.uint8]]:
        """Return the luma of a frame on white and, where anything shows through, on black.

        Parameters
        ----------
        frame : decoded, in whatever mode the file is.

        Returns
        -------
        uint8 arrays, shape (height, width), by the variant that they are; views where the frame is turned.
        """
        luma, alpha = luma_and_alpha(frame, self.remark)
        if alpha is None:
            return {AS_IS: self.upright(frame, pixels(luma))}
        shown = {variant: pixels(_on(level, luma, alpha)) for variant, level in _BACKGROUNDS.items()}
        return {variant: self.upright(frame, luma) for variant, luma in shown.items()}

    def leaves(self, frame: Image.Image) -> bool:
        """Whether nothing has to be done to a frame but to take its luma."""
        plain = (
            frame.mode in {"L", "RGB"} and not frame.has_transparency_data and not frame.info.get("icc_profile")
        )
        return plain and self._turn(frame) is None

    def upright(self, frame: Image.Image, luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the luma of a frame as it stands upright; a view."""
        turn = self._turn(frame)
        return luma if turn is None else _ARRAY_TURNS[turn](luma)

    def shown(self, frame: Image.Image) -> Image.Image:
        """Return a frame in colour as a person is shown it, upright and on white; mode `RGB`."""
        colours, alpha = colours_and_alpha(frame, self.remark)
        turn, shown = self._turn(frame), colours.convert("RGB")
        if alpha is not None:
            canvas = Image.new("RGB", shown.size, "white")
            canvas.paste(shown, mask=alpha)
            shown = canvas
        return shown if turn is None else shown.transpose(turn)

    def _turn(self, frame: Image.Image) -> Image.Transpose | None:
        """Return what has to be done for the frame to stand upright.

        Pillow itself turns what it loads from TIFF, and then forgets the tag.
        """
        try:
            return _TURNS.get(frame.getexif().get(ExifTags.Base.Orientation, 1))
        except Exception:  # noqa: BLE001 - anything at all comes of malformed EXIF, and the pixels are sound
            self.remark(UNREADABLE_EXIF)
            return None


def _on(level: int, luma: Image.Image, alpha: Image.Image) -> Image.Image:
    """Lay luma over a background: to blend lumas is to take the luma of what is blended, luma being linear."""
    canvas = Image.new("L", luma.size, level)
    canvas.paste(luma, mask=alpha)
    return canvas
