"""Every page of the portal on 300 operations and 40 parties, one of which is in all of them: CPU ms of a request."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from arshjul.actions.contacts.carry import carry, make_portal
from arshjul.actions.contacts.contacts import Invitation, invite
from arshjul.actions.parties.own_database import open_own
from arshjul.domain.contact import MAY
from arshjul.domain.scenario import Scenario
from arshjul.portal.app import PortalServer, application
from arshjul.portal.pages import PAGES
from arshjul.store.store import make_store
from tests import years
from tests.bench.console.desk import measured
from tests.bench.service.figure import Figure
from tests.console.browser import Browser
from tests.portal.test_report import REPORT, hidden, sent

N_OPERATIONS, N_AGENCIES, N_POLICE = 300, 25, 15
MEDIAN_MS, P99_MS = 20, 60
GOAL = f"{MEDIAN_MS} ms, {P99_MS}"
EVERYWHERE = "a0"
FEW = 5
"""What is entered of each party before, so that its first page has something to show."""


def figures(folder: Path, looks: int) -> Iterator[Figure]:
    """Each page, looked at by all parties in turn; then by the one that is in all operations."""
    browsers = _let_in(folder)
    for party, browser in browsers.items():
        for _ in range(FEW if party in (EVERYWHERE, "p0") else 1):
            sent(browser, **(REPORT if party.startswith("p") else {"period": "today", "teams_left": "0"}))
    gc.freeze()  # what made the year is not of the portal's process
    paths = [page.path for page in PAGES if page.method == "GET" and page.needs_session and "{" not in page.path]
    for path in paths:
        yield _row(f"portal: {path}", [(browser, path) for browser in browsers.values()], looks)
    heavy = browsers[EVERYWHERE]
    for path in paths:
        yield _row(f"portal: {path}, of a party in all {N_OPERATIONS}", [(heavy, path)], looks)
    yield _checked(heavy, looks)


def _row(name: str, asked: list[tuple[Browser, str]], looks: int) -> Figure:
    turn = cycle(asked)
    return _figure(name, [measured(partial(browser.get, path))[0] for browser, path in islice(turn, looks)])


def _checked(browser: Browser, looks: int) -> Figure:
    """A report, looked over before it is sent: with what it touches."""
    fields = {**hidden(browser.get("/report")), "period": "until", "to": "2027-12-31", "teams_left": "0"}
    took = [measured(lambda: browser.post("/report", fields))[0] for _ in range(looks)]
    return _figure("portal: a report, looked over", took)


def _figure(name: str, took: list[float]) -> Figure:
    middle, p99 = median(took), sorted(took)[int(len(took) * 0.99)]
    return Figure(name, f"{middle:.1f} ms, {p99:.1f}", GOAL, middle <= MEDIAN_MS and p99 <= P99_MS)


def _year() -> Scenario:
    year = years.scenario(N_OPERATIONS, N_AGENCIES, N_POLICE)
    everywhere = {id: replace(one, agencies={**one.agencies, EVERYWHERE: 1}) for id, one in year.operations.items()}
    return replace(year, operations=everywhere)


def _let_in(folder: Path) -> dict[str, Browser]:
    """A contact of each party, let in."""
    year, store = _year(), make_store(str(folder / "year.db"))
    workdays = [day for day in (date(2027, 1, 4) + timedelta(days=n) for n in range(330)) if day.weekday() < 5]
    dates = dict(zip(year.operations, cycle(workdays), strict=False))
    years.published(store, years.write(folder / "plan", year, years.plan(year, dates)))
    now, portal = years.NOW + timedelta(days=30), make_portal(str(folder / "portal.db"))
    wanted = [Invitation(party, f"Funktion {party}", tuple(MAY)) for party in year.parties]
    made = invite(store, wanted, "bench", now)
    while not carry(store, portal, now).is_all_done:
        pass
    app = application(PortalServer(open_own(portal.name), clock=lambda: now))
    browsers = {}
    for one in made:
        browsers[one.contact.party.partition("-")[2]] = browser = Browser(app, host="localhost:8002")
        assert browser.post(one.path, {}).status == 303
    return browsers
