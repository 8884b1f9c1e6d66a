"""Operations: the list with search and filter; each one's page, and everything that can be asked of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from arshjul.actions.draft import Draft, enter
from arshjul.actions.edit_operation import add_object, edit_operation
from arshjul.agenda.wording import taking_part
from arshjul.agenda.year import STATUS_NAMES, status
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.forms import Form
from arshjul.console.visit import Visit
from arshjul.console.working_out import to_options
from arshjul.domain.operation import Operation
from arshjul.domain.outcome import RESULTS
from arshjul.domain.plan import Placement, Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import ArshjulError, InputError, Message
from arshjul.formats.words import local_time
from arshjul.planning.explain import explain, fits, known, worth
from arshjul.planning.year_log import RESULTS as RESULT_NAMES
from arshjul.planning.year_log import year_log

MOST_ALTERNATIVES = 8

Entered = tuple[str, Mapping[str, object]]


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
    """The list, or what of it was searched for."""
    draft, plan = visit.draft, visit.draft.made_plan
    query = visit.query
    rows = [row for row in _rows(draft, plan) if _is_wanted(row, query, draft.scenario)]
    values = {
        "draft": draft,
        "rows": rows,
        "n": len(draft.scenario.operations),
        "query": query,
        "sectors": {id: draft.scenario.word(id) for id in dict.fromkeys(o.sector for o in _all(draft))},
        "states": _states(visit),
    }
    return Html("operations.html", values, part="found")


def _states(visit: Visit) -> dict[str, str]:
    """The word for each state that an operation can be in."""
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
                _status(scenario, plan, operation, place),
            )
        )
    return sorted(rows, key=lambda row: (row.placement is None, row.placement and row.placement.slot.day.isoformat()))


def _status(scenario: Scenario, plan: Plan, operation: Operation, place: Placement | None) -> str:
    if place is not None:
        return status(scenario, plan, place)
    return "reserve" if operation.reserve else "unplaced"


def _is_wanted(row: ListRow, query: Form, scenario: Scenario) -> bool:
    operation, text = row.operation, query.text("q").casefold()
    agencies = (
        [] if row.placement is None else [scenario.agencies[a].name for a in taking_part(scenario, row.placement)]
    )
    words = " ".join([operation.id, operation.title, row.area, scenario.word(operation.sector), row.unit, *agencies])
    wanted = {"sector": operation.sector, "area": operation.area, "status": row.status}
    return text in words.casefold() and all(query.text(key) in ("", value) for key, value in wanted.items())


def show(visit: Visit) -> Answer:
    """One operation: where it is and why, where it could be, what happened to it, and what can be done."""
    return _page(visit)


def _page(visit: Visit, wrong: tuple[Message, ...] = (), code: int = 200) -> Html:
    draft, plan = visit.draft, visit.draft.made_plan
    scenario, moment = draft.scenario, max(draft.moment(visit.now), draft.made_plan.as_of)
    operation = known(scenario, visit.path["operation"])
    place = plan.placed.get(operation.id)
    has_begun = place is not None and scenario.moments(place.slot)[0] < moment
    standing = visit.years.standing(scenario, plan, moment)
    problem = standing.problem({operation.id})
    ways = [] if has_begun else standing.alternatives(problem, operation.id, MOST_ALTERNATIVES)
    values = {
        "draft": draft,
        "operation": operation,
        "place": place,
        "area": scenario.areas[operation.area].name,
        "sector": scenario.word(operation.sector),
        "state": _status(scenario, plan, operation, place),
        "states": _states(visit),
        "agencies": [] if place is None else [scenario.agencies[a] for a in taking_part(scenario, place)],
        "unit": None if place is None or place.police is None else scenario.police[place.police],
        "shift": None if place is None else scenario.shift(place.slot.shift),
        "why": explain(scenario, plan, operation.id, moment, standing, problem).sentences,
        "alternatives": [(way, fits(scenario, way), worth(way)) for way in ways],
        "waiting": [
            line for line in year_log(scenario, draft.usable(visit.now)[0]) if _is_about(line.entry, operation.id)
        ],
        "history": [line for line in year_log(scenario, plan.entries) if _is_about(line.entry, operation.id)],
        "has_begun": has_begun,
        "objects": [scenario.objects[id] for id in plan.bindings.get(operation.id, ()) if id in scenario.objects],
        "is_today": place is not None and place.slot.day == moment.date(),
        "results": [(id, RESULT_NAMES[id]) for id in RESULTS],
        "wrong": wrong,
        "moment": moment,
    }
    return Html("operation.html", values, code, part="content")


def _is_about(entry: object, id: str) -> bool:
    about = getattr(entry, "operation", None)
    return about == id or getattr(about, "id", None) == id


def ask(visit: Visit) -> Answer:
    """Enters what was asked of the operation, and works out what it takes; an outcome alone waits."""
    draft, form = visit.draft, visit.form
    operation = known(draft.scenario, visit.path["operation"])
    if (edited := _EDITS.get(form.text("ask"))) is not None:
        return _edit(visit, operation, edited)
    asked = _ASKED.get(form.text("ask"))
    if asked is None:
        raise InputError(Message("There is no such page."))
    reported = local_time(draft.moment(visit.now))
    try:
        name, item = asked(draft, operation, form)
        entry = {**item, "reported": reported}
        enter(visit.store, [(name, entry)], visit.person, visit.now, form.text("seen"), visit.year_words)
    except ArshjulError as error:
        return _refused(visit, error)
    if name == "outcomes" and form.text("result") != "called-off":
        return SeeOther(f"/operations/{operation.id}")
    return to_options(visit, "fewest-changes")


def _refused(visit: Visit, error: ArshjulError) -> Html:
    """The page again, with all that is wrong."""
    if isinstance(error, InputError):
        return _page(visit, (error.message, *(problem.text for problem in error.problems)), 422)
    return _page(visit, (error.message,), 409)


def _edit(visit: Visit, operation: Operation, edited: "Edited") -> Answer:
    """Enters what is to be other in the scenario, and works out what it takes."""
    try:
        edited(visit, operation.id)
    except ArshjulError as error:
        return _refused(visit, error)
    return to_options(visit, "fewest-changes")


def _other_values(visit: Visit, id: str) -> None:
    form = visit.form
    values = {"title": form.text("title"), "priority": form.number("priority"), "officers": form.number("officers")}
    given = {key: value for key, value in values.items() if value is not None}
    edit_operation(
        visit.store, id, {**given, "must": form.is_checked("must")}, visit.person, visit.now, form.text("seen")
    )


def _new_object(visit: Visit, frame: str) -> None:
    form = visit.form
    numbers = {key: form.number(key) for key in ("stops", "priority")}
    given = {key: value for key, value in numbers.items() if value is not None}
    site = {key: form.text(key) for key in ("ref", "name", "address") if form.text(key)}
    item = {"id": form.text("object"), **given, **({"sites": [site]} if site else {})}
    add_object(visit.store, frame, item, visit.person, visit.now, form.text("seen"))


def _moved(_: Draft, operation: Operation, form: Form) -> Entered:
    day, shift, unit = (*form.text("to").split(" "), "", "", "")[:3]
    return "pinned", {"operation": operation.id, "date": day, "shift": shift, **({"police": unit} if unit else {})}


def _pinned(draft: Draft, operation: Operation, _: Form) -> Entered:
    place = draft.made_plan.placed.get(operation.id)
    if place is None:
        raise InputError(Message("{operation} has no place to stay at.", {"operation": operation.id}))
    unit = {} if place.police is None else {"police": place.police}
    return "pinned", {
        "operation": operation.id,
        "date": place.slot.day.isoformat(),
        "shift": place.slot.shift,
        **unit,
    }


def _alone(name: str, operation: Operation) -> Entered:
    return name, {"operation": operation.id}


def _other_date(_: Draft, operation: Operation, form: Form) -> Entered:
    dates = {"from": form.text("from"), "to": form.text("to") or form.text("from")}
    item = {"operation": operation.id, "agency": form.text("agency"), "dates": [dates], "cause": form.text("cause")}
    return "not_on", {key: value for key, value in item.items() if value != ""}


def _outcome(draft: Draft, operation: Operation, form: Form) -> Entered:
    place = draft.made_plan.placed.get(operation.id)
    item = {
        "operation": operation.id,
        "date": "" if place is None else place.slot.day.isoformat(),
        "result": form.text("result"),
        "officers": form.number("officers"),
        "note": form.text("note"),
    }
    return "outcomes", {key: value for key, value in item.items() if value not in ("", None)}


_ASKED = {
    "move": _moved,
    "pin": _pinned,
    "unpin": lambda _, operation, __: _alone("unpinned", operation),
    "cancel": lambda _, operation, __: _alone("cancelled", operation),
    "without-police": lambda _, operation, __: _alone("without_police", operation),
    "promote": lambda _, operation, __: _alone("promoted", operation),
    "other-date": _other_date,
    "outcome": _outcome,
}

Edited = Callable[[Visit, str], None]
_EDITS: Mapping[str, Edited] = {"edit": _other_values, "object": _new_object}

pages = (
    Page("/operations", "GET", "see-operations", READING, show_list),
    Page("/operations/{operation}", "GET", "see-operation", READING, show),
    Page("/operations/{operation}", "POST", "ask-of-operation", CHANGING, ask),
)
