"""The operations of a plan as a list, with place and state, and the search in it; and as weeks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from arshjul.errors import Message
from arshjul.year.agenda.year import status
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.soft.avoided_day import WHY, avoided, why_avoided


@dataclass(frozen=True, slots=True)
class ListRow:
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
    """By date, then those without one. `wanted`: `sector`, `area`, `status`; empty for any. `year` None: all."""
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
    return sorted(rows, key=lambda row: (0, *scenario.moments(row.placement.slot)) if row.placement else (1,))


def state(scenario: Scenario, plan: Plan, operation: Operation, place: Placement | None) -> str:
    if place is not None:
        return status(scenario, plan, place)
    return "reserve" if operation.reserve else "unplaced"


def _is_wanted(row: ListRow, text: str, wanted: Mapping[str, str], scenario: Scenario) -> bool:
    operation = row.operation
    agencies = [] if row.placement is None else [scenario.agencies[a].name for a in scenario.agencies_at(row.placement)]
    words = " ".join([operation.id, operation.title, row.area, scenario.word(operation.sector), row.unit, *agencies])
    has = {"sector": operation.sector, "area": operation.area, "status": row.status}
    return text.casefold() in words.casefold() and all(wanted.get(key, "") in ("", value) for key, value in has.items())


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A party or an area, and its placements on each of the seven dates."""

    id: str
    name: str
    cells: tuple[tuple[Placement, ...], ...]


@dataclass(frozen=True, slots=True)
class WeekTable:
    """`n`: the number of operations. `remarks`: that a date is closed, or why it had better be avoided."""

    days: tuple[date, ...]
    closed: tuple[date, ...]
    remarks: Mapping[date, Message]
    rows: tuple[WeekRow, ...]
    n: int


def week(scenario: Scenario, plan: Plan, monday: date, *, by_area: bool) -> WeekTable:
    days = [monday + timedelta(days=n) for n in range(7)]
    placed = sorted(
        (placement for placement in plan.placements if any(slot.day in days for slot in scenario.slots(placement))),
        key=lambda one: scenario.moments(one.slot),
    )
    dates = {placement.operation: {slot.day for slot in scenario.slots(placement)} for placement in placed}
    rows = [
        WeekRow(
            id, name, tuple(tuple(placement for placement in own if day in dates[placement.operation]) for day in days)
        )
        for id, name, own in _own(scenario, placed, by_area=by_area)
    ]
    closed = [day for day in days if day not in scenario.span or not scenario.calendar.is_open(day)]
    against = {day: WHY[why] for day in days if day in scenario.span and (why := why_avoided(scenario, day))}
    remarks = {**dict.fromkeys(closed, Message("closed")), **against}
    return WeekTable(tuple(days), tuple(closed), remarks, tuple(rows), len(placed))


def _own(scenario: Scenario, placed: list[Placement], *, by_area: bool) -> Iterator[tuple[str, str, list[Placement]]]:
    """Of each area or party its id, name and placements; of agencies those alone that come, or send teams."""
    if by_area:
        for area in scenario.areas.values():
            yield (
                area.id,
                area.name,
                [placement for placement in placed if scenario.operations[placement.operation].area == area.id],
            )
        return
    for unit in scenario.police.values():
        yield (
            unit.id,
            unit.name,
            [placement for placement in placed if unit.id in scenario.lenders(placement.operation, placement.police)],
        )
    for agency in scenario.agencies.values():
        own = [placement for placement in placed if agency.id in scenario.agencies_at(placement)]
        if own or agency.sends_teams:
            yield agency.id, agency.name, own
