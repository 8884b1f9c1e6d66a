"""The role of PostgreSQL that docs/portal.md gives the portal: it does all that the portal does, and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from arshjul.actions.contacts.carry import make_portal
from arshjul.errors import StorageError
from arshjul.store.database import make_database
from arshjul.store.portal import schema
from arshjul.store.store import open_store
from arshjul.store.versions import PORTAL
from tests.databases import Cluster, copied
from tests.portal.conftest import Office
from tests.portal.test_report import hidden, sent

DOCS = Path(__file__).parents[2] / "docs" / "portal.md"
OWN = {"inbox", "session", "session_contact", "portal_writer"}


@pytest.fixture
def office(published: Path, postgresql: Cluster, tmp_path: Path) -> Office:
    """The portal's database in PostgreSQL; its process has the role of the docs."""
    address = postgresql.new_database()
    portal = make_portal(address)
    (statements,) = re.findall(r"```sql\n(.*?)```", DOCS.read_text(), re.DOTALL)
    with portal.engine.begin() as db:
        db.exec_driver_sql("DROP ROLE IF EXISTS portal")
        for one in statements.split(";"):
            if one.strip():
                db.exec_driver_sql(one)
    store = copied(published.read_bytes(), tmp_path / "y.db")
    return Office(open_store(str(store.place.path)), portal, own=address.replace("arshjul@", "portal@"))


@pytest.fixture(autouse=True)
def _without_the_role(office: Office) -> Iterator[None]:
    yield
    with office.portal.engine.begin() as db:
        db.exec_driver_sql("DROP OWNED BY portal")
        db.exec_driver_sql("DROP ROLE portal")


def test_the_whole_road_goes_with_the_rights_of_the_docs(office: Office) -> None:
    """In, language, report, correction, receipt, out; carried between."""
    browser = office.browser("p0")
    assert "Kvitto" in sent(browser).text
    office.carry()
    (first,) = office.entries()
    page = browser.get(f"/report?corrects={first.id}")
    check = browser.post("/report", {**hidden(page), "period": "open", "cause": "shooting"})
    assert browser.post("/report/send", hidden(check)).status == 303
    assert browser.post("/language", {"token": browser.get("/").field("token"), "language": "en"}).status == 303
    office.carry()
    assert [one.corrects for one in office.entries()].count(first.id) == 1
    assert browser.post("/out", {"token": browser.get("/").field("token")}).status == 303
    assert browser.get("/").status == 401


def test_the_role_changes_nothing_that_is_not_the_portal_s(office: Office) -> None:
    office.browser("p0")
    own = make_database(office.own, PORTAL)
    changes = [f"UPDATE {name} SET {next(iter(table.columns)).name} = {next(iter(table.columns)).name}"
               for name, table in schema.metadata.tables.items() if name not in OWN]  # fmt: skip
    removals = [f"DELETE FROM {name}" for name in {*schema.metadata.tables} - {"session", "session_contact"}]
    others = ["UPDATE inbox SET body = body", "CREATE TABLE x (n int)", "DROP TABLE inbox", "TRUNCATE session"]
    for statement in (*changes, *removals, *others):
        with pytest.raises(StorageError, match=r"may not be written|failed"), own.reading() as db:
            db.exec_driver_sql(statement)


def test_a_portal_without_the_right_to_write_says_so_and_keeps_what_was_typed(office: Office) -> None:
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
