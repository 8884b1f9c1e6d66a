"""Questions by mail, from the withdrawal to the answer, over the commands and the wire.

Nobody but the clock of the machine says what day it is here, so all dates lie a number of days from today.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.command import done
from tests.acceptance.small_year import MONTHS, operation, written, year
from tests.office.console.browser import Page
from tests.office.console.forms import forms
from tests.office.console.mail_stand_in import StandIn
from tests.office.console.process import ConsoleProcess
from tests.serving import get

GONE = {404, 410, 422}
"""How an address that is closed answers."""
ASKED = {"miljo@example.se", "skatt@example.se", "lpo-city@example.se"}


@dataclass
class Desk:
    """A published year of one operation in two months, and the console over it."""

    folder: Path
    now: datetime = field(default_factory=lambda: datetime.now(ZoneInfo("Europe/Stockholm")))
    console: ConsoleProcess = field(init=False)

    def day(self, n: int) -> str:
        return (self.now.date() + timedelta(n)).isoformat()

    def __post_init__(self) -> None:
        span = {
            "name": "Exempelstad",
            "from": self.day(-30),
            "to": self.day(200),
            "timezone": "Europe/Stockholm",
            "language": "sv",
        }
        made = year([operation("OP-1", self.day(60), agencies={"miljo": 1, "skatt": 1})], plan=span, calendar={})
        for party in made["agencies"] + made["police"]:
            party["email"] = f"{party['id']}@example.se"
        scenario, plan = written(self.folder / "scenario", made), self.folder / "plan"
        done("plan", scenario, "-o", plan, "--as-of", self.now.strftime("%Y-%m-%dT%H:%M"))
        done("publish", plan, "--db", self.db, "--reason", "Årets plan")
        self.start()

    @property
    def db(self) -> str:
        return str(self.folder / "year.db")

    def start(self) -> None:
        self.console = ConsoleProcess(self.db)

    def withdrawn(self, on: str, job: int) -> str:
        """Enters that LPO City takes back its officers, waits for the options and asks. The question."""
        sent = {"police": "lpo-city", "from": on, "to": on, "officers_left": "0", "cause": "", "reported": ""}
        self.console.send(self.console.get("/withdrawals/new"), "/withdrawals/new", **sent)
        for _ in range(600):
            page = self.console.get(f"/options/{job}")
            if "Fråga alla" in page.text:
                return self._questions(job, page)
            time.sleep(0.1)
        raise AssertionError(page.text)

    def _questions(self, job: int, page: Page) -> str:
        page = self.console.send(page, f"/options/{job}/questions", option="fewest-changes")
        asked = self.console.send(page, f"/options/{job}/ask", option="fewest-changes")
        (question,) = set(re.findall(r"OP-1 \(Restaurang, City\): (kan ni .*?\?)", asked.text))
        return str(question)

    def post(self, server: StandIn) -> dict[str, str]:
        """What `post` hands over: the secret of the answer's address, by whom it goes to."""
        before = len(server.mails)
        words = ("--smtp", f"127.0.0.1:{server.port}", "--sender", "a@example.se", "--base-url", "https://a.example.se")
        done("post", "--db", self.db, *words)
        mails = server.mails[before:]
        assert len({mail.to for mail in mails}) == len(mails)
        return {mail.to: mail.token for mail in mails}

    def answered(self, token: str, page: bytes, answer: str) -> Page:
        """What is answered to whoever fills in a page that was got earlier."""
        (form,) = forms(page.decode())
        fields = {name: held[0] for name, held in form.fields.items()}
        fields |= dict.fromkeys(re.findall(r'name="(answer-\w+)"', page.decode()), answer)
        line = HTTPConnection("127.0.0.1", self.console.port, timeout=30)
        own = {"Origin": f"http://127.0.0.1:{self.console.port}", "Sec-Fetch-Site": "same-origin"}
        own["Content-Type"] = "application/x-www-form-urlencoded"
        line.request("POST", f"/answers/{token}", urlencode(fields), own)
        got = line.getresponse()
        page = got.read()
        line.close()
        return Page(got.status, {}, page)

    def page(self, token: str) -> tuple[int, bytes]:
        got = get(self.console.port, f"/answers/{token}")
        return got.status, got.body


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.console.stop()


@pytest.mark.slow
def test_a_question_is_answered_as_it_was_asked_and_mailed_once(desk: Desk) -> None:
    with StandIn() as server:
        first = desk.withdrawn(desk.day(60), 1)
        tokens = desk.post(server)
        assert tokens.keys() == ASKED
        assert desk.post(server) == {}
        status, old = desk.page(tokens["miljo@example.se"])
        assert status == 200
        assert first in Page(status, {}, old).text
        moved = re.search(r"kan ni \w+ (\d+) (\w+)", first)
        assert moved is not None

        (proposed,) = [desk.day(n) for n in range(200) if _words(desk.day(n)) == f"{moved[1]} {moved[2]}"]
        second = desk.withdrawn(proposed, 2)
        assert second != first
        refused = desk.answered(tokens["miljo@example.se"], old, "yes")
        assert refused.status == 409
        assert second in refused.text
        assert first not in refused.text
        assert "0 av 3 frågor besvarade" in desk.console.get("/proposal").text

        anew = desk.post(server)
        assert anew.keys() == ASKED
        refused = desk.answered(tokens["miljo@example.se"], old, "yes")
        assert (refused.status, second in refused.text) == (409, True), "the first mail leads to what is asked now"
        kept = desk.answered(anew["miljo@example.se"], desk.page(anew["miljo@example.se"])[1], "yes")
        assert kept.status in {200, 303}
        assert "1 av 3 frågor besvarade" in desk.console.get("/proposal").text
        assert desk.post(server) == {}

        page = desk.page(anew["skatt@example.se"])[1]
        done("backup", desk.folder / "copy.db", "--db", desk.db)
        desk.console.stop()
        done("restore", desk.folder / "copy.db", "--db", desk.db, "--replace")
        desk.start()
        assert desk.page(anew["skatt@example.se"])[0] in GONE
        assert desk.answered(anew["skatt@example.se"], page, "yes").status in GONE


def _words(on: str) -> str:
    return f"{int(on[8:])} {MONTHS[int(on[5:7]) - 1]}"
