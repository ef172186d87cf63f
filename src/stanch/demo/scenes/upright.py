"""Scenes of the upright posters, 900 by 1200."""

from stanch.demo.drawing.borders import beads, chequers, lozenges, teeth, ticks
from stanch.demo.drawing.built import clock, cogwheel, crane, lighthouse, sailing_boat, skyline, stairs
from stanch.demo.drawing.canvas import Canvas, Dice, polar
from stanch.demo.drawing.lights import beam, candle, crescent, flame, glow, lantern, rays, star, stars, target
from stanch.demo.drawing.nature import bird, cloud, flock, hills, ridge, smoke, waves
from stanch.demo.scenes.values import Palette


def night_harbour(canvas: Canvas, ink: Palette) -> None:
    """A lighthouse on a rock, its beams over the sea, a waning moon."""
    canvas.gradient([ink.deep, ink.dark, ink.middle], (0, 0, 900, 900))
    for turn in (0.265, 0.735):
        beam(canvas, (655, 304), turn, 0.05, 900, ink.pale + "b0")
    stars(canvas, Dice(1), 26, (260, 30, 860, 150), ink.pale)
    crescent(canvas, (170, 540), 84, ink.pale)
    canvas.polygon(
        [(380, 930), (500, 830), (600, 800), (740, 780), (800, 620), (850, 560), (900, 570), (900, 930)], ink.deep
    )
    lighthouse(canvas, (655, 820), 620, [ink.pale, ink.accent, ink.deep, "#fff3b8"])
    waves(canvas, (880, 1150), 6, [ink.dark, ink.middle, ink.deep])
    ticks(canvas, 8, ink.deep, ink.pale)


def sleeping_city(canvas: Canvas, ink: Palette) -> None:
    """A great moon behind dark houses, and both in the water."""
    canvas.gradient([ink.middle, ink.pale], (0, 0, 900, 760))
    glow(canvas, (560, 430), 330, [ink.accent, ink.pale, "#fff6d8"])
    for x, y, size in ((130, 480, 110), (330, 360, 60), (800, 300, 70)):
        cloud(canvas, (x, y), size, "#ffffff80")
    skyline(canvas, Dice(3), (0, 430, 900, 800), (70, 130), ink.deep, ink.dark, lit=0.35)
    skyline(canvas, Dice(33), (0, 600, 900, 800), (50, 90), ink.dark, ink.accent, lit=0.2)
    canvas.gradient([ink.dark, ink.middle, ink.deep], (0, 800, 900, 1200))
    for row in range(11):
        half = 210 - row * 12 + 46 * (row % 3)
        canvas.rectangle((560 - half, 820 + row * 24, 560 + half, 829 + row * 24), ink.pale + "c0")
    waves(canvas, (1085, 1190), 3, [ink.deep, ink.dark], length=160)
    ticks(canvas, 8, ink.deep, ink.pale)


def hanging_lanterns(canvas: Canvas, ink: Palette) -> None:
    """Five lanterns on chains over hills at dusk."""
    canvas.gradient([ink.pale, ink.accent, ink.middle])
    rays(canvas, (60, 1100), 10, (0, 1500), ink.dark + "50", start=0.0, sweep=0.27)
    hills(canvas, 740, 130, 1100, ink.middle, phase=0.55)
    hills(canvas, 900, 60, 700, ink.dark, phase=0.1)
    for x, y, height in ((150, 420, 250), (310, 150, 230), (470, 500, 290), (630, 240, 240), (770, 560, 210)):
        canvas.line([(x, 0), (x, y)], 6, ink.deep)
        glow(canvas, (x, y + height * 0.6), height * 0.62, ["#fff3b838", "#fff3b850", "#fff3b870"])
        lantern(canvas, (x, y), height, [ink.deep, "#ffeaa8", "#e8751a", "#fff7d6"])
    teeth(canvas, 36, ink.deep, ink.accent)


def great_flame(canvas: Canvas, ink: Palette) -> None:
    """One flame in a bowl, and rays all round."""
    canvas.rectangle((0, 0, 900, 1200), ink.dark)
    rays(canvas, (450, 560), 18, (0, 1100), ink.deep, share=0.5, start=0.01)
    target(canvas, (450, 560), 400, 4, [ink.accent, ink.dark, ink.middle, ink.deep])
    flame(canvas, (450, 870), 660, [ink.accent, "#f29b26", "#ffd862", "#fff7d6"])
    canvas.polygon([(190, 840), (710, 840), (610, 950), (290, 950)], ink.pale)
    canvas.rectangle((420, 940, 480, 1010), ink.pale)
    lozenges(canvas, 50, ink.pale, ink.deep)


def lone_sail(canvas: Canvas, ink: Palette) -> None:
    """A boat that leans into tall waves, with the sun low on the left."""
    canvas.gradient([ink.accent, ink.pale, ink.pale], (0, 0, 900, 1000))
    rays(canvas, (40, 760), 11, (100, 1400), ink.accent, share=0.45, start=0.0, sweep=0.5)
    canvas.disc(40, 760, 190, "#fff4c9")
    cloud(canvas, (740, 640), 150, ink.middle)
    flock(canvas, Dice(8), 7, (420, 300, 860, 520), ink.deep)
    waves(canvas, (800, 900), 2, [ink.middle, ink.dark], length=260, height=60)
    sailing_boat(canvas, (500, 930), 420, [ink.deep, ink.dark, ink.middle, ink.deep], facing=-1)
    waves(canvas, (910, 1190), 4, [ink.dark, ink.middle, ink.deep, ink.dark], length=280, height=70)
    ticks(canvas, 8, ink.deep, ink.pale)


def crossed_beams(canvas: Canvas, ink: Palette) -> None:
    """Two searchlights that cross above a dark tower."""
    canvas.gradient([ink.deep, ink.deep, ink.middle])
    stars(canvas, Dice(10), 60, (20, 20, 880, 700), ink.pale)
    for x, turn in ((60, 0.095), (840, 0.905), (-40, 0.2), (940, 0.8)):
        beam(canvas, (x, 1010), turn, 0.045, 1500, ink.accent + "a8")
    tower = [(365, 1010), (400, 420), (385, 420), (385, 350), (425, 350), (425, 385), (475, 385), (475, 350)]
    canvas.polygon([*tower, (515, 350), (515, 420), (500, 420), (535, 1010)], ink.dark)
    canvas.rectangle((432, 470, 468, 540), ink.accent)
    canvas.rectangle((432, 640, 468, 710), ink.deep)
    skyline(canvas, Dice(101), (0, 820, 900, 1010), (60, 120), ink.dark, ink.pale, lit=0.15)
    canvas.rectangle((0, 1000, 900, 1200), ink.pale)
    chequers(canvas, 36, ink.pale, ink.dark)


def watch_rings(canvas: Canvas, ink: Palette) -> None:
    """A lantern in the middle of rings, as over still water."""
    canvas.gradient([ink.accent, ink.pale])
    rays(canvas, (360, 430), 13, (0, 1200), ink.middle + "90", share=0.45, start=0.02)
    target(canvas, (360, 430), 440, 6, [ink.middle, ink.pale, ink.middle, ink.accent])
    for number in range(16):
        star(canvas, polar((360, 430), 330, number / 16), 24, ink.deep)
    canvas.disc(360, 430, 250, ink.deep)
    lantern(canvas, (360, 215), 400, [ink.pale, ink.dark, ink.accent, "#fff7d6"])
    canvas.polygon([(900, 700), (780, 760), (700, 870), (520, 960), (420, 1200), (900, 1200)], ink.dark)
    hills(canvas, 990, 26, 640, ink.dark)
    hills(canvas, 1060, 22, 420, ink.deep, phase=0.3)
    ticks(canvas, 8, ink.deep, ink.pale)


def silent_docks(canvas: Canvas, ink: Palette) -> None:
    """Cranes over stacked crates."""
    canvas.gradient([ink.pale, ink.pale, ink.accent], (0, 0, 900, 1010))
    rays(canvas, (250, 560), 26, (150, 1000), ink.accent + "78", share=0.42)
    canvas.disc(250, 560, 130, ink.middle)
    for x, y in ((470, 230), (600, 170), (700, 240)):
        bird(canvas, (x, y), 60, ink.dark)
    crane(canvas, (690, 960), 560, -520, ink.dark)
    hook = crane(canvas, (180, 960), 420, 330, ink.deep)
    canvas.rectangle((hook[0] - 50, hook[1], hook[0] + 50, hook[1] + 70), ink.accent)
    dice = Dice(13)
    for column in range(9):
        for row in range(1 + int(dice.between(0, 3.5))):
            x, y = column * 102, 980 - row * 70
            canvas.rectangle((x, y - 68, x + 98, y), (ink.dark, ink.middle, ink.accent)[(column + row) % 3])
            canvas.line([(x + 4, y - 64), (x + 94, y - 4)], 5, ink.deep)
    waves(canvas, (985, 1180), 4, [ink.dark, ink.deep], length=90)
    ticks(canvas, 8, ink.deep, ink.pale)


def last_candles(canvas: Canvas, ink: Palette) -> None:
    """A row of candles, put out from left to right."""
    canvas.gradient([ink.deep, ink.dark, ink.dark], (0, 0, 900, 1000))
    glow(canvas, (740, 560), 420, [ink.dark, ink.middle, ink.accent + "90", ink.pale + "a0"])
    for number in range(6):
        x, height = 110 + number * 136, 220 + (number * 97) % 190
        colours = [ink.pale, ink.middle, ink.deep, ink.accent, "#fff7d6"]
        candle(canvas, (x, 1000), (84, height), colours, lit=number > 3)
        if number <= 3:
            smoke(canvas, (x, 1000 - height - 45), 300, 12, ink.middle)
    canvas.gradient([ink.accent, ink.middle, ink.dark], (0, 1000, 900, 1200), bands=8)
    ticks(canvas, 8, ink.deep, ink.pale)


def stopped_clock(canvas: Canvas, ink: Palette) -> None:
    """A tower clock at midnight, and the wheels beneath it."""
    canvas.gradient([ink.middle, ink.accent])
    rays(canvas, (450, 330), 24, (0, 1200), ink.pale + "70")
    canvas.polygon([(130, 1200), (180, 70), (450, -60), (720, 70), (770, 1200)], ink.dark)
    clock(canvas, (450, 330), 250, [ink.deep, ink.pale, ink.deep], (0.995, 0.0))
    cogwheel(canvas, (310, 1010), 190, 14, (ink.accent, ink.dark))
    cogwheel(canvas, (600, 1060), 150, 11, (ink.pale, ink.dark))
    cogwheel(canvas, (500, 1230), 110, 9, (ink.middle, ink.dark))
    beads(canvas, 42, ink.deep, ink.accent)


def long_stairs(canvas: Canvas, ink: Palette) -> None:
    """Stairs that climb to a lantern."""
    canvas.gradient([ink.dark, ink.middle, ink.accent])
    glow(canvas, (740, 330), 400, [ink.middle, ink.accent, ink.pale])
    rays(canvas, (740, 330), 7, (400, 1300), ink.accent + "60", start=0.53, sweep=0.45)
    lantern(canvas, (740, 150), 340, [ink.deep, "#ffeaa8", "#e8751a", "#fff7d6"])
    stairs(canvas, (-20, 1190), (104, 88), 9, [ink.deep, ink.pale])
    cloud(canvas, (90, 700), 130, ink.pale)
    cloud(canvas, (360, 590), 90, ink.pale)
    for x, y in ((250, 440), (100, 480), (450, 690)):
        bird(canvas, (x, y), 90, ink.deep)


def red_wedge(canvas: Canvas, ink: Palette) -> None:
    """A wedge, a disc and bars."""
    canvas.rectangle((0, 0, 900, 1200), ink.pale)
    canvas.polygon([(0, 0), (900, 0), (0, 900)], ink.deep)
    canvas.disc(560, 500, 290, ink.middle)
    canvas.disc(560, 500, 180, ink.pale)
    canvas.polygon([(-40, 900), (90, 1160), (690, 400)], ink.accent)
    for number in range(6):
        y = 620 + number * 56
        canvas.polygon(
            [(560 + number * 26, y), (900, y - 110), (900, y - 82), (560 + number * 26, y + 28)], ink.dark
        )
    for number in range(4):
        canvas.polygon([(90 + 130 * number, 60), (150 + 130 * number, 60), (60 + 130 * number, 300)], ink.accent)
    canvas.ring(250, 330, 120, 22, ink.pale)
    teeth(canvas, 30, ink.dark, ink.pale)


def mist_mountains(canvas: Canvas, ink: Palette) -> None:
    """Peaks that stand in mist, and a small boat on a lake."""
    canvas.gradient([ink.accent, ink.pale, ink.pale], (0, 0, 900, 900))
    canvas.disc(240, 250, 120, "#f7efe0")
    layers = (
        (41, [(-40, 560), (120, 430), (330, 620), (560, 260), (720, 420), (940, 330)], ink.middle),
        (42, [(-40, 660), (180, 700), (430, 590), (620, 720), (800, 480), (940, 600)], ink.dark),
        (43, [(-40, 760), (140, 830), (420, 800), (700, 890), (940, 700)], ink.deep),
    )
    for seed, peaks, colour in layers:
        ridge(canvas, Dice(seed), peaks, colour, rough=0.2)
    canvas.gradient([ink.pale, ink.middle, ink.dark], (0, 900, 900, 1200))
    for row in range(8):
        canvas.rectangle((90 + 70 * (row % 3), 930 + row * 32, 420 + 90 * (row % 4), 938 + row * 32), "#f7efe0a0")
    sailing_boat(canvas, (620, 1080), 150, [ink.deep, ink.accent, ink.pale, ink.deep])
    ticks(canvas, 8, ink.deep, ink.pale)
