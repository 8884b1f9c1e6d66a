"""Every outgoing answer of a server of pages: the common headers, and no details of internal errors."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
    """Adds the headers to every answer of an application; `our_fault` answers if the application fails.

    `headers_of`: the headers of the answer at a path.
    """

    def __init__(
        self,
        app: ASGIApp,
        headers_of: Callable[[str], Mapping[str, str]],
        our_fault: Callable[[Exception], Response],
    ) -> None:
        self._app, self._headers_of, self._our_fault = app, headers_of, our_fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted, is_begun = self._headers_of(scope["path"]), False

        async def out(message: Message) -> None:
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
