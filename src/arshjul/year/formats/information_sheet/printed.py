"""A reader's sheet in words, and a blank one to be filled in, as a PDF or a workbook is made of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from arshjul.errors import Message
from arshjul.year.domain.entries.learnt import PartyCard
from arshjul.year.domain.information_sheet.declared import SCHEMA, SECTIONS, USES, WHY_NOT, By, Choices, SheetField
from arshjul.year.domain.information_sheet.sections import Grounds, ReaderSheet, Section
from arshjul.year.domain.party_view import ViewCard
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.fields import keys
from arshjul.year.sheets import Column, Heading, SheetOut, table
from arshjul.year.texts import Words


def printed(
    sheet: ReaderSheet,
    names: Mapping[str, str],
    grounds: Grounds,
    say: Words,
    facts: Sequence[str] = (),
    measures: Sequence[str] = (),
    cards: Sequence[ViewCard] = (),
) -> dict[str, object]:
    """The content of the pages. `names`: of the parties.

    `facts`, `measures` and `cards`: the operation, what is to become better there, and what those who take part may do,
    all as the reader is told of it.
    """
    reader = names.get(sheet.reader, sheet.reader)
    return {
        "title": say("Information sheet of {operation}", operation=sheet.operation),
        "language": say.language,
        "copy": say("The copy of {reader}. Do not pass it on: each section says what protects it.", reader=reader),
        "mark": say("Copy {mark}", mark=sheet.mark),
        "facts": list(facts),
        "lines": [*(f"{say('To become better:')} {measure}" for measure in measures), *_of_all(sheet, reader, say)],
        "header": [say("Field"), say("Answer")],
        "sections": [
            *(_section(section, names, grounds, say) for section in sheet.sections),
            *(_card(card, say) for card in cards),
        ],
    }


def _card(card: ViewCard, say: Words) -> dict[str, object]:
    """A party's card in its own words. That it is old is left to the reader: a copy says no day of its own."""
    labels = {key.path[-1]: key.told.heading for key in keys(shape(PartyCard))}
    lines = [say("Version {n}.", n=card.version)]
    if card.review_by is not None:
        lines.append(say("To be looked through by {day}.", day=card.review_by))
    rows = [[say.say(label), text] for key, text in card.said.items() if (label := labels[key]) is not None]
    return {"title": say("About us: {party}", party=card.name), "lines": lines, "rows": rows}


def _of_all(sheet: ReaderSheet, reader: str, say: Words) -> Iterator[str]:
    if not sheet.is_whole:
        yield say("A text on this operation, perhaps to you, does not open: ask the others.")
    elif not sheet.sections:
        yield say("{reader} has been given no section.", reader=reader)


def _section(one: Section, names: Mapping[str, str], grounds: Grounds, say: Words) -> dict[str, object]:
    title, owner = say.say(one.declared.title), names.get(one.owner, one.owner)
    rows = [[say.say(field.label), said] for field in one.declared.fields if (said := _answer(one, field, say))]
    lines = list(_lines(one, grounds, say))
    return {"title": f"{one.id[0]} {title}: {owner}", "lines": lines, "rows": rows}


def _lines(one: Section, grounds: Grounds, say: Words) -> Iterator[str]:
    states = {"draft": say("draft"), "given": say("given"), "addendum": say("an addendum after the due date")}
    yield say("Version {n}, {state}.", n=one.version, state=states[one.state])
    if not one.protects:
        yield say("Secrecy: not stated.")
    else:
        known = grounds.protections.get(one.protects)
        yield say("Secrecy: {name}.", name=one.protects if known is None else f"{known.name}. {known.text}".rstrip("."))
    if one.use:
        yield say("May be used for: {use}.", use=", ".join(say.say(USES[use]) for use in one.use))


def _answer(one: Section, field: SheetField, say: Words) -> str:
    """Empty if nothing is said."""
    value = one.values.get(field.key)
    if value is None:
        return say.say(WHY_NOT[one.why_not[field.key]]) if field.key in one.why_not else ""
    if isinstance(value, tuple):
        return ", ".join(say.say(field.choices[word]) for word in value)
    return say.say(field.choices[value]) if isinstance(value, str) and value in field.choices else str(value)


BOX = "☐"
ROOM = {"text": 3, "line": 1, "number": 1}
"""The empty lines of an answer by its kind; what is ticked needs none."""

WRITTEN_BY: Mapping[By, Message] = {
    "lead": Message("the lead agency"),
    "each": Message("each agency"),
    "risk": Message("the police and the rescue service"),
    "people": Message("the agency for possible victims"),
}


@dataclass(frozen=True, slots=True)
class BlankField:
    section: str
    label: Message
    is_required: bool = False
    hint: Message | None = None
    choices: Choices | None = None
    room: int = 0


@dataclass(frozen=True, slots=True)
class BlankSection:
    """`lines`: who writes it, and when."""

    title: str
    by: str
    lines: list[str]
    fields: list[BlankField]


def blank_sections(say: Words) -> Iterator[BlankSection]:
    """All sections, and last what is chosen for each of them when it is given."""
    for section in SECTIONS.values():
        title, by = f"{section.id[0]} {say.say(section.title)}", say.say(WRITTEN_BY[section.by])
        lines = [say("Written by {party}.", party=by)]
        if section.is_more:
            lines.append(say("Only if the year asks for it."))
        if section.id == "A":
            lines.append(say("The plan fills in operation, date, shift, area, sector and programme."))
        yield BlankSection(title, by, lines, [_blank(title, field) for field in section.fields])
    title, by = say("When a section is given"), say("the giver")
    yield BlankSection(title, by, [say("For each section.")], _of_giving(title))


def _blank(section: str, field: SheetField) -> BlankField:
    room = ROOM.get(field.kind, 0)
    return BlankField(section, field.label, field.is_required, field.hint, field.choices or None, room)


def _of_giving(section: str) -> list[BlankField]:
    return [
        BlankField(section, Message("Readers: each party by name"), room=2),
        BlankField(section, Message("Protection: chapter and section of the secrecy law"), room=1),
        BlankField(section, Message("Ground for giving it despite protection"), room=1),
        BlankField(section, Message("Your assessment"), room=2),
        BlankField(section, Message("Permitted use"), choices=USES),
    ]


def blank_pages(say: Words) -> dict[str, object]:
    return {
        "title": say("Information sheet"),
        "language": say.language,
        "copy": say("Blank sheet, of no operation."),
        "mark": SCHEMA,
        "lines": _about(say),
        "header": [say("Field"), say("Answer")],
        "breaks": False,
        "sections": [
            {
                "title": section.title,
                "lines": [" ".join(section.lines)],
                "rows": [_row(field, say) for field in section.fields],
            }
            for section in blank_sections(say)
        ],
    }


def blank_workbook(say: Words) -> list[SheetOut]:
    sections = list(blank_sections(say))
    by = {section.title: section.by for section in sections}
    columns: list[Column[BlankField]] = [
        (Heading(say("Section"), 28, "wrap"), lambda one: one.section),
        (Heading(say("Written by"), 20, "wrap"), lambda one: by[one.section]),
        (Heading(say("Field"), 34, "wrap"), lambda one: one.label),
        (Heading(say("Required"), 10, "centre"), lambda one: Message("yes") if one.is_required else None),
        (Heading(say("What to answer"), 40, "wrap"), lambda one: "\n".join(_helped(one, say))),
        (Heading(say("Answer"), 50, "wrap"), lambda _: None),
    ]
    fields = [field for section in sections for field in section.fields]
    starts = [n for n, (last, one) in enumerate(pairwise(fields), 2) if one.section != last.section]
    return [table(say("Information sheet"), columns, fields, say, kept=3, about=_about(say)[0], groups=starts)]


def _about(say: Words) -> list[str]:
    return [
        say("Each operation has one sheet. Each agency writes its own sections and chooses their readers."),
        say('Answer all that is marked *, also with "unknown" or "may not be given".'),
        say("Every sheet has sections A to F. The year may ask for G to J."),
    ]


def _row(field: BlankField, say: Words) -> list[dict[str, object]]:
    label = say.say(field.label) + (" *" if field.is_required else "")
    hint = [] if field.hint is None else [say.say(field.hint)]
    boxes = [_boxes(choices, say) for choices in (field.choices, WHY_NOT if field.is_required else None) if choices]
    return [{"text": label, "hint": hint}, {"room": field.room, "boxes": boxes}]


def _boxes(choices: Choices, say: Words) -> str:
    """The words to tick on a line, which breaks between them alone."""
    wide = "\N{NO-BREAK SPACE}"
    words = (f"{BOX} {say.say(word)}".replace(" ", wide) for word in choices.values())
    return f"{wide}{wide}{wide} ".join(words)


def _helped(field: BlankField, say: Words) -> Iterator[str]:
    if field.hint is not None:
        yield say.say(field.hint)
    for choices in (field.choices, WHY_NOT if field.is_required else None):
        if choices:
            yield " / ".join(say.say(word) for word in choices.values())
