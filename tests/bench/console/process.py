"""`arshjul console` as a process of its own, and a coordinator who goes the whole road in it over HTTP."""

import http.client
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from tests.serving import MAIN

POLLED_S = 1.0
"""So often the page asks how far the job is."""


@dataclass(frozen=True, slots=True)
class Went:
    """Seconds that somebody waited on the road, those for the job among them, and CPU of the console and its child."""

    waited_s: float
    job_s: float
    cpu_s: float


@dataclass(slots=True)
class ConsoleProcess:
    """A console over a rehearsal's database, and somebody who is in."""

    db: str
    log: Path
    process: "subprocess.Popen[str]" = field(init=False)
    port: int = 0
    cookie: str = ""

    def __enter__(self) -> "ConsoleProcess":
        command = [*MAIN, "console", "--db", self.db, "--port", "0"]
        with self.log.open("w") as log:
            # In a session of its own, as a service is: within one, Linux shares out what the session gets.
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
            )
        link = "" if self.process.stdout is None else self.process.stdout.readline()
        found = re.search(r":(\d+)(/in/\S+)", link)
        assert found is not None, self.log.read_text()
        self.port = int(found[1])
        self.send(found[2], {})
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)

    def get(self, path: str) -> str:
        """A page."""
        return self._asked("GET", path, "")[1]

    def send(self, path: str, fields: Mapping[str, str]) -> str:
        """Sends a form; the path to which it leads."""
        return self._asked("POST", path, urlencode(fields))[0]

    def form(self, page: str, **fields: str) -> dict[str, str]:
        """A form of that page, with what is hidden in it."""
        return {name: hidden(page, name) for name in ("token", "seen")} | fields

    def _asked(self, method: str, path: str, body: str) -> tuple[str, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        own = {"origin": f"http://127.0.0.1:{self.port}", "content-type": "application/x-www-form-urlencoded"}
        try:
            line.request(method, path, body.encode(), {"cookie": self.cookie, **(own if method == "POST" else {})})
            answer = line.getresponse()
            text = answer.read().decode()
        finally:
            line.close()
        assert answer.status in (200, 303), text
        self.cookie = answer.headers.get("set-cookie", self.cookie).partition(";")[0]
        return answer.headers.get("location", path), text

    def set_clock(self, moment: str) -> None:
        """Sets the rehearsal's clock."""
        self.send("/clock", self.form(self.get("/"), moment=moment))

    def walk(self, fields: Mapping[str, str]) -> Went:
        """From a withdrawal to its publishing, as fast as the pages come."""
        form = self.get("/withdrawals/new")
        began, cpu = time.perf_counter(), self._cpu_s()
        path = self.send("/withdrawals/new", self.form(form, **fields))
        while 'name="option"' not in (options := self.get(path)):
            assert "hx-trigger" in options, options
            time.sleep(POLLED_S)
        solved = time.perf_counter()
        self.send(path, self.form(options, option="fewest-changes"))
        shown = self.get("/publish")
        self.send("/publish", self.form(shown, digest=hidden(shown, "digest"), reason="avbokning"))
        self.get("/publish?published=2")
        return Went(time.perf_counter() - began, solved - began, self._cpu_s() - cpu)

    def _cpu_s(self) -> float:
        """Of the process and of its children that have ended."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / 100


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return unescape(found[1])
