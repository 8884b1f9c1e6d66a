"""The form of an operation: to nominate one or to edit it, with every key that it may have except its places."""

from arshjul.actions.draft.draft import NOMINATED
from arshjul.actions.draft.edit_operation import edit_operation, next_id, taken_ids
from arshjul.console.access import CHANGING, Page
from arshjul.console.answers import Answer, Html
from arshjul.console.entry_forms import SURE, EntryForm, refused, take
from arshjul.console.visit import Visit
from arshjul.console.working_out import to_options
from arshjul.domain.scenario import purpose_key
from arshjul.formats.schema.operation import WrittenOperation
from arshjul.planning.places.explain import known
from arshjul.serving.fields import Kinds, given, kinds_of
from arshjul.serving.forms import Form
from arshjul.serving.shown_form import Problems, ShownForm

_WITH_ID = kinds_of(WrittenOperation, "fixed", "sites")
EDITED: Kinds = {key: kind for key, kind in _WITH_ID.items() if key not in {"id", "repeat"}}
"""The keys of an existing operation that can be edited."""

NEW = EntryForm(NOMINATED, _WITH_ID)


def show_new(visit: Visit) -> Answer:
    """The form of a new operation, nominated today."""
    day = visit.draft.moment(visit.now).date().isoformat()
    return _new(visit, Form({"nominated_on": (day,), "priority": ("2",), "id": (next_id(taken_ids(visit.draft)),)}))


def nominate(visit: Visit) -> Answer:
    """Enters the operation, and works out its place."""
    item = NEW.item(visit.form)
    return take(
        visit, NEW.list, item, lambda problems, status: _new(visit, visit.form, problems, status), "fewest-changes"
    )


def _new(visit: Visit, form: Form, problems: Problems = (), status: int = 200) -> Html:
    return Html("nomination.html", {**choices(visit), "form": ShownForm("", form, problems=problems)}, status)


def show_edit(visit: Visit) -> Answer:
    """The form of an existing operation with its values."""
    return _edit(visit)


def edit(visit: Visit) -> Answer:
    """Enters the edited keys, and starts a solve."""
    operation = known(visit.scenario, visit.path["operation"])
    values, seen = {**dict.fromkeys(EDITED), **given(EDITED, visit.form)}, visit.form.text("seen")
    is_sure = visit.form.is_checked(SURE)
    wrong = refused(
        lambda problems, status: _edit(visit, problems, status),
        (NOMINATED, operation.id),
        lambda: edit_operation(visit.store, operation.id, values, visit.person, visit.now, seen, is_sure=is_sure),
    )
    return wrong or to_options(visit, "fewest-changes")


def _edit(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    operation = known(visit.draft.present, visit.path["operation"])
    form = visit.form if problems else NEW.filled(WrittenOperation.of(operation).mapping())
    values = {**choices(visit), "operation": operation, "form": ShownForm("", form, problems=problems)}
    return Html("nomination.html", values, status)


def choices(visit: Visit) -> dict[str, object]:
    """The choices that the form of an operation, or of an object to visit, offers."""
    scenario = visit.draft.named
    operations = scenario.operations.values()
    sectors = dict.fromkeys(one.sector for one in operations)
    sectors |= dict.fromkeys(id for one in operations if one.frame is not None for id in one.frame.sectors or ())
    programmes = dict.fromkeys(one.programme for one in operations)
    others = {*programmes, *scenario.figures, *map(purpose_key, programmes)}
    named = [id for id in scenario.names if id not in others]
    return {
        "draft": visit.draft,
        "operation": None,
        "sectors": [(id, scenario.word(id)) for id in dict.fromkeys((*sectors, *named))],
        "programmes": [(id, scenario.word(id)) for id in programmes],
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
