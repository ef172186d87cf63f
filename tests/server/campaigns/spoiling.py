"""How a request goes wrong: each function makes one that no good program sends, from a seeded chance."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from random import Random
from typing import Any

import msgspec

from stanch.fingerprints import as_query
from stanch.formats import record_of
from stanch.values import TextPart
from stanch_server.banks.live import follower
from tests.server.campaigns.asking import Asked
from tests.server.campaigns.oddities import KINDS, LENGTHS, LITERALS, NAMES, PATHS, QUERIES, TWO, WORDS
from tests.server.intake.conftest import LINK, STATEMENT

ITEMS, BATCH, MATCH = "/api/v1/items", "/api/v1/items/batch", "/api/v1/match"


def fingerprints() -> list[dict[str, Any]]:
    """Return the fingerprints of a known text, as a source would send them."""
    readings = as_query(TextPart(name="t", text=STATEMENT), follower().decoders)
    made = [found for reading in readings for found in reading.fingerprints]
    return [{**msgspec.to_builtins(record_of(found)), "variant": found.variant} for found in made]


def post(random: Random, records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a good post of every sort of part that JSON can hold."""
    return {
        "audience": random.choice(["public", "members", "unlisted"]),
        "id": f"post-{random.randrange(10**6)}",
        "account": "a-1",
        "text": " ".join(random.choice(WORDS[:9]) for _ in range(random.randrange(1, 30))),
        "links": [LINK, "https://news.example/1"],
        "hashes": [{"method": "pdq", "value": f"{random.getrandbits(256):064x}"}],
        "fingerprints": [{"name": "statement", "medium": "text", "symbols": 644, "fingerprints": records}],
    }


class Spoiler:
    """Makes bad requests.

    Parameters
    ----------
    known : what addresses may name.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known
        self.records = fingerprints()

    def spoilt(self, random: Random) -> tuple[str, Asked]:
        """Return the name of what is wrong, and the request."""
        make = random.choice(WAYS)
        return make.__name__, make(self, random)

    def body(self, random: Random) -> tuple[str, Any]:
        """Return a good body, and where it belongs."""
        return random.choice(self.bodies(random))

    def bodies(self, random: Random) -> list[tuple[str, Any]]:
        """Return good bodies of all sorts, and where each belongs."""
        one = post(random, self.records)
        entries = f"/api/v1/banks/{self.known['bank_id']}/entries"
        return [
            (ITEMS, one),
            (BATCH, {"items": [{**one, "idempotency_key": "k"}, one]}),
            (MATCH, {"queries": [{"text": one["text"]}, {"link": LINK}, {"hash": one["hashes"][0]}]}),
            (entries, {"text": one["text"], "name": "n", "labels": ["a"], "expires": "2030-01-01T00:00:00Z"}),
            (entries, {"link": "https://other.example/1", "note": "n", "subdomains": False}),
            (entries, {"hash": {"method": "md5", "value": "0" * 32}, "name": "m"}),
            (entries, {"fingerprints": [{**self.records[0], "method": "text-exact/1"}], "note": "n"}),
        ]

    def written(self, random: Random) -> tuple[str, bytes]:
        path, body = self.body(random)
        return path, json.dumps(body, ensure_ascii=bool(random.randrange(2))).encode()

    def broken_bytes(self, random: Random) -> Asked:
        path, data = self.written(random)
        spoilt = bytearray(data)
        for _ in range(random.randint(1, 4)):
            spoilt[random.randrange(len(spoilt))] = random.choice(b'{}[]":,\\\x00\x01\x1f\x80\xc0\xed\xf5\xff0tn')
        return Asked(path=path, body=bytes(spoilt))

    def cut_short(self, random: Random) -> Asked:
        path, data = self.written(random)
        length = None if random.randrange(2) else str(len(data))
        return Asked(path=path, body=data[: random.randrange(len(data))], length=length)

    def another_value(self, random: Random) -> Asked:
        path, body = self.body(random)
        mark = "@@here@@"
        replace(body, mark, random)
        return Asked(path=path, body=json.dumps(body).replace(f'"{mark}"', random.choice(LITERALS)).encode())

    def another_name(self, random: Random) -> Asked:
        """A field nobody knows, one that is there twice, one that is not there."""
        path, body = self.body(random)
        holder = random.choice([one for one in nodes(body) if isinstance(one, dict) and one])
        name = random.choice(list(holder))
        match random.randrange(3):
            case 0:
                holder[random.choice(WORDS)] = holder[name]
            case 1:
                holder["@@twice@@"] = random.choice([holder[name], None, "x", 7])
            case _:
                del holder[name]
        return Asked(path=path, body=json.dumps(body).replace("@@twice@@", name).encode())

    def nested(self, random: Random) -> Asked:
        path, depth = random.choice([ITEMS, BATCH, MATCH]), random.choice([10, 1_000, 100_000, 1_000_000])
        opening = random.choice([b"[", b'{"a":', b'{"items":[', b'{"queries":[{"text":'])
        return Asked(path=path, body=random.choice([b"", b'{"audience":"public","text":']) + opening * depth)

    def odd_text(self, random: Random) -> Asked:
        """Texts in every direction and of signs that are none: taken, or refused, but never broken by."""
        path, body = self.body(random)
        said = "".join(random.choice(WORDS) for _ in range(random.randrange(1, 40)))
        if random.randrange(2) and "text" in body:
            body["text"] = said
        else:
            replace(body, said, random, only=str)
        return Asked(path=path, body=json.dumps(body, ensure_ascii=bool(random.randrange(2))).encode())

    def contradicting_columns(self, random: Random) -> Asked:
        record = dict(random.choice(self.records))
        name = random.choice(["at", "start", "end", "quality", "bits", "extent", "method", "variant"])
        size = random.choice([0, 1, 2, 100, 10_000, 100_000])
        odd: Mapping[str, Any] = {
            "bits": random.choice(["", "0", "zz", "0" * 63, "f" * 16 * size, " 00" * 16, "٠" * 64]),
            "extent": random.choice([-1, 0, 1e-300, 1e8, 1e8 + 1, 1e308]),
            "method": random.choice(["pdq/1", "pdq-raw/1", "link/1", "file-md5/1", "text-gram/2", "", "\0"]),
            "variant": random.choice([*WORDS, "x" * 101, "link at character 5", "link at character x"]),
            "quality": [random.choice([-1, 0, 100, 101, 256])] * size,
        }
        record[name] = odd.get(name, [random.choice([-1, 0, 1e308, 5, 0.5])] * size)
        medium = random.choice(["text", "image", "file", "link", "video", "sound", "smell"])
        symbols = random.choice([0, 0, 0, 5_000_001])
        reading = {"name": "a", "medium": medium, "symbols": symbols, "fingerprints": [record]}
        readings = [reading] * random.choice([1, 1, 1, 2])
        return Asked(body=json.dumps({"audience": "public", "fingerprints": readings}).encode())

    def odd_hash(self, random: Random) -> Asked:
        value = random.choice(["f" * 64, "F" * 32, "g" * 64, "", "0" * 129, "٠" * 64, "0x" + "0" * 62, "\0" * 64])
        method = random.choice(["pdq", "PDQ", "md5", "sha256", "pdq-raw/1", "text-exact/1", "?"])
        sent = {"method": method, "value": value}
        item, query = {"audience": "public", "hashes": [sent]}, {"queries": [{"hash": sent}]}
        path, body = random.choice([(ITEMS, item), (MATCH, query)])
        return Asked(path=path, body=json.dumps(body).encode())

    def odd_header(self, random: Random) -> Asked:
        path, data = self.written(random)
        name = random.choice(
            ["Idempotency-Key", "Prefer", "Accept", "Content-Encoding", "Cookie", "X-Forwarded-Proto"]
        )
        value = random.choice([*NAMES, "gzip", "respond-async, wait=9", ";;", "*/*;q=1e400"])
        return Asked(path=path, body=data, headers={name: value})

    def odd_key(self, random: Random) -> Asked:
        path, data = self.written(random)
        return Asked(path=path, body=data, headers={"Authorization": "Bearer " + random.choice(NAMES)})

    def another_kind(self, random: Random) -> Asked:
        path, data = self.written(random)
        encoding = random.choice(["utf-8", "utf-16", "utf-32-be", "utf-7", "utf-8-sig"])
        return Asked(path=path, body=data.decode().encode(encoding), kind=random.choice([*KINDS, None]))

    def wrong_length(self, random: Random) -> Asked:
        path, data = self.written(random)
        return Asked(path=path, body=data, length=random.choice(LENGTHS))

    def odd_address(self, random: Random) -> Asked:
        path = random.choice(PATHS).format(random.choice(list(self.known.values())))
        return Asked(method=random.choice(["GET", "POST", "DELETE", "FOO"]), path=f"/api/v1{path}", body=b"{}")

    def odd_query(self, random: Random) -> Asked:
        bank = f"/api/v1/banks/{self.known['bank_id']}"
        path = random.choice(["/api/v1/decisions", f"{bank}/entries", f"{bank}/learnt"])
        return Asked(method="GET", path=path, query=random.choice(QUERIES), kind=random.choice([*KINDS, None]))

    def broken_form(self, random: Random) -> Asked:
        body = bytearray(form(random, post(random, self.records)))
        for _ in range(random.choice([0, 0, 1, 5])):
            place = random.randrange(len(body))
            body[place : place + random.choice([0, 1, 50])] = random.choice(
                [b"", b"\r\n", b"--xyz", b"--xyz--", b"\0"]
            )
        kind = random.choice(
            ["xyz", "xyz", "xyz", "xy", "x" * 300, '"xyz"', "xyz; charset=hex", "xyz; charset=utf-16"]
        )
        length = random.choice([None, None, None, "10", str(len(body) + 50), "0"])
        return Asked(body=bytes(body), kind=f"multipart/form-data; boundary={kind}", length=length)


Way = Callable[[Spoiler, Random], Asked]
WAYS: tuple[Way, ...] = (
    *(Spoiler.broken_bytes, Spoiler.cut_short, Spoiler.another_value, Spoiler.another_name, Spoiler.nested),
    *(Spoiler.odd_text, Spoiler.contradicting_columns, Spoiler.odd_hash, Spoiler.odd_header, Spoiler.odd_key),
    *(Spoiler.another_kind, Spoiler.wrong_length, Spoiler.odd_address, Spoiler.odd_query, Spoiler.broken_form),
)


def everywhere(body: Any, value: str) -> list[Any]:
    """Return a body for each string in it, with another one in its place."""
    made = []
    for number in range(len(places(body, str))):
        other = deepcopy(body)
        node, place = places(other, str)[number]
        node[place] = value
        made.append(other)
    return made


def nodes(value: Any) -> list[Any]:
    """Return every list and object within some JSON."""
    found = [value] if isinstance(value, dict | list) else []
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*found, *(node for one in within for node in nodes(one))]


def replace(body: Any, value: str, random: Random, *, only: type = object) -> None:
    """Put something else where any value stands."""
    node, place = random.choice(places(body, only))
    node[place] = value


def places(body: Any, only: type) -> list[tuple[Any, Any]]:
    """Return where values stand in some JSON: what holds each, and its name or number there."""
    return [
        (node, place)
        for node in nodes(body)
        for place, held in (node.items() if isinstance(node, dict) else enumerate(node))
        if isinstance(held, only)
    ]


def form(random: Random, body: dict[str, Any]) -> bytes:
    """Return a form of a post and two files, its boundary `xyz`."""
    names = random.choice(
        [TWO, TWO, TWO, ["a.txt", "a.txt"], ["a.txt"], ["../a.txt", "b.png"], ["a\0.txt", "&#9;"]]
    )
    body["media"] = random.choice([TWO, TWO, ["b.png"], []])
    fields = [b'name="post"\r\n\r\n' + json.dumps(body).encode()] * random.choice([1, 1, 1, 1, 0, 2])
    for name in names:
        encoding = random.choice(["", "", "Content-Transfer-Encoding: base64\r\n", "Content-Length: x\r\n"])
        fields.append(f'name="f"; filename="{name}"\r\n{encoding}\r\n'.encode() + random.randbytes(50))
    return (
        b"".join(b"--xyz\r\nContent-Disposition: form-data; " + one + b"\r\n" for one in fields) + b"--xyz--\r\n"
    )
