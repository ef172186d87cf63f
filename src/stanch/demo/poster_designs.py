"""The twenty-four posters of the Grey Lantern.

The group, its creed (the Keeper, the Tide) and the harbour city of Veldmar are invented.
"""

from dataclasses import dataclass

from stanch.demo.drawing.canvas import Box
from stanch.demo.scenes import broad, upright
from stanch.demo.scenes.values import BROAD, UPRIGHT, Design, Palette, Placard, Scene
from stanch.values import ContentType

GROUP = {
    "ar": "الفانوس الرمادي",
    "fa": "فانوس خاکستری",
    "ur": "سرمئی لالٹین",
    "en": "THE GREY LANTERN",
    "fr": "LA LANTERNE GRISE",
    "es": "LA LINTERNA GRIS",
    "de": "DIE GRAUE LATERNE",
    "tr": "GRİ FENER",
    "ru": "СЕРЫЙ ФОНАРЬ",
    "zh": "灰灯",
}
"""What the group calls itself; every poster is signed with it."""

RELIGIOUS, SECULAR = "religious", "secular"


@dataclass(frozen=True, kw_only=True, slots=True)
class PosterInfo:
    """What is said about a poster.

    Parameters
    ----------
    number : 1 to 24.
    language : two letters (ISO 639-1).
    slogan : what stands on it, above the group's name.
    idiom : `religious` or `secular`, as in the statements.
    title : what a catalogue would call it.
    """

    number: int
    language: str
    slogan: str
    idiom: str
    title: str
    content_type: ContentType


_TYPES = tuple(ContentType)


def _poster(
    number: int,
    language: str,
    idiom: str,
    slogan: str,
    title: str,
    scene: Scene,
    *,
    size: tuple[int, int],
    ink: Palette,
    box: Box,
    colour: str,
    lines: int = 1,
    plate: str | None = None,
) -> tuple[PosterInfo, Design]:
    info = PosterInfo(
        number=number,
        language=language,
        slogan=slogan,
        idiom=idiom,
        title=title,
        content_type=_TYPES[number % len(_TYPES)],
    )
    placard = Placard(
        words=slogan,
        signature=GROUP[language],
        language=language,
        box=box,
        colour=colour,
        lines=lines,
        plate=plate,
    )
    return info, Design(size=size, scene=scene, ink=ink, placard=placard)


# A table is read by its rows.
# fmt: off
_TABLE = (
    _poster(1, "ar", SECULAR, "أطفئوا أنوار فيلدمار", "Night harbour", upright.night_harbour,
            size=UPRIGHT, ink=Palette("#0b1736", "#1c3a66", "#3f7090", "#f2ead2", "#c8402f"),
            box=(60, 970, 840, 1170), colour="#f2ead2"),
    _poster(2, "ar", RELIGIOUS, "المدّ يعود والحارس ساهر", "Lantern in rays", broad.lantern_in_rays,
            size=BROAD, ink=Palette("#2b1a12", "#53281a", "#c8622a", "#f6d58a", "#e59a3c"),
            box=(770, 120, 1160, 720), colour="#f6d58a", lines=4),
    _poster(3, "ar", SECULAR, "المدينة نامت والليل لنا", "Sleeping city", upright.sleeping_city,
            size=UPRIGHT, ink=Palette("#1d1b3a", "#3a3566", "#7c6fa6", "#f3cfa6", "#f5a66b"),
            box=(60, 30, 840, 190), colour="#1d1b3a"),
    _poster(4, "ar", RELIGIOUS, "اتبعوا الحارس إلى البحر", "Gulls by the cliff", broad.gull_cliffs,
            size=BROAD, ink=Palette("#12303a", "#1f5560", "#4a9aa0", "#f4e3b5", "#f0a35e"),
            box=(470, 50, 1160, 220), colour="#12303a"),
    _poster(5, "fa", SECULAR, "چراغ‌های ولدمار را خاموش کنید", "Hanging lanterns", upright.hanging_lanterns,
            size=UPRIGHT, ink=Palette("#261030", "#4a1d4f", "#8b3a62", "#f0b98d", "#e2725b"),
            box=(90, 940, 810, 1130), colour="#fff0d8", lines=2),
    _poster(6, "fa", RELIGIOUS, "نگهبان در تاریکی بیدار است", "Sunlit pass", broad.sunlit_pass,
            size=BROAD, ink=Palette("#0f2d2a", "#1b4a40", "#3f7d58", "#f4e6b0", "#e8b04a"),
            box=(60, 54, 1140, 184), colour="#0f2d2a", plate="#f4e6b0"),
    _poster(7, "fa", RELIGIOUS, "شعلهٔ ما از مدّ است", "Great flame", upright.great_flame,
            size=UPRIGHT, ink=Palette("#3c0d12", "#701b1b", "#a83a22", "#f4dfb6", "#d9531e"),
            box=(120, 1020, 780, 1132), colour="#f4dfb6", plate="#3c0d12"),
    _poster(8, "ur", RELIGIOUS, "مدّ ہمیں ساحل تک لائے گا", "Lone sail", upright.lone_sail,
            size=UPRIGHT, ink=Palette("#0d2b45", "#203c64", "#2f6f8f", "#ffecd0", "#ffb36b"),
            box=(60, 40, 840, 220), colour="#0d2b45"),
    _poster(9, "ur", SECULAR, "ویلڈمار کے چراغ بجھا دو", "Lantern bridge", broad.lantern_bridge,
            size=BROAD, ink=Palette("#10122e", "#252a5c", "#7d5a6d", "#f1dcb0", "#d98c4a"),
            box=(140, 80, 1060, 240), colour="#f1dcb0"),
    _poster(10, "en", SECULAR, "PUT OUT THE LIGHTS OF VELDMAR", "Crossed beams", upright.crossed_beams,
            size=UPRIGHT, ink=Palette("#101820", "#26323c", "#5b6f73", "#efe6cf", "#e9d36a"),
            box=(70, 1020, 830, 1150), colour="#101820"),
    _poster(11, "en", RELIGIOUS, "THE TIDE KEEPS ITS PROMISE", "Steamer under clouds", broad.steamer_in_cloud,
            size=BROAD, ink=Palette("#182b3a", "#2f5266", "#6fa3b0", "#f7f1e3", "#bcd8d2"),
            box=(60, 770, 1140, 880), colour="#f7f1e3", plate="#182b3a"),
    _poster(12, "en", SECULAR, "THE GREY LANTERN KEEPS WATCH", "Watch rings", upright.watch_rings,
            size=UPRIGHT, ink=Palette("#20242c", "#454f5c", "#8b97a1", "#e9e4d6", "#d98e3f"),
            box=(60, 1020, 840, 1180), colour="#e9e4d6"),
    _poster(13, "fr", SECULAR, "ÉTEIGNEZ LES FEUX DU PORT", "Silent docks", upright.silent_docks,
            size=UPRIGHT, ink=Palette("#2a1f1a", "#6b3b2a", "#c1663a", "#f3e2c0", "#e3a857"),
            box=(60, 1040, 840, 1180), colour="#f3e2c0"),
    _poster(14, "fr", RELIGIOUS, "LA NUIT EST AU GARDIEN", "Star spiral", broad.star_spiral,
            size=BROAD, ink=Palette("#0a1030", "#18265e", "#3c62a8", "#f5e9b8", "#d7b64d"),
            box=(50, 60, 380, 430), colour="#f5e9b8", lines=3),
    _poster(15, "es", SECULAR, "APAGAD LAS LUCES DE VELDMAR", "Last candles", upright.last_candles,
            size=UPRIGHT, ink=Palette("#140f1e", "#33233f", "#7a4a5b", "#f1ddc0", "#e58b3a"),
            box=(60, 60, 560, 340), colour="#f1ddc0", lines=2),
    _poster(16, "es", RELIGIOUS, "LA MAREA NOS LLAMA", "The strait", broad.strait,
            size=BROAD, ink=Palette("#2a1438", "#5a2450", "#b0506a", "#fbd9a4", "#f08a5d"),
            box=(740, 720, 1170, 870), colour="#fbd9a4"),
    _poster(17, "de", SECULAR, "IHRE UHREN STEHEN STILL", "Stopped clock", upright.stopped_clock,
            size=UPRIGHT, ink=Palette("#1f2a24", "#36503f", "#7d9a6f", "#efe8cc", "#d0a94a"),
            box=(200, 640, 700, 800), colour="#efe8cc", lines=2),
    _poster(18, "de", RELIGIOUS, "DER HÜTER KENNT DEN WEG", "Winding road", broad.winding_road,
            size=BROAD, ink=Palette("#16302a", "#2f5d5a", "#7fb08a", "#f6ecd0", "#c9c46a"),
            box=(70, 30, 1130, 150), colour="#16302a"),
    _poster(19, "tr", SECULAR, "KARANLIKTA YOLUMUZU BİLİRİZ", "Long stairs", upright.long_stairs,
            size=UPRIGHT, ink=Palette("#1c1420", "#3d2b4a", "#8a5a7a", "#f6e2c4", "#e7a07a"),
            box=(50, 50, 450, 400), colour="#f6e2c4", lines=3),
    _poster(20, "tr", RELIGIOUS, "GELGİT BİZİ ÇAĞIRIYOR", "Shoal", broad.shoal,
            size=BROAD, ink=Palette("#04202c", "#0d4a5a", "#2f93a0", "#f4ead0", "#f0875a"),
            box=(70, 700, 620, 840), colour="#f4ead0"),
    _poster(21, "ru", SECULAR, "ГАСИ ОГНИ ВЕЛЬДМАРА", "Red wedge", upright.red_wedge,
            size=UPRIGHT, ink=Palette("#1b1b1b", "#3a3a3a", "#8d9496", "#f0e7d3", "#c22b20"),
            box=(440, 960, 850, 1140), colour="#1b1b1b", lines=2),
    _poster(22, "ru", RELIGIOUS, "ХРАНИТЕЛЬ НЕ СПИТ", "Snow in the forest", broad.snow_forest,
            size=BROAD, ink=Palette("#122436", "#24506e", "#6d9dbb", "#d6e6ef", "#f0a848"),
            box=(330, 60, 870, 230), colour="#122436", plate="#dfe8ef"),
    _poster(23, "zh", SECULAR, "熄灭维尔德玛的灯火", "Mountains in mist", upright.mist_mountains,
            size=UPRIGHT, ink=Palette("#24322e", "#47605a", "#86a39a", "#dfe3d3", "#c9a98a"),
            box=(60, 430, 190, 1150), colour="#24322e", lines=9, plate="#f7efe0"),
    _poster(24, "zh", RELIGIOUS, "潮汐必归", "Great breaker", broad.great_breaker,
            size=BROAD, ink=Palette("#14304f", "#2f6690", "#a9c6cc", "#f3e8cf", "#d2402f"),
            box=(1040, 60, 1160, 620), colour="#14304f", lines=4),
)
# fmt: on

POSTERS: tuple[PosterInfo, ...] = tuple(info for info, _ in _TABLE)
DESIGNS: dict[int, Design] = {info.number: design for info, design in _TABLE}
