"""Host names and addresses, each in one spelling: the ASCII form of IDNA, dotted IPv4, compressed IPv6.

Everything in this file belongs to the frozen method `link/1`. A host that is none raises `ValueError` with the
problem; `canonical` turns it into a `NotALinkError`.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import unquote_to_bytes

from stanch.fingerprints.links.refang import UNSEEN
from stanch.language.hosts import map_host

_LONGEST_LABEL, _LONGEST_HOST, _LONGEST_RAW = 63, 253, 2048
_NOT_IN_A_NAME = re.compile("[\x00-,/:-@\\[-^`{-\x7f\ufffd]|\\s|[\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NAME_ALONE = re.compile(r"(?:[^.]+\.)+(?:[a-z]{2,}|xn--[^.]+)|[0-9]+(?:\.[0-9]+){3}|\[.*\]")


def host_of(raw: str) -> str:
    """Return the host in its one spelling, without a leading `www.`.

    Raises
    ------
    ValueError
        If it is no host that a link could point to.
    """
    if raw.startswith("["):
        return _ipv6(raw)
    labels = _labels(raw)
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(labels)
    if len(labels) < 2:
        raise ValueError("its host has no dot")
    while labels[0] == "www" and len(labels) > 2:
        labels = labels[1:]
    host = ".".join(labels)
    if len(host) > _LONGEST_HOST:
        raise ValueError(f"its host is longer than {_LONGEST_HOST} characters")
    return host


def is_recognisable(host: str) -> bool:
    """Return whether a host in its one spelling is taken for one without a scheme before it."""
    return _NAME_ALONE.fullmatch(host) is not None


def is_address(host: str) -> bool:
    """Return whether a host in its one spelling is an address, not a name."""
    return host.startswith("[") or _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def _labels(raw: str) -> list[str]:
    if len(raw) > _LONGEST_RAW:
        raise ValueError(f"its host is longer than {_LONGEST_HOST} characters")
    try:
        text = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise ValueError("its host is not in UTF-8") from None
    labels = map_host(UNSEEN.sub("", text)).rstrip(".").split(".")
    return [_label(label) for label in labels]


def _label(label: str) -> str:
    """Return a mapped label in ASCII.

    One that begins with `xn--` is decoded, mapped like any other and encoded again, so that it meets the
    Unicode spelling. One that cannot have come from a Unicode label stays as it is.
    """
    if not label:
        raise ValueError("a part of its host is empty")
    _check_label(label)
    if label.startswith("xn--") and label.isascii():
        label = _decoded(label) or label
    if not label.isascii():
        label = "xn--" + label.encode("punycode").decode("ascii")
    _check_label(label)
    return label


def _check_label(label: str) -> None:
    if len(label) > _LONGEST_LABEL:
        raise ValueError(f"a part of its host is longer than {_LONGEST_LABEL} characters")
    if bad := _NOT_IN_A_NAME.search(label):
        raise ValueError(f"its host holds {bad[0]!r}")


def _decoded(label: str) -> str | None:
    try:
        plain = label[4:].encode("ascii").decode("punycode")
        exact = plain.encode("punycode").decode("ascii") == label[4:]
    except UnicodeError:
        return None
    mapped = map_host(UNSEEN.sub("", plain))
    usable = exact and not mapped.isascii() and "." not in mapped and not _NOT_IN_A_NAME.search(mapped)
    return mapped if usable else None


def _ipv4(labels: list[str]) -> str:
    """Return the address that a browser reads: https://url.spec.whatwg.org/#concept-ipv4-parser."""
    numbers = [_ipv4_part(label) for label in labels]
    *leading, last = numbers
    if len(numbers) > 4 or any(number > 255 for number in leading) or last >= 256 ** (5 - len(numbers)):
        raise ValueError("its host is a number that is no IPv4 address")
    value = last + sum(number << 8 * (3 - place) for place, number in enumerate(leading))
    return str(IPv4Address(value))


def _ipv4_part(label: str) -> int:
    if not _NUMBER.fullmatch(label):
        raise ValueError("its host ends in a number but is no IPv4 address")
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    try:
        return int(label, 8 if label.startswith("0") else 10)
    except ValueError:
        raise ValueError("its host is a number that is no IPv4 address") from None


def _ipv6(raw: str) -> str:
    try:
        address = IPv6Address(raw.removeprefix("[").removesuffix("]"))
    except AddressValueError:
        raise ValueError("its host is no IPv6 address") from None
    if not raw.endswith("]") or address.scope_id is not None:
        raise ValueError("its host is no IPv6 address")
    # Pythons differ in how they write an IPv4 address in IPv6; and it leads to the same machine.
    return str(address.ipv4_mapped) if address.ipv4_mapped else f"[{address.compressed}]"
