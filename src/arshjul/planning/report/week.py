"""A week of the plan as a table of placements by date."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.rules.soft.avoided_day import WHY, why_avoided


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A party or an area, and its placements on each of the seven dates."""

    id: str
    name: str
    cells: tuple[tuple[Placement, ...], ...]


@dataclass(frozen=True, slots=True)
class WeekTable:
    """Seven dates, with a row for each party or area; `n`: the number of operations.

    `remarks`: that a date is closed, or why it had better be avoided.
    """

    days: tuple[date, ...]
    closed: tuple[date, ...]
    remarks: Mapping[date, Message]
    rows: tuple[WeekRow, ...]
    n: int


def week(scenario: Scenario, plan: Plan, monday: date, *, by_area: bool) -> WeekTable:
    """The week that begins on that date, by parties or by areas."""
    days = [monday + timedelta(days=n) for n in range(7)]
    placed = sorted(
        (placement for placement in plan.placements if any(slot.day in days for slot in scenario.slots(placement))),
        key=lambda one: scenario.moments(one.slot),
    )
    rows = _by_area(scenario, placed, days) if by_area else _by_party(scenario, placed, days)
    closed = [day for day in days if day not in scenario.span or not scenario.calendar.is_open(day)]
    against = {day: WHY[why] for day in days if day in scenario.span and (why := why_avoided(scenario, day))}
    remarks = {**dict.fromkeys(closed, Message("closed")), **against}
    return WeekTable(tuple(days), tuple(closed), remarks, tuple(rows), len(placed))


def _by_party(scenario: Scenario, placed: list[Placement], days: list[date]) -> Iterator[WeekRow]:
    for unit in scenario.police.values():
        own = [placement for placement in placed if unit.id in scenario.lenders(placement.operation, placement.police)]
        yield _row(scenario, unit.id, unit.name, own, days)
    for agency in scenario.agencies.values():
        own = [placement for placement in placed if agency.id in scenario.agencies_at(placement)]
        yield _row(scenario, agency.id, agency.name, own, days)


def _by_area(scenario: Scenario, placed: list[Placement], days: list[date]) -> Iterator[WeekRow]:
    for area in scenario.areas.values():
        own = [placement for placement in placed if scenario.operations[placement.operation].area == area.id]
        yield _row(scenario, area.id, area.name, own, days)


def _row(scenario: Scenario, id: str, name: str, own: list[Placement], days: list[date]) -> WeekRow:
    dates = [(one, {slot.day for slot in scenario.slots(one)}) for one in own]
    return WeekRow(id, name, tuple(tuple(one for one, there in dates if day in there) for day in days))
