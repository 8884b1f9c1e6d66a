"""A year of the plan as a wheel and as a table. A viewer without future dates gets numbers by week."""

from typing import Any

from markupsafe import Markup

from arshjul.agenda.public_year import public_year
from arshjul.agenda.year import STATUS_NAMES, year
from arshjul.console.visit import ALL, READING, Page, Visit
from arshjul.domain.calendar import Span
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.years import year_label
from arshjul.render.wheel.drawing import wheel
from arshjul.render.wheel.narrow import narrow
from arshjul.render.wheel.public import public_wheel
from arshjul.serving.pages import Answer, Bytes, Html

SVG = "image/svg+xml"


def show(visit: Visit) -> Answer:
    """The wheel, and its months in a table."""
    draft, plan = visit.draft, visit.draft.made_plan
    shown, labels = visit.shown_year, [year_label(one) for one in draft.scenario.years]
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
        "months": [(month, [one for one in view.operations if one.slot.day in month]) for month in view.months],
        "shifts": {shift.id: shift.name for shift in view.shifts},
        "status": {id: visit.words.say(text) for id, text in STATUS_NAMES.items()},
        "titles": {id: operation.title for id, operation in scenario.operations.items()},
    }


def picture(visit: Visit) -> Answer:
    """The wheel for roles that see the whole year; for others the public one."""
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


pages = (
    Page("/year", "GET", "see-year", ALL, show),
    Page("/year/wheel.svg", "GET", "see-wheel", ALL, picture),
)
