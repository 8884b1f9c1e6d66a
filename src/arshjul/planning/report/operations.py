"""The operations of a plan as a list, with place and state, and the search in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from arshjul.agenda.year import status
from arshjul.domain.calendar import Span
from arshjul.domain.operation import Operation
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.rules.soft.avoided_day import avoided


@dataclass(frozen=True, slots=True)
class ListRow:
    """An operation in the list. `avoided`: why its dates had better be avoided."""

    operation: Operation
    placement: Placement | None
    area: str
    shift: str
    unit: str
    status: str
    avoided: tuple[Message, ...]


def listed(
    scenario: Scenario, plan: Plan, text: str, wanted: Mapping[str, str], year: Span | None = None
) -> list[ListRow]:
    """The operations that contain the text and match `wanted`: by date, then those without one.

    `wanted`: `sector`, `area` and `status`; empty for any. `year`: only those that are in it, or without a place could
    have been; None: all.
    """
    return [
        row
        for row in _rows(scenario, plan)
        if _is_wanted(row, text, wanted, scenario) and (year is None or _dates(scenario, row).overlaps(year))
    ]


def _dates(scenario: Scenario, row: ListRow) -> Span:
    place = row.placement
    return scenario.window(row.operation) if place is None else Span(place.slot.day, scenario.last_day(place))


def _rows(scenario: Scenario, plan: Plan) -> list[ListRow]:
    shifts = {shift.id: shift.name for shift in scenario.shifts}
    rows = []
    for operation in scenario.operations.values():
        place = plan.placed.get(operation.id)
        units = scenario.lenders(operation.id, place.police) if place else ()
        rows.append(
            ListRow(
                operation,
                place,
                scenario.areas[operation.area].name,
                shifts.get(place.slot.shift, "") if place else "",
                ", ".join(scenario.police[unit].name for unit in units),
                state(scenario, plan, operation, place),
                avoided(scenario, place) if place else (),
            )
        )
    without = [row for row in rows if row.placement is None]
    placed = [(scenario.moments(row.placement.slot), row) for row in rows if row.placement is not None]
    return [*(row for _, row in sorted(placed, key=lambda one: one[0])), *without]


def state(scenario: Scenario, plan: Plan, operation: Operation, place: Placement | None) -> str:
    """The state that an operation is in."""
    if place is not None:
        return status(scenario, plan, place)
    return "reserve" if operation.reserve else "unplaced"


def _is_wanted(row: ListRow, text: str, wanted: Mapping[str, str], scenario: Scenario) -> bool:
    operation = row.operation
    agencies = [] if row.placement is None else [scenario.agencies[a].name for a in scenario.agencies_at(row.placement)]
    words = " ".join([operation.id, operation.title, row.area, scenario.word(operation.sector), row.unit, *agencies])
    has = {"sector": operation.sector, "area": operation.area, "status": row.status}
    return text.casefold() in words.casefold() and all(wanted.get(key, "") in ("", value) for key, value in has.items())
