"""Calls for offers: what parties are asked, who has answered, and each new offer with what it changes, to take over."""

from arshjul.actions.contacts.offers import (
    STATES,
    PartyAnswer,
    call_answers,
    call_of,
    edit_call,
    hit_by,
    offer_difference,
    remove_call,
    take_offer,
    uncalled,
)
from arshjul.actions.contacts.reports import put_aside
from arshjul.actions.draft.draft import Item
from arshjul.console.entry_forms import SURE, refused
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.domain.contact import OfferCall
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.schema.declared import mapping, shape
from arshjul.serving.fields import filled, given, kinds_of
from arshjul.serving.forms import Form
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.serving.shown_form import Problems, ShownForm

NEW = kinds_of(shape(OfferCall))
EDITED = {key: kind for key, kind in NEW.items() if key != "id"}
LIST = "calls"


def show(visit: Visit) -> Answer:
    """All calls with who has answered, and a form for another."""
    return _page(visit)


def add(visit: Visit) -> Answer:
    """Adds a call; an unusable one comes back as it was typed."""
    item = given(NEW, visit.form)
    taken = any(one.id == item.get("id") for one in visit.draft.present.calls)

    def act() -> None:
        if taken:
            raise InputError(Message("The call's number is taken: choose another."))
        _edit(visit, item)

    back = refused(lambda problems, status: _page(visit, problems, status), (LIST, str(item.get("id", ""))), act)
    return back or SeeOther("/calls")


def _edit(visit: Visit, item: Item) -> None:
    form = visit.form
    edit_call(visit.store, item, visit.person, visit.now, form.text("seen"), is_sure=form.is_checked(SURE))


def _page(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    form = visit.form if problems else Form({"remind_days": ("14, 3, 0",)})
    values = {**_shared(visit), "form": ShownForm("", form, bool(problems), problems)}
    values |= {"calls": call_answers(visit.store, visit.draft)}
    values["uncalled"] = uncalled(visit.store, visit.draft)
    return Html("offer_calls.html", values, status)


def _shared(visit: Visit) -> dict[str, object]:
    scenario = visit.draft.present
    return {
        "draft": visit.draft,
        "states": STATES,
        "parties": [(id, party.name) for id, party in scenario.parties.items()],
        "is_planned": visit.draft.plan is not None,
        "today": visit.draft.moment(visit.now).date(),
    }


def show_one(visit: Visit) -> Answer:
    """A call: who has answered, each new offer with what it changes, and a form to change the call."""
    return _one(visit)


def change(visit: Visit) -> Answer:
    """Changes a call, or removes it; an unusable one comes back as it was typed."""
    call, form = call_of(visit.draft, visit.path["call"]), visit.form
    item = {**given(EDITED, form), "id": call.id}

    def act() -> None:
        if form.is_checked("remove"):
            remove_call(visit.store, call.id, visit.person, visit.now, form.text("seen"))
        else:
            _edit(visit, item)

    back = refused(lambda problems, status: _one(visit, problems, status), (LIST, call.id), act)
    return back or SeeOther("/calls")


def _one(visit: Visit, problems: Problems = (), status: int = 200, wrong: Message | None = None) -> Html:
    call = call_of(visit.draft, visit.path["call"])
    found = next(one for one in call_answers(visit.store, visit.draft) if one.call.id == call.id)
    form = visit.form if problems else filled(EDITED, mapping(call))
    values = {
        **_shared(visit),
        "found": found,
        "offers": [(one, *_difference(visit, call, one)) for one in found.answers if one.waits],
        "form": ShownForm("", form, bool(problems), problems),
        "effect_of": visit.query.text("effect"),
        "effect": lambda made: hit_by(visit.draft, made.scenario, visit.now),
        "wrong": wrong,
    }
    return Html("offer_call.html", values, status)


def _difference(visit: Visit, call: OfferCall, one: PartyAnswer) -> tuple[object, Message | None]:
    """What the offer changes; or why it cannot be part of the year."""
    try:
        return offer_difference(visit.draft, call, one, visit.now, visit.words), None
    except (InputError, Refused) as error:
        return None, error.problems[0].text if error.problems else error.message


def take(visit: Visit) -> Answer:
    """Takes an offer over, as its difference was shown; or puts it aside."""
    form, entry = visit.form, visit.form.text("entry")
    try:
        if form.is_checked("aside"):
            put_aside(visit.store, entry, visit.person, visit.now)
        else:
            take_offer(visit.store, entry, form.text("mark"), visit.person, visit.now, form.text("seen"))
    except (InputError, Refused) as error:
        return _one(visit, status=422 if isinstance(error, InputError) else 409, wrong=error.message)
    return SeeOther(f"/calls/{visit.path['call']}")


pages = (
    Page("/calls", "GET", "see-calls", READING, show),
    Page("/calls", "POST", "add-call", CHANGING, add),
    Page("/calls/{call}", "GET", "see-call", READING, show_one),
    Page("/calls/{call}", "POST", "change-call", CHANGING, change),
    Page("/calls/{call}/take", "POST", "take-offer-over", CHANGING, take),
)
