"""`Underlag`: the party's information sheets by urgency, each with its sections, and what others have given in it.

That is read after a code, by a press that is noted for its owner.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from arshjul.errors import Message, Refused
from arshjul.portal.actions.entries import today
from arshjul.portal.actions.purging import PurgedSheet
from arshjul.portal.actions.sheet_copy import copy_in_words, facts_in, names_in
from arshjul.portal.actions.sheet_writing import take_from
from arshjul.portal.actions.sheets import (
    OwnSection,
    SheetOffice,
    Writer,
    came_later,
    is_frozen,
    left_to_give,
    may_read,
    note_reading,
    own_sections,
    purged_of,
    read,
    readings_of,
    taken_by_order,
    written_in,
)
from arshjul.portal.store.sheets import Reading, SectionRow
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.forms import FieldProblem, Form, ShownForm
from arshjul.serving.guards import NotAllowed
from arshjul.serving.pages import Answer, Bytes, NoSuchPage, SeeOther
from arshjul.year.domain.information_sheet.declared import (
    SECTIONS,
    SheetField,
    SheetSection,
)
from arshjul.year.domain.information_sheet.sections import ReaderSheet, Section
from arshjul.year.domain.party_view import PartyView, ViewSheet
from arshjul.year.folder.pdf import pdf_of

SOON = timedelta(weeks=3)

LeftToGive = tuple[ViewSheet, list[str]]  # a sheet, and the sections that are wanted of the party and not given


class ByUrgency(NamedTuple):
    """A party's sheets: due within three weeks, late, due later or never, and done."""

    soon: list[LeftToGive]
    late: list[LeftToGive]
    later: list[LeftToGive]
    done: list[LeftToGive]


def by_urgency(visit: PortalVisit, view: PartyView, day: date) -> ByUrgency:
    urgency = ByUrgency([], [], [], [])
    for sheet, left in left_to_give(visit.portal, view, day):
        where = urgency.done if not left else urgency.later
        if left and sheet.due is not None and sheet.due <= day + SOON:
            where = urgency.late if sheet.due < day else urgency.soon
        where.append((sheet, left))
    return urgency


def summaries(view: PartyView) -> dict[str, str]:
    return {event.operation: event.summary for event in view.events if event.operation}


def show_all(visit: PortalVisit) -> Answer:
    if visit.sheets is None:
        raise NoSuchPage
    _, view = visit.view()
    day, zone = today(view, visit.now), ZoneInfo(view.timezone)
    values = {
        "sheets": by_urgency(visit, view, day),
        "names": summaries(view),
        "purged": [(purge, purge.at.astimezone(zone)) for purge in purged_of(visit.portal, view)],
    }
    return visit.page("sheets.html", {"view": view, "today": day, **values})


RIGHT = "sheet"
GIVE = "give"
NARROW = "narrow"


class Desk(NamedTuple):
    office: SheetOffice
    view: PartyView
    writer: Writer
    own: Mapping[str, OwnSection]

    @property
    def sheet(self) -> ViewSheet:
        return self.writer.sheet

    @property
    def sections(self) -> tuple[SheetSection, ...]:
        return written_in(self.sheet)

    def is_given(self, id: str) -> bool:
        return id in self.own and self.own[id].is_given

    @property
    def unfinished(self) -> dict[str, list[SheetField]]:
        """By section that is wanted, what this session sees is left to answer in it: of one not begun, all."""
        found = {section.id: list(section.required) for section in self.sections if section.id not in self.own}
        found |= {section.id: section.unanswered for section in self.in_hand}
        return {id: left for id, left in found.items() if left}

    @property
    def goes_on(self) -> str:
        """The first section that is wanted and not begun, or has open answers; giving, if there are drafts alone."""
        for wanted in self.sections:
            there = self.own.get(wanted.id)
            section = None if there is None or there.is_given else there.section
            if (there is None and wanted.required) or (section is not None and section.completeness.n_open):
                return wanted.id
        return GIVE if self.in_hand else ""

    @property
    def to_give(self) -> list[Section]:
        """The section in hand; else the given one, as far as this session may read it, to give it to others too."""
        if self.in_hand:
            return self.in_hand
        sections = (self.own.get(section.id) for section in self.sections)
        return [own.section for own in sections if own is not None and own.section is not None]

    @property
    def seals(self) -> str:
        return " ".join(row.seen_as for row in self.rows_to_give)

    @property
    def rows_to_give(self) -> list[SectionRow]:
        return [self.own[section.id].row for section in self.to_give]

    @property
    def in_hand(self) -> list[Section]:
        sections = (self.own.get(section.id) for section in self.sections)
        return [own.section for own in sections if own is not None and own.section is not None and not own.is_given]


def desk_of(visit: PortalVisit, operation: str = "") -> Desk:
    """By default of the path's operation. NoSuchPage if the party has no part in it; NotAllowed where all is purged."""
    _, view = visit.view()
    sheet = next((sheet for sheet in view.sheets if sheet.operation == (operation or visit.path["operation"])), None)
    if visit.sheets is None or visit.session is None or sheet is None:
        raise NoSuchPage
    may_read = visit.is_raised and not visit.contact.is_locked
    writer = Writer(visit.contact, visit.session.digest, view, sheet, may_read)
    try:
        own = own_sections(visit.portal, visit.sheets, writer, visit.now)
    except PurgedSheet as error:
        raise NotAllowed(410, error.said(ZoneInfo(view.timezone))) from None
    return Desk(visit.sheets, view, writer, own)


def to_code(visit: PortalVisit) -> Answer:
    """The way to a code, after which the contact may read. Refused where it is locked: then it reads nothing."""
    if visit.contact.is_locked:
        raise Refused(Message("Your contact may read nothing now: call the coordinator."))
    return SeeOther(f"/code?as={visit.contact.id}&for=sheets/{visit.path['operation']}{_came_from(visit)}")


def _came_from(visit: PortalVisit) -> str:
    """The section from which somebody comes to read, as the end of its path."""
    section = visit.form.text("at")
    return f"/{section}" if section in SECTIONS else ""


def show(visit: PortalVisit) -> Answer:
    return visit.page("sheet.html", frame_of(visit, desk_of(visit)))


def frame_of(visit: PortalVisit, desk: Desk) -> dict[str, object]:
    zone = ZoneInfo(desk.view.timezone)
    return {
        "view": desk.view,
        "sheet": desk.sheet,
        "sections": desk.sections,
        "own": desk.own,
        "saved": {id: one.row.saved_at.astimezone(zone) for id, one in desk.own.items()},
        "facts": facts_in(desk.view, desk.sheet.operation, visit.words),
        "titles": SECTIONS,
        "goes_on": desk.goes_on,
        "left": sorted(
            {section.id[0] for section in desk.sections if section.required and not desk.is_given(section.id)}
        ),
        "in_hand": desk.in_hand,
        "is_raised": desk.writer.is_raised,
        "can_send_code": visit.can_send_code,
        "names": names_in(desk.view, desk.sheet.operation),
        "may_read": may_read(visit.portal, desk.office.keys, desk.writer),
        "readings": _by_reader(readings_of(visit.portal, desk.writer), zone),
        "narrowing": ShownForm("", Form()),
        "taken": None,
        "purged": [
            PurgedSheet(purge).said(zone)
            for purge in purged_of(visit.portal, desk.view)
            if purge.operation == desk.sheet.operation
        ],
        "taken_by_order": [(order, order.at.astimezone(zone)) for order in taken_by_order(visit.portal, desk.writer)],
        "came_later": [
            (party, since.astimezone(zone), letters) for party, since, letters in came_later(visit.portal, desk.writer)
        ],
        "is_frozen": is_frozen(visit.portal, desk.writer, visit.now),
        "today": today(desk.view, visit.now),
        "is_late": desk.sheet.due is not None and today(desk.view, visit.now) > desk.sheet.due,
    }


def _by_reader(readings: list[Reading], zone: ZoneInfo) -> dict[str, dict[tuple[datetime, str, str], list[Reading]]]:
    """By reader, and by the moment, the contact and the PDF of each time that it read: what it read then."""
    found: dict[str, dict[tuple[datetime, str, str], list[Reading]]] = {}
    for reading in readings:
        time = reading.at.astimezone(zone), reading.contact, reading.pdf
        found.setdefault(reading.reader, {}).setdefault(time, []).insert(0, reading)
    return found


def narrow(visit: PortalVisit) -> Answer:
    """Takes a reader from what the party has given, due or not; the page says from how many sections."""
    desk, form = desk_of(visit), visit.form
    reader = form.text("reader")
    name = next((party.name for party in desk.sheet.readers if party.id == reader), None)
    if name is None:
        found = (FieldProblem("reader", Message("Choose again.")),)
        return visit.page(
            "sheet.html", {**frame_of(visit, desk), "narrowing": ShownForm("", form, problems=found)}, 422
        )
    n_taken = take_from(visit.portal, desk.office, desk.writer, reader, form.text("section"), visit.now)
    return visit.page("sheet.html", {**frame_of(visit, desk_of(visit)), "taken": (name, n_taken)})


def read_all(visit: PortalVisit) -> Answer:
    desk = desk_of(visit)
    if not desk.writer.is_raised:
        return to_code(visit)
    sheet = read(visit.portal, desk.office, desk.writer)
    note_reading(visit.portal, sheet, visit.contact.id, visit.now)
    copy, not_read = _copy(visit, desk, sheet), list(_not_read(desk.sheet, sheet))
    values = {"copy": copy, "not_read": not_read, "came_from": _came_from(visit)}
    return visit.page("sheet_read.html", {**frame_of(visit, desk), **values})


def _not_read(of: ViewSheet, read: ReaderSheet) -> Iterator[tuple[str, list[SheetSection]]]:
    """Each other party with what is wanted of it and not there for this reader: whether it is given is not said."""
    there = {(section.owner, section.id) for section in read.sections}
    for party in of.readers:
        wanted = (SECTIONS[id] for id in of.others_write.get(party.id, ()) if id in SECTIONS)
        if left := [section for section in wanted if (party.id, section.id) not in there]:
            yield party.name, left


def _copy(visit: PortalVisit, desk: Desk, sheet: ReaderSheet) -> dict[str, object]:
    return copy_in_words(sheet, desk.view, desk.office.grounds, visit.words)


def print_all(visit: PortalVisit) -> Answer:
    desk = desk_of(visit)
    if not desk.writer.is_raised:
        return to_code(visit)
    sheet = read(visit.portal, desk.office, desk.writer)
    made = pdf_of(_copy(visit, desk, sheet))
    note_reading(visit.portal, sheet, visit.contact.id, visit.now, made)
    name = f"underlag-{sheet.mark[:4]}.pdf"  # as at its foot, of which nobody learns anything
    return Bytes(made, "application/pdf", name)


pages = (
    PartyPage("/sheets", "GET", RIGHT, show_all),
    PartyPage("/sheets/{operation}", "GET", RIGHT, show),
    PartyPage(f"/sheets/{{operation}}/{NARROW}", "POST", RIGHT, narrow),
    PartyPage("/sheets/{operation}/read", "POST", RIGHT, read_all, most_a_day=200),
    PartyPage("/sheets/{operation}/pdf", "POST", RIGHT, print_all, most_a_day=100),
)
