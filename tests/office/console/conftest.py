"""A console over a small published year, and a browser that is signed in."""

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy
from typing import Any
from unittest import mock

import pytest

from arshjul.office.console.app import ConsoleServer
from arshjul.office.console.job import attempt
from arshjul.office.console.runner import Runner
from arshjul.office.console.sessions import let_in
from arshjul.office.draft import options
from arshjul.office.draft.draft import Draft
from arshjul.office.draft.stored_draft import keep, opened_draft
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.office.sync.outgoing import Remembered
from arshjul.year.domain.plan import Plan
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.replan.input import ReplanInput
from arshjul.year.planning.replan.replan import ReplanOptions, replan_from
from tests import years
from tests.databases import KINDS, Cluster, made_at_once, postgresql, url
from tests.office.console.browser import Browser
from tests.office.console.mail_stand_in import StandIn
from tests.worlds import Build, Worlds, worlds

__all__ = ["made_at_once", "postgresql", "url", "worlds"]

BOTH = pytest.mark.parametrize("desk", KINDS, indirect=True)
SLOWLY_BOTH = pytest.mark.parametrize(
    "desk", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)
"""For a test that sends PostgreSQL nothing but what others send it too, and lets no two meet there."""


def over(build: Build) -> pytest.MarkDecorator:
    """For tests whose desk stands over that world."""
    return pytest.mark.parametrize("desk", [pytest.param(build, id=build.__qualname__)], indirect=True)


NOW = years.NOW + timedelta(days=30)
PHONE = "031-390 06 00"


_WORKED_OUT: dict[bytes, ReplanOptions] = {}


def _known(begun: ReplanInput, plan: Plan, effort: Effort) -> ReplanOptions:
    """The options of many tests are those of one withdrawal from one year: of the same, the same follows."""
    key = pickle.dumps((begun.former, begun.scenario, begun.edit, begun.entries, begun.as_of, plan, effort.limit_s))
    if key not in _WORKED_OUT:
        _WORKED_OUT[key] = replan_from(begun, plan, effort)
    return _WORKED_OUT[key]


mock.patch.object(options, "replan_from", _known).start()


class AtOnce(Runner):
    """Works a job out where it is started, so that no test has to wait for a process; what is wrong, its row tells."""

    def start(self, store: Store, number: int) -> None:
        attempt(store, number, lambda _: None)


@dataclass(slots=True)
class Desk:
    """A console, its database, and the moment that its clock says."""

    store: Store
    now: datetime = NOW
    url: str = ""
    console: ConsoleServer = field(init=False)
    kept: Remembered = field(init=False, default_factory=Remembered)
    """What its turns know of the portal, as the process that serves it does."""

    def __post_init__(self) -> None:
        self.console = ConsoleServer(self.store, AtOnce("", 60), clock=lambda: self.now)

    @property
    def draft(self) -> Draft:
        """What the coordinator sees by now."""
        with self.store.reading() as db:
            return opened_draft(db)

    def browser(self, role: str = "coordinator") -> Browser:
        """Somebody who has come in."""
        made = self.stranger()
        made.cookies["arshjul"] = let_in(self.store, role, role, "sv", self.now)
        return made

    def stranger(self) -> Browser:
        """Somebody who is not in."""
        return Browser(self.console.application(), seen=lambda: self.console.years.now(self.store).stamp)


def small_year(folder: Path, _: Worlds) -> None:
    """The world of a small published year."""
    year = years.scenario()
    years.published(make_store(str(folder / "y.db"), wal=False), years.write(folder / "plan", year, years.plan(year)))


@pytest.fixture(scope="session")
def published(worlds: Worlds) -> Path:
    """A database with a small published year, to be copied."""
    return worlds.of(small_year) / "y.db"


@pytest.fixture(scope="session")
def published_in_postgresql(postgresql: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same in PostgreSQL."""
    url, year = postgresql.new_database(), years.scenario()
    folder = tmp_path_factory.mktemp("console") / "plan"
    years.published(make_store(url), years.write(folder, year, years.plan(year)))
    return url


@pytest.fixture
def desk(request: pytest.FixtureRequest, worlds: Worlds, tmp_path: Path) -> Desk:
    """Over a SQLite file; over both kinds of database where a test is marked with BOTH; or over a world."""
    param: Any = getattr(request, "param", "sqlite")
    if param != "postgresql":
        build: Build = small_year if param == "sqlite" else param
        worlds.copied(build, tmp_path)
        return desk_in(tmp_path)
    like = request.getfixturevalue("published_in_postgresql")
    url = request.getfixturevalue("postgresql").new_database(like)
    return Desk(open_store(url), url=url)


def desk_like(file: Path, folder: Path, now: datetime = NOW) -> Desk:
    """A console over a copy of that database."""
    copy(file, folder / "y.db")
    return desk_in(folder, now)


def desk_in(folder: Path, now: datetime = NOW) -> Desk:
    """A console over the database in that folder."""
    url = str(folder / "y.db")
    return Desk(open_store(url), now, url)


def reachable_by_mail(store: Store, other: Mapping[str, str] | None = None) -> None:
    """Gives every party of the year an address, the `other` one that is given, or none; and a telephone."""
    with store.writing() as db:
        draft = opened_draft(db)

        there = draft.scenario
        email = {id: (other or {}).get(id, f"{id}@example.se") or None for id in there.parties}
        agencies = {id: replace(one, email=email[id], phone=PHONE) for id, one in there.agencies.items()}
        police = {id: replace(one, email=email[id], phone=PHONE) for id, one in there.police.items()}
        scenario = replace(there, agencies=agencies, police=police)
        keep(db, draft, replace(draft, scenario=scenario))


@pytest.fixture
def reachable(desk: Desk) -> Desk:
    """The desk, every party with an address."""
    reachable_by_mail(desk.store)
    return desk


@pytest.fixture
def mail() -> Iterator[StandIn]:
    """A mail server."""
    with StandIn() as made:
        yield made
