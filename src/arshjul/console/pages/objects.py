"""Objects to visit: all of them with their frames, new ones by form or from a workbook, and their binding."""

from datetime import timedelta

from arshjul.actions.contacts.nominations import accept_object, as_written, waiting_nomination
from arshjul.actions.draft.compare_scenario import SentWorkbook
from arshjul.actions.draft.edit_operation import (
    add_object,
    ask_to_bind,
    edit_object,
    next_id,
    open_object,
    remove_object,
    take_objects,
)
from arshjul.actions.draft.take_back import is_edited
from arshjul.console.entry_forms import refused
from arshjul.console.pages.importing import NOTHING_SENT
from arshjul.console.pages.nominations import FROM, choices, nominated
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.console.working_out import begun
from arshjul.domain.calendar import week_of
from arshjul.domain.visit_object import VisitObject
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.schema.declared import mapping, shape
from arshjul.planning.fill.overview import objects_now
from arshjul.serving.fields import SEVERAL, filled, given, kinds_of
from arshjul.serving.forms import Form
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.serving.shown_form import Problems, ShownForm

OBJECT = kinds_of(shape(VisitObject), agencies=SEVERAL)
"""The keys of an object."""

NAME = "objects"


def show(visit: Visit) -> Answer:
    """All objects, and the frames that are about to stay empty."""
    return _page(visit)


def _page(visit: Visit, wrong: Message | None = None, sent: SentWorkbook | None = None, status: int = 200) -> Html:
    draft, scenario = visit.draft, visit.draft.present
    moment = draft.moment(visit.now) if draft.plan is None else visit.moment
    values = {
        "draft": draft,
        "is_edited": is_edited(draft),
        "objects": scenario.objects,
        "found": None if draft.plan is None else objects_now(scenario, draft.plan, moment),
        "has_frames": any(one.frame is not None for one in scenario.operations.values()),
        "sector": scenario.word,
        "areas": scenario.areas,
        "today": moment.date(),
        "next_week": week_of(moment.date() + timedelta(days=7)),
        "taken": visit.query.text("taken"),
        "wrong": wrong,
        "sent": sent,
    }
    return Html("objects.html", values, status)


def send(visit: Visit) -> Answer:
    """Takes over the objects on the sheet of a workbook. Its problems are given with their cells."""
    data, name = visit.form.file("file"), visit.form.file_name("file")
    if not data:
        return _page(visit, NOTHING_SENT, status=422)
    try:
        n = take_objects(visit.store, data, visit.person, visit.now, visit.form.text("seen"))
    except InputError as error:
        sent = SentWorkbook(data, wrong=error.message, problems=error.problems, name=name)
        if visit.session is not None:
            visit.years.uploads.keep(visit.session.digest, sent)
        return _page(visit, error.message, sent, 422)
    except Refused as error:
        return _page(visit, error.message, status=409)
    return SeeOther(f"/objects?taken={n}")


def bind(visit: Visit) -> Answer:
    """Works out the binding of everything that waits."""
    ask_to_bind(visit.store, visit.now, visit.form.text("seen"))
    return begun(visit, visit.draft.stamp)


def show_new(visit: Visit) -> Answer:
    """The form of a new object; `frame` is that whose sector and area it has."""
    draft = visit.draft
    frame = draft.present.operations.get(visit.query.text("frame"))
    fields: dict[str, object] = {
        "id": next_id(draft.present.objects) or "O-1",
        **({} if frame is None else {"sector": frame.sector, "area": frame.area}),
    }
    if of := visit.query.text(FROM):
        fields |= as_written(waiting_nomination(visit.store, visit.draft, of))
    return _form(visit, None, filled(OBJECT, {"priority": 2, "stops": 1, **fields}), of=of)


def add(visit: Visit) -> Answer:
    """Adds the object, which waits with the others to be bound."""
    item, seen, of = given(OBJECT, visit.form), visit.form.text("seen"), visit.form.text(FROM)

    def act() -> None:
        if of:
            accept_object(visit.store, of, item, visit.person, visit.now, seen)
        else:
            add_object(visit.store, item, visit.person, visit.now, seen)

    wrong = refused(
        lambda problems, status: _form(visit, None, visit.form, problems, status, of),
        (NAME, str(item.get("id", ""))),
        act,
    )
    return wrong or SeeOther("/objects?taken=1")


def show_edit(visit: Visit) -> Answer:
    """The form of an object with its values; its places are not shown."""
    wanted = open_object(visit.draft, visit.path["object"], visit.now)
    written = {key: value for key, value in mapping(wanted).items() if key != "sites"}
    return _form(visit, wanted.id, filled(OBJECT, written))


def edit(visit: Visit) -> Answer:
    """Gives the object other values, or removes it."""
    id, seen = visit.path["object"], visit.form.text("seen")
    item = {key: value for key, value in given(OBJECT, visit.form).items() if key != "id"}

    def act() -> None:
        if visit.form.is_checked("remove"):
            remove_object(visit.store, id, visit.person, visit.now, seen)
        else:
            edit_object(visit.store, id, item, visit.person, visit.now, seen)

    wrong = refused(lambda problems, status: _form(visit, id, visit.form, problems, status), (NAME, id), act)
    return wrong or SeeOther("/objects")


def _form(visit: Visit, id: str | None, form: Form, problems: Problems = (), status: int = 200, of: str = "") -> Html:
    there = None if id is None else visit.draft.present.objects.get(id)
    values = {
        **choices(visit),
        **nominated(visit, of),
        "id": id,
        "n_sites": 0 if there is None else len(there.sites),
        "form": ShownForm("", form, problems=problems),
    }
    return Html("object.html", values, status)


pages = (
    Page("/objects", "GET", "see-objects", READING, show),
    Page("/objects", "POST", "send-objects", CHANGING, send, takes_file=True),
    Page("/objects/bind", "POST", "bind-objects", CHANGING, bind),
    Page("/objects/new", "GET", "see-object-form", CHANGING, show_new),
    Page("/objects/new", "POST", "add-object", CHANGING, add),
    Page("/objects/{object}/edit", "GET", "see-object", CHANGING, show_edit),
    Page("/objects/{object}/edit", "POST", "edit-object", CHANGING, edit),
)
