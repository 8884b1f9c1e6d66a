"""The form of an operation: to nominate one or to edit it, with every key that it may have except its places."""

from functools import partial

from arshjul.actions.contacts.nominations import Nomination, accept_operation, as_written, waiting_nomination
from arshjul.actions.draft.draft import NOMINATED
from arshjul.actions.draft.edit_operation import edit_operations, next_id, taken_ids
from arshjul.console.entry_forms import SURE, EntryForm, refused, take
from arshjul.console.visit import CHANGING, Page, Visit
from arshjul.console.working_out import to_options
from arshjul.domain.operation import Operation
from arshjul.formats.schema.declared import mapping, shape
from arshjul.planning.places.explain import known
from arshjul.serving.fields import Kinds, given, kinds_of
from arshjul.serving.forms import Form
from arshjul.serving.pages import Answer, Html
from arshjul.serving.party_entries import nomination_lines
from arshjul.serving.shown_form import Problems, ShownForm

_WITH_ID = kinds_of(shape(Operation), "fixed", "sites")
EDITED: Kinds = {key: kind for key, kind in _WITH_ID.items() if key not in {"id", "repeat"}}
"""The keys of an existing operation that can be edited."""

NEW = EntryForm(NOMINATED, _WITH_ID)
FROM = "nomination"
"""The field that names the nomination of a party, from which the form is filled in."""


def show_new(visit: Visit) -> Answer:
    day = visit.draft.moment(visit.now).date().isoformat()
    values: dict[str, object] = {"nominated_on": day, "priority": 2, "id": next_id(taken_ids(visit.draft))}
    if of := visit.query.text(FROM):
        values |= as_written(waiting_nomination(visit.store, visit.draft, of))
    return _new(visit, NEW.filled(values), of=of)


def nominate(visit: Visit) -> Answer:
    item, of = NEW.item(visit.form), visit.form.text(FROM)

    def again(problems: Problems, status: int) -> Html:
        return _new(visit, visit.form, problems, status, of)

    if not of:
        return take(visit, NEW.list, item, again, "fewest-changes")
    seen, is_sure = visit.form.text("seen"), visit.form.is_checked(SURE)
    wrong = refused(
        again,
        (NOMINATED, str(item.get("id", ""))),
        lambda: accept_operation(visit.store, of, item, visit.person, visit.now, seen, is_sure=is_sure),
    )
    return wrong or to_options(visit, "fewest-changes")


def _new(visit: Visit, form: Form, problems: Problems = (), status: int = 200, of: str = "") -> Html:
    values = {**choices(visit), **nominated(visit, of), "form": ShownForm("", form, problems=problems)}
    return Html("nomination.html", values, status)


def nominated(visit: Visit, id: str) -> dict[str, object]:
    """The nomination of a party, of that id, from which a form is filled in; AlreadyDone if it waits no more."""
    if not id:
        return {"nomination": None}
    one = waiting_nomination(visit.store, visit.draft, id)
    return {"nomination": one, "said": said(visit, one)}


def said(visit: Visit, one: Nomination) -> list[tuple[str, str]]:
    scenario = visit.draft.named
    names = {
        "sector": scenario.names,
        "area": {area.id: area.name for area in scenario.areas.values()},
        "agencies": {agency.id: agency.name for agency in scenario.agencies.values()},
    }
    return list(nomination_lines(one.shape, one.body, names, visit.words))


def edit(visit: Visit) -> Answer:
    operation = known(visit.scenario, visit.path["operation"])
    values, seen = {**dict.fromkeys(EDITED), **given(EDITED, visit.form)}, visit.form.text("seen")
    is_sure = visit.form.is_checked(SURE)
    wrong = refused(
        partial(show_edit, visit),
        (NOMINATED, operation.id),
        lambda: edit_operations(visit.store, [operation.id], values, visit.person, visit.now, seen, is_sure=is_sure),
    )
    return wrong or to_options(visit, "fewest-changes")


def show_edit(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    operation = known(visit.draft.present, visit.path["operation"])
    form = visit.form if problems else NEW.filled(mapping(operation))
    values = {
        **choices(visit),
        "nomination": None,
        "operation": operation,
        "form": ShownForm("", form, problems=problems),
    }
    return Html("nomination.html", values, status)


def choices(visit: Visit) -> dict[str, object]:
    """The choices that the form of an operation, or of an object to visit, offers."""
    scenario = visit.draft.named
    operations = scenario.operations.values()
    return {
        "draft": visit.draft,
        "operation": None,
        "sectors": [(id, scenario.word(id)) for id in scenario.sectors],
        "programmes": [(one.id, one.name) for one in scenario.known_programmes],
        "agencies": [(one.id, one.name) for one in scenario.agencies.values()],
        "areas": [(one.id, one.name) for one in scenario.areas.values()],
        "units_there": [(one.id, one.name) for one in scenario.police.values()],
        "operations": [(one.id, one.title) for one in operations],
    }


forms = (NEW,)

pages = (
    Page("/nominations/new", "GET", "see-nomination-form", CHANGING, show_new),
    Page("/nominations/new", "POST", "nominate", CHANGING, nominate),
    Page("/operations/{operation}/edit", "GET", "see-edit-form", CHANGING, show_edit),
    Page("/operations/{operation}/edit", "POST", "edit-operation", CHANGING, edit),
)
