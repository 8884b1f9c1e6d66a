"""The role that the shipped statements give the portal in PostgreSQL: it does all that the portal does, and no more."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import select

from arshjul.errors import StorageError
from arshjul.office.store import outside_feeds as feeds
from arshjul.office.store.feed_cache import FeedCache
from arshjul.office.store.readers import Fetch
from arshjul.office.store.store import open_store
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry, make_portal
from arshjul.portal.actions import codes
from arshjul.portal.actions.purging import purge_sheets, sweep_drafts
from arshjul.portal.actions.sheets import SheetOffice
from arshjul.portal.app import PortalServer
from arshjul.portal.store import inbox, sessions, tables
from arshjul.portal.store.schema import PORTAL, open_own
from arshjul.portal.store.sheet_keys import SheetKeys
from arshjul.serving.sql.database import make_database
from arshjul.year.formats.information_sheet.grounds import read_grounds
from tests.databases import Cluster, copied
from tests.examples import often
from tests.portal.conftest import GROUNDS, Office
from tests.portal.test_purged_sheets import AFTER, DECISION
from tests.portal.test_report import hidden, sent
from tests.portal.test_sheets import (
    BEFORE_DUE,
    KNOWN,
    LEAD,
    OPERATION,
    POLICE,
    PURPOSE,
    given,
    own_of,
    raised,
    taken_away,
    written,
)

ROLES = Path("config/deploy/outside/portal-roles.sql")
OWN = {"inbox", "session", "session_contact", "portal_writer", "code", "raised", "sheet_section"}
FEED_ROLES = Path("config/deploy/outside/feeds-roles.sql")
OF_FEEDS = {"feed", "feed_address", "feed_fetch", "feed_state", "feed_writer"}
INSIDE_ALONE = {"state", *OF_FEEDS}
"""Of no use to the portal: it may not even read them."""

FORMERLY = (
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO portal",
    "GRANT INSERT, UPDATE, DELETE ON inbox, session, session_contact TO portal",
    "GRANT USAGE ON SEQUENCE inbox_number_seq TO portal",
    "GRANT UPDATE ON state TO portal",
    "GRANT UPDATE (body) ON view TO portal",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO portal",
)
"""What docs/portal.md once gave, and what somebody may have given beside it."""


@pytest.fixture(params=often(["new"], ["from before"]))
def office(request: pytest.FixtureRequest, published: Path, postgresql: Cluster, tmp_path: Path) -> Iterator[Office]:
    """The portal's database in PostgreSQL; its process has the role that is shipped, whatever it was given before."""
    address = postgresql.new_database()
    portal = make_portal(address)
    said = statements(ROLES)
    with portal.engine.begin() as db:
        db.exec_driver_sql("DROP ROLE IF EXISTS portal")
        db.exec_driver_sql("CREATE ROLE portal LOGIN")
        for one in (*(FORMERLY if request.param == "from before" else ()), *said, *said):
            db.exec_driver_sql(one)
    store = copied(published.read_bytes(), tmp_path / "y.db")
    yield Office(open_store(str(store.place.path)), portal, own=address.replace("arshjul@", "portal@"))
    with portal.engine.begin() as db:
        db.exec_driver_sql("DROP OWNED BY portal")
        db.exec_driver_sql("DROP ROLE portal")


def statements(file: Path) -> list[str]:
    """Those of a file, which are run within one transaction."""
    said = re.sub(r"^--.*$|^(BEGIN|COMMIT);$", "", file.read_text(), flags=re.M).split(";")
    return [one for one in said if one.strip()]


FROM_BEFORE = pytest.mark.parametrize("office", ["from before"], indirect=True)
"""For a test of what may not be done: whoever was given more has it no longer."""


def sessions_of(office: Office) -> tuple[str, str]:
    """The session that there is, and its contact."""
    with office.portal.reading() as db:
        (row,) = db.execute(select(sessions.CONTACTS.table)).all()
    return row.session, row.contact


def test_the_whole_road_goes_with_the_rights_that_are_shipped(office: Office) -> None:
    """In, language, report, correction, receipt, a code, out; carried between."""
    browser = office.browser("p0")
    assert "Kvitto" in sent(browser).text
    office.carry()
    (first,) = office.entries()
    page = browser.get(f"/report?corrects={first.id}")
    check = browser.post("/report", {**hidden(page), "period": "open", "cause": "shooting"})
    assert browser.post("/report/send", hidden(check)).status == 303
    assert browser.post("/language", {"token": browser.get("/").field("token"), "language": "en"}).status == 303
    office.carry()
    assert [entry.corrects for entry in office.entries()].count(first.id) == 1
    session, contact = sessions_of(office)
    own = open_own(office.own)
    code = codes.ask(own, "cookie", session, contact, office.now)
    assert codes.enter(own, "cookie", session, contact, "x", office.now) == "wrong"
    assert codes.enter(own, "cookie", session, contact, code, office.now) == "right"
    assert codes.is_raised(own, session, contact, office.now)
    assert browser.post("/out", {"token": browser.get("/").field("token")}).status == 303
    assert browser.get("/").status == 401


def test_information_sheets_go_with_the_rights_that_are_shipped(office: Office, tmp_path: Path) -> None:
    """Written, given, read, printed, taken away, swept, purged, given anew: by the portal's own role."""
    own, keys = open_own(office.own), SheetKeys(tmp_path / "sheets.keys")
    office.sheets = SheetOffice(keys, read_grounds(GROUNDS))
    office.app = PortalServer(own, clock=lambda: office.now, sheets=office.sheets).application()
    office.now = BEFORE_DUE
    office.invited("a0", "sheet")
    owner, reader = (raised(office, office.browser(party, "sheet")) for party in ("a1", "p0"))
    written(owner, "D", KNOWN)
    assert given(owner, to__D=[POLICE, LEAD]).status == 303
    for way in ("read", "pdf"):
        assert reader.post(f"/sheets/{OPERATION}/{way}", own_of(reader)).status == 200
    assert taken_away(owner, LEAD, "D").status == 200
    written(owner, "B", PURPOSE)
    assert sweep_drafts(own, AFTER) == [OPERATION]
    for _ in range(2):
        assert purge_sheets(own, keys, OPERATION, DECISION, BEFORE_DUE, is_sure=True) == 1
        written(owner, "B", PURPOSE)
        assert given(owner, to__B=[LEAD]).status == 303


def test_a_portal_without_the_right_to_write_says_so_and_keeps_what_was_typed(office: Office) -> None:
    """An id that no entry has is answered in words, whatever is in it."""
    agency = office.browser("a1", "report", "nominate")
    for id in ("\x00", "a\x00b", "å", "'", "0" * 33):
        assert agency.get(f"/receipts/{quote(id)}").status == 422
        assert agency.get(f"/report?corrects={quote(id)}").status == 422
    page = agency.get("/nominate")
    own = {"token": page.field("token"), "contact": page.field("contact"), "key": "0" * 64, "seen": ""}
    assert agency.post("/nominate/take-back", {**own, "entry": "a\x00b"}).status == 422
    browser = office.browser("p0")
    page = browser.get("/report")
    check = browser.post("/report", {**hidden(page), "period": "today", "cause": "shooting", "note": "Ring mig"})
    with office.portal.engine.begin() as db:
        db.exec_driver_sql("REVOKE INSERT ON inbox FROM portal")
    answer = browser.post("/report/send", hidden(check))
    assert answer.status == 503
    assert "Skicka igen" in answer.text
    with office.portal.engine.begin() as db:
        db.exec_driver_sql("GRANT INSERT ON inbox TO portal")
    again = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', answer.body.decode()))
    assert again["note"] == "Ring mig"
    assert browser.post("/report/send", again).status == 303
    office.carry()
    assert len(office.entries()) == 1


@FROM_BEFORE
def test_the_role_changes_nothing_that_is_not_the_portal_s(office: Office) -> None:
    """Nor reads what a later table holds: of default privileges from before nothing is left."""
    office.browser("p0")
    with office.portal.engine.begin() as db:
        db.exec_driver_sql("CREATE TABLE later (n int)")
    own = make_database(office.own, PORTAL)
    changes = [f"UPDATE {name} SET {next(iter(table.columns)).name} = {next(iter(table.columns)).name}"
               for name, table in tables.metadata.tables.items() if name not in OWN]  # fmt: skip
    removals = [
        f"DELETE FROM {name}" for name in {*tables.metadata.tables} - OWN.difference({"inbox", "portal_writer"})
    ]
    others = ["UPDATE inbox SET body = body", "CREATE TABLE x (n int)", "DROP TABLE inbox", "TRUNCATE session"]
    others += ["INSERT INTO inbox (number) VALUES (1)", "UPDATE session SET digest = digest", "SELECT n FROM later"]
    others += [f"SELECT * FROM {name}" for name in INSIDE_ALONE]
    others += ["SELECT id FROM state FOR UPDATE", "SELECT party FROM view FOR UPDATE"]
    for statement in (*changes, *removals, *others):
        with pytest.raises(StorageError, match=r"write-protected|failed"), own.reading() as db:
            db.exec_driver_sql(statement)


def test_the_statements_name_every_table() -> None:
    """A table that the portal is to use, and that is forgotten there, fails in PostgreSQL alone."""
    named = {*re.findall(r"\w+", re.sub(r"^--.*$", "", ROLES.read_text(), flags=re.M))}
    assert tables.metadata.tables.keys() - named == INSIDE_ALONE
    columns = re.search(r"INSERT \(([^)]+)\) ON inbox", ROLES.read_text())
    assert columns is not None
    assert {*columns[1].split(", ")} == {column.name for column in inbox.INBOX.table.columns} - {"number"}


@FROM_BEFORE
def test_a_server_of_feeds_has_a_role_of_its_own_that_reads_feeds_alone(office: Office) -> None:
    with office.portal.engine.begin() as db:
        for one in ("DROP ROLE IF EXISTS feeds", "CREATE ROLE feeds LOGIN", *statements(FEED_ROLES)):
            db.exec_driver_sql(one)
    carry(office.store, office.portal, office.now, Remembered(carries_feeds=True))
    own = feeds.open_feeds(office.own.replace("portal@", "feeds@"))
    assert feeds.watch(own).latest(FeedCache()).generation >= 0
    with own.writing() as db:
        feeds.FETCHES.put(db, *[Fetch(1, office.now, "Outlook")])
    others = [f"SELECT * FROM {name}" for name in tables.metadata.tables.keys() - OF_FEEDS]
    for statement in (*others, "DELETE FROM feed", "UPDATE feed_address SET client = client", "DELETE FROM feed_state"):
        with pytest.raises(StorageError), own.reading() as db:
            db.exec_driver_sql(statement)
    own.engine.dispose()
    with office.portal.engine.begin() as db:
        db.exec_driver_sql("DROP OWNED BY feeds")
        db.exec_driver_sql("DROP ROLE feeds")
