"""Several operations at once: those ticked in the list, one field, its difference, and one edit of them all."""

from arshjul.actions.draft.compare_scenario import compare
from arshjul.actions.draft.draft import NOMINATED
from arshjul.actions.draft.edit_operation import edit_operations, edited_operations
from arshjul.console.access import CHANGING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.entry_forms import SURE, refused
from arshjul.console.pages.nominations import EDITED, choices
from arshjul.console.visit import Visit
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message
from arshjul.serving.fields import declared, given
from arshjul.serving.forms import Form
from arshjul.serving.shown_form import Problems, ShownForm

FIELDS = (
    "priority", "must", "officers", "officers_least", "designated", "area", "sector", "programme", "lead_agency",
    "agencies", "optional_agencies", "window", "preferred", "shifts", "weekdays", "not_on", "nominated_on",
    "short_notice", "police", "without_police",
)  # fmt: skip
"""The fields that mean the same for several operations, the usual ones first."""


def show(visit: Visit) -> Answer:
    """The chosen operations, and a choice of field; once that is chosen, the field."""
    return _page(visit, visit.query)


def change(visit: Visit) -> Answer:
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
        lambda problems, status: _page(visit, form, problems, status), (NOMINATED, ""), edit if is_seen else look
    )
    if wrong is not None or is_seen:
        return wrong or SeeOther("/#waiting")
    draft = visit.draft
    found = compare(draft, made[0], draft.begun(visit.now), visit.words)
    shown = [(key, value) for key, value in form.pairs("token", "seen") if key != SURE]
    return Html("several_check.html", {"draft": draft, "found": found, "fields": shown, "is_sure": is_sure, "ids": ids})


def _page(visit: Visit, form: Form, problems: Problems = (), status: int = 200) -> Html:
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
    Page("/several", "GET", "see-several", CHANGING, show),
    Page("/several", "POST", "edit-several", CHANGING, change),
)
