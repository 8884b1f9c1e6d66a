"""A browser as far as these tests need one: sends requests straight to the application, keeps its cookie."""

import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool

from arshjul.serving import pages
from arshjul.serving.guards import form_token

Fields = Mapping[str, str | Sequence[str]]


_is_sending: ContextVar[bool] = ContextVar("_is_sending", default=False)
_in_a_thread = run_in_threadpool


async def _here(work: Callable[..., Any], *given: Any) -> Any:
    """Answers a request of a browser below in the thread that sent it: to start one takes as long as many a page."""
    return work(*given) if _is_sending.get() else await _in_a_thread(work, *given)


mock.patch.object(pages, "run_in_threadpool", _here).start()


def _through(answering: Coroutine[Any, Any, None]) -> None:
    """Goes through it without a loop, which takes a tenth of a page: nothing in it waits for anything."""
    with suppress(StopIteration):
        answering.send(None)
        raise AssertionError("the answer waits for something")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The page as a person reads it: without marks, entities or runs of spaces."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.body.decode())).split())

    def field(self, name: str) -> str:
        """The value of a hidden field."""
        match = re.search(rf'name="{name}"[^>]* value="([^"]*)"', self.body.decode())
        assert match, f"no field {name}"
        return unescape(match.group(1))

    def hidden(self, *names: str) -> dict[str, str]:
        """The hidden fields that each form of the portal has, and those of these names."""
        return {name: self.field(name) for name in ("token", "contact", *names)}


STATUSES = {200, 286, 303, 304, 307, 400, 401, 403, 404, 405, 409, 410, 413, 421, 422, 429, 431, 500, 503}
"""What a page may be answered with: any other is a slip."""


@dataclass(slots=True)
class Browser:
    """Goes to pages and sends their forms, from the console's own pages unless `headers` say otherwise."""

    app: Starlette
    cookies: dict[str, str] = field(default_factory=dict)
    host: str = "localhost:8001"
    seen: Callable[[], str] = str
    """The mark of the year as it is now, which each page of the console has in its forms."""

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Page:
        """A page."""
        return self.send_raw("GET", path, b"", headers or {})

    def post(self, path: str, fields: Fields, headers: Mapping[str, str] | None = None) -> Page:
        """A form, sent."""
        sent = {"origin": f"http://{self.host}", "sec-fetch-site": "same-origin"} if headers is None else headers
        return self.send_raw("POST", path, urlencode(fields, doseq=True, errors="surrogatepass").encode(), sent)

    def send(self, page: Page, path: str, **fields: str | Sequence[str]) -> Page:
        """The form of a page that was got, with its hidden fields."""
        return self.post(path, {"token": page.field("token"), "seen": page.field("seen"), **fields})

    def press(self, path: str, **fields: str | Sequence[str]) -> Page:
        """A form of a page that was got this moment: what is hidden in it is known without the page."""
        return self.post(path, {"token": form_token(self.cookies["arshjul"]), "seen": self.seen(), **fields})

    def plan(self, option: str = "fewest-changes") -> None:
        """Lets the options that answer what waits be worked out, and chooses one."""
        path = self.press("/options").headers["location"]
        assert self.press(path, option=option).status == 303

    def publish(self, reason: str = "x", **more: str) -> Page:
        """What is chosen, as its page shows it."""
        shown = self.get("/publish")
        return self.send(shown, "/publish", digest=shown.field("digest"), reason=reason, **more)

    def upload(self, page: Page | None, path: str, data: bytes, named: str = "x", /, **more: bytes) -> Page:
        """A form with a file of that name, sent, and with `more` of them by the names of their fields.

        Without a page it is that of one that was got this moment.
        """
        known = ("token", form_token(self.cookies["arshjul"])), ("seen", self.seen())
        fields = dict(known) if page is None else {name: page.field(name) for name, _ in known}
        parts = [
            f'--b\r\ncontent-disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()
        ]
        for one, file in {"file": data, **more}.items():
            head = f'--b\r\ncontent-disposition: form-data; name="{one}"; filename="{named}"\r\n\r\n'
            parts.append(head.encode() + file + b"\r\n")
        body = b"".join([*parts, b"--b--\r\n"])
        own = {"origin": f"http://{self.host}", "content-type": "multipart/form-data; boundary=b"}
        return self.send_raw("POST", path, body, own)

    def send_raw(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Page:
        """Anything."""
        path, _, query = address.partition("?")
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        every = {"host": self.host, "cookie": cookie, "content-type": "application/x-www-form-urlencoded", **headers}
        scope: dict[str, Any] = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode("latin-1"), value.encode("utf-8")) for name, value in every.items() if value],
            "server": ("localhost", 8001),
            "client": ("127.0.0.1", 50000),
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        token = _is_sending.set(True)
        try:
            _through(self.app(scope, receive, send))
        finally:
            _is_sending.reset(token)
        start = next(one for one in sent if one["type"] == "http.response.start")
        got = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        assert start["status"] in STATUSES
        whole = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
        self._keep(got.get("set-cookie", ""))
        return Page(start["status"], got, whole)

    def _keep(self, given: str) -> None:
        name, _, rest = given.partition("=")
        value = rest.partition(";")[0].strip('"')
        if not name:
            return
        if value:
            self.cookies[name] = value
        else:
            self.cookies.pop(name, None)
