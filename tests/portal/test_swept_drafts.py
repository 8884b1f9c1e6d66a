"""Drafts of information sheets are gone 30 days after the operation; what was given stays."""

from datetime import UTC, datetime, timedelta
from time import sleep
from unittest import mock

import pytest
from sqlalchemy import delete, select

from arshjul.portal.actions.purging import purge_sheets, sweep_drafts
from arshjul.portal.app import PortalServer, served_beside
from arshjul.portal.store import sheets, tables
from arshjul.portal.store import sheets as rows
from arshjul.serving.server import on_port
from tests.portal.conftest import Office
from tests.portal.test_purged_sheets import AFTER, DECISION, desk, with_sheets
from tests.portal.test_sheets import AGENCY, KNOWN, OPERATION, OTHER, keys, raised, written

__all__ = ["desk", "with_sheets"]

LAST_DAY = datetime(2027, 3, 3, 22, 50, tzinfo=UTC)
"""Ten to midnight, 30 days after OP-000."""
OVER = LAST_DAY + timedelta(minutes=20)


@pytest.fixture
def drafts(desk: Office) -> Office:
    """With another party's draft too."""
    written(desk.browser("a2", "sheet"), "D", KNOWN)
    return desk


def states(office: Office, operation: str = OPERATION) -> list[tuple[str, str, str]]:
    with office.portal.reading() as db:
        return [(row.party, row.section, row.state) for row in rows.of_operation(db, operation)]


ALL = [(AGENCY, "B", "given"), (AGENCY, "D", "draft"), (OTHER, "D", "draft")]


def test_they_are_gone_30_days_after_the_operation_and_not_before_and_no_more_are_written(drafts: Office) -> None:
    assert states(drafts) == ALL
    assert sweep_drafts(drafts.portal, LAST_DAY) == []
    assert states(drafts) == ALL
    assert OPERATION in sweep_drafts(drafts.portal, OVER)
    assert states(drafts) == [(AGENCY, "B", "given")]
    assert sweep_drafts(drafts.portal, OVER + timedelta(days=1)) == []
    drafts.now = OVER
    owner = raised(drafts, drafts.browser("a1", "sheet"))
    answer = written(owner, "F", {"checks": "x"})
    assert answer.status == 422
    assert "mer än 30 dagar sedan" in answer.text


def test_an_operation_that_comes_later_or_is_moved_after_it_was_swept_is_swept_later(drafts: Office) -> None:
    later = "OP-001"
    assert states(drafts, later)
    with mock.patch("arshjul.portal.actions.purging.last_day", return_value=OVER.date() - timedelta(days=60)):
        assert OPERATION in sweep_drafts(drafts.portal, OVER - timedelta(days=20))
    assert states(drafts) == ALL[:1]
    for party in ("a1", "a2"):
        written(drafts.browser(party, "sheet"), "D", KNOWN)
        written(drafts.browser(party, "sheet"), "D", KNOWN, later)
    swept = []
    for n in range(200):
        swept += sweep_drafts(drafts.portal, OVER + timedelta(days=n))
    assert swept.count(OPERATION) == swept.count(later) == 1
    assert states(drafts) == ALL[:1]
    assert states(drafts, later) == []


def test_of_an_operation_that_nobody_is_told_of_they_go_30_days_after_they_were_saved(drafts: Office) -> None:
    with mock.patch("arshjul.portal.actions.purging.last_day", return_value=None):
        assert sweep_drafts(drafts.portal, drafts.now + timedelta(days=30)) == []
        assert OPERATION in sweep_drafts(drafts.portal, drafts.now + timedelta(days=31))
    with drafts.portal.writing() as db:
        db.execute(delete(tables.view))
    assert sweep_drafts(drafts.portal, OVER + timedelta(days=900)) == [], "without views nobody knows"


def test_what_is_purged_is_swept_too(drafts: Office) -> None:
    purge_sheets(drafts.portal, keys(drafts), OPERATION, DECISION, AFTER)
    assert OPERATION in sweep_drafts(drafts.portal, AFTER)
    with drafts.portal.reading() as db:
        assert {*db.execute(select(sheets.SECTIONS.table.c.state)).scalars()} == {"given"}


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_a_portal_that_runs_does_it_by_itself(drafts: Office) -> None:
    server = PortalServer(drafts.portal, clock=lambda: OVER, sheets=drafts.sheets)
    with served_beside(server, on_port("127.0.0.1", 0)):
        for _ in range(100):
            if states(drafts) == ALL[:1]:
                break
            sleep(0.05)
    assert states(drafts) == ALL[:1]
