"""What a party hides beside its sections of an information sheet: after a code alone, whoever's session it is."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from starlette.responses import Response

from arshjul.actions.parties.hidden_sections import hidden_of, put_hidden
from arshjul.domain.information_sheet.declared import MOST_NUMBER, SECTIONS, WHY_NOT
from arshjul.domain.information_sheet.sections import Section
from arshjul.domain.information_sheet.traces import doubts
from arshjul.errors import InputError
from arshjul.portal.access import PartyPage
from arshjul.portal.pages.sheets import (
    CHANGED,
    GIVE,
    MEANT,
    RIGHT,
    Desk,
    as_form,
    choices_of,
    chosen_in,
    declared_of,
    desk_of,
    frame_of,
    read_section,
    standing_against,
    to_code,
    unprinted,
    with_readers,
)
from arshjul.portal.visit import PortalVisit
from arshjul.serving.forms import Form
from arshjul.serving.shown_form import FieldProblem, Problems, ShownForm

PLACE = "/sheets/{operation}/hidden"


def show(visit: PortalVisit) -> Response:
    """The sections beside which something may be hidden, what is, who has it and who has read it."""
    desk = desk_of(visit)
    if not desk.writer.is_raised:
        return to_code(visit)
    slot, zone = hidden_of(visit.portal, desk.office, desk.writer), ZoneInfo(desk.view.timezone)
    values = {
        "last": {one.id: slot.last(one.id) for one in desk.sections},
        "titles": SECTIONS,
        "givings": [(one, one.at.astimezone(zone)) for one in reversed(slot.givings)],
        "read": [(one, one.at.astimezone(zone)) for one in reversed(slot.readings)],
    }
    return visit.page("sheet_hidden.html", {**frame_of(visit, desk), **values})


def write(visit: PortalVisit) -> Response:
    """The form of a hidden section with its readers, filled in with the last version."""
    desk = desk_of(visit)
    if not desk.writer.is_raised:
        return to_code(visit)
    last = hidden_of(visit.portal, desk.office, desk.writer).last(declared_of(visit, desk).id)
    form = Form({"use": ("planning",)}) if last is None else _as_form(last.section, desk)
    return _form(visit, desk, form, seen="" if last is None else last.seal)


def take(visit: PortalVisit) -> Response:
    """Saves the hidden section, or gives it; the form again if something is wrong, or is asked about."""
    desk, form = desk_of(visit), visit.form
    if not desk.writer.is_raised:
        return to_code(visit)
    section, found = read_section(visit, desk, declared_of(visit, desk))
    section = replace(with_readers(section, form), existence="hidden")
    if not found and not form.is_checked(MEANT):
        asked = [*doubts(section), *unprinted(section)]
        found = [FieldProblem(key, text, is_question=True) for key, text in asked]
    gives = form.text("do") == GIVE
    if gives and not found:
        found = list(standing_against([section], desk))
    seen = form.text("seen")
    if found:
        return _form(visit, desk, form, tuple(found), 422, seen)
    try:
        is_done = put_hidden(visit.portal, desk.office, desk.writer, section, seen, visit.now, is_given=gives)
    except InputError as error:
        return _form(visit, desk, form, (FieldProblem("", error.message),), 422, seen)
    if not is_done:
        last = hidden_of(visit.portal, desk.office, desk.writer).last(section.id)
        return _form(visit, desk, form, (FieldProblem("", CHANGED),), 409, "" if last is None else last.seal)
    return visit.see(f"/sheets/{desk.sheet.operation}/hidden?as={visit.contact.id}")


def _as_form(section: Section, desk: Desk) -> Form:
    """A hidden section as its form has it, with its readers."""
    fields = {**as_form(section).fields, **chosen_in(section, desk), "use": section.use}
    return Form({**fields, "ground": (section.ground,), "weighed": (section.weighed,)})


def _form(
    visit: PortalVisit, desk: Desk, form: Form, found: Problems = (), status: int = 200, seen: str = ""
) -> Response:
    """`seen`: the seal of the version that the visitor knows of."""
    declared = declared_of(visit, desk)
    values = {
        "section": declared,
        "form": ShownForm("", form, problems=found),
        "why_not": WHY_NOT,
        "unanswered": (),
        "most_number": MOST_NUMBER,
        "seen": seen,
    }
    return visit.page("sheet_hidden_section.html", {**frame_of(visit, desk), **choices_of(desk), **values}, status)


pages = (
    PartyPage(PLACE, "GET", RIGHT, show),
    PartyPage(f"{PLACE}/{{section}}", "GET", RIGHT, write),
    PartyPage(f"{PLACE}/{{section}}", "POST", RIGHT, take),
)
