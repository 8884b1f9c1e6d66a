"""A party's entries as text."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from textwrap import shorten

from arshjul.portal.actions.entries import SentEntry
from arshjul.portal.offer_form import offer_said
from arshjul.serving.fields import Names, declared, entry_lines, evaluation_lines, nomination_lines, prompt
from arshjul.serving.rendering import brief_hours, short
from arshjul.year.agenda.cause import NAMES as CAUSES
from arshjul.year.agenda.channel import CONTENT_NAMES
from arshjul.year.agenda.party_entry import NO_ANSWER, REPLIES
from arshjul.year.domain.entries.learnt import PLAIN
from arshjul.year.domain.information_sheet.declared import SECTIONS
from arshjul.year.domain.party_view import PartyView, ViewEvent
from arshjul.year.formats.schema.party_entry import (
    ANSWER,
    CALENDAR,
    EVALUATING,
    EVALUATION,
    KINDS,
    NOMINATIONS,
    NOTE,
    OBSTACLE,
    OFFERS,
    PICTURE,
    SHEET,
    offer_of,
    read_given,
    read_replies,
)
from arshjul.year.texts import Words

LONGEST_GIST = 90


def lines_of(sent: SentEntry, view: PartyView, words: Words) -> Iterable[tuple[str, str]]:
    return _LINES.get(sent.row.kind, _entry_lines)(sent, view, words)


def gist(sent: SentEntry, view: PartyView, words: Words) -> str:
    label, value = next(iter(lines_of(sent, view, words)), ("", ""))
    said = f"{label.partition('?')[0]}? {value}" if sent.row.kind == ANSWER else value
    return shorten(said, LONGEST_GIST, placeholder=" …")


def report_lines(
    kind: str, body: Mapping[str, object], view: PartyView, words: Words
) -> Iterator[tuple[str, str, str]]:
    """All that is called off or given back: the field, its label, and its value; empty if it is not given."""
    first = date.fromisoformat(str(body["from"]))
    last = date.fromisoformat(str(body["to"])) if "to" in body else None
    shifts, number = body.get("shifts"), {"report": "officers_left", "teams": "teams_left"}.get(kind, "officers")
    there = [shift for shift in view.shifts if not isinstance(shifts, list) or shift.id in shifts]
    hours = [f"{shift.name} {shift.hours}" for shift in there]
    yield "period", words("When"), span_said(words, first, last)
    yield "shifts", words("Shifts"), words("all") if shifts is None else "\n".join(hours)
    if kind != "given-back":
        cause = str(body.get("cause", ""))
        said = words.say(CAUSES[cause]) if cause in CAUSES else cause or words("not given")
        yield "cause", words.say(prompt(f"{KINDS[kind].list}.cause")), said
    counted = str(body.get(number, 0 if kind != "given-back" else words("all")))
    yield number, words.say(prompt(f"{KINDS[kind].list}.{number}")).partition(" (")[0], counted
    yield NOTE, words("Message"), str(body.get(NOTE, ""))


def span_said(words: Words, first: date, last: date | None) -> str:
    """Dates in a list: "ons 10 mar – tis 30 mar"; without a last one until further notice."""
    if last is None:
        return words("from {day}, until further notice", day=short(words, first))
    return short(words, first) if first == last else f"{short(words, first)} – {short(words, last)}"


def when(words: Words, event: ViewEvent, today: date) -> str:
    """When an operation is: "i dag 16–22", "tor 18 mar 20–02"."""
    day = words("today") if event.first == today else short(words, event.first)
    if event.starts is None or event.ends is None:
        return day
    return f"{day} {brief_hours(event.starts, event.ends)}"


def _entry_lines(sent: SentEntry, view: PartyView, words: Words) -> Iterator[tuple[str, str]]:
    kind, body = sent.row.kind, sent.body
    names = {shift.id: shift.name for shift in view.shifts} | {sector.id: sector.name for sector in view.sectors}
    keys = [*declared(KINDS[kind].list), NOTE] if body else []
    for key, value in sorted(body.items(), key=lambda one: keys.index(one[0])):
        label = words("Message to the coordinator") if key == NOTE else words.say(prompt(f"{KINDS[kind].list}.{key}"))
        if isinstance(value, list):
            said = ", ".join(names.get(item, str(item)) for item in value)
        elif key in ("from", "to"):
            said = words("{day}", day=date.fromisoformat(str(value)))
        elif isinstance(value, bool):
            said = words("yes")
        else:
            said = str(value)
        yield label.partition(" (")[0], said


def _asked_names(sent: SentEntry, view: PartyView) -> dict[str, str]:
    asked = (evaluation for evaluation in view.evaluations if evaluation.operation == sent.body.get("operation"))
    return {each.id: each.name for evaluation in asked for each in evaluation.asks}


def _by_keys(sent: SentEntry, view: PartyView, words: Words) -> Iterator[tuple[str, str]]:
    names = {**view.others, view.id: view.name} | {area.id: area.name for area in (*view.areas, *view.sectors)}
    return entry_lines(sent.kind.list, sent.body, names, words)


def names_in(view: PartyView) -> Names:
    found = {"sector": view.sectors, "area": view.areas, "agencies": view.agencies}
    return {key: {word.id: word.name for word in there} for key, there in found.items()}


def _offer_of(sent: SentEntry, view: PartyView, words: Words) -> Iterator[tuple[str, str]]:
    offer = offer_of(sent.row.kind, sent.body)
    call = next((call for call in view.calls if call.id == offer.call), None)
    if call is not None:
        yield words("Dates"), words("{first} – {last}", first=call.first, last=call.last)
        yield from offer_said(view, call, sent.row.kind, offer, words)
    if note := str(sent.body.get(NOTE, "")):
        yield words("Message to the coordinator"), note


def _answers_of(sent: SentEntry, view: PartyView, words: Words) -> Iterator[tuple[str, str]]:
    """Each question as it was asked, and its answer with the remark."""
    asked, gone = {question.name: question for question in view.questions}, words("A question that has been removed")
    for reply in read_replies(sent.body):
        question = asked.get(reply.question)
        times = {} if question is None else {slot.name: slot.text for slot in question.offered}
        chosen = ", ".join(times.get(name, name) for name in (f"{slot.day} {slot.shift}" for slot in reply.instead))
        instead = words("instead: {times}", times=chosen) if chosen else ""
        said = (words.say(REPLIES.get(reply.answer, NO_ANSWER)), instead, reply.remark)
        yield reply.asked or (gone if question is None else question.text), ". ".join(part for part in said if part)


def _sections_of(sent: SentEntry, view: PartyView, words: Words) -> Iterator[tuple[str, str]]:
    """The operation, and how complete each section is; what is in them stands on no receipt."""
    given = read_given(sent.body)
    yield words("Operation"), given.operation
    if given.taken_from:
        readers = {reader.id: reader.name for sheet in view.sheets for reader in sheet.readers}
        yield words("Reads no more"), readers.get(given.taken_from, given.taken_from)
    for section in given.sections:
        n_all = section.answered + section.unknown + section.withheld
        said = (
            words("its version {n}", n=section.version),
            words("answered {n} of {all} required", n=section.answered, all=n_all) if n_all else "",
            words("not known {n}", n=section.unknown) if section.unknown else "",
            words("may not be given {n}", n=section.withheld) if section.withheld else "",
            words("an addendum") if section.is_addendum else "",
        )
        yield (
            f"{section.section[0]} {words.say(SECTIONS[section.section].title)}",
            ", ".join(part for part in said if part),
        )


_LINES: Mapping[str, Callable[[SentEntry, PartyView, Words], Iterable[tuple[str, str]]]] = {
    ANSWER: _answers_of,
    CALENDAR: lambda sent, _, words: [(words("Calendar"), words.say(CONTENT_NAMES[str(sent.body["content"])]))],
    SHEET: _sections_of,
    **dict.fromkeys((OBSTACLE, PICTURE, *PLAIN), _by_keys),
    **dict.fromkeys(
        (EVALUATION, EVALUATING),
        lambda sent, view, words: evaluation_lines(sent.body, _asked_names(sent, view), words),
    ),
    **dict.fromkeys(
        NOMINATIONS, lambda sent, view, words: nomination_lines(sent.kind.list, sent.body, names_in(view), words)
    ),
    **dict.fromkeys(OFFERS, _offer_of),
    **dict.fromkeys(
        ("report", "teams", "given-back"),
        lambda sent, view, words: [
            (label, value) for _, label, value in report_lines(sent.row.kind, sent.body, view, words) if value
        ],
    ),
}
