"""What the coordinator does in the meantime, in her browser, through nginx: she plans the year and publishes it."""

import base64
import re
import ssl
import sys
import time
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode

from tests.office.console.browser import Page

CONSOLE = "https://arshjul.intern.example.se"


class Visitor:
    """A browser that goes to one place by HTTPS. `certificate`: the file of what is believed there."""

    def __init__(self, place: str, certificate: str, headers: Mapping[str, str]) -> None:
        trusted = ssl.create_default_context(cafile=certificate)
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=trusted), urllib.request.HTTPCookieProcessor(CookieJar())
        )
        self._place, self._headers = place, dict(headers)

    def get(self, path: str) -> tuple[str, Page]:
        """A page, and the path where it was found."""
        return self._asked(urllib.request.Request(self._place + path, headers=self._headers))

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[str, Page]:
        """A form, sent from a page of the same place."""
        own = {**self._headers, "Origin": self._place, "Sec-Fetch-Site": "same-origin"}
        return self._asked(urllib.request.Request(self._place + path, urlencode(fields).encode(), own))

    def send(self, page: Page, path: str, **fields: str) -> tuple[str, Page]:
        """The console's form of a page, with its hidden fields."""
        return self.post(path, {"token": page.field("token"), "seen": page.field("seen"), **fields})

    def _asked(self, request: urllib.request.Request) -> tuple[str, Page]:
        for _ in range(120):
            try:
                with self._opener.open(request, timeout=60) as answer:
                    return answer.url.removeprefix(self._place), Page(answer.status, {}, answer.read())
            except HTTPError as error:  # it has only just been started
                if error.code != 502:
                    raise AssertionError(error.read().decode()) from None
                time.sleep(0.5)
        raise AssertionError(f"{self._place} does not answer")


def coordinator() -> Visitor:
    """Hers, with the name and password that nginx asks for."""
    signed = {"Authorization": "Basic " + base64.b64encode(b"samordnare:hemligt").decode()}
    return Visitor(CONSOLE, "/etc/ssl/arshjul/arshjul.intern.example.se.pem", signed)


def plan() -> None:
    """Plans, chooses, publishes."""
    her = coordinator()
    _, first = her.get("/")
    path, _ = her.send(first, "/options")
    page = Page(0, {}, b"")
    for _ in range(120):
        path, page = her.get(path)
        if "Den första planen" in page.text:
            break
        time.sleep(1)
    her.send(page, path, option="first")
    _, shown = her.get("/publish")
    her.send(shown, "/publish", digest=shown.field("digest"), reason="årets första plan")


def hand() -> None:
    """Hands out an address."""
    her = coordinator()
    _, calendars = her.get("/subscribers")
    party = re.search(r'<option value="(agency-[^"]+)"', calendars.body.decode())
    assert party is not None
    asked = {"party": party[1], "label": "Registratorn", "content": "operations", "level": "full", "client": ""}
    _, handed = her.send(calendars, "/subscribers", **asked)
    address = re.search(r"https://kalender\.example\.se/feeds/[\w-]+\.ics", handed.body.decode())
    assert address is not None, handed.text
    sys.stdout.write(address[0] + "\n")


if __name__ == "__main__":
    {"plan": plan, "hand": hand}[sys.argv[1]]()
