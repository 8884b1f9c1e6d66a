"""Operations and objects to visit that are new or edited, and what parties have nominated at the portal.

The form of an operation has every key that it may have except its places. A nomination is accepted by such a form,
declined, or merged. Objects come by form or from a workbook, and are bound to frames.
"""

from datetime import timedelta
from functools import partial

from arshjul.errors import InputError, Message, Refused
from arshjul.office.console.entry_forms import SURE, EntryForm, begun, refused, take, to_options
from arshjul.office.console.pages.settings import NOTHING_SENT
from arshjul.office.console.visit import CHANGING, READING, Page, Visit
from arshjul.office.contacts.nominations import (
    REASON,
    SHOWN,
    Nomination,
    accept_object,
    accept_operation,
    as_written,
    became,
    decline,
    merge,
    nominations,
    waiting_nomination,
)
from arshjul.office.draft.compare_scenario import SentWorkbook
from arshjul.office.draft.draft import NOMINATED
from arshjul.office.draft.edit_operation import (
    add_object,
    ask_to_bind,
    edit_object,
    edit_operations,
    next_id,
    open_object,
    remove_object,
    take_objects,
    taken_ids,
)
from arshjul.office.draft.take_back import is_edited
from arshjul.serving.fields import SEVERAL, Kinds, filled, given, kinds_of, nomination_lines
from arshjul.serving.forms import Form, Problems, ShownForm
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.year.domain.calendar import week_of
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.formats.schema.declared import mapping, shape
from arshjul.year.planning.fill import objects_now
from arshjul.year.planning.places.explain import known

_WITH_ID = kinds_of(shape(Operation), "fixed", "sites")
EDITED: Kinds = {key: kind for key, kind in _WITH_ID.items() if key not in {"id", "repeat"}}
"""The keys of an existing operation that can be edited."""

NEW = EntryForm(NOMINATED, _WITH_ID)
FROM = "nomination"  # the field that names the nomination of a party, from which the form is filled in


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
    scenario = visit.draft.named
    operations = scenario.operations.values()
    return {
        "draft": visit.draft,
        "operation": None,
        "sectors": [(id, scenario.word(id)) for id in scenario.sectors],
        "programmes": [(programme.id, programme.name) for programme in scenario.known_programmes],
        "agencies": [(agency.id, agency.name) for agency in scenario.agencies.values()],
        "areas": [(area.id, area.name) for area in scenario.areas.values()],
        "units_there": [(unit.id, unit.name) for unit in scenario.police.values()],
        "operations": [(operation.id, operation.title) for operation in operations],
    }


def show_all(visit: Visit, of: str = "", problems: Problems = (), status: int = 200) -> Html:
    """`of`: the form that comes back, as `decline` and the id of its nomination."""
    draft, found = visit.draft, nominations(visit.store, visit.draft, visit.now)
    waiting = [nomination for nomination in found if nomination.waits]

    def form(what: str, one: Nomination) -> ShownForm:
        name, is_back = f"{what}-{one.reference}", of == f"{what} {one.id}"
        return ShownForm(name, visit.form if is_back else Form(), is_back, problems if is_back else ())

    there = [(operation.id, f"{operation.id} {operation.title}") for operation in draft.present.operations.values()]
    there += [(id, id) for id in draft.present.objects]
    shown = [
        (
            nomination,
            said(visit, nomination),
            form("decline", nomination),
            form("merge", nomination),
            [(other.id, f"{other.reference} {other.name}") for other in waiting if other != nomination] + there,
        )
        for nomination in waiting
    ]
    values = {
        "draft": draft,
        "waiting": shown,
        "decided": [nomination for nomination in reversed(found) if not nomination.waits],
        "became": became,
        "days": SHOWN.days,
        "zone": draft.scenario.zone,
    }
    return Html("nominations.html", values, status)


def _decided(visit: Visit, what: str) -> Answer:
    form = visit.form
    id, reason, is_sure = form.text("nomination"), form.text(REASON), form.is_checked(SURE)

    def act() -> None:
        if what == "decline":
            decline(visit.store, id, reason, visit.person, visit.now, is_sure=is_sure)
        else:
            merge(visit.store, id, form.text("into"), reason, visit.person, visit.now, is_sure=is_sure)

    wrong = refused(lambda problems, status: show_all(visit, f"{what} {id}", problems, status), (REASON, ""), act)
    return wrong or SeeOther("/nominations")


def take_decline(visit: Visit) -> Answer:
    return _decided(visit, "decline")


def take_merge(visit: Visit) -> Answer:
    return _decided(visit, "merge")


OBJECT = kinds_of(shape(VisitObject), agencies=SEVERAL)  # the keys of an object
NAME = "objects"


def show_objects(
    visit: Visit, wrong: Message | None = None, sent: SentWorkbook | None = None, status: int = 200
) -> Html:
    draft, scenario = visit.draft, visit.draft.present
    moment = draft.moment(visit.now) if draft.plan is None else visit.moment
    values = {
        "draft": draft,
        "is_edited": is_edited(draft),
        "objects": scenario.objects,
        "found": None if draft.plan is None else objects_now(scenario, draft.plan, moment),
        "has_frames": any(operation.frame is not None for operation in scenario.operations.values()),
        "sector": scenario.word,
        "areas": scenario.areas,
        "today": moment.date(),
        "next_week": week_of(moment.date() + timedelta(days=7)),
        "taken": visit.query.text("taken"),
        "wrong": wrong,
        "sent": sent,
    }
    return Html("objects.html", values, status)


def send_objects(visit: Visit) -> Answer:
    data, name = visit.form.file("file"), visit.form.file_name("file")
    if not data:
        return show_objects(visit, NOTHING_SENT, status=422)
    try:
        n = take_objects(visit.store, data, visit.person, visit.now, visit.form.text("seen"))
    except InputError as error:
        sent = SentWorkbook(data, wrong=error.message, problems=error.problems, name=name)
        if visit.session is not None:
            visit.years.uploads.keep(visit.session.digest, sent)
        return show_objects(visit, error.message, sent, 422)
    except Refused as error:
        return show_objects(visit, error.message, status=409)
    return SeeOther(f"/objects?taken={n}")


def bind(visit: Visit) -> Answer:
    ask_to_bind(visit.store, visit.form.text("seen"))
    return begun(visit, visit.draft.stamp)


def show_new_object(visit: Visit) -> Answer:
    draft = visit.draft
    frame = draft.present.operations.get(visit.query.text("frame"))
    fields: dict[str, object] = {
        "id": next_id(draft.present.objects) or "O-1",
        **({} if frame is None else {"sector": frame.sector, "area": frame.area}),
    }
    if of := visit.query.text(FROM):
        fields |= as_written(waiting_nomination(visit.store, visit.draft, of))
    return _object_form(visit, None, filled(OBJECT, {"priority": 2, "stops": 1, **fields}), of=of)


def take_object(visit: Visit) -> Answer:
    item, seen, of = given(OBJECT, visit.form), visit.form.text("seen"), visit.form.text(FROM)

    def act() -> None:
        if of:
            accept_object(visit.store, of, item, visit.person, visit.now, seen)
        else:
            add_object(visit.store, item, visit.person, visit.now, seen)

    wrong = refused(
        lambda problems, status: _object_form(visit, None, visit.form, problems, status, of),
        (NAME, str(item.get("id", ""))),
        act,
    )
    return wrong or SeeOther("/objects?taken=1")


def show_object(visit: Visit) -> Answer:
    wanted = open_object(visit.draft, visit.path["object"], visit.now)
    written = {key: value for key, value in mapping(wanted).items() if key != "sites"}
    return _object_form(visit, wanted.id, filled(OBJECT, written))


def change_object(visit: Visit) -> Answer:
    id, seen = visit.path["object"], visit.form.text("seen")
    item = {key: value for key, value in given(OBJECT, visit.form).items() if key != "id"}

    def act() -> None:
        if visit.form.is_checked("remove"):
            remove_object(visit.store, id, visit.person, visit.now, seen)
        else:
            edit_object(visit.store, id, item, visit.person, visit.now, seen)

    wrong = refused(lambda problems, status: _object_form(visit, id, visit.form, problems, status), (NAME, id), act)
    return wrong or SeeOther("/objects")


def _object_form(
    visit: Visit, id: str | None, form: Form, problems: Problems = (), status: int = 200, of: str = ""
) -> Html:
    there = None if id is None else visit.draft.present.objects.get(id)
    values = {
        **choices(visit),
        **nominated(visit, of),
        "id": id,
        "n_sites": 0 if there is None else len(there.sites),
        "form": ShownForm("", form, problems=problems),
    }
    return Html("object.html", values, status)


forms = (NEW,)


pages = (
    Page("/nominations/new", "GET", CHANGING, show_new),
    Page("/nominations/new", "POST", CHANGING, nominate),
    Page("/operations/{operation}/edit", "GET", CHANGING, show_edit),
    Page("/operations/{operation}/edit", "POST", CHANGING, edit),
    Page("/nominations", "GET", READING, show_all),
    Page("/nominations/decline", "POST", CHANGING, take_decline),
    Page("/nominations/merge", "POST", CHANGING, take_merge),
    Page("/objects", "GET", READING, show_objects),
    Page("/objects", "POST", CHANGING, send_objects, takes_file=True),
    Page("/objects/bind", "POST", CHANGING, bind),
    Page("/objects/new", "GET", CHANGING, show_new_object),
    Page("/objects/new", "POST", CHANGING, take_object),
    Page("/objects/{object}/edit", "GET", CHANGING, show_object),
    Page("/objects/{object}/edit", "POST", CHANGING, change_object),
)
