"""The list of operations, with search and filter; those ticked in it are edited at once, in one field."""

from arshjul.errors import InputError, Message
from arshjul.office.console.entry_forms import SURE, refused
from arshjul.office.console.pages.nominations import EDITED, choices
from arshjul.office.console.visit import CHANGING, READING, Page, Visit
from arshjul.office.draft.compare_scenario import compare
from arshjul.office.draft.draft import NOMINATED
from arshjul.office.draft.edit_operation import edit_operations, edited_operations
from arshjul.serving.fields import declared, given
from arshjul.serving.forms import Form, Problems, ShownForm
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.year.agenda.year import STATUS_NAMES
from arshjul.year.domain.calendar import year_label
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.report.operations import listed

EVERY = "all"  # the word in a query for all years together


def show_list(visit: Visit) -> Answer:
    draft, plan, query = visit.draft, visit.plan_now, visit.query
    wanted = {key: query.text(key) for key in ("sector", "area", "status")}
    labels = [year_label(year) for year in draft.scenario.years]
    shown = None if query.text("year") == EVERY or len(labels) == 1 else visit.shown_year
    rows = listed(draft.scenario, plan, query.text("q"), wanted, shown)
    values = {
        "draft": draft,
        "rows": rows,
        "has_reserves": any(operation.reserve for operation in draft.scenario.operations.values()),
        "n": len(listed(draft.scenario, plan, "", {}, shown)),
        "years": labels,
        "shown": EVERY if shown is None else year_label(shown),
        "query": query,
        "sectors": {
            id: draft.scenario.word(id) for id in dict.fromkeys(o.sector for o in draft.scenario.operations.values())
        },
        "states": states(visit),
    }
    return Html("operations.html", values, part="found")


def states(visit: Visit) -> dict[str, str]:
    placed: dict[str, str] = {id: visit.words.say(text) for id, text in STATUS_NAMES.items()}
    return {**placed, "unplaced": visit.words("no place"), "reserve": visit.words("reserve")}


FIELDS = (
    "priority", "must", "officers", "officers_least", "designated", "area", "sector", "programme", "lead_agency",
    "agencies", "optional_agencies", "window", "preferred", "shifts", "weekdays", "not_on", "nominated_on",
    "short_notice", "police", "without_police",
)  # fmt: skip
"""The fields that mean the same for several operations, the usual ones first."""


def show_several(visit: Visit) -> Answer:
    return _several(visit, visit.query)


def change_several(visit: Visit) -> Answer:
    """Shows what the field would change; pressed there, edits all of them at once."""
    form, field = visit.form, visit.form.text("field")
    if field not in FIELDS:
        raise InputError(Message("Choose a field."))
    ids, is_sure = form.several("operation"), form.is_checked(SURE)
    values = {field: given({field: EDITED[field]}, form).get(field)}

    made: list[Scenario] = []

    def look() -> None:
        made.append(edited_operations(visit.draft, ids, values, visit.now, is_sure=is_sure))

    def edit() -> None:
        edit_operations(visit.store, ids, values, visit.person, visit.now, form.text("seen"), is_sure=is_sure)

    is_seen = form.is_checked("save")
    wrong = refused(
        lambda problems, status: _several(visit, form, problems, status), (NOMINATED, ""), edit if is_seen else look
    )
    if wrong is not None or is_seen:
        return wrong or SeeOther("/#waiting")
    draft = visit.draft
    difference = compare(draft, made[0], draft.begun(visit.now), visit.words)
    shown = [(key, value) for key, value in form.pairs("token", "seen") if key != SURE]
    return Html(
        "several_check.html", {"draft": draft, "found": difference, "fields": shown, "is_sure": is_sure, "ids": ids}
    )


def _several(visit: Visit, form: Form, problems: Problems = (), status: int = 200) -> Html:
    known, keys = visit.draft.present.operations, declared(NOMINATED)
    ids, field = [id for id in form.several("operation") if id in known], form.text("field")
    values = {
        **choices(visit),
        "chosen": [known[id] for id in ids],
        "fields": [(name, keys[name].told) for name in FIELDS],
        "field_name": field if field in FIELDS else "",
        "form": ShownForm("", form, bool(problems), problems),
    }
    return Html("several.html", values, status)


pages = (
    Page("/operations", "GET", READING, show_list),
    Page("/several", "GET", CHANGING, show_several),
    Page("/several", "POST", CHANGING, change_several),
)
