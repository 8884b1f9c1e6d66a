"""Every outgoing answer: the common headers, and no details of internal errors."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arshjul.console.refusals import our_fault

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

SECRET_PATHS = ("/in/", "/answers/")
"""The beginnings of paths that contain a secret, with which anybody is let in."""


def headers_of(path: str) -> Mapping[str, str]:
    """The headers of the answer at that path.

    If the address is a secret, browsers send it to nobody, not even the console: a proxy would log it as the referrer.
    Not `no-referrer`, with which Chrome would send `Origin: null` with the page's form.
    """
    return {**HEADERS, "referrer-policy": "strict-origin"} if path.startswith(SECRET_PATHS) else HEADERS


class Outgoing:
    """Adds the headers to every answer of an application; answers itself if the application fails."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted, is_begun = headers_of(scope["path"]), False

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
            await our_fault(None, error)(scope, receive, out)
