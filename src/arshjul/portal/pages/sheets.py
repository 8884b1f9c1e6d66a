"""`Underlag`: the party's sections of information sheets, one a page, saved at each `Nästa`, and given to readers.

What others have given is read after a code, by a press that is noted for its owner.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from arshjul.actions.parties.entries import today
from arshjul.actions.parties.purging import PurgedSheet
from arshjul.actions.parties.sheet_copy import copy_in_words, facts_in, names_in
from arshjul.actions.parties.sheet_writing import NEEDS_CODE, give, refusals, save, take_from
from arshjul.actions.parties.sheets import (
    OwnSection,
    SheetOffice,
    Writer,
    came_later,
    has_given,
    is_frozen,
    last_choices,
    last_texts,
    may_read,
    note_reading,
    own_sections,
    purged_of,
    read,
    readings_of,
    taken_by_order,
    written_in,
)
from arshjul.actions.pdf import pdf_of
from arshjul.domain.information_sheet.declared import (
    MOST_CHARACTERS,
    MOST_NUMBER,
    NONE,
    SECTIONS,
    USES,
    WHY_NOT,
    SheetField,
    SheetSection,
)
from arshjul.domain.information_sheet.sections import ReaderSheet, Section, Value
from arshjul.domain.information_sheet.traces import doubts
from arshjul.domain.party_view import PartyView, ViewSheet, ViewWord
from arshjul.errors import Message, Refused
from arshjul.formats.glyphs import unprintable
from arshjul.portal.pages.sending import new_key, receipt_of, sent_already
from arshjul.portal.pages.sheet_list import show_all
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.forms import Form
from arshjul.serving.guards import NotAllowed
from arshjul.serving.pages import Answer, Bytes, NoSuchPage, SeeOther
from arshjul.serving.shown_form import FieldProblem, Problems, ShownForm
from arshjul.store.portal.sheets import Reading, SectionRow

RIGHT = "sheet"
OBJECT = "C"
SURE = "sure"
MEANT = "meant"
"""The same where the fields of a section stand: one of them is called sure."""

ONWARD = {"code": "/code", "read": "/sheets/{}/read"}
"""Where the buttons of a section lead that save it first, by the value of each."""

GIVE = "give"
SAME = "same"
NARROW = "narrow"
CHANGED = Message(
    "This section has been saved elsewhere meanwhile. Your text stands below: press Next to replace the other."
)
NOTHING_CHANGED = Message("Everything is given already: tick more readers, and press Give.")
GIVING_CHANGED = Message("Sections or readers have changed meanwhile: check, and press again.")


class Desk(NamedTuple):
    """What every page of a sheet works with."""

    office: SheetOffice
    view: PartyView
    writer: Writer
    own: Mapping[str, OwnSection]

    @property
    def sheet(self) -> ViewSheet:
        """The operation."""
        return self.writer.sheet

    @property
    def sections(self) -> tuple[SheetSection, ...]:
        """Those that the party writes."""
        return written_in(self.sheet)

    def is_given(self, id: str) -> bool:
        """True if the last version of that section was given."""
        return id in self.own and self.own[id].is_given

    @property
    def unfinished(self) -> dict[str, list[SheetField]]:
        """By section that is wanted, what this session sees is left to answer in it: of one not begun, all."""
        found = {one.id: list(one.required) for one in self.sections if one.id not in self.own}
        found |= {one.id: one.unanswered for one in self.in_hand}
        return {id: left for id, left in found.items() if left}

    @property
    def goes_on(self) -> str:
        """The first section that is wanted and not begun, or has open answers; giving, if there are drafts alone."""
        for one in self.sections:
            there = self.own.get(one.id)
            section = None if there is None or there.is_given else there.section
            if (there is None and one.required) or (section is not None and section.completeness.n_open):
                return one.id
        return GIVE if self.in_hand else ""

    @property
    def to_give(self) -> list[Section]:
        """What is in hand; without that what is given, as far as this session may read it, to give it to others too."""
        if self.in_hand:
            return self.in_hand
        found = (self.own.get(one.id) for one in self.sections)
        return [one.section for one in found if one is not None and one.section is not None]

    @property
    def seals(self) -> str:
        """Those of what can be given."""
        return " ".join(one.seen_as for one in self.rows_to_give)

    @property
    def rows_to_give(self) -> list[SectionRow]:
        """The versions of what can be given."""
        return [self.own[one.id].row for one in self.to_give]

    @property
    def in_hand(self) -> list[Section]:
        """The drafts that this session may read, in their order."""
        found = (self.own.get(one.id) for one in self.sections)
        return [one.section for one in found if one is not None and one.section is not None and not one.is_given]


def desk_of(visit: PortalVisit, operation: str = "") -> Desk:
    """The desk of an operation, by default of the path's.

    NoSuchPage where sheets are switched off, or the party has no part in it; NotAllowed where all is purged.
    """
    _, view = visit.view()
    sheet = next((one for one in view.sheets if one.operation == (operation or visit.path["operation"])), None)
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
    """The party's sections of an operation's sheet, and what is left to do."""
    return visit.page("sheet.html", frame_of(visit, desk_of(visit)))


def frame_of(visit: PortalVisit, desk: Desk) -> dict[str, object]:
    """What every page of a sheet shows."""
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
        "left": sorted({one.id[0] for one in desk.sections if one.required and not desk.is_given(one.id)}),
        "in_hand": desk.in_hand,
        "is_raised": desk.writer.is_raised,
        "can_send_code": visit.can_send_code,
        "names": names_in(desk.view, desk.sheet.operation),
        "may_read": may_read(visit.portal, desk.office.keys, desk.writer),
        "readings": _by_reader(readings_of(visit.portal, desk.writer), zone),
        "narrowing": ShownForm("", Form()),
        "taken": None,
        "purged": [
            PurgedSheet(one).said(zone)
            for one in purged_of(visit.portal, desk.view)
            if one.operation == desk.sheet.operation
        ],
        "taken_by_order": [(one, one.at.astimezone(zone)) for one in taken_by_order(visit.portal, desk.writer)],
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
    for one in readings:
        time = one.at.astimezone(zone), one.contact, one.pdf
        found.setdefault(one.reader, {}).setdefault(time, []).insert(0, one)
    return found


def narrow(visit: PortalVisit) -> Answer:
    """Takes a reader from what the party has given, due or not; the page says from how many sections."""
    desk, form = desk_of(visit), visit.form
    reader = form.text("reader")
    name = next((one.name for one in desk.sheet.readers if one.id == reader), None)
    if name is None:
        found = (FieldProblem("reader", Message("Choose again.")),)
        return visit.page(
            "sheet.html", {**frame_of(visit, desk), "narrowing": ShownForm("", form, problems=found)}, 422
        )
    n_taken = take_from(visit.portal, desk.office, desk.writer, reader, form.text("section"), visit.now)
    return visit.page("sheet.html", {**frame_of(visit, desk_of(visit)), "taken": (name, n_taken)})


def write(visit: PortalVisit) -> Answer:
    """The form of a section, filled in with what this session has saved, or with what the party gave before."""
    desk = desk_of(visit)
    return _form(visit, desk, _declared_of(visit, desk))


def _unprinted(section: Section) -> Iterator[tuple[str, Message]]:
    """A question for each field with characters that a PDF cannot show."""
    for key, value in section.values.items():
        if isinstance(value, str) and (found := unprintable(value)):
            text = Message("The PDF shows � instead of {given}. Is that right?", {"given": found})
            yield key, text


def take(visit: PortalVisit) -> Answer:
    """Saves the section, and goes on to the next one; the form again if something is wrong, or is asked about."""
    desk, form = desk_of(visit), visit.form
    declared = _declared_of(visit, desk)
    section, found = _read_section(visit, desk, declared)
    if declared.id in desk.own and desk.own[declared.id].needs_code:
        return _form(visit, desk, declared, form, (FieldProblem("", NEEDS_CODE),), 403, form.text("seen"))
    if not found and not form.is_checked(MEANT):
        asked = [*doubts(section), *_unprinted(section), *_left_as_filled_in(visit, desk, section)]
        found = [FieldProblem(key, text, is_question=True) for key, text in asked]
    if found:
        return _form(visit, desk, declared, form, tuple(found), 422, form.text("seen"))
    then = form.text("then")
    if section.values or section.why_not or (declared.id in desk.own and not then):
        other = save(visit.portal, desk.office, desk.writer, section, form.text("seen"), visit.now)
        if other is not None:
            return _form(visit, desk, declared, form, (FieldProblem("", CHANGED),), 409, other.seal)
    if then in ONWARD:  # the same fields are posted there
        return SeeOther(ONWARD[then].format(desk.sheet.operation), posts_again=True)
    ids = [one.id for one in desk.sections]
    after = ids[ids.index(declared.id) + 1 :]
    return SeeOther(f"/sheets/{desk.sheet.operation}/{after[0] if after else GIVE}?as={visit.contact.id}")


def _declared_of(visit: PortalVisit, desk: Desk) -> SheetSection:
    """The section that the page is for. NoSuchPage if the party does not write it."""
    found = next((one for one in desk.sections if one.id == visit.path["section"]), None)
    if found is None:
        raise NoSuchPage
    return found


def _form(
    visit: PortalVisit,
    desk: Desk,
    declared: SheetSection,
    form: Form | None = None,
    found: Problems = (),
    status: int = 200,
    seen: str | None = None,
) -> Answer:
    """`seen`: the seal of the version that the visitor knows of; the last one where the form is shown anew."""
    there = desk.own.get(declared.id)
    last = last_texts(visit.portal, desk.office, desk.writer, declared.id) if there is None else None
    if form is None:
        section = None if there is None else there.section
        form = as_form(section) if section else Form() if last is None else Form(_fields(last.values))
    is_offered = (
        there is None
        and not desk.writer.is_raised
        and visit.can_send_code
        and any(one.recurs for one in declared.fields)
        and has_given(visit.portal, desk.writer, declared.id)
    )
    values = {
        "section": declared,
        "form": ShownForm("", form, problems=found),
        "number": desk.sections.index(declared) + 1,
        "why_not": WHY_NOT,
        "most_number": MOST_NUMBER,
        "is_closed": there is not None and there.section is None and there.opens,
        "needs_code": there is not None and there.needs_code,
        "last": last,
        "last_name": "" if last is None else ", ".join(facts_in(desk.view, last.sheet.operation, visit.words)[1:2]),
        "other_sector": "" if last is None else _sector_said(desk, last.other_sector),
        "behind": _behind(desk, declared),
        "unanswered": set() if there is None else {one.key for one in desk.unfinished.get(declared.id, ())},
        "object": _object(visit, desk) if declared.is_of_object else None,
        "offers_last": is_offered,
        "seen": seen if seen is not None else "" if there is None else there.row.seal,
    }
    return visit.page("sheet_section.html", {**frame_of(visit, desk), **values}, status)


def _behind(desk: Desk, at: SheetSection) -> list[tuple[SheetSection, list[SheetField]]]:
    """The sections before that one that are not filled in."""
    before = desk.sections[: desk.sections.index(at)]
    return [(one, desk.unfinished[one.id]) for one in before if one.id in desk.unfinished]


class WhichObject(NamedTuple):
    """Where this reader finds which object the operation is for.

    `lead`: the party that writes it, None if this one is not told who; `phone`: of its card. `may_read`: None without a
    code.
    """

    is_own: bool
    lead: ViewWord | None = None
    phone: str = ""
    may_read: bool | None = None


def _object(visit: PortalVisit, desk: Desk) -> WhichObject:
    if OBJECT in desk.sheet.sections:
        return WhichObject(is_own=True)
    lead = next((one for one in desk.sheet.readers if OBJECT in desk.sheet.others_write.get(one.id, ())), None)
    if lead is None:
        return WhichObject(is_own=False)
    cards = (one for one in desk.view.cards.cards if lead.id.partition("-")[2] == one.party)
    phone = next((one.said.get("phone", "") for one in cards), "")
    if not desk.writer.is_raised:
        return WhichObject(is_own=False, lead=lead, phone=phone)
    there = read(visit.portal, desk.office, desk.writer).sections
    may_read = any(one.owner == lead.id and one.id[0] == OBJECT for one in there)
    return WhichObject(is_own=False, lead=lead, phone=phone, may_read=may_read)


def as_form(section: Section) -> Form:
    """A section as its form has it."""
    kinds = {one.key: one.kind for one in section.declared.fields}
    whys = {key if kinds[key] == "choice" else f"why.{key}": (why,) for key, why in section.why_not.items()}
    return Form({**_fields(section.values), **whys})


def _fields(values: Mapping[str, Value]) -> dict[str, tuple[str, ...]]:
    return {key: value if isinstance(value, tuple) else (str(value),) for key, value in values.items()}


def _left_as_filled_in(visit: PortalVisit, desk: Desk, section: Section) -> Iterator[tuple[str, Message]]:
    """Asks whether what stood filled in from another sector holds here too, before it is saved for the first time."""
    last = None if section.id in desk.own else last_texts(visit.portal, desk.office, desk.writer, section.id)
    if last is not None and (left := last.left_in(section)):
        values = {"fields": [one.label for one in left], "sector": _sector_said(desk, last.other_sector)}
        yield (
            left[0].key,
            Message("From another sector ({sector}): {fields}. Does it hold here?", values),
        )


def _sector_said(desk: Desk, sector: str) -> str:
    return next((one.name for one in desk.view.sectors if one.id == sector), sector)


def _read_section(visit: PortalVisit, desk: Desk, declared: SheetSection) -> tuple[Section, list[FieldProblem]]:
    """The section that the form has, with its former readers and grounds, and what is wrong with it."""
    values, found = dict[str, Value](), list[FieldProblem]()
    there = desk.own.get(declared.id)
    before = None if there is None else there.section
    may_lack = {one.key for one in declared.required} | set(
        before.why_not if before else ()
    )  # also where once required
    for one in declared.fields:
        value, wrong = _value(one, visit.form, may_lack=one.key in may_lack)
        values |= {} if value is None else {one.key: value}
        found += [] if wrong is None else [FieldProblem(one.key, wrong)]
    lacking = [one for one in declared.fields if one.key in may_lack and one.key not in values]
    whys = {one.key: _why(one, visit.form, may_lack=True) for one in lacking}
    why_not = {key: why for key, why in whys.items() if why in WHY_NOT}
    made = Section(desk.sheet.operation, desk.view.party, declared.id, 1, "draft", values, why_not)
    chosen = before or last_choices(visit.portal, desk.office, desk.writer, declared.id)
    if chosen is not None:
        readers = {one.id for one in desk.sheet.readers}
        to, weighed = tuple(one for one in chosen.to if one in readers), "" if before is None else before.weighed
        made = replace(made, to=to, protects=chosen.protects, ground=chosen.ground, use=chosen.use, weighed=weighed)
    return made, found


def _why(one: SheetField, form: Form, *, may_lack: bool) -> str:
    """Why a field has no value; of a choice it stands among the choices. Empty if that is not said."""
    text = form.text(one.key)
    is_among = one.kind == "choice" and may_lack and text in WHY_NOT
    return text if is_among else form.text(f"why.{one.key}")


def _value(one: SheetField, form: Form, *, may_lack: bool) -> tuple[Value | None, Message | None]:
    """What the form has in a field, None if nothing; and what is wrong with it."""
    text = form.text(one.key)
    if one.kind == "several":
        chosen = form.several(one.key)
        wrong = None if set(chosen) <= one.choices.keys() else Message("Choose again.")
        if NONE in chosen and len(chosen) > 1:
            wrong = Message("Tick none, or those that are known.")
        return (chosen, None) if wrong is None else (None, wrong)
    if not text or _why(one, form, may_lack=may_lack) == text:
        return None, None
    if len(text) > MOST_CHARACTERS:
        values = {"size": len(text), "most": MOST_CHARACTERS}
        return None, Message("The text has {size} characters, more than {most}: shorten it.", values)
    if one.kind == "number":
        number = form.number(one.key)
        is_right = isinstance(number, int) and 0 <= number <= MOST_NUMBER
        return (number, None) if is_right else (None, Message("Enter a whole number."))
    if one.kind == "choice" and text not in one.choices:
        return None, Message("Choose again.")
    return text, None


def show_giving(visit: PortalVisit) -> Answer:
    """To whom each section is given, and on what ground: filled in with the last choices, confirmed once for all.

    Where all is given, to whom that is.
    """
    desk = desk_of(visit)
    fields: dict[str, tuple[str, ...]] = {}
    first_time = _given_first(visit, desk)
    protections = {one.protects for one in desk.in_hand if one.id not in first_time}
    for one in desk.to_give:
        is_bare = one.id in first_time and not one.protects and len(protections) == 1
        shown = replace(one, protects=min(protections)) if is_bare else one  # what is new is no less protected
        fields |= _chosen_in(shown, desk)
        fields |= {"ground": (one.ground,), "weighed": (one.weighed,), "use": one.use}
    return _giving(visit, desk, Form(fields))


def take_giving(visit: PortalVisit) -> Answer:
    """Gives the sections, and shows the receipt; the form again if one cannot be given so."""
    if (already := sent_already(visit)) is not None:
        return already
    desk, form = desk_of(visit), visit.form
    if form.text("seen") != desk.seals:
        return _shown_anew(visit)
    if any(desk.own[one.id].needs_code for one in desk.to_give):
        return _giving(visit, desk, form, (FieldProblem("", NEEDS_CODE),), 403)
    if form.text("do") == SAME:
        return _giving(visit, desk, _same_for_all(form, desk))
    sections = [_with_readers(one, form) for one in desk.to_give]
    if not desk.in_hand and desk.to_give:
        sections = _changed(visit, desk, sections)
    found = tuple(_standing_against(sections, desk)) or (
        () if form.is_checked(SURE) else tuple(read_by_nobody(sections))
    )
    if found:
        return _giving(visit, desk, form, found, 422)
    seen, key = desk.rows_to_give, form.text("key")
    kept = give(visit.portal, desk.office, desk.writer, sections, seen, key, visit.now)
    return _shown_anew(visit) if kept is None else receipt_of(visit, kept.id)


def _shown_anew(visit: PortalVisit) -> Answer:
    """The form as it was sent, without who has been taken away since it was shown."""
    desk = desk_of(visit)
    return _giving(visit, desk, _without_taken(visit.form, desk), (FieldProblem("", GIVING_CHANGED),), 409)


def _changed(visit: PortalVisit, desk: Desk, sections: list[Section]) -> list[Section]:
    """Those of the given sections that the form gives otherwise than they are; or to who has come since."""
    came = {(party, letter) for party, _, letters in came_later(visit.portal, desk.writer) for letter in letters}
    return [
        one
        for one, there in zip(sections, desk.to_give, strict=True)
        if replace(one, to=()) != replace(there, to=())
        or set(one.to) != set(there.to)
        or came & {(party, one.id[0]) for party in one.to}
    ]


def _with_readers(one: Section, form: Form) -> Section:
    """The section with what the form says of its readers; ground and weighing are said once for all."""
    return replace(
        one,
        to=form.several(f"to.{one.id}"),
        protects=form.text(f"provision.{one.id}") or form.text(f"protects.{one.id}"),
        ground=form.text("ground"),
        weighed=form.text("weighed")[:MOST_CHARACTERS],
        use=tuple(use for use in form.several("use") if use in USES),
    )


def _chosen_in(one: Section, desk: Desk) -> dict[str, tuple[str, ...]]:
    """The fields of a section's readers, and of what protects it: listed, or in words of one's own."""
    provision = "" if one.protects in desk.office.grounds.protections else one.protects
    return {f"to.{one.id}": one.to, f"protects.{one.id}": (one.protects,), f"provision.{one.id}": (provision,)}


def _same_for_all(form: Form, desk: Desk) -> Form:
    """The form with the readers and the protection of its first section for each: shown, and not given yet."""
    first = desk.to_give[0].id
    names = ("to", "protects", "provision")
    like = {f"{name}.{one.id}": form.several(f"{name}.{first}") for one in desk.to_give for name in names}
    return _without_taken(Form({**form.fields, **like}), desk)


def _without_taken(form: Form, desk: Desk) -> Form:
    """The form without the ticks of readers that the coordinator has taken away."""
    left = {
        f"to.{one.id}": tuple(id for id in form.several(f"to.{one.id}") if id not in desk.own[one.id].row.without)
        for one in desk.to_give
    }
    return Form({**form.fields, **left})


def _standing_against(sections: list[Section], desk: Desk) -> Iterator[FieldProblem]:
    """What stands against giving each, once where it is the same for several; ground and weighing are of all."""
    if not sections:
        nothing = Message("Nothing to give: write a section first.")
        yield FieldProblem("", NOTHING_CHANGED if desk.to_give else nothing)
    told = set[tuple[str, str]]()
    for one in sections:
        for key, text in refusals(one, desk.writer, desk.office.grounds):
            of_page = {"to": f"to.{one.id}", "protects": f"protects.{one.id}", "ground": "ground", "weighed": "weighed"}
            if (key, str(text)) not in told or key not in ("ground", "weighed"):
                told.add((key, str(text)))
                said = (
                    text
                    if key in of_page
                    else Message("{section}: {text}", {"section": one.declared.title, "text": text})
                )
                yield FieldProblem(of_page.get(key, ""), said)


def read_by_nobody(sections: Sequence[Section]) -> Iterator[FieldProblem]:
    """Asks about sections without a reader: nobody is ticked at first."""
    if alone := [one.id for one in sections if not one.to]:
        text = Message("Only you will read {letters}.", {"letters": alone})
        yield FieldProblem(f"to.{alone[0]}", text, is_question=True)


def _giving(visit: PortalVisit, desk: Desk, form: Form, found: Problems = (), status: int = 200) -> Answer:
    values = {"form": ShownForm("", form, problems=found), "key": new_key(), "seen": desk.seals, "same": SAME}
    left = [(one.declared, field) for one in desk.in_hand for field in one.unanswered]
    values |= {
        "to_give": desk.to_give,
        "new_here": _new_here(visit, desk),
        "first_time": _given_first(visit, desk),
        "is_same": form.text("do") == SAME,
    }
    behind = [one for one in desk.sections if one.id in desk.unfinished and one.id not in desk.own]
    frame = {**frame_of(visit, desk), **_choices_of(desk), **values, "unanswered": left, "not_begun": behind}
    return visit.page("sheet_giving.html", frame, status)


def _given_first(visit: PortalVisit, desk: Desk) -> set[str]:
    """The sections that the party gives for the first time, where others of these come back as it last chose."""
    new = {one.id for one in desk.in_hand if last_choices(visit.portal, desk.office, desk.writer, one.id) is None}
    return new if len(new) < len(desk.in_hand) else set()


def _new_here(visit: PortalVisit, desk: Desk) -> set[str]:
    """The readers that were not there where the party last chose; nobody where it has not."""
    for one in desk.in_hand:
        last = last_choices(visit.portal, desk.office, desk.writer, one.id)
        of = None if last is None else next((it for it in desk.view.sheets if it.operation == last.operation), None)
        if of is not None:
            return {reader.id for reader in desk.sheet.readers} - {reader.id for reader in of.readers}
    return set()


def _choices_of(desk: Desk) -> dict[str, object]:
    """What may be chosen where a section is given."""
    return {
        "protections": [(one.id, f"{one.name}: {one.text}") for one in desk.office.grounds.protections.values()],
        "grounds": [(one.id, f"{one.name}: {one.text}") for one in desk.office.grounds.grounds.values()],
        "uses": USES,
    }


def read_all(visit: PortalVisit) -> Answer:
    """What the party may read, on a page; without a code the way to one."""
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
    there = {(one.owner, one.id) for one in read.sections}
    for party in of.readers:
        wanted = (SECTIONS[id] for id in of.others_write.get(party.id, ()) if id in SECTIONS)
        if left := [one for one in wanted if (party.id, one.id) not in there]:
            yield party.name, left


def _copy(visit: PortalVisit, desk: Desk, sheet: ReaderSheet) -> dict[str, object]:
    """The party's own copy in words, of what it may read and nothing else."""
    return copy_in_words(sheet, desk.view, desk.office.grounds, visit.words)


def print_all(visit: PortalVisit) -> Answer:
    """The same as a PDF, whose hash is noted."""
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
    PartyPage(f"/sheets/{{operation}}/{GIVE}", "GET", RIGHT, show_giving),
    PartyPage(f"/sheets/{{operation}}/{GIVE}", "POST", RIGHT, take_giving, most_a_day=100),
    PartyPage(f"/sheets/{{operation}}/{NARROW}", "POST", RIGHT, narrow),
    PartyPage("/sheets/{operation}/read", "POST", RIGHT, read_all, most_a_day=200),
    PartyPage("/sheets/{operation}/pdf", "POST", RIGHT, print_all, most_a_day=100),
    PartyPage("/sheets/{operation}/{section}", "GET", RIGHT, write),
    PartyPage("/sheets/{operation}/{section}", "POST", RIGHT, take, most_a_day=300),
)
