"""A console of its own process, as `arshjul console` starts it, and a browser that came in by its link."""

import os
import subprocess
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode

from tests import forked
from tests.office.console.browser import Page
from tests.serving import MAIN, free_port


class ConsoleProcess:
    """Starts it, and goes in by the link that it prints. `anew`: in an interpreter of its own."""

    def __init__(self, url: str, *more: str | Path, anew: bool = False) -> None:
        self.port = free_port()
        start = subprocess.Popen if anew else forked.Popen
        self.process = start(
            [*MAIN, "console", "--db", url, "--port", str(self.port), *map(str, more)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ},
        )
        assert self.process.stdout is not None
        link = self.process.stdout.readline().decode().strip()
        assert link.startswith("http://127.0.0.1"), link
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.get(link.partition(f":{self.port}")[2])
        self.post(link.partition(f":{self.port}")[2], {})

    def get(self, path: str) -> Page:
        """A page."""
        return self._asked(urllib.request.Request(self._address + path))

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """A form, sent; and the page that it leads to."""
        own = {"Origin": self._address, "Sec-Fetch-Site": "same-origin"}
        return self._asked(urllib.request.Request(self._address + path, urlencode(fields).encode(), own))

    def send(self, page: Page, path: str, **fields: str) -> Page:
        """The form of a page that was got, with its hidden fields."""
        return self.post(path, {"token": page.field("token"), "seen": page.field("seen"), **fields})

    @property
    def _address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _asked(self, request: urllib.request.Request) -> Page:
        with self._opener.open(request, timeout=30) as answer:
            return Page(answer.status, {}, answer.read())

    def stop(self) -> None:
        """Ends it as systemd does."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def __enter__(self) -> "ConsoleProcess":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
