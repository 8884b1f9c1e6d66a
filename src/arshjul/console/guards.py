"""Guards before every page: a known host, its own form, no headers that pretend."""

import re
from urllib.parse import urlsplit

from starlette.requests import Request

_HOST = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::[0-9]{1,5})?")
"""A name or an address and a port. More, like somebody@ before it, a browser never sends here."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_known_host(request: Request, hosts: frozenset[str]) -> bool:
    """True if the request is for a name of ours, once: a stranger's page could lead here under its own."""
    given = request.headers.getlist("host")
    found = _HOST.fullmatch(given[0]) if len(given) == 1 else None
    return found is not None and (found["six"] or found["name"]).lower() in hosts


def wants_part(request: Request) -> bool:
    """True if a script of ours asks, and not a person: its answer goes into the page that is there."""
    return request.headers.get("hx-request") == "true"


def is_own(request: Request) -> bool:
    """True if something is posted from a page of ours: a browser says so, or the origin does; neither: no."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if origin is not None and not _is_from(origin, request.headers.get("host")):
        return False
    if site is not None:
        return site == "same-origin"
    return origin is not None


def _is_from(origin: str, host: str | None) -> bool:
    try:
        return origin != "null" and urlsplit(origin).netloc == host
    except ValueError:
        return False


def vouched_for(request: Request, header: str) -> str | None:
    """The name that the proxy gives, to the letter; None where there is none. ValueError where it can be no proxy's."""
    wanted = header.lower()
    there = [
        (name.decode("latin-1"), value)
        for name, value in request.scope["headers"]
        if name.decode("latin-1").lower().replace("_", "-") == wanted
    ]
    if not there:
        return None
    if len(there) > 1 or there[0][0].lower() != wanted:
        raise ValueError(header)
    return str(there[0][1].decode("utf-8")) or None
