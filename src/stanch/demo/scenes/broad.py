"""Scenes of the broad posters, 1200 by 900."""

from stanch.demo.drawing.borders import beads, chequers, lozenges, ticks
from stanch.demo.drawing.built import bridge, sailing_boat, skyline, steamer
from stanch.demo.drawing.canvas import Canvas, Dice, polar
from stanch.demo.drawing.lights import glow, lantern, rays, stars
from stanch.demo.drawing.nature import breaker, cloud, fir, fish, flock, hills, ridge, waves
from stanch.demo.scenes.values import Palette


def lantern_in_rays(canvas: Canvas, ink: Palette) -> None:
    """A lantern before rays of two colours."""
    canvas.gradient([ink.accent, ink.middle])
    rays(canvas, (360, 420), 14, (0, 1300), ink.pale)
    canvas.disc(360, 420, 300, ink.deep)
    canvas.ring(360, 420, 330, 14, ink.deep)
    lantern(canvas, (360, 150), 520, [ink.pale, "#ffeaa8", "#e8751a", "#fff7d6"])
    canvas.polygon([(760, 0), (1200, 0), (1200, 900), (640, 900)], ink.dark)
    waves(canvas, (780, 890), 3, [ink.deep, ink.dark], length=110)
    ticks(canvas, 8, ink.deep, ink.pale)


def gull_cliffs(canvas: Canvas, ink: Palette) -> None:
    """Gulls before a cliff, the sun low over the sea."""
    canvas.gradient([ink.middle, ink.accent, ink.pale], (0, 0, 1200, 640))
    rays(canvas, (880, 600), 9, (150, 1100), ink.pale + "60", start=-0.24, sweep=0.48)
    canvas.disc(880, 600, 150, "#fff4c9")
    canvas.gradient([ink.dark, ink.deep], (0, 620, 1200, 900))
    for row in range(9):
        half = 150 - 11 * row + 30 * (row % 2)
        canvas.rectangle((880 - half, 640 + row * 26, 880 + half, 648 + row * 26), ink.pale)
    cliff = [(0, 120), (200, 90), (300, 170), (330, 330), (400, 380), (420, 560), (500, 640), (540, 900), (0, 900)]
    canvas.polygon(cliff, ink.deep)
    canvas.polygon([(0, 120), (200, 90), (300, 170), (150, 190), (0, 240)], ink.dark)
    canvas.polygon([(0, 480), (170, 420), (330, 520), (420, 620), (180, 560), (0, 640)], ink.dark)
    sailing_boat(canvas, (650, 690), 190, [ink.deep, ink.pale, ink.accent, ink.deep])
    flock(canvas, Dice(4), 14, (440, 260, 1160, 500), ink.deep)
    ticks(canvas, 8, ink.deep, ink.pale)


def sunlit_pass(canvas: Canvas, ink: Palette) -> None:
    """Rays behind a range, and a river that comes out of it."""
    canvas.rectangle((0, 0, 1200, 900), ink.deep)
    rays(canvas, (600, 460), 22, (60, 1100), ink.accent, share=0.4)
    canvas.disc(600, 460, 150, ink.pale)
    ridge(canvas, Dice(6), [(-20, 330), (170, 180), (390, 470), (590, 520), (830, 250), (1010, 120), (1220, 420)],
          ink.dark)  # fmt: skip
    ridge(canvas, Dice(66), [(-20, 560), (240, 470), (560, 640), (800, 560), (1220, 610)], ink.middle)
    river = [(610, 640), (520, 700), (720, 760), (330, 900), (930, 900), (860, 770), (640, 700), (650, 640)]
    canvas.polygon(river, ink.pale)
    lozenges(canvas, 40, ink.deep, ink.pale)


def lantern_bridge(canvas: Canvas, ink: Palette) -> None:
    """A bridge with lanterns over a bright river, and the town it leads to."""
    canvas.gradient([ink.dark, ink.deep], (0, 0, 1200, 480))
    stars(canvas, Dice(9), 40, (20, 20, 1180, 60), ink.pale)
    skyline(canvas, Dice(90), (840, 250, 1200, 560), (70, 110), ink.middle, ink.accent, lit=0.5)
    for x in (110, 370, 630):
        glow(canvas, (x, 340), 120, [ink.dark, ink.middle, ink.accent])
        lantern(canvas, (x, 270), 150, [ink.pale, "#ffeaa8", "#e8751a", "#fff7d6"])
    canvas.rectangle((0, 430, 1200, 900), ink.pale)
    bridge(canvas, (430, 720), (-20, 870), 3, (ink.middle, ink.pale))
    canvas.polygon([(860, 414), (1200, 414), (1200, 900), (800, 900)], ink.dark)
    waves(canvas, (700, 890), 5, [ink.accent, ink.pale, ink.middle], length=140)
    sailing_boat(canvas, (980, 800), 230, [ink.deep, ink.pale, ink.accent, ink.deep], facing=-1)
    ticks(canvas, 8, ink.deep, ink.pale)


def steamer_in_cloud(canvas: Canvas, ink: Palette) -> None:
    """A steamer that trails smoke under heaped clouds."""
    canvas.gradient([ink.accent, ink.middle, ink.dark], (0, 0, 1200, 700))
    for x, y, size in ((190, 330, 240), (980, 250, 260), (600, 200, 150)):
        cloud(canvas, (x, y), size, ink.pale)
    for number in range(9):
        canvas.disc(520 - number * 62, 440 - number * 24, 34 + number * 9, ink.dark)
    steamer(canvas, (620, 720), 620, [ink.deep, "#b8452f", ink.pale, "#b8452f"])
    waves(canvas, (690, 890), 5, [ink.middle, ink.dark, ink.deep], length=150, height=34)
    ticks(canvas, 8, ink.deep, ink.pale)


def star_spiral(canvas: Canvas, ink: Palette) -> None:
    """Stars in a spiral over roofs."""
    canvas.gradient([ink.deep, ink.dark])
    for number in range(110):
        turn, radius = number * 0.023, 70 + number * 2.9
        centre = polar((790, 330), radius, turn)
        canvas.disc(*centre, 7 + number * 0.2, (ink.middle, ink.accent, ink.pale)[number % 3])
    glow(canvas, (790, 330), 70, [ink.accent, ink.pale, "#fff7d6"])
    skyline(canvas, Dice(14), (0, 560, 1200, 900), (90, 150), ink.deep, ink.accent, lit=0.25)
    ticks(canvas, 8, ink.deep, ink.pale)


def strait(canvas: Canvas, ink: Palette) -> None:
    """The sun in a gap between two dark headlands."""
    canvas.gradient([ink.pale, "#fff2cf", ink.accent], (0, 0, 1200, 620))
    glow(canvas, (560, 430), 230, [ink.accent, "#ffd97a", "#fff7d6"])
    canvas.gradient([ink.accent, ink.middle, ink.dark], (0, 560, 1200, 900))
    canvas.polygon([(0, 0), (330, 0), (380, 150), (300, 260), (420, 430), (360, 590), (0, 640)], ink.dark)
    canvas.polygon([(1200, 60), (900, 140), (820, 320), (880, 400), (730, 610), (1200, 700)], ink.deep)
    canvas.polygon([(0, 640), (360, 590), (200, 900), (0, 900)], ink.deep)
    for row in range(8):
        half = 60 + 40 * (row % 3)
        canvas.rectangle((560 - half, 590 + row * 36, 560 + half, 600 + row * 36), "#fff7d6b0")
    sailing_boat(canvas, (600, 640), 130, [ink.deep, ink.pale, ink.pale, ink.deep])
    ticks(canvas, 8, ink.deep, ink.pale)


def winding_road(canvas: Canvas, ink: Palette) -> None:
    """A road that winds up a valley towards a light."""
    canvas.gradient([ink.middle, ink.pale], (0, 0, 1200, 400))
    ridge(canvas, Dice(18), [(-20, 300), (220, 190), (420, 330), (640, 240), (900, 350), (1220, 200)], ink.dark)
    hills(canvas, 430, 50, 900, ink.middle, phase=0.2)
    hills(canvas, 560, 60, 1300, ink.accent, phase=0.7)
    road = [(700, 400), (560, 450), (860, 540), (420, 650), (1000, 900), (560, 900), (200, 660), (700, 550),
            (500, 460), (690, 400)]  # fmt: skip
    canvas.polygon(road, ink.pale)
    for x, y, height in ((130, 640, 190), (60, 760, 240), (1080, 620, 210), (1150, 780, 260), (980, 500, 120)):
        fir(canvas, (x, y), height, ink.deep)
    glow(canvas, (695, 380), 60, [ink.accent, "#fff7d6"])
    ticks(canvas, 8, ink.deep, ink.pale)


def shoal(canvas: Canvas, ink: Palette) -> None:
    """Small fish that swim against one great one."""
    canvas.gradient([ink.middle, ink.dark, ink.deep])
    rays(canvas, (160, -120), 6, (0, 1300), ink.middle + "80", start=0.22, sweep=0.3)
    for row in range(6):
        for column in range(6):
            x, y = 690 + column * 95 + 44 * (row % 2), 110 + row * 118
            fish(canvas, (x, y), 88, [ink.accent, ink.pale, ink.deep], facing=-1)
    fish(canvas, (340, 430), 560, [ink.pale, ink.accent, ink.deep])
    canvas.polygon([(640, 900), (760, 840), (900, 850), (1030, 760), (1200, 640), (1200, 900)], ink.deep)
    waves(canvas, (800, 880), 3, [ink.deep, ink.dark], length=100)
    beads(canvas, 24, ink.dark, ink.pale)


def snow_forest(canvas: Canvas, ink: Palette) -> None:
    """Firs in snow, a lantern among them."""
    canvas.gradient([ink.dark, ink.middle, ink.pale], (0, 0, 1200, 680))
    hills(canvas, 600, 40, 1000, "#f4f7fa")
    dice = Dice(22)
    for x in (50, 170, 260, 380, 880, 960, 1060, 1160):
        fir(canvas, (x, 690 + dice.between(-10, 40)), dice.between(330, 560), ink.deep)
    glow(canvas, (630, 560), 190, [ink.accent + "60", ink.accent + "90", "#fff3b8c0"])
    lantern(canvas, (630, 430), 230, [ink.deep, "#ffeaa8", "#e8751a", "#fff7d6"])
    hills(canvas, 688, 26, 700, "#dfe8ef", phase=0.4)
    for _ in range(140):
        canvas.disc(dice.between(0, 1200), dice.between(0, 900), dice.between(3, 7), "#ffffff")
    chequers(canvas, 32, ink.deep, "#dfe8ef")


def great_breaker(canvas: Canvas, ink: Palette) -> None:
    """A wave that breaks over a small boat, before a red sun."""
    canvas.gradient([ink.pale, ink.pale, ink.middle])
    canvas.disc(820, 300, 170, ink.accent)
    waves(canvas, (640, 720), 2, [ink.middle, ink.dark], length=220, height=50)
    breaker(canvas, (330, 800), 640, [ink.deep, ink.dark, "#fbfaf3"])
    sailing_boat(canvas, (930, 790), 190, [ink.deep, "#fbfaf3", ink.accent, ink.deep], facing=-1)
    waves(canvas, (790, 880), 3, [ink.deep, ink.dark], length=190, height=50)
    ticks(canvas, 8, ink.deep, ink.pale)
