"""A console in this process, somebody who is in, and the CPU ms that each request takes.

Requests go straight to the application, so that what is counted is the server's work, and no network's. CPU is
steadier than a clock on a machine that does other things too.
"""

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import process_time

from arshjul.actions.draft.options import work_out
from arshjul.console.app import ConsoleServer, application
from arshjul.console.runner import Runner
from arshjul.console.sessions import invite
from arshjul.console.years import Years
from arshjul.formats.plan import plan_folder
from arshjul.store.store import Store, open_store
from tests.bench.console.year import ACTOR
from tests.console.browser import Browser, Page

HIT = {"police": "lpo-city.1", "from": "2027-03-16", "to": "2027-03-19", "officers_left": "0", "cause": "en skjutning"}
ELSEWHERE = {"police": "lpo-syd.2", "from": "2027-11-01", "to": "2027-11-02", "officers_left": "0"}
"""The withdrawal of the morning, and one that is entered and taken back: a change that changes nothing for long."""


class NotNow(Runner):
    """Starts no child: the job is worked out when the measuring has come to it."""

    def start(self, store: Store, number: int) -> None:
        """Leaves the job where it is."""


@dataclass(slots=True)
class MeasuredDesk:
    """A console over a copy of a database, and the moment that its clock says."""

    db: Path
    now: datetime
    console: ConsoleServer = field(init=False)
    browser: Browser = field(init=False)

    @classmethod
    def of(cls, db: str, folder: Path, now: datetime) -> "MeasuredDesk":
        """On a copy of that database."""
        return cls(Path(shutil.copy(db, folder / f"{len(list(folder.iterdir()))}.db")), now)

    def __post_init__(self) -> None:
        store = open_store(str(self.db))
        self.console = ConsoleServer(store, NotNow("", 60), clock=lambda: self.now)
        self.browser = Browser(application(self.console))
        link = f"/in/{invite(store, ACTOR, 'coordinator', self.now)}"
        self.browser.post(link, {})

    def forget(self) -> None:
        """As if the console had just been started: it knows of no year."""
        fresh = Years()
        for name, value in vars(fresh).items():
            setattr(self.console.years, name, value)
        plan_folder.bare_scenario.cache_clear()
        plan_folder.year_of_json.cache_clear()

    def enter(self, fields: Mapping[str, str]) -> tuple[float, Page]:
        """Enters a withdrawal; also one of a unit that lends nobody then, which has to be said twice."""
        return self.send(self.browser.get("/withdrawals/new"), "/withdrawals/new", sure="on", **fields)

    def send(self, page: Page, path: str, **fields: str) -> tuple[float, Page]:
        """Sends a form of that page."""
        return measured(lambda: self.browser.send(page, path, **fields))

    def take_back(self) -> float:
        """Takes the last entry back."""
        shown = self.browser.get("/")
        number = re.findall(r'name="entry" value="(\d+)"', shown.body.decode())[-1]
        return self.send(shown, "/take-back", entry=number)[0]

    def work_out(self, path: str) -> None:
        """Works out the job of that page."""
        work_out(self.console.store, int(path.split("?", maxsplit=1)[0].rpartition("/")[2]), lambda _: None)

    def look(self, path: str) -> tuple[float, Page]:
        """A page, looked at."""
        return measured(lambda: self.browser.get(path, {"accept-encoding": "gzip"}))


def measured(do: Callable[[], Page]) -> tuple[float, Page]:
    """The answer, and CPU ms until it was there."""
    began = process_time()
    page = do()
    took = 1000 * (process_time() - began)
    assert page.status in (200, 303), page.text
    return took, page
