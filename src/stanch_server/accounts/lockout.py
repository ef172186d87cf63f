"""What django-axes counts failed sign-ins by, and what it answers when there were too many."""

import hashlib
import hmac
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from stanch_server.accounts.forms import SignInForm
from stanch_server.accounts.names import normalise


def client_address(request: HttpRequest) -> str | None:
    """Return the address from which a request came, as the outermost trusted proxy saw it."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    trusted: int = settings.TRUSTED_PROXIES
    written = hops[-trusted] if 0 < trusted <= len(hops) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(written))
    except ValueError:
        return None


def counted_address(request: HttpRequest) -> str | None:
    """Return the address to count by: of IPv6 the first 64 bits, since one customer gets all that follow."""
    written = client_address(request)
    address = ip_address(written) if written else None
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False).network_address)
    return written


def counted_name(request: HttpRequest, credentials: Mapping[str, str] | None) -> str:
    """Return a keyed hash of the name to count by: neither names nor mistyped passphrases are stored."""
    name = (credentials or {}).get("sign_in_name") or request.POST.get("name", "")
    return hmac.new(settings.SECRET_KEY.encode(), normalise(name).encode(), hashlib.sha256).hexdigest()


def locked_out(request: HttpRequest, *_rest: object) -> HttpResponse:
    """Answer a sign-in that comes too soon, in the same words whether or not the name is known."""
    form = SignInForm(request.POST)
    form.add_error(None, _("Too many attempts. Wait a quarter of an hour, or ask an admin for a sign-in link."))
    return render(request, "accounts/sign_in.html", {"form": form}, status=429)
