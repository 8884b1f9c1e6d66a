"""Two coordinators publish at the same time: one is served, the other is refused and told why; none is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.publishing.stale_revision import StaleRevision
from arshjul.office.store import revisions
from arshjul.office.store.store import Store, make_store
from arshjul.year.domain.plan import Plan
from tests import years
from tests.kills import watched

YEAR = years.scenario(n=2, n_agencies=2, n_police=1)


def publish_at_once(store: Store, tmp_path: Path, made: Plan, turn: int) -> Plan:
    """Both have read the same revision before either writes. The plan of who was first."""
    both = threading.Barrier(2)
    plans = [years.plan(YEAR, {"OP-000": day, "OP-001": other}, before=made) for day, other in moves(turn)]
    reads = [years.write(tmp_path / str(i), YEAR, plan) for i, plan in enumerate(plans)]

    def go(i: int) -> bool:
        def at(step: str) -> None:
            if step == "prepared":
                both.wait(60)

        cause = Cause(f"samordnare {i}, gång {turn}", "test", years.NOW)
        try:
            with watched(at):
                publish(store, reads[i], cause)
        except StaleRevision as refused:
            assert refused.differences, "who is refused is told what changed"
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        served = list(pool.map(go, (0, 1)))
    assert sorted(served) == [False, True]
    return plans[served.index(True)]


def moves(turn: int) -> list[tuple[date, date]]:
    first = date(2027, 3, 1) + timedelta(days=7 * (turn % 8))
    return [(first, first + timedelta(days=70)), (first, first + timedelta(days=140))]


def race(url: str, tmp_path: Path, turns: range) -> None:
    store = make_store(url)
    made = years.plan(YEAR)
    years.published(store, years.write(tmp_path / "first", YEAR, made))
    for turn in turns:
        made = publish_at_once(store, tmp_path, made, turn)
    with store.reading() as db:
        reasons = [revision.reason for revision in revisions.REVISIONS.all(db)]
    assert len(reasons) == len(turns) + 1
    assert all(f"gång {turn}" in reason for turn, reason in zip(turns, reasons[1:], strict=True))


def test_two_coordinators_at_once(url: str, tmp_path: Path) -> None:
    race(url, tmp_path, range(4))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(20))  # a year of its own for every fifty: a plan keeps what was changed before
def test_two_coordinators_at_once_a_thousand_times(url: str, tmp_path: Path, part: int) -> None:
    race(url, tmp_path, range(50 * part, 50 * part + 50))
