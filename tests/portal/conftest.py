"""A portal over a small published year, and browsers of contacts that are let in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from starlette.applications import Starlette

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.store import contacts, party_entries
from arshjul.office.store.party_entries import PartyEntry
from arshjul.office.store.store import Store, open_store
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry, make_portal
from arshjul.portal.actions.sheets import SheetOffice
from arshjul.portal.app import PortalServer
from arshjul.portal.store.schema import open_own
from arshjul.portal.store.sheet_keys import SheetKeys
from arshjul.serving.sql.database import Database
from arshjul.year.formats.information_sheet.grounds import read_grounds
from tests import kills
from tests.databases import copied, made_at_once, postgresql, whole
from tests.office.console.browser import Browser
from tests.office.console.conftest import published, small_year
from tests.worlds import Known, Worlds, worlds

__all__ = ["made_at_once", "postgresql", "published", "worlds"]

GROUNDS = Path(__file__).parents[2] / "config" / "goteborg" / "grounds.yaml"
NOW = datetime.fromisoformat("2027-02-01T06:10:00+00:00")
"""The morning of the first operation, ten past seven."""


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a contact do in one test what it may not do in a day: the limits have tests of their own."""
    monkeypatch.setattr("arshjul.portal.visit.DAY", timedelta(0))


@dataclass(slots=True)
class Office:
    """The year's database, the portal's, and the moment that both clocks say."""

    store: Store
    portal: Database
    now: datetime = NOW
    own: str = ""
    """Where the portal's process finds its database, where that is not its name."""
    keys: Path | None = None
    """The keys of information sheets, where they do not lie beside a file."""
    waiting: dict[str, str] = field(default_factory=dict)
    """Of contacts that have not come in: the path of the address of each, by its party and what it may do."""
    app: Starlette = field(init=False)
    sheets: SheetOffice | None = field(init=False, default=None)
    kept: Remembered = field(init=False, default_factory=Remembered)

    def __post_init__(self) -> None:
        own, path = open_own(self.own or self.portal.name), self.portal.place.path
        keys = self.keys if path is None else path.with_name("sheets.keys")
        if keys is not None:
            self.sheets = SheetOffice(SheetKeys(keys), read_grounds(GROUNDS))
        self.app = PortalServer(own, clock=lambda: self.now, sheets=self.sheets).application()

    def invited(self, party: str = "p0", *may: str) -> tuple[str, str]:
        """A contact's id and the path of its address, which is carried out."""
        with self.store.reading() as db:
            n = sum(contact.party.partition("-")[2] == party for contact in contacts.CONTACTS.all(db))
        wanted = Invitation(party, f"Yttre befäl {party}{f' nummer {n + 1}' if n else ''}", may or ("report",))
        (made,) = invite(self.store, [wanted], "test", self.now)
        self.carry()
        return made.contact.id, made.path

    def carry(self) -> None:
        """One turn."""
        carry(self.store, self.portal, self.now, self.kept)

    def stranger(self) -> Browser:
        """Somebody who is not let in."""
        return Browser(self.app, host="localhost:8002")

    def browser(self, party: str = "p0", *may: str) -> Browser:
        """A contact that is let in."""
        made, path = self.stranger(), self.waiting.pop(" ".join((party, *(may or ("report",)))), "")
        path = path or self.invited(party, *may)[1]
        assert made.post(path, {}).status == 303
        return made

    def entries(self) -> list[PartyEntry]:
        """What has been taken in."""
        with self.store.reading() as db:
            return party_entries.ENTRIES.all(db)


@pytest.fixture(scope="session")
def empty_portal(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a portal's database with nothing in it."""
    file = tmp_path_factory.mktemp("portal") / "portal.db"
    make_portal(str(file))
    return whole(file)


def reporting_year(folder: Path, worlds: Worlds) -> Known:
    """The world of the small year and its portal, in which a unit's contact that may report has not come in."""
    worlds.copied(small_year, folder)
    office = Office(open_store(str(folder / "y.db")), make_portal(str(folder / "portal.db")))
    return {"p0 report": office.invited()[1]}


@pytest.fixture
def office(worlds: Worlds, tmp_path: Path) -> Office:
    """Over SQLite files."""
    waiting = dict(worlds.copied(reporting_year, tmp_path))
    return Office(open_store(str(tmp_path / "y.db")), open_own(str(tmp_path / "portal.db")), waiting=waiting)


def office_over(published: Path, empty_portal: bytes, folder: Path) -> Office:
    """Over copies of those files."""
    (folder / "portal.db").write_bytes(empty_portal)
    (folder / "portal.db").chmod(0o600)
    store = copied(published.read_bytes(), folder / "y.db")
    return Office(open_store(str(store.place.path)), make_portal(str(folder / "portal.db")))


DAY = timedelta(days=1)


@pytest.fixture
def portal_s_steps() -> Iterator[None]:
    """Kills know the steps of the portal's database, as they know those of the year's."""
    with (
        mock.patch.object(Database, "reading", kills.watched_reading),
        mock.patch.object(Database, "writing", kills.watched_writing),
    ):
        yield
