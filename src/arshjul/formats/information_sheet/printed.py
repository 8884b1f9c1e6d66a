"""A reader's sheet in words, as a PDF of it is made of."""

from collections.abc import Iterator, Mapping, Sequence

from arshjul.domain.entries.learnt import PartyCard
from arshjul.domain.information_sheet.declared import USES, WHY_NOT, SheetField
from arshjul.domain.information_sheet.sections import Grounds, ReaderSheet, Section
from arshjul.domain.party_view import ViewCard
from arshjul.formats.schema.declared import shape
from arshjul.formats.schema.fields import keys
from arshjul.texts import Words


def printed(
    sheet: ReaderSheet,
    names: Mapping[str, str],
    grounds: Grounds,
    say: Words,
    facts: Sequence[str] = (),
    measures: Sequence[str] = (),
    cards: Sequence[ViewCard] = (),
) -> dict[str, object]:
    """What stands on the pages. `names`: of the parties.

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
        "lines": [*(f"{say('To become better:')} {one}" for one in measures), *_of_all(sheet, reader, say)],
        "header": [say("Field"), say("Answer")],
        "sections": [
            *(_section(one, names, grounds, say) for one in sheet.sections),
            *(_card(one, say) for one in cards),
        ],
    }


def _card(card: ViewCard, say: Words) -> dict[str, object]:
    """What a party may do, as it says itself. That it is old is left to the reader: a copy says no day of its own."""
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
    """Which version it is, what protects it, and what it may be used for."""
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
    """The value in words, or why there is none; empty if nothing is said."""
    value = one.values.get(field.key)
    if value is None:
        return say.say(WHY_NOT[one.why_not[field.key]]) if field.key in one.why_not else ""
    if isinstance(value, tuple):
        return ", ".join(say.say(field.choices[word]) for word in value)
    return say.say(field.choices[value]) if isinstance(value, str) and value in field.choices else str(value)
