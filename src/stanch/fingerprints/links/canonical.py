"""The canonical form of a link: what is the same place gets the same spelling.

Everything in this file belongs to the frozen method `link/1`; `docs/decisions/links.md` argues the choices.
Source of the parsing rules: the URL Standard, https://url.spec.whatwg.org/ (special schemes).
"""

import re
from dataclasses import dataclass

from stanch.errors import NotALinkError
from stanch.fingerprints.links.hosts import host_of, is_address, is_recognisable
from stanch.fingerprints.links.pieces import parameters, segments, spelled
from stanch.fingerprints.links.refang import bare

WEB = "http"
_PORTS = {
    WEB: {80, 443},
    "ws": {80},
    "wss": {443},
    "ftp": {21},
    "ftps": {990},
    "sftp": {22},
    "rtmp": {1935},
    "rtsp": {554},
    "gemini": {1965},
    "gopher": {70},
}
"""Schemes whose host is a name of the network, and their ports. Elsewhere (`tg://`, `ipfs://`) it may be a key."""
_NEVER_LINKS = frozenset({"javascript", "data", "vbscript", "about", "blob", "file", "mailto", "tel", "sms"})
_SCHEME = re.compile(r"([A-Za-z\uff21-\uff3a\uff41-\uff5a][A-Za-z0-9+.\-\uff21-\uff3a\uff41-\uff5a]{1,63}):")
_HOST_AND_PORT = re.compile(r"[^./\\?#@\s:]*+\.[^/\\?#@\s:]*+:[0-9]{1,5}+(?=[/\\?#]|$)")
_PORT = re.compile(r":([0-9]*+)\Z")
_ROUTE = re.compile(r"(?:[A-Za-z]?!|/)")
_FULL_WIDTH_LETTERS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ADDRESS = re.compile(r"(?://)?(?:[^/\\?#@]*@)?(?:\[|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.]*[0-9]))")
_KEY_SAFE = "$&+="
_SHOWN = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class CanonicalLink:
    """A link in its canonical form; `str()` of it reads back as the same link.

    Parameters
    ----------
    scheme : `http` for all of the web, whether written with http, https or none; else the scheme, in lower case.
    host : in ASCII, lower case, without a leading `www.`; an IPv6 address in brackets.
    port : None if it is one that the scheme stands for.
    segments : of the path, percent-encoded.
    query : percent-encoded, sorted by name, without tracking parameters; empty if nothing is left.
    route : the segments of a fragment that an application reads as a path (`#!/a/b`, `#/a/b`); else empty.
    """

    scheme: str
    host: str
    port: int | None = None
    segments: tuple[str, ...] = ()
    query: str = ""
    route: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """What leads from the host to the place, marked by sort: `/segment`, `?query`, `#segment of the route`."""
        query = (f"?{self.query}",) if self.query else ()
        return (*(f"/{part}" for part in self.segments), *query, *(f"#{part}" for part in self.route))

    @property
    def names_a_host(self) -> bool:
        """Whether the host is a name or address of the network, as on the web, and not a key."""
        return self.scheme in _PORTS

    def __str__(self) -> str:
        bare_web = self.scheme == WEB and is_recognisable(self.host)
        port = "" if self.port is None else f":{self.port}"
        text = ("" if bare_web else f"{self.scheme}://") + self.host + port
        text += "/".join(("", *self.segments)) + (f"?{self.query}" if self.query else "")
        text += "/".join(("#!", *self.route)) if self.route else ""
        # A full stop at the end would be read as that of a sentence.
        return text[:-1] + "%2E" if text.endswith(".") else text


def canonical(link: str) -> CanonicalLink:
    """Return the canonical form of one link, written plainly or defanged, with or without a scheme.

    Raises
    ------
    NotALinkError
        If it is none, or none that leads anywhere: no host, a host that cannot exist, `mailto:`, `javascript:`.
    """
    try:
        return _parsed(bare(link))
    except ValueError as problem:
        shown = link if len(link) <= _SHOWN else link[:_SHOWN] + "\u2026"
        raise NotALinkError(link=shown, problem=str(problem)) from None


def _parsed(text: str) -> CanonicalLink:
    scheme, rest = _split_scheme(text)
    before_fragment, _, fragment = rest.partition("#")
    before_query, _, query = before_fragment.partition("?")
    authority, _, path = before_query.replace("\\", "/").partition("/")
    host, port = _host_and_port(scheme or WEB, authority.rpartition("@")[2])
    if not scheme:
        _check_without_scheme(text, host, mail="@" in authority and not path.strip("/"))
    route = _ROUTE.match(fragment)
    return CanonicalLink(
        scheme=scheme or WEB,
        host=host,
        port=port,
        segments=segments(path),
        query=parameters(query, host),
        route=segments(fragment.lstrip("!")) if route else (),
    )


def _split_scheme(text: str) -> tuple[str, str]:
    """Return the scheme, with one name for all of the web and none for none, and what follows its slashes."""
    found = None if _HOST_AND_PORT.match(text) else _SCHEME.match(text)
    if not found:
        return "", text[2:] if text[:2] in {"//", "\\\\"} else text
    scheme = found[1].translate(_FULL_WIDTH_LETTERS).lower()
    rest = text[found.end() :]
    if scheme in {"http", "https"}:
        return WEB, rest.lstrip("/\\")
    if scheme in _NEVER_LINKS or rest[:2].replace("\\", "/") != "//":
        raise ValueError(f"{scheme}: leads to no host")
    return scheme, rest[2:]


def _host_and_port(scheme: str, authority: str) -> tuple[str, int | None]:
    if not authority:
        raise ValueError("it has no host")
    if scheme not in _PORTS:
        return _key(authority), None
    host, digits = authority, ""
    if found := _PORT.search(authority):
        host, digits = authority[: found.start()], found[1]
    if len(digits) > 8 or int(digits or "0") >= 1 << 16:
        raise ValueError("its port is out of range")
    own = not digits or int(digits) in _PORTS[scheme]
    return host_of(host), None if own else int(digits)


def _key(authority: str) -> str:
    """Return a host that means nothing to the network, in one spelling but for its case."""
    if not (key := spelled(authority, _KEY_SAFE)):
        raise ValueError("it has no host")
    return key


def _check_without_scheme(text: str, host: str, *, mail: bool) -> None:
    """Refuse what nobody would read as a link: prose, numbers, mail addresses."""
    if mail:
        raise ValueError("it is a mail address")
    if any(character.isspace() for character in text):
        raise ValueError("it holds a blank and has no scheme")
    if not is_recognisable(host) or (is_address(host) and not _ADDRESS.match(text)):
        raise ValueError("its host does not look like one, and it has no scheme")
