"""`Hinder`: what one party could not share with another, in categories; an information sheet offers one, filled in."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from arshjul.actions.parties.entries import sent_entries, today
from arshjul.agenda.party_entry import STATES, reference
from arshjul.domain.calendar import Span
from arshjul.domain.entries.obstacle import ASKED_OF_ALL, CATEGORY_OF_SECTION, SharingObstacle, rule_of
from arshjul.domain.party_view import PartyView
from arshjul.errors import Message
from arshjul.formats.schema.declared import shape
from arshjul.formats.schema.party_entry import KINDS, OBSTACLE
from arshjul.portal.pages.sending import far_dates, of_form, once, sent, wrong_with
from arshjul.portal.pages.sheets import desk_of
from arshjul.portal.visit import ANY_CONTACT, PartyPage, PortalVisit
from arshjul.serving.fields import declared, given, kinds_of
from arshjul.serving.forms import FieldProblem, Form, Problems
from arshjul.serving.pages import Answer
from arshjul.texts import Words

LIST = KINDS[OBSTACLE].list
BEHIND = timedelta(days=730)
"""What stood in the way longer ago is asked about, as what is to come is."""

FIELDS = {
    key: kind for key, kind in kinds_of(shape(SharingObstacle)).items() if key in (*ASKED_OF_ALL, "date", "operation")
}
SIDES = {"asker": Message("We needed it"), "asked": Message("We have it")}


def show(visit: PortalVisit) -> Answer:
    """What the contact has written, and the way to one more."""
    _, view = visit.view()
    own = [one for one in sent_entries(visit.portal, visit.contact) if one.row.kind == OBSTACLE]
    return visit.page("obstacles.html", {"view": view, "sent": own, "states": STATES, "reference": reference})


def write(visit: PortalVisit) -> Answer:
    """The form, with the date; from a sheet, with what its section says that may not be given."""
    _, view = visit.view()
    day = today(view, visit.now).isoformat()
    return _form(visit, Form({"date": (day,), "side": ("asker",), **_of_section(visit, view)}))


def _of_section(visit: PortalVisit, view: PartyView) -> dict[str, tuple[str, ...]]:
    """The operation, and the kind of thing and the rule of the party's own section, as far as this session sees it."""
    operation = visit.query.text("operation")
    if visit.sheets is None or not any(one.operation == operation for one in view.sheets):
        return {}
    desk = desk_of(visit, operation)
    sheet, there = desk.sheet, desk.own.get(visit.query.text("section"))
    begun: dict[str, tuple[str, ...]] = {
        "side": ("asked",),
        "operation": (sheet.operation,),
        "needed_for": ("prepare",),
    }
    if len(sheet.readers) == 1:
        begun["other"] = (sheet.readers[0].id.partition("-")[2],)
    if there is None or there.section is None:
        return begun
    section = there.section
    begun["category"] = (CATEGORY_OF_SECTION.get(section.id[0], "plans"),)
    return begun | ({"rule": (rule_of(section.protects),)} if section.protects else {})


def take(visit: PortalVisit) -> Answer:
    """Sends it, and shows its receipt; the form again if something is wrong with it."""
    _, view = visit.view()
    form, own = visit.form, view.party.partition("-")[2]
    side, other = form.text("side"), form.text("other")
    body = given(FIELDS, form)
    body |= {"asker": own if side == "asker" else other, "asked": other if side == "asker" else own}
    day = today(view, visit.now)
    asked = far_dates({key: value for key, value in body.items() if key == "date"}, Span(day - BEHIND, day))
    if found := [*_not_chosen(view, body, side, other), *wrong_with(visit, view, OBSTACLE, body, asked=asked)]:
        return _form(visit, form, tuple(map(_at_other, found)), 422)
    return sent(visit, OBSTACLE, body, view)


def _not_chosen(view: PartyView, body: Mapping[str, object], side: str, other: str) -> Iterator[FieldProblem]:
    if other not in view.others:
        yield FieldProblem("other", Message("Choose the other party."))
    if side not in SIDES:
        yield FieldProblem("side", Message("Choose again."))
    if "operation" in body and body["operation"] not in {one.operation for one in view.events if one.operation}:
        yield FieldProblem("operation", Message("Choose again."))


def _at_other(problem: FieldProblem) -> FieldProblem:
    """The form has one field for the other party."""
    is_party = problem.field in ("asker", "asked")
    return FieldProblem("other", problem.text, problem.is_missing) if is_party else problem


def _operations(view: PartyView, words: Words) -> list[tuple[str, str]]:
    """Its own operations, as its calendar has them, with their dates."""
    there = [one for one in view.events if one.operation]
    return [(one.operation, f"{words('{day}', day=one.first)}: {one.summary}") for one in there]


def _form(visit: PortalVisit, form: Form, found: Problems = (), status: int = 200) -> Answer:
    mark, view = visit.view()
    values = {
        **of_form(mark, view, form, found),
        "list": LIST,
        "keys": declared(LIST),
        "asked": ASKED_OF_ALL,
        "sides": [(id, visit.words.say(said)) for id, said in SIDES.items()],
        "parties": list(view.others.items()),
        "operations": _operations(view, visit.words),
    }
    return visit.page("obstacle.html", values, status)


pages = (
    PartyPage("/obstacles", "GET", ANY_CONTACT, show),
    PartyPage("/obstacles/new", "GET", ANY_CONTACT, write),
    PartyPage("/obstacles/new", "POST", ANY_CONTACT, once(take)),
)
