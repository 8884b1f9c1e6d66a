"""Lists of operations are in the order of the clock, whatever the numbers and the ids of the shifts are."""

from datetime import date, time

from arshjul.year.domain.calendar import Shift
from arshjul.year.planning.report.operations import listed, week
from tests.builders import operation, placement, plan, scenario

DAY = date(2027, 3, 2)
SHIFTS = (Shift("a", "Kväll", time(16), time(22)), Shift("b", "Dag", time(9), time(15)))
YEAR = scenario([operation("OP-001"), operation("OP-002"), operation("OP-003")], shifts=SHIFTS)
PLAN = plan(YEAR, [placement("OP-001", day=DAY, shift="a"), placement("OP-003", day=DAY, shift="b")])


def test_the_list_of_operations_goes_by_the_clock_and_ends_with_those_without_a_place() -> None:
    assert [row.operation.id for row in listed(YEAR, PLAN, "", {})] == ["OP-003", "OP-001", "OP-002"]


def test_so_does_the_week() -> None:
    (row, *_) = week(YEAR, PLAN, date(2027, 3, 1), by_area=True).rows
    assert [cell.operation for cell in row.cells[1]] == ["OP-003", "OP-001"]
