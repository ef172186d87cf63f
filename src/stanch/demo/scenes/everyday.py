"""Scenes of the pictures that are no propaganda: one is close to it in theme, none in what it shows."""

import math

from stanch.demo.drawing.borders import chequers
from stanch.demo.drawing.built import lighthouse, sailing_boat
from stanch.demo.drawing.canvas import Canvas, Dice, Point, curve, polar
from stanch.demo.drawing.lights import rays
from stanch.demo.drawing.nature import bird, cloud, fir, hills, waves
from stanch.demo.scenes.values import Palette


def meadow(canvas: Canvas, ink: Palette) -> None:
    """Fields under a summer sky, a windmill, a hedge."""
    canvas.gradient([ink.middle, "#d9eef7"], (0, 0, 1200, 520))
    cloud(canvas, (300, 210), 170, "#ffffff")
    cloud(canvas, (860, 130), 110, "#ffffff")
    hills(canvas, 470, 40, 1100, ink.dark, phase=0.15)
    for number in range(14):
        x = 90 * number
        canvas.polygon([(x, 900), (x + 46, 900), (640 + (x - 600) * 0.22, 520), (628 + (x - 600) * 0.22, 520)],
                       (ink.accent, ink.pale)[number % 2])  # fmt: skip
    canvas.polygon([(210, 560), (310, 560), (290, 330), (230, 330)], ink.deep)
    for number in range(4):
        sail = [
            polar((260, 330), radius, number / 4 + turn) for radius, turn in ((20, 0.1), (190, 0.1), (190, 0.14))
        ]
        canvas.polygon([(260, 330), *sail], ink.pale)
    hills(canvas, 840, 26, 500, ink.deep, phase=0.6)


def fruit_on_a_table(canvas: Canvas, ink: Palette) -> None:
    """A jug, a bowl and apples before a wall."""
    canvas.rectangle((0, 0, 900, 1200), ink.middle)
    for row in range(9):
        for column in range(7):
            canvas.disc(70 + column * 130 + 65 * (row % 2), 50 + row * 92, 22, ink.pale + "50")
    canvas.gradient([ink.dark, ink.deep], (0, 800, 900, 1200), bands=12)
    canvas.polygon([(0, 900), (520, 830), (900, 980), (900, 1200), (0, 1200)], ink.pale)
    jug = curve((170, 330), (120, 620), (60, 900), (250, 920))
    jug += curve((330, 920), (520, 900), (440, 620), (380, 330))
    canvas.ring(430, 560, 120, 26, ink.deep)
    canvas.polygon(jug, ink.accent)
    canvas.polygon(curve((300, 330), (320, 620), (330, 900), (300, 920)) + jug[-25:][::-1], "#00000030")
    canvas.ellipse(275, 330, 106, 26, ink.deep)
    for x, y in ((560, 850), (690, 830), (620, 760)):
        _apple(canvas, (x, y), 78)
    canvas.polygon(curve((440, 870), (470, 1060), (790, 1060), (820, 870)), ink.deep)
    _apple(canvas, (230, 1040), 74)


def _apple(canvas: Canvas, place: Point, radius: float) -> None:
    x, y = place
    canvas.disc(x, y, radius, "#b3262a")
    canvas.disc(x - radius * 0.3, y - radius * 0.3, radius * 0.34, "#e0685a")
    canvas.line([(x, y - radius * 0.7), (x + 10, y - radius * 1.25)], 9, "#3a2415")


def arrivals_chart(canvas: Canvas, ink: Palette) -> None:
    """Bars and a line over a grid."""
    canvas.rectangle((0, 0, 1200, 900), ink.pale)
    canvas.rectangle((0, 0, 1200, 130), ink.deep)
    for row in range(7):
        canvas.rectangle((110, 200 + row * 95, 1140, 203 + row * 95), "#c8ccd2")
    heights = (180, 230, 310, 290, 420, 505, 560, 530, 400, 330, 240, 150)
    for number, height in enumerate(heights):
        x = 135 + number * 84
        canvas.rectangle((x, 770 - height, x + 56, 770), (ink.middle, ink.dark)[number // 6])
    canvas.line([(163 + number * 84, 700 - height * 0.75 - 60 * math.sin(number)) for number, height in
                 enumerate(heights[::-1])], 9, ink.accent)  # fmt: skip
    canvas.rectangle((110, 190, 115, 776), ink.deep).rectangle((110, 770, 1140, 776), ink.deep)
    for number in range(3):
        canvas.rectangle(
            (140 + number * 240, 830, 180 + number * 240, 860), (ink.middle, ink.dark, ink.accent)[number]
        )
        canvas.rectangle((200 + number * 240, 838, 330 + number * 240, 852), "#9aa0a8")


def market_stall(canvas: Canvas, ink: Palette) -> None:
    """A striped awning over crates of fruit."""
    canvas.gradient(["#cfe8e4", ink.pale])
    canvas.rectangle((70, 430, 110, 1000), ink.deep).rectangle((790, 430, 830, 1000), ink.deep)
    for number in range(9):
        left, right = 20 + number * 95.6, 20 + (number + 1) * 95.6
        tops = [150 + left * 0.67, 150 + right * 0.67]
        colour = (ink.accent, "#fffaf0")[number % 2]
        canvas.polygon([(tops[0], 230), (tops[1], 230), (right, 430), (left, 430)], colour)
        canvas.disc((left + right) / 2, 430, 47.8, colour)
    dice = Dice(4)
    for row, colour in enumerate(("#e8862c", "#6f9a3a", "#b3262a")):
        y = 640 + row * 130
        for x in range(130, 800, 58):
            canvas.disc(x, y - 6 + dice.between(-8, 8), 36, colour)
        canvas.rectangle((90 - row * 25, y, 810 + row * 25, y + 84), (ink.dark, ink.middle, ink.dark)[row])
        for x in range(110 - row * 25, 800 + row * 25, 90):
            canvas.rectangle((x, y + 12, x + 66, y + 24), ink.deep)


def football_match(canvas: Canvas, ink: Palette) -> None:
    """A ball on a mown pitch before the goal."""
    canvas.gradient(["#8cc7e8", "#dff1f5"], (0, 0, 900, 420))
    for number in range(9):
        canvas.polygon([(number * 100, 400), (number * 100 + 100, 400), (number * 240 - 510, 1200),
                        (number * 240 - 750, 1200)], (ink.middle, ink.dark)[number % 2])  # fmt: skip
    canvas.line([(250, 640), (250, 180), (650, 180), (650, 640)], 16, "#ffffff")
    for number in range(1, 10):
        canvas.line([(250 + number * 40, 186), (250 + number * 40, 560)], 2, "#ffffff")
        canvas.line([(258, 180 + number * 40), (642, 180 + number * 40)], 2, "#ffffff")
    canvas.line([(-40, 740), (940, 740)], 12, "#ffffff")
    canvas.disc(610, 880, 190, "#fbfbf7").ring(610, 880, 190, 8, ink.deep)
    for number in range(6):
        place = (610.0, 880.0) if number == 5 else polar((610, 880), 138, number / 5)
        canvas.polygon(
            [polar(place, 56, corner / 5 + (0.0 if number == 5 else 0.1)) for corner in range(5)], ink.deep
        )
        canvas.line([(610, 880), place], 5, ink.deep)


def museum_lighthouse(canvas: Canvas, ink: Palette) -> None:
    """The old lighthouse by day, with visitors' boats and gulls."""
    canvas.gradient(["#bfe3f2", "#f7f3e3"], (0, 0, 900, 900))
    canvas.disc(450, 470, 370, ink.accent)
    rays(canvas, (450, 470), 40, (300, 366), ink.pale, share=0.5)
    cloud(canvas, (180, 480), 110, "#ffffff")
    cloud(canvas, (740, 330), 90, "#ffffff")
    canvas.ellipse(450, 860, 330, 110, ink.middle)
    lighthouse(canvas, (450, 830), 640, ["#ffffff", ink.dark, ink.deep, "#d9eef7"], bands=7)
    canvas.rectangle((540, 750, 690, 840), "#ffffff").polygon([(520, 750), (710, 750), (615, 690)], ink.dark)
    for x in (210, 290, 700):
        fir(canvas, (x, 840), 130, ink.deep)
    waves(canvas, (880, 960), 3, ["#8fc3cf", ink.middle], length=100)
    sailing_boat(canvas, (150, 930), 120, [ink.deep, "#ffffff", ink.accent, ink.deep])
    for x, y in ((230, 230), (300, 180), (640, 210)):
        bird(canvas, (x, y), 56, ink.deep)
    canvas.rectangle((0, 970, 900, 1200), ink.pale)


def piano_evening(canvas: Canvas, ink: Palette) -> None:
    """A keyboard that bends through the picture, and notes."""
    canvas.gradient([ink.accent, ink.middle])
    for number in range(7):
        canvas.polygon([(number * 190 - 60, 0), (number * 190 + 20, 0), (number * 190 - 320, 900),
                        (number * 190 - 400, 900)], ink.pale + "40")  # fmt: skip
    for number in range(16):
        left, right = number * 76 - 8, number * 76 + 66
        lift = [430 + 110 * math.sin(x / 190) for x in (left, right)]
        canvas.polygon(
            [(left, lift[0]), (right, lift[1]), (right, lift[1] + 290), (left, lift[0] + 290)], "#fdfaf2"
        )
        if number % 7 not in {2, 6}:
            canvas.polygon([(right - 18, lift[1]), (right + 26, lift[1]), (right + 26, lift[1] + 175),
                            (right - 18, lift[1] + 175)], ink.deep)  # fmt: skip
    for x, y in ((860, 240), (980, 160), (1090, 270)):
        canvas.ellipse(x, y, 34, 25, ink.deep).line([(x + 30, y), (x + 30, y - 120)], 9, ink.deep)
        canvas.line([(x + 30, y - 118), (x + 78, y - 70)], 12, ink.deep)


def harbour_map(canvas: Canvas, ink: Palette) -> None:
    """A town plan: blocks, a river, a park, two tram lines."""
    canvas.rectangle((0, 0, 1200, 900), ink.pale)
    dice = Dice(8)
    for row in range(9):
        for column in range(11):
            x, y = column * 118 - 40 + row * 9, row * 106 - 30 - column * 7
            shade = (ink.accent, "#e3d7bd", "#d8c9a6")[int(dice.between(0, 3))]
            canvas.polygon([(x, y), (x + 100, y - 6), (x + 108, y + 84), (x + 8, y + 90)], shade)
    bank = curve((-20, 620), (300, 420), (560, 760), (1220, 330))
    canvas.line(bank, 130, ink.middle)
    canvas.polygon([(0, 640), (260, 700), (420, 900), (0, 900)], ink.middle)
    canvas.polygon([(760, 90), (1010, 70), (1030, 250), (780, 280)], "#8fb77a")
    for x, y in ((810, 140), (900, 190), (970, 120), (860, 240)):
        canvas.disc(x, y, 24, ink.dark)
    for colour, stops in (("#c23b3b", [(60, 60), (350, 300), (620, 340), (940, 760), (1180, 860)]),
                          (ink.deep, [(1150, 40), (760, 330), (520, 830), (470, 890)])):  # fmt: skip
        canvas.line(stops, 14, colour)
        for x, y in stops[1:-1]:
            canvas.disc(x, y, 20, "#ffffff").ring(x, y, 20, 7, colour)
    chequers(canvas, 28, "#ffffff", ink.deep)
