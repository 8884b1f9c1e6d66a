"""Guards before every page: known host names, forms of our own pages only, no forged headers."""

import re
from urllib.parse import urlsplit

from starlette.requests import Request

from arshjul.errors import Message

_HOST = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::[0-9]{1,5})?")
"""A name or address with an optional port. A browser never sends more, such as somebody@ before it."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NotAllowed(Exception):
    """A request that is refused with a status and a sentence."""

    def __init__(self, status: int, text: Message) -> None:
        self.status, self.text = status, text


def is_known_host(request: Request, hosts: frozenset[str]) -> bool:
    """True if the request has one Host header with a known name: another site's name could be resolved to here."""
    given = request.headers.getlist("host")
    found = _HOST.fullmatch(given[0]) if len(given) == 1 else None
    return found is not None and (found["six"] or found["name"]).lower() in hosts


def wants_part(request: Request) -> bool:
    """True if the page's script asks, and not a person: its answer goes into the page that is shown."""
    return request.headers.get("hx-request") == "true"


def is_own(request: Request) -> bool:
    """True if the form was posted from a page of ours, by Sec-Fetch-Site or Origin; False without either."""
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
    """The exact name that the proxy gives; None if there is none. NotAllowed if the header cannot be a proxy's."""
    wanted = header.lower()
    there = [
        (name.decode("latin-1"), value)
        for name, value in request.scope["headers"]
        if name.decode("latin-1").lower().replace("_", "-") == wanted
    ]
    if not there:
        return None
    try:
        if len(there) == 1 and there[0][0].lower() == wanted:
            return str(there[0][1].decode("utf-8")) or None
    except UnicodeDecodeError:
        pass
    raise NotAllowed(400, Message("The proxy's header is malformed."))
