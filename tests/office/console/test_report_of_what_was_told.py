"""The report counts what parties had to live with: from what they were told to what they were told next."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arshjul.office.draft.import_year import checkout
from arshjul.office.draft.publish_draft import publish_undo
from arshjul.office.publishing.publish import Cause
from arshjul.office.publishing.revisions import told_versions
from arshjul.year.domain.history.rates import withdrawal_history
from arshjul.year.folder.report import Period, report
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.report.figures import Share
from arshjul.year.planning.report.report import Report
from tests.commands import ran
from tests.examples import often
from tests.office.console.conftest import Desk
from tests.office.console.test_undo import MOVING, answered, undo
from tests.office.console.test_undo_each_kind import entered

REAL = {**MOVING, "from": "2027-02-01", "to": "2027-02-01"}
"""A withdrawal that was one: it hits the first operation alone."""

WRONG = {**MOVING, "from": "2027-02-03", "to": "2027-02-12"}
"""One that was entered for the wrong units: it hits all others."""


def figures(desk: Desk) -> Report:
    made = desk.draft
    with desk.store.reading() as db:
        told = told_versions(db)
    return report(made.scenario, made.made_plan, Period(), made.made_plan.as_of, told=told)


def notice(found: Report) -> tuple[float | None, int | None]:
    """The median of days, and of how many moves."""
    median, short = (beside for beside in found.besides if beside.part == "notice")
    return median.n, short.of


def of_moves(found: Report) -> tuple[object, ...]:
    return found.operations.moved, found.operations.saved, notice(found), found.called_off


def test_what_is_undone_at_once_counts_nowhere(desk: Desk, tmp_path: Path) -> None:
    answered(desk.browser(), REAL)
    before = figures(desk)
    assert (before.operations.moved, before.operations.saved.of, notice(before)[1]) == (1, 1, 1)
    desk.now += timedelta(days=1)
    answered(desk.browser(), WRONG)
    assert figures(desk).operations.moved > 1
    undo(desk.store)
    assert of_moves(figures(desk)) == of_moves(before)
    done = ran(["report", "--db", desk.url, "--json"])
    assert json.loads(done.stdout)["operations"]["moved"] == 1, done.output
    checkout(desk.store, tmp_path / "f", lambda _: None)
    done = ran(["report", tmp_path / "f", "--json"])
    assert json.loads(done.stdout)["operations"]["moved"] == 1, "a folder knows what was taken back too"


def test_rates_learn_nothing_from_what_is_undone(desk: Desk) -> None:
    desk.now = datetime(2027, 1, 4, 8, tzinfo=UTC)
    answered(desk.browser(), {**REAL, "from": "2027-01-04", "to": "2027-01-04"})
    desk.now += timedelta(days=1)
    answered(desk.browser(), {**WRONG, "from": "2027-01-05"})
    publish_undo(desk.store, None, Cause("x", "it", desk.now), Effort(20), again=False, mail=False)
    made = desk.draft
    log = withdrawal_history(made.scenario, made.made_plan)
    assert log is not None
    assert [withdrawal.first.isoformat() for withdrawal in log.withdrawals] == ["2027-01-04"]


def test_what_nobody_was_told_counts_with_what_they_were_told(desk: Desk) -> None:
    """Two versions of the plan are chosen before one is published."""
    entered(desk, "pinned", {"operation": "OP-000", "date": "2027-06-01", "shift": "day"})
    desk.browser().plan()
    entered(desk, "pinned", {"operation": "OP-000", "date": "2027-06-03", "shift": "day"})
    entered(desk, "pinned", {"operation": "OP-001", "date": "2027-06-01", "shift": "day"})
    desk.browser().plan()
    assert desk.browser().publish().status == 303
    assert desk.draft.made_plan.revision == 3
    found = figures(desk)
    assert (found.operations.moved, notice(found)[1]) == (2, 2)


@pytest.mark.parametrize("n", often([2], [1]))
def test_each_publishing_counts(desk: Desk, n: int) -> None:
    for day in ("2027-06-01", "2027-06-03")[:n]:
        entered(desk, "pinned", {"operation": "OP-000", "date": day, "shift": "day"})
        desk.browser().plan()
        assert desk.browser().publish().status == 303
    assert (figures(desk).operations.moved, notice(figures(desk))[1]) == (1, n)
    assert figures(desk).operations.saved == Share(0, 0), "nobody withdrew anything"
