"""Patterned borders: none is of one colour, so that none passes for an empty margin."""

from collections.abc import Callable, Iterator

from stanch.demo.drawing.canvas import Canvas, Point

Border = Callable[[Canvas, float, str, str], None]


def ticks(canvas: Canvas, width: float, ground: str, mark: str) -> None:
    """A narrow band of dashes."""
    _frame(canvas, width, ground)
    half = width / 2
    for (x, y), (inward_x, _) in _places(canvas, width * 2):
        long, across = width * 0.62, half
        if inward_x:
            edge = half if x < canvas.width / 2 else canvas.width - half
            canvas.rectangle((edge - across, y - long, edge + across, y + long), mark)
        else:
            edge = half if y < canvas.height / 2 else canvas.height - half
            canvas.rectangle((x - long, edge - across, x + long, edge + across), mark)


def teeth(canvas: Canvas, width: float, ground: str, mark: str) -> None:
    """Triangles that point inwards."""
    _frame(canvas, width, ground)
    for (x, y), (inward_x, inward_y) in _places(canvas, width):
        along_x, along_y = inward_y * width / 2, inward_x * width / 2
        edge = (x - inward_x * width / 2, y - inward_y * width / 2)
        corners = [(edge[0] - along_x, edge[1] - along_y), (edge[0] + along_x, edge[1] + along_y)]
        canvas.polygon([*corners, (x + inward_x * width * 0.45, y + inward_y * width * 0.45)], mark)


def beads(canvas: Canvas, width: float, ground: str, mark: str) -> None:
    """A string of beads."""
    _frame(canvas, width, ground)
    for (x, y), _ in _places(canvas, width):
        canvas.disc(x, y, width * 0.52, mark)
        canvas.disc(x, y, width * 0.2, ground)


def lozenges(canvas: Canvas, width: float, ground: str, mark: str) -> None:
    """Squares that stand on a corner."""
    _frame(canvas, width, ground)
    half = width * 0.5
    for (x, y), _ in _places(canvas, width):
        canvas.polygon([(x, y - half), (x + half, y), (x, y + half), (x - half, y)], mark)


def chequers(canvas: Canvas, width: float, ground: str, mark: str) -> None:
    """Two rows of squares that take turns."""
    _frame(canvas, width, ground)
    half = width / 2
    for (x, y), (inward_x, _) in _places(canvas, width):
        flip = 1 if inward_x else -1
        canvas.rectangle((x - half, y - half, x, y), mark)
        canvas.rectangle((x, y, x + half, y + half), mark)
        canvas.disc(x + flip * half / 2, y - half / 2, half * 0.2, mark)


def _frame(canvas: Canvas, width: float, colour: str) -> None:
    right, bottom = canvas.width, canvas.height
    canvas.rectangle((0, 0, right, width), colour).rectangle((0, bottom - width, right, bottom), colour)
    canvas.rectangle((0, 0, width, bottom), colour).rectangle((right - width, 0, right, bottom), colour)


def _places(canvas: Canvas, width: float) -> Iterator[tuple[Point, Point]]:
    """Yield the middle of each tile of the frame, and the direction inwards."""
    across, down = round(canvas.width / width), round(canvas.height / width)
    step_x, step_y = canvas.width / across, canvas.height / down
    for number in range(across):
        x = (number + 0.5) * step_x
        yield (x, width / 2), (0, 1)
        yield (x, canvas.height - width / 2), (0, -1)
    for number in range(1, down - 1):
        y = (number + 0.5) * step_y
        yield (width / 2, y), (1, 0)
        yield (canvas.width - width / 2, y), (-1, 0)
