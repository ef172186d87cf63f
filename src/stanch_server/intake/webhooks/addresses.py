"""Where a message may go: the public web, and nothing inside the operator's own network.

Whoever can add a webhook could otherwise have the service ask things of machines that trust it. A name is resolved
when a message is sent, every address that it has is checked, and the connection goes to the very addresses that
were checked: a name that says something else a moment later changes nothing.
"""

import socket
import threading
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias

import httpx

from stanch_server.intake.webhooks.errors import AddressError, Problem

LONGEST: Final = 500
PORTS: Final = {"https": 443, "http": 80}
LAST_PORT: Final = 65535
IPAddress: TypeAlias = IPv4Address | IPv6Address

# Global by its number, and yet every virtual machine's own (Azure's platform, for one).
METADATA: Final = frozenset({IPv4Address("168.63.129.16"), IPv6Address("fd00:ec2::254")})
PUBLIC_IPV6: Final = IPv6Network("2000::/3")  # the only global unicast there is (RFC 4291, IANA)
TUNNELS: Final = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))  # Teredo, 6to4: an IPv4 address in disguise
SPECIAL: Final = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))  # RFC 6890; 6to4 relays
NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: how networks with IPv6 only write IPv4


def read(url: str, *, private: bool) -> httpx.URL:
    """Return an address as it is kept: ASCII only, without a fragment.

    Parameters
    ----------
    url : as a person typed it; names in every script are taken.
    private : whether addresses within the operator's own network, and http, are allowed.

    Raises
    ------
    AddressError
        If it is none, not https, holds credentials, or names an address that is refused.
    """
    try:
        read = httpx.URL(url.strip()).copy_with(fragment=None)
        _check(read, private=private)
        literal = _literal(read.host)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressError(Problem.NOT_A_URL) from error
    if literal is not None and not allowed(literal, private=private):
        raise AddressError(Problem.NOT_PUBLIC)
    return read


def port_of(url: httpx.URL) -> int:
    """Return to which port an address leads."""
    return PORTS[url.scheme] if url.port is None else url.port


def _check(url: httpx.URL, *, private: bool) -> None:
    if url.scheme not in PORTS or not url.host or not 0 < port_of(url) <= LAST_PORT:
        raise AddressError(Problem.NOT_A_URL)
    if url.scheme != "https" and not private:
        raise AddressError(Problem.NOT_HTTPS)
    if url.userinfo:
        raise AddressError(Problem.CREDENTIALS)
    if len(str(url)) > LONGEST:
        raise AddressError(Problem.TOO_LONG)


def _literal(host: str) -> IPAddress | None:
    """Return the address that a host is, however it is written: 2130706433 and 0x7f.1 are 127.0.0.1."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))  # takes what resolvers take
    except OSError:
        return None


def allowed(address: IPAddress, *, private: bool) -> bool:
    """Whether a message may go to an address; with `private`, also into the operator's own network.

    Never: multicast, link-local (there clouds hand out credentials), unspecified, and tunnels that hide where they
    lead. An IPv4 address within an IPv6 one counts as what it is.
    """
    plain = _unwrapped(address)
    if plain in METADATA or plain.is_multicast or plain.is_link_local or plain.is_unspecified:
        return False
    if isinstance(plain, IPv6Address) and (plain.scope_id or any(plain in tunnel for tunnel in TUNNELS)):
        return False
    return _is_public(plain) or (private and (plain.is_private or plain.is_loopback))


def _unwrapped(address: IPAddress) -> IPAddress:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public(address: IPAddress) -> bool:
    odd = address not in PUBLIC_IPV6 if address.version == 6 else any(address in one for one in SPECIAL)
    return not odd and address.is_global and not address.is_reserved


def resolve(host: str, port: int, *, seconds: float, private: bool) -> list[str]:
    """Return the addresses of a host, each of which was checked, in the order of preference.

    Parameters
    ----------
    host : in ASCII.
    seconds : no longer than that, whatever the system's resolver has in mind.

    Raises
    ------
    AddressError
        If it has none, or one that is refused: a public name has no business there, not even beside others.
    TimeoutError
        If the answer did not come in time.
    """
    found = [ip_address(one) for one in _ask(host, port, seconds)]
    if not found:
        raise AddressError(Problem.UNKNOWN_NAME)
    if not all(allowed(one, private=private) for one in found):
        raise AddressError(Problem.NOT_PUBLIC)
    return [str(one) for one in dict.fromkeys(found)]


def _ask(host: str, port: int, seconds: float) -> list[str]:
    """Ask the system's resolver, which knows no deadline, from a thread that may be left behind."""
    answers: SimpleQueue[list[str]] = SimpleQueue()
    threading.Thread(target=lambda: answers.put(_look_up(host, port)), name="resolver", daemon=True).start()
    try:
        return answers.get(timeout=max(seconds, 0.001))
    except Empty:
        raise TimeoutError from None


def _look_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return []
    return [str(address[0]) for _, _, _, _, address in found]
