"""One frame as a viewer shows it: upright, its colours in sRGB, on white and on black. Runs only in a worker."""

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from stanch.media.colour import colours_and_alpha, luma_and_alpha
from stanch.media.pictures import ON_BLACK
from stanch.values import AS_IS

UNREADABLE_EXIF = "the orientation in EXIF is unreadable, and was ignored"

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
        uint8 arrays, shape (height, width), by the variant that they are.
        """
        luma, alpha = luma_and_alpha(frame, self.remark)
        turn = self._turn(frame)
        if alpha is None:
            return {AS_IS: _upright(luma, turn)}
        return {variant: _upright(_on(level, luma, alpha), turn) for variant, level in _BACKGROUNDS.items()}

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


def _upright(luma: Image.Image, turn: Image.Transpose | None) -> NDArray[np.uint8]:
    return np.asarray(luma if turn is None else luma.transpose(turn))
