"""A year of the plan: as a wheel and as a table, week by week, and the features that it uses.

A viewer without future dates gets numbers by week.
"""

from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from arshjul.errors import InputError, Message
from arshjul.office.console.visit import ALL, CHANGING, READING, Page, Visit
from arshjul.office.draft.edit_operation import use_features
from arshjul.serving.pages import Answer, Bytes, Html, SeeOther
from arshjul.year.agenda.year import STATUS_NAMES, public_year, year
from arshjul.year.domain.calendar import Span, year_label
from arshjul.year.domain.feature import FEATURES, in_order
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.report.operations import week
from arshjul.year.render.wheel.drawing import narrow, wheel
from arshjul.year.render.wheel.public import public_wheel
from arshjul.year.texts import FirstToLast, counted

SVG = "image/svg+xml"


def show(visit: Visit) -> Answer:
    draft, plan = visit.draft, visit.draft.made_plan
    shown, labels = visit.shown_year, [year_label(year) for year in draft.scenario.years]
    switch = {"labels": labels, "shown": year_label(shown)}
    if visit.session is None or visit.session.role not in READING:
        return Html("public_year.html", {"year": public_year(draft.scenario, plan, shown), **switch})
    values = {"draft": draft, **by_month(visit, draft.scenario, visit.plan_now, shown), **switch}
    view = values["view"]

    def list_months() -> bytes:
        return narrow(view, values["titles"], visit.words, "/operations/").encode()

    name = f"{visit.words.language} {view.as_of.date()} {view.span.first} narrow"
    listed = Markup(visit.years.drawn(plan, name, list_months).decode())
    return Html("year.html", {**values, "narrow": listed, "weeks": {f"{week}": week for week in view.weeks}})


def by_month(visit: Visit, scenario: Scenario, plan: Plan, shown: Span | None = None) -> dict[str, Any]:
    """The values of `months.html`: the operations of a year by month; `shown` None: of the plan's moment."""
    view = year(scenario, plan, shown)
    return {
        "view": view,
        "months": [
            (month, [operation for operation in view.operations if operation.slot.day in month])
            for month in view.months
        ],
        "shifts": {shift.id: shift.name for shift in view.shifts},
        "status": {id: visit.words.say(text) for id, text in STATUS_NAMES.items()},
        "titles": {id: operation.title for id, operation in scenario.operations.items()},
    }


def picture(visit: Visit) -> Answer:
    draft, plan, shown = visit.draft, visit.draft.made_plan, visit.shown_year
    if visit.session is not None and visit.session.role in READING:
        return whole_wheel(visit, draft.scenario, plan, visit.plan_now, shown)

    def draw() -> bytes:
        return public_wheel(public_year(draft.scenario, plan, shown), visit.words)

    name = f"{visit.words.language} {shown.first} public"
    return Bytes(visit.years.drawn(plan, name, draw), SVG, packs=True)


def whole_wheel(visit: Visit, scenario: Scenario, plan: Plan, seen: Plan, shown: Span | None = None) -> Bytes:
    """The wheel of a year of a plan with all its content; drawn as `seen` on that day."""

    def draw() -> bytes:
        return wheel(year(scenario, seen, shown), visit.words, "inline")

    name = f"{visit.words.language} {seen.as_of.date()} {shown and shown.first}"
    return Bytes(visit.years.drawn(plan, name, draw), SVG, packs=True)


WEEK = timedelta(days=7)


def show_week(visit: Visit) -> Answer:
    scenario, plan = visit.scenario, visit.draft.made_plan
    monday = _monday(visit.path["week"])
    by = "areas" if visit.query.text("by") == "areas" else "parties"
    table = week(scenario, plan, monday, by_area=by == "areas")
    values = {
        "days": table.days,
        "span": FirstToLast(table.days[0], table.days[6]),
        "week": _name(monday),
        "number": monday.isocalendar().week,
        "before": _name(monday - WEEK) if monday > scenario.span.first else None,
        "after": _name(monday + WEEK) if monday + WEEK <= scenario.span.last else None,
        "by": by,
        "rows": table.rows,
        "closed": table.closed,
        "remarks": table.remarks,
        "scenario": scenario,
        "shifts": {shift.id: shift.name for shift in scenario.shifts},
        "said": counted(table.n, "one operation", "{n} operations"),
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


BEFORE, NONE = "before", "-"  # what was used before a change: the field of the query, and its value if that was nothing


def show_features(visit: Visit) -> Answer:
    uses, before = visit.uses, visit.query.text(BEFORE)
    former = in_order(before.split(",")) if before else uses
    values = {
        "draft": visit.draft,
        "features": FEATURES.values(),
        "uses": uses,
        "former": former,
        "switched_on": [
            feature.name for feature in FEATURES.values() if feature.id in uses and feature.id not in former
        ],
        "switched_off": [
            feature.name for feature in FEATURES.values() if feature.id in former and feature.id not in uses
        ],
    }
    return Html("features.html", values)


def switch_features(visit: Visit) -> Answer:
    form, before = visit.form, visit.uses
    use_features(visit.store, form.several("feature"), visit.person, visit.now, form.text("seen"))
    visit.close_outside()
    return SeeOther(f"/features?{BEFORE}={','.join(before) or NONE}")


pages = (
    Page("/year", "GET", ALL, show),
    Page("/year/wheel.svg", "GET", ALL, picture),
    Page("/weeks/{week}", "GET", READING, show_week),
    Page("/features", "GET", READING, show_features),
    Page("/features", "POST", CHANGING, switch_features),
)
