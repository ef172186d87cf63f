"""Path segments and query parameters, each in one spelling.

Everything in this file belongs to the frozen method `link/1`.
"""

from collections.abc import Iterator
from urllib.parse import quote_from_bytes, unquote_to_bytes

from stanch.fingerprints.links.refang import UNSEEN
from stanch.language.nfc import nfc

_PATH_SAFE = "@$&+="
"""Written as they are in a path, beside letters, digits and `-._~`. Signs that may end a sentence are not."""
_QUERY_SAFE = "@$/"
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

_ADVERTISING = (
    "fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid msclkid twclid ttclid li_fat_id "
    "yclid ysclid epik rdt_cid sccid irclickid _openstat"
)
_STATISTICS = (
    "mc_cid mc_eid mkt_tok _hsenc _hsmi __hssc __hstc __hsfp hsctatracking vero_id vero_conv oly_enc_id "
    "oly_anon_id ml_subscriber ml_subscriber_hash wickedid s_cid _ga _gl _branch_match_id spm scm at_medium "
    "at_campaign pk_campaign pk_kwd piwik_campaign piwik_kwd mtm_campaign mtm_source mtm_medium"
)
_SHARING = "igshid igsh ref_src ref_url mibextid"
_TRACKING = frozenset(f"{_ADVERTISING} {_STATISTICS} {_SHARING}".split())
"""Parameters that tell where a visitor comes from, under names that mean nothing else; and all of `utm_...`."""

_TRACKING_AT = {
    "youtube.com": frozenset({"si", "feature", "pp", "ab_channel", "t"}),
    "youtu.be": frozenset({"si", "feature", "t"}),
    "spotify.com": frozenset({"si", "nd", "context"}),
    "twitter.com": frozenset({"s", "t"}),
    "x.com": frozenset({"s", "t"}),
    "tiktok.com": frozenset({"_r", "_t", "is_from_webapp", "sender_device", "sender_web_id", "is_copy_url"}),
    "facebook.com": frozenset({"rdid", "share_url", "__tn__", "__cft__[0]", "hc_ref", "fref", "sfnsn"}),
    "threads.net": frozenset({"xmt"}),
    "reddit.com": frozenset({"share_id", "rdt"}),
}
"""The same by site, for names that mean something elsewhere, and where in a film to begin."""


def segments(path: str) -> tuple[str, ...]:
    """Return the segments of a path: each in one spelling, none empty, `.` and `..` resolved."""
    kept: list[str] = []
    for raw in path.split("/"):
        piece = spelled(raw, _PATH_SAFE)
        if piece == "..":
            del kept[-1:]
        elif piece not in {"", "."}:
            kept.append(piece)
    return tuple(kept)


def parameters(query: str, host: str) -> str:
    """Return a query string: tracking left out, sorted by name; equal names keep their order."""
    if not query:
        return ""
    kept = sorted(_named(query, host), key=lambda pair: pair[0])
    return "&".join(f"{name}={value}" if value else name for name, value in kept)


def _named(query: str, host: str) -> Iterator[tuple[str, str]]:
    tracking = _tracking_at(host)
    for parameter in query.split("&"):
        raw_name, _, raw_value = parameter.replace("+", " ").partition("=")
        name, value = spelled(raw_name, _QUERY_SAFE), spelled(raw_value, _QUERY_SAFE)
        known = unquote_to_bytes(name).decode("utf-8", "replace").lower()
        if (name or value) and known not in tracking and not known.startswith("utm_"):
            yield name, value


def _tracking_at(host: str) -> frozenset[str]:
    """Return the names that track on this host: those of every site, and of the site it belongs to."""
    site = ".".join(host.rsplit(".", 2)[-2:])
    return _TRACKING | _TRACKING_AT.get(site, frozenset())


def spelled(text: str, safe: str) -> str:
    """Return a piece of a link with all but the plainest characters percent-encoded, once.

    What is percent-encoded is decoded first, so that both spellings meet. Bytes that are no UTF-8 stay as they
    are: names in older encodings differ from each other, too.
    """
    if not text or (text.isalnum() and text.isascii()):
        return text
    data = unquote_to_bytes(text)
    try:
        plain = data.decode()
    except UnicodeDecodeError:
        return quote_from_bytes(data, safe)
    return quote_from_bytes(nfc(UNSEEN.sub("", plain.translate(_FULL_WIDTH))).encode(), safe)
