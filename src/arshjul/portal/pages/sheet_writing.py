"""`Underlag`: the form of a section, saved at each `Nästa`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple, cast

from arshjul.errors import Message
from arshjul.portal.actions.sheet_copy import facts_in
from arshjul.portal.actions.sheet_writing import NEEDS_CODE, save
from arshjul.portal.actions.sheets import has_given, last_choices, last_texts, read
from arshjul.portal.pages.sheets import GIVE, RIGHT, Desk, desk_of, frame_of
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.fields import NUMBER, SEVERAL, TEXT, FieldKind, filled
from arshjul.serving.forms import FieldProblem, Form, Problems, ShownForm
from arshjul.serving.pages import Answer, NoSuchPage, SeeOther
from arshjul.year.agenda.party import party_named
from arshjul.year.domain.information_sheet.declared import (
    MOST_CHARACTERS,
    MOST_NUMBER,
    NONE,
    WHY_NOT,
    SheetField,
    SheetSection,
)
from arshjul.year.domain.information_sheet.sections import Section, Value, doubts
from arshjul.year.domain.party_view import ViewWord
from arshjul.year.formats.glyphs import unprintable

MEANT = "meant"  # what says that it is meant so; not sure, as one of the fields is called that
ONWARD = {"code": "/code", "read": "/sheets/{}/read"}
"""Where the buttons of a section lead that save it first, by the value of each."""
OBJECT = "C"
KINDS: Mapping[str, FieldKind] = {"line": TEXT, "text": TEXT, "number": NUMBER, "choice": TEXT, "several": SEVERAL}
"""The reading of each kind of a section's fields."""

CHANGED = Message(
    "This section has been saved elsewhere meanwhile. Your text stands below: press Next to replace the other."
)


def write(visit: PortalVisit) -> Answer:
    desk = desk_of(visit)
    return _form(visit, desk, _declared_of(visit, desk))


def take(visit: PortalVisit) -> Answer:
    desk, form = desk_of(visit), visit.form
    declared = _declared_of(visit, desk)
    section, problems = _read_section(visit, desk, declared)
    if declared.id in desk.own and desk.own[declared.id].needs_code:
        return _form(visit, desk, declared, form, (FieldProblem("", NEEDS_CODE),), 403, form.text("seen"))
    if not problems and not form.is_checked(MEANT):
        asked = [*doubts(section), *_unprinted(section), *_left_as_filled_in(visit, desk, section)]
        problems = [FieldProblem(key, text, is_question=True) for key, text in asked]
    if problems:
        return _form(visit, desk, declared, form, tuple(problems), 422, form.text("seen"))
    then = form.text("then")
    if section.values or section.why_not or (declared.id in desk.own and not then):
        other = save(visit.portal, desk.office, desk.writer, section, form.text("seen"), visit.now)
        if other is not None:
            return _form(visit, desk, declared, form, (FieldProblem("", CHANGED),), 409, other.seal)
    if then in ONWARD:  # the same fields are posted there
        return SeeOther(ONWARD[then].format(desk.sheet.operation), posts_again=True)
    ids = [section.id for section in desk.sections]
    after = ids[ids.index(declared.id) + 1 :]
    return SeeOther(f"/sheets/{desk.sheet.operation}/{after[0] if after else GIVE}?as={visit.contact.id}")


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
        shown = (section.values, section.why_not) if section else ({} if last is None else last.values, {})
        form = _filled(declared, *shown)
    is_offered = (
        there is None
        and not desk.writer.is_raised
        and visit.can_send_code
        and any(field.recurs for field in declared.fields)
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
        "unanswered": set() if there is None else {field.key for field in desk.unfinished.get(declared.id, ())},
        "object": _object(visit, desk) if declared.is_of_object else None,
        "offers_last": is_offered,
        "seen": seen if seen is not None else "" if there is None else there.row.seal,
    }
    return visit.page("sheet_section.html", {**frame_of(visit, desk), **values}, status)


def _behind(desk: Desk, at: SheetSection) -> list[tuple[SheetSection, list[SheetField]]]:
    before = desk.sections[: desk.sections.index(at)]
    return [(section, desk.unfinished[section.id]) for section in before if section.id in desk.unfinished]


class WhichObject(NamedTuple):
    """The writer for the object, and its phone, as far as this reader is told. `may_read`: None without a code."""

    is_own: bool
    lead: ViewWord | None = None
    phone: str = ""
    may_read: bool | None = None


def _object(visit: PortalVisit, desk: Desk) -> WhichObject:
    if OBJECT in desk.sheet.sections:
        return WhichObject(is_own=True)
    lead = next((reader for reader in desk.sheet.readers if OBJECT in desk.sheet.others_write.get(reader.id, ())), None)
    if lead is None:
        return WhichObject(is_own=False)
    cards = (card for card in desk.view.cards.cards if party_named(lead.id).id == card.party)
    phone = next((card.said.get("phone", "") for card in cards), "")
    if not desk.writer.is_raised:
        return WhichObject(is_own=False, lead=lead, phone=phone)
    there = read(visit.portal, desk.office, desk.writer).sections
    may_read = any(section.owner == lead.id and section.id[0] == OBJECT for section in there)
    return WhichObject(is_own=False, lead=lead, phone=phone, may_read=may_read)


def _filled(declared: SheetSection, values: Mapping[str, Value], why_not: Mapping[str, str]) -> Form:
    kinds = {field.key: KINDS[field.kind] for field in declared.fields}
    choices = {field.key for field in declared.fields if field.kind == "choice"}
    whys = {key if key in choices else f"why.{key}": (why,) for key, why in why_not.items()}
    return Form({**filled(kinds, values).fields, **whys})


def _declared_of(visit: PortalVisit, desk: Desk) -> SheetSection:
    """The section that the page is for. NoSuchPage if the party does not write it."""
    sheet_section = next((section for section in desk.sections if section.id == visit.path["section"]), None)
    if sheet_section is None:
        raise NoSuchPage
    return sheet_section


def _read_section(visit: PortalVisit, desk: Desk, declared: SheetSection) -> tuple[Section, list[FieldProblem]]:
    there = desk.own.get(declared.id)
    before = None if there is None else there.section
    may_lack = {field.key for field in declared.required} | set(
        before.why_not if before else ()
    )  # also where once required
    values, problems = dict[str, Value](), list[FieldProblem]()
    for field in declared.fields:
        value = KINDS[field.kind].read(visit.form, field.key)
        if value is None or value == "" or value == _why(field, visit.form, may_lack=field.key in may_lack):
            continue
        if (wrong := _wrong(field, value)) is not None:
            problems.append(FieldProblem(field.key, wrong))
        else:
            values[field.key] = tuple(value) if isinstance(value, list) else cast(str | int, value)
    lacking = [field for field in declared.fields if field.key in may_lack and field.key not in values]
    whys = {field.key: _why(field, visit.form, may_lack=True) for field in lacking}
    why_not = {key: why for key, why in whys.items() if why in WHY_NOT}
    made = Section(desk.sheet.operation, desk.view.party, declared.id, 1, "draft", values, why_not)
    chosen = before or last_choices(visit.portal, desk.office, desk.writer, declared.id)
    if chosen is not None:
        readers = {reader.id for reader in desk.sheet.readers}
        to, weighed = (
            tuple(reader for reader in chosen.to if reader in readers),
            "" if before is None else before.weighed,
        )
        made = replace(made, to=to, protects=chosen.protects, ground=chosen.ground, use=chosen.use, weighed=weighed)
    return made, problems


def _why(one: SheetField, form: Form, *, may_lack: bool) -> str:
    """Why a field has no value; of a choice it stands among the choices. Empty if that is not said."""
    text = form.text(one.key)
    is_among = one.kind == "choice" and may_lack and text in WHY_NOT
    return text if is_among else form.text(f"why.{one.key}")


def _wrong(one: SheetField, value: object) -> Message | None:
    if isinstance(value, list):
        if NONE in value and len(value) > 1:
            return Message("Tick none, or those that are known.")
        return None if set(value) <= one.choices.keys() else Message("Choose again.")
    if len(str(value)) > MOST_CHARACTERS:
        values = {"size": len(str(value)), "most": MOST_CHARACTERS}
        return Message("The text has {size} characters, more than {most}: shorten it.", values)
    if one.kind == "number":
        is_right = isinstance(value, int) and 0 <= value <= MOST_NUMBER
        return None if is_right else Message("Enter a whole number.")
    return Message("Choose again.") if one.kind == "choice" and value not in one.choices else None


def _unprinted(section: Section) -> Iterator[tuple[str, Message]]:
    for key, value in section.values.items():
        if isinstance(value, str) and (found := unprintable(value)):
            text = Message("The PDF shows � instead of {given}. Is that right?", {"given": found})
            yield key, text


def _left_as_filled_in(visit: PortalVisit, desk: Desk, section: Section) -> Iterator[tuple[str, Message]]:
    """Asks whether what stood filled in from another sector holds here too, before it is saved for the first time."""
    last = None if section.id in desk.own else last_texts(visit.portal, desk.office, desk.writer, section.id)
    if last is not None and (left := last.left_in(section)):
        values = {"fields": [field.label for field in left], "sector": _sector_said(desk, last.other_sector)}
        yield (left[0].key, Message("From another sector ({sector}): {fields}. Does it hold here?", values))


def _sector_said(desk: Desk, sector: str) -> str:
    return next((known.name for known in desk.view.sectors if known.id == sector), sector)


pages = (
    PartyPage("/sheets/{operation}/{section}", "GET", RIGHT, write),
    PartyPage("/sheets/{operation}/{section}", "POST", RIGHT, take, most_a_day=300),
)
