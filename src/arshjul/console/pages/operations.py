"""The list of operations, with search and filter."""

from dataclasses import dataclass

from arshjul.actions.draft.draft import Draft
from arshjul.agenda.year import STATUS_NAMES, status
from arshjul.console.access import READING, Page
from arshjul.console.answers import Answer, Html
from arshjul.console.forms import Form
from arshjul.console.visit import Visit
from arshjul.domain.operation import Operation
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class ListRow:
    """An operation in the list."""

    operation: Operation
    placement: Placement | None
    area: str
    shift: str
    unit: str
    status: str


def show_list(visit: Visit) -> Answer:
    """The list, or the operations in it that match the search."""
    draft, plan = visit.draft, visit.plan_now
    query = visit.query
    rows = [row for row in _rows(draft, plan) if _is_wanted(row, query, draft.scenario)]
    values = {
        "draft": draft,
        "rows": rows,
        "n": len(draft.scenario.operations),
        "query": query,
        "sectors": {id: draft.scenario.word(id) for id in dict.fromkeys(o.sector for o in _all(draft))},
        "states": states(visit),
    }
    return Html("operations.html", values, part="found")


def states(visit: Visit) -> dict[str, str]:
    """The words for all states of an operation."""
    placed: dict[str, str] = {id: visit.words.say(text) for id, text in STATUS_NAMES.items()}
    return {**placed, "unplaced": visit.words("no place"), "reserve": visit.words("reserve")}


def _all(draft: Draft) -> list[Operation]:
    return list(draft.scenario.operations.values())


def _rows(draft: Draft, plan: Plan) -> list[ListRow]:
    scenario = draft.scenario
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
            )
        )
    return sorted(rows, key=lambda row: (row.placement is None, row.placement and row.placement.slot.day.isoformat()))


def state(scenario: Scenario, plan: Plan, operation: Operation, place: Placement | None) -> str:
    """The state that an operation is in."""
    if place is not None:
        return status(scenario, plan, place)
    return "reserve" if operation.reserve else "unplaced"


def _is_wanted(row: ListRow, query: Form, scenario: Scenario) -> bool:
    operation, text = row.operation, query.text("q").casefold()
    agencies = [] if row.placement is None else [scenario.agencies[a].name for a in scenario.agencies_at(row.placement)]
    words = " ".join([operation.id, operation.title, row.area, scenario.word(operation.sector), row.unit, *agencies])
    wanted = {"sector": operation.sector, "area": operation.area, "status": row.status}
    return text in words.casefold() and all(query.text(key) in ("", value) for key, value in wanted.items())


pages = (Page("/operations", "GET", "see-operations", READING, show_list),)
