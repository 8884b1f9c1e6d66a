"""A week as a table of placements by date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from arshjul.console.access import READING, Page
from arshjul.console.answers import Answer, Html
from arshjul.console.visit import Visit
from arshjul.domain.placement import Placement
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message
from arshjul.texts import counted

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A party or an area, and its placements on each of the seven dates."""

    id: str
    name: str
    cells: tuple[tuple[Placement, ...], ...]


def show(visit: Visit) -> Answer:
    """The week of the path, by party or by area."""
    scenario, plan = visit.scenario, visit.draft.made_plan
    monday = _monday(visit.path["week"])
    days = [monday + timedelta(days=n) for n in range(7)]
    by = "areas" if visit.query.text("by") == "areas" else "parties"
    placed = sorted(
        (one for one in plan.placements if any(slot.day in days for slot in scenario.slots(one))),
        key=lambda one: (one.slot.day, one.slot.shift),
    )
    rows = list(_by_area(scenario, placed, days) if by == "areas" else _by_party(scenario, placed, days))
    values = {
        "days": days,
        "week": _name(monday),
        "number": monday.isocalendar().week,
        "before": _name(monday - WEEK) if monday > scenario.span.first else None,
        "after": _name(monday + WEEK) if monday + WEEK <= scenario.span.last else None,
        "by": by,
        "rows": rows,
        "closed": [day for day in days if day not in scenario.span or not scenario.calendar.is_open(day)],
        "scenario": scenario,
        "shifts": {shift.id: shift.name for shift in scenario.shifts},
        "said": counted(len(placed), "one operation", "{n} operations"),
    }
    return Html("week.html", values)


def _monday(text: str) -> date:
    """The first date of a week such as 2027-W19. InputError if there is no such week."""
    try:
        year, _, week = text.partition("-W")
        if not date.min.year < int(year) < date.max.year:  # their weeks are out of range
            raise ValueError(year)
        return date.fromisocalendar(int(year), int(week), 1)
    except (ValueError, OverflowError):
        raise InputError(Message("There is no week {given}: one is written as 2027-W19.", {"given": text})) from None


def _name(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _by_party(scenario: Scenario, placed: list[Placement], days: list[date]) -> Iterator[WeekRow]:
    for unit in scenario.police.values():
        own = [one for one in placed if unit.id in scenario.lenders(one.operation, one.police)]
        yield _row(scenario, unit.id, unit.name, own, days)
    for agency in scenario.agencies.values():
        own = [one for one in placed if agency.id in scenario.agencies_at(one)]
        yield _row(scenario, agency.id, agency.name, own, days)


def _by_area(scenario: Scenario, placed: list[Placement], days: list[date]) -> Iterator[WeekRow]:
    for area in scenario.areas.values():
        own = [one for one in placed if scenario.operations[one.operation].area == area.id]
        yield _row(scenario, area.id, area.name, own, days)


def _row(scenario: Scenario, id: str, name: str, own: list[Placement], days: list[date]) -> WeekRow:
    dates = [(one, {slot.day for slot in scenario.slots(one)}) for one in own]
    return WeekRow(id, name, tuple(tuple(one for one, there in dates if day in there) for day in days))


pages = (Page("/weeks/{week}", "GET", "see-week", READING, show),)
