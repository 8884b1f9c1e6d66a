"""Drafts of information sheets are gone 30 days after the operation, hidden ones too; what was given stays."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import sleep
from unittest import mock

import pytest
from sqlalchemy import delete, select

from arshjul.actions.parties.purging import purge_sheets
from arshjul.actions.parties.sheet_slots import slots_of
from arshjul.actions.parties.sweeping import stir_all, sweep_drafts
from arshjul.portal.app import PortalServer
from arshjul.portal.serve import served_beside
from arshjul.serving.listening import on_port
from arshjul.store.portal import schema
from arshjul.store.portal import sheets as rows
from tests.portal.conftest import Office
from tests.portal.test_hidden import KNOWN, hide, raised
from tests.portal.test_purged_sheets import AFTER, DECISION, SLOW_POSTGRESQL, desk, with_sheets
from tests.portal.test_sheets import AGENCY, LEAD, OPERATION, OTHER, POLICE, keys, written

__all__ = ["desk", "with_sheets"]

LAST_DAY = datetime(2027, 3, 3, 22, 50, tzinfo=UTC)
"""Ten to midnight, 30 days after OP-000."""
OVER = LAST_DAY + timedelta(minutes=20)


@pytest.fixture
def drafts(desk: Office) -> Office:
    """With a hidden draft beside what is hidden and given, and another party's draft."""
    owner, other = raised(desk, desk.browser("a1", "sheet")), desk.browser("a2", "sheet")
    assert hide(owner, to=(POLICE,), do="save", visits="Utkastet").status == 303
    written(other, "D", KNOWN)
    return desk


def states(office: Office, operation: str = OPERATION) -> list[tuple[str, str, str]]:
    with office.portal.reading() as db:
        return [(one.party, one.section, one.state) for one in rows.of_operation(db, operation)]


def hidden_states(office: Office) -> list[str]:
    with office.portal.reading() as db:
        slot = slots_of(db, keys(office), OPERATION)[AGENCY]
    assert slot is not None
    return [one.section.state for one in slot.versions]


def slots(office: Office) -> Mapping[str, bytes]:
    with office.portal.reading() as db:
        return rows.slots(db, OPERATION)


ALL = [(AGENCY, "B", "given"), (AGENCY, "D", "draft"), (OTHER, "D", "draft")]


def test_they_are_gone_30_days_after_the_operation_and_not_before(drafts: Office) -> None:
    assert states(drafts) == ALL
    assert sweep_drafts(drafts.portal, keys(drafts), LAST_DAY) == []
    assert states(drafts) == ALL
    assert hidden_states(drafts) == ["given", "draft"]
    before = slots(drafts)
    assert OPERATION in sweep_drafts(drafts.portal, keys(drafts), OVER)
    assert states(drafts) == [(AGENCY, "B", "given")]
    assert hidden_states(drafts) == ["given"]
    after = slots(drafts)
    assert before.keys() == after.keys()
    assert not [party for party in before if before[party] == after[party]], "whoever hides something or not"
    assert sweep_drafts(drafts.portal, keys(drafts), OVER + timedelta(days=1)) == []
    assert slots(drafts) == after


@SLOW_POSTGRESQL
def test_an_operation_that_comes_later_is_swept_later(drafts: Office) -> None:
    own = keys(drafts)
    (later,) = {one for one in ("OP-001",) if states(drafts, one)}
    swept = []
    for n in range(200):
        swept += sweep_drafts(drafts.portal, own, OVER + timedelta(days=n))
    assert swept.count(OPERATION) == swept.count(later) == 1
    assert states(drafts, later) == []


@SLOW_POSTGRESQL
def test_one_that_is_moved_after_it_was_swept_is_swept_again(drafts: Office) -> None:
    with mock.patch("arshjul.actions.parties.sweeping.last_day", return_value=OVER.date() - timedelta(days=60)):
        assert OPERATION in sweep_drafts(drafts.portal, keys(drafts), OVER - timedelta(days=20))
    assert states(drafts) == ALL[:1]
    written(drafts.browser("a2", "sheet"), "D", KNOWN)
    assert OPERATION in sweep_drafts(drafts.portal, keys(drafts), OVER)
    assert states(drafts) == ALL[:1]


@SLOW_POSTGRESQL
def test_of_an_operation_that_nobody_is_told_of_they_go_30_days_after_they_were_saved(drafts: Office) -> None:
    with mock.patch("arshjul.actions.parties.sweeping.last_day", return_value=None):
        assert sweep_drafts(drafts.portal, keys(drafts), drafts.now + timedelta(days=30)) == []
        assert OPERATION in sweep_drafts(drafts.portal, keys(drafts), drafts.now + timedelta(days=31))
    with drafts.portal.writing() as db:
        db.execute(delete(schema.view))
        db.execute(delete(schema.sheet_sweep))
    assert sweep_drafts(drafts.portal, keys(drafts), OVER + timedelta(days=900)) == [], "without views nobody knows"


@SLOW_POSTGRESQL
def test_without_keys_what_is_hidden_waits_for_them(drafts: Office) -> None:
    own = keys(drafts)
    held = own.file.read_bytes()
    own.file.write_bytes(b"")
    assert OPERATION not in sweep_drafts(drafts.portal, own, OVER)
    assert states(drafts) == ALL[:1]
    own.file.write_bytes(held)
    assert hidden_states(drafts) == ["given", "draft"]
    assert OPERATION in sweep_drafts(drafts.portal, own, OVER)
    assert hidden_states(drafts) == ["given"]


@SLOW_POSTGRESQL
def test_what_is_purged_is_swept_too(drafts: Office) -> None:
    purge_sheets(drafts.portal, keys(drafts), OPERATION, DECISION, AFTER)
    assert OPERATION in sweep_drafts(drafts.portal, keys(drafts), AFTER)
    assert states(drafts) == ALL[:1]


@SLOW_POSTGRESQL
def test_nothing_is_written_after_that(drafts: Office) -> None:
    drafts.now = OVER
    owner = raised(drafts, drafts.browser("a1", "sheet"))
    for answer in (written(owner, "F", {"checks": "x"}), hide(owner, to=(LEAD,))):
        assert answer.status == 422
        assert "mer än 30 dagar sedan" in answer.text


@SLOW_POSTGRESQL
def test_all_slots_that_may_still_be_written_are_written_anew_daily(drafts: Office) -> None:
    """So that two copies of the database, a day apart, differ in all of them."""
    before, hidden = slots(drafts), hidden_states(drafts)
    stir_all(drafts.portal, keys(drafts))
    after = slots(drafts)
    assert before.keys() == after.keys()
    assert not [party for party in before if before[party] == after[party]]
    assert hidden_states(drafts) == hidden
    held = keys(drafts).file.read_bytes()
    keys(drafts).file.write_bytes(b"")
    stir_all(drafts.portal, keys(drafts))
    assert slots(drafts) == after, "without a key they stay"
    keys(drafts).file.write_bytes(held)
    sweep_drafts(drafts.portal, keys(drafts), OVER)
    after = slots(drafts)
    stir_all(drafts.portal, keys(drafts))
    assert slots(drafts) == after, "what is over stays"


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_a_portal_that_runs_does_it_by_itself(drafts: Office) -> None:
    server = PortalServer(drafts.portal, clock=lambda: OVER, sheets=drafts.sheets)
    with served_beside(server, on_port("127.0.0.1", 0)):
        for _ in range(100):
            with drafts.portal.reading() as db:
                if db.execute(select(schema.sheet_sweep)).first() is not None:
                    break
            sleep(0.05)
    assert states(drafts) == ALL[:1]
