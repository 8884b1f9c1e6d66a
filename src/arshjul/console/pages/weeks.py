"""A week as a table of placements by date."""

from datetime import date, timedelta

from arshjul.console.access import READING, Page
from arshjul.console.answers import Answer, Html
from arshjul.console.visit import Visit
from arshjul.errors import InputError, Message
from arshjul.planning.report.operations import week
from arshjul.texts import FirstToLast, counted

WEEK = timedelta(days=7)


def show(visit: Visit) -> Answer:
    """The week of the path, by party or by area."""
    scenario, plan = visit.scenario, visit.draft.made_plan
    monday = _monday(visit.path["week"])
    by = "areas" if visit.query.text("by") == "areas" else "parties"
    found = week(scenario, plan, monday, by_area=by == "areas")
    values = {
        "days": found.days,
        "span": FirstToLast(found.days[0], found.days[6]),
        "week": _name(monday),
        "number": monday.isocalendar().week,
        "before": _name(monday - WEEK) if monday > scenario.span.first else None,
        "after": _name(monday + WEEK) if monday + WEEK <= scenario.span.last else None,
        "by": by,
        "rows": found.rows,
        "closed": found.closed,
        "remarks": found.remarks,
        "scenario": scenario,
        "shifts": {shift.id: shift.name for shift in scenario.shifts},
        "said": counted(found.n, "one operation", "{n} operations"),
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
        raise InputError(Message("There is no week {given}: write it as 2027-W19.", {"given": text})) from None


def _name(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


pages = (Page("/weeks/{week}", "GET", "see-week", READING, show),)
