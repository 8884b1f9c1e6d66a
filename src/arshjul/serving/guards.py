"""Guards of every page: known host names, forms of our own pages only, no forged headers; and what no answer says."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Sent

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
    match = _HOST.fullmatch(given[0]) if len(given) == 1 else None
    return match is not None and (match["six"] or match["name"]).lower() in hosts


def form_token(cookie: str) -> str:
    """The token that a form of the session must contain; it cannot be made without the session's cookie."""
    return hmac.new(cookie.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()


def wants_part(request: Request) -> bool:
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


HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'; style-src 'self'; img-src 'self' data:",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""The headers of every answer that does not set them itself."""

OF_SECRETS: Mapping[str, str] = {**HEADERS, "referrer-policy": "strict-origin"}
"""The same where the address is a secret: browsers send it to nobody, not even to the server, whose proxy would log it.

Not `no-referrer`, with which Chrome would send `Origin: null` with the page's form.
"""


class Outgoing:
    """Adds the headers of its path to every answer of an application; `our_fault` answers if that fails."""

    def __init__(
        self, app: ASGIApp, headers_of: Callable[[str], Mapping[str, str]], our_fault: Callable[[Exception], Response]
    ) -> None:
        self._app, self._headers_of, self._our_fault = app, headers_of, our_fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted, is_begun = self._headers_of(scope["path"]), False

        async def out(message: Sent) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in wanted.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, out)
        except Exception as error:
            if is_begun:
                raise
            await self._our_fault(error)(scope, receive, out)


def with_cookie(response: Response, name: str, token: str, *, is_of_https: bool, lasts_s: int | None = None) -> None:
    """Sets the cookie of a session, or ends it if the token is empty. `lasts_s`: None until the browser is closed."""
    rules: dict[str, Any] = {"httponly": True, "samesite": "lax", "path": "/", "secure": is_of_https}
    if token:
        response.set_cookie(name, token, lasts_s, **rules)
    else:
        response.delete_cookie(name, **rules)
