"""The ninety-six works of the Grey Lantern, and the banks they stand in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from stanch.demo.image_edits import IMAGE_EDITS
from stanch.demo.posters import POSTERS, draw_poster
from stanch.demo.writings import statements, verses
from stanch.values import BankInfo, ContentType, Designation, FilePart, LinkPart, Part, Purpose, State, TextPart

REVIEWER = "Mara Lind, reviewer of the demo"
ADDED = datetime(2026, 1, 15, 9, tzinfo=UTC)
DESIGNATION = Designation(list="List of the Harbour Council of Veldmar", identifier="VL-7", date=date(2025, 3, 1))
OWNER = "Demo operator"
BASIS = "Article 5 of Regulation (EU) 2021/784 (demo)"

OWN, PARTNER, NEW, SCRIPTURE = "grey-lantern", "partner-veldmar", "new-finds", "scripture"

BANKS = (
    BankInfo(
        name=OWN,
        owner=OWNER,
        legal_basis=BASIS,
        content_type=ContentType.INCITES,
        designation=DESIGNATION,
        state=State.ENABLED,
    ),
    BankInfo(
        name=PARTNER,
        owner="Hotline of Veldmar (demo partner)",
        legal_basis=BASIS,
        content_type=ContentType.SOLICITS_GROUP,
        designation=DESIGNATION,
        state=State.ENABLED,
    ),
    BankInfo(name=NEW, owner=OWNER, legal_basis=BASIS, content_type=ContentType.INCITES, designation=DESIGNATION),
    BankInfo(
        name=SCRIPTURE,
        owner=OWNER,
        legal_basis="Article 1(3) of Regulation (EU) 2021/784 (demo)",
        purpose=Purpose.KNOWN_GOOD,
        reason="verses of the Book of Tides, read aloud in every household of Veldmar",
        state=State.ENABLED,
    ),
)

POLICY = """# The demo's installation: banks stand in banks/, one file each; the demo's service stands in service/.

[service]
data = "service"

[policies.grey-lantern]
block_identical = true
recorded_by = "Ilse Brandt, head of trust and safety of the demo"
recorded_on = 2026-01-15
reason = "every entry was looked at twice; uploaders are told why and can appeal"
"""

LINK_LISTS: dict[str, tuple[str, ...]] = {
    "links-1": ("https://lantern-press.example/statements", "https://lantern-press.example/posters/winter"),
    "links-2": ("https://files.veldmar.example/d/9f2c77ab", "https://paste.veldmar.example/lantern-7"),
    "links-3": ("https://الفانوس.example/بيان", "https://灰灯.example/声明"),
    "links-4": ("grey-lantern.example",),
    "links-5": ("https://video.veldmar.example/watch?v=keeper12",),
    "links-6": ("https://archive.veldmar.example/lantern/all",),
}
WHOLE_HOSTS = {"links-4"}
"""Lists whose bare hosts stand for everything below them too."""

PLACED = {
    PARTNER: {"de-3", "es-3", "poster-19", "poster-20", "poster-21", "links-5"},
    NEW: {"tr-3", "zh-3", "poster-22", "poster-23", "poster-24", "links-6"},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """Something the group published, or a verse.

    Parameters
    ----------
    parts : what becomes entries of the bank; a list of links is an entry a link.
    """

    id: str
    bank: str
    parts: tuple[Part, ...]
    labels: tuple[str, ...] = ()
    subdomains: bool = False


def works() -> list[Work]:
    """Return the ninety-six works, and after them the verses that are known to be good."""
    return [*_statements(), *_posters(), *_link_lists(), *_verses()]


def poster_id(number: int) -> str:
    """Return the id of a poster."""
    return f"poster-{number:02}"


def _statements() -> list[Work]:
    return [
        Work(
            id=each.id,
            bank=_bank(each.id),
            parts=(TextPart(name=each.id, text=each.body),),
            labels=("statement", each.language, each.idiom, each.content_type),
        )
        for each in statements()
    ]


def _posters() -> list[Work]:
    return [
        Work(
            id=poster_id(info.number),
            bank=_bank(poster_id(info.number)),
            parts=(
                FilePart(
                    name=f"{poster_id(info.number)}.png", data=IMAGE_EDITS["identical"](draw_poster(info.number))
                ),
            ),
            labels=("poster", info.language, info.idiom, info.content_type),
        )
        for info in POSTERS
    ]


def _link_lists() -> list[Work]:
    return [
        Work(
            id=name,
            bank=_bank(name),
            parts=tuple(LinkPart(name=link, link=link) for link in links),
            labels=("links", name),
            subdomains=name in WHOLE_HOSTS,
        )
        for name, links in LINK_LISTS.items()
    ]


def _verses() -> list[Work]:
    return [
        Work(id=f"verse-{language}", bank=SCRIPTURE, parts=(TextPart(name=f"verse-{language}", text=verse),))
        for language, verse in verses().items()
    ]


def _bank(work: str) -> str:
    return next((bank for bank, placed in PLACED.items() if work in placed), OWN)
