"""Eight pictures that are no propaganda."""

from dataclasses import dataclass

from stanch.demo.scenes import everyday
from stanch.demo.scenes.values import BROAD, UPRIGHT, Design, Palette, Placard


@dataclass(frozen=True, kw_only=True, slots=True)
class BenignInfo:
    """What is said about a picture that is no propaganda; `title` is what a catalogue would call it."""

    number: int
    title: str


TITLES = (
    "Meadow with a windmill",
    "Still life with a jug",
    "Chart of ships that came in",
    "Poster of the Saturday market",
    "Poster of a football match",
    "Poster of the lighthouse museum",
    "Poster of a piano evening",
    "Map of the harbour quarter",
)
BENIGN = tuple(BenignInfo(number=number, title=title) for number, title in enumerate(TITLES, start=1))

DESIGNS = {
    1: Design(
        size=BROAD,
        scene=everyday.meadow,
        ink=Palette("#2c4a2a", "#5f8a4a", "#7db8e0", "#e8d47a", "#8fae4c"),
    ),
    2: Design(
        size=UPRIGHT,
        scene=everyday.fruit_on_a_table,
        ink=Palette("#3b2a1e", "#6b4a30", "#7f9a8a", "#f2e6cc", "#3f6f8f"),
    ),
    3: Design(
        size=BROAD,
        scene=everyday.arrivals_chart,
        ink=Palette("#22364a", "#3f7f8f", "#86b3bd", "#f6f7f8", "#d9643a"),
        placard=Placard(
            words="Ships arriving at Veldmar, by month", language="en", box=(60, 20, 1140, 110), colour="#f6f7f8"
        ),
    ),
    4: Design(
        size=UPRIGHT,
        scene=everyday.market_stall,
        ink=Palette("#3a2a1c", "#8a6238", "#b98a52", "#f7edd3", "#c9403a"),
        placard=Placard(
            words="MARCHÉ DU SAMEDI",
            signature="Place du Port, 8 h",
            language="fr",
            box=(60, 1030, 840, 1180),
            colour="#3a2a1c",
        ),
    ),
    5: Design(
        size=UPRIGHT,
        scene=everyday.football_match,
        ink=Palette("#1c2430", "#3f8f4a", "#5aa85c", "#f2f2e8", "#d9a03a"),
        placard=Placard(
            words="VELDMAR – OSTHAVEN",
            signature="Sonntag, 15 Uhr",
            language="de",
            box=(60, 30, 840, 160),
            colour="#1c2430",
        ),
    ),
    6: Design(
        size=UPRIGHT,
        scene=everyday.museum_lighthouse,
        ink=Palette("#22384a", "#2f7a8f", "#7f9f6a", "#f9f1dc", "#f3c46a"),
        placard=Placard(
            words="LIGHTHOUSE MUSEUM",
            signature="Open every day from ten to five",
            language="en",
            box=(60, 990, 840, 1160),
            colour="#22384a",
        ),
    ),
    7: Design(
        size=BROAD,
        scene=everyday.piano_evening,
        ink=Palette("#1d1a24", "#4a3a5a", "#c06a7a", "#f6e7d8", "#f0c6a0"),
        placard=Placard(
            words="PİYANO AKŞAMI",
            signature="Liman Salonu",
            language="tr",
            box=(60, 60, 760, 260),
            colour="#1d1a24",
        ),
    ),
    8: Design(
        size=BROAD,
        scene=everyday.harbour_map,
        ink=Palette("#2a3a5a", "#5f8f5a", "#8fbfd8", "#fbf6e8", "#efe2c4"),
        placard=Placard(
            words="Портовый квартал",
            language="ru",
            box=(90, 760, 420, 850),
            colour="#2a3a5a",
            plate="#ffffff",
        ),
    ),
}
