"""The year: the wheel as a picture, and the same in a table. Who may see no dates to come gets numbers by weeks."""

from arshjul.agenda.public_year import public_year
from arshjul.agenda.year import STATUS_NAMES, year
from arshjul.console.access import ALL, READING, Page
from arshjul.console.answers import Answer, Bytes, Html
from arshjul.console.visit import Visit
from arshjul.render.wheel.drawing import wheel
from arshjul.render.wheel.public import public_wheel

SVG = "image/svg+xml"


def show(visit: Visit) -> Answer:
    """The wheel, and its months in a table."""
    draft, plan = visit.draft, visit.draft.made_plan
    if visit.session is None or visit.session.role not in READING:
        return Html("public_year.html", {"year": public_year(draft.scenario, plan)})
    view = year(draft.scenario, visit.plan_now)
    months = [(month, [one for one in view.operations if one.slot.day in month]) for month in view.months]
    shifts = {shift.id: shift.name for shift in view.shifts}
    status = {id: visit.words.say(text) for id, text in STATUS_NAMES.items()}
    titles = {id: operation.title for id, operation in draft.scenario.operations.items()}
    values = {"view": view, "months": months, "shifts": shifts, "status": status, "titles": titles}
    return Html("year.html", {**values, "weeks": {f"{week}": week for week in view.weeks}})


def picture(visit: Visit) -> Answer:
    """The wheel, for whoever may see the whole year; for others the one for everybody."""
    draft, plan = visit.draft, visit.draft.made_plan
    is_whole = visit.session is not None and visit.session.role in READING

    def draw() -> bytes:
        if is_whole:
            return wheel(year(draft.scenario, visit.plan_now), visit.words, "inline")
        return public_wheel(public_year(draft.scenario, plan), visit.words)

    name = f"{visit.words.language} {visit.moment.date()}" if is_whole else f"{visit.words.language} public"
    return Bytes(visit.years.drawn(plan, name, draw), SVG, packs=True)


pages = (
    Page("/year", "GET", "see-year", ALL, show),
    Page("/year/wheel.svg", "GET", "see-wheel", ALL, picture),
)
