"""An offer as a form, as it was last, and back; and in words.

The table has a field for each weekday and shift, `n-tue-day`, and for units `d-tue-day`; each exception has a row,
whose fields begin with `x0-`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any, Literal, NamedTuple

from arshjul.errors import Message
from arshjul.portal.actions.offers import OfferEffect, offer_class
from arshjul.serving.fields import prompt
from arshjul.serving.forms import FieldProblem, Form
from arshjul.year.domain.calendar import WEEKDAY_IDS
from arshjul.year.domain.parties import Matching, Offer
from arshjul.year.domain.party_view import PartyView, ViewCall
from arshjul.year.domain.sent_offer import (
    NOTHING,
    OfferException,
    OfferTable,
    SentOffer,
    changes_nothing,
    offer_table,
    officer_lines,
    team_lines,
    within,
)
from arshjul.year.texts import WEEKDAYS, Words, counted, with_capital

MOST = 999  # the largest number in a field: larger ones are slips

NTH = {
    "": Message("all"),
    "1": Message("first of the month"),
    "2": Message("second"),
    "3": Message("third"),
    "4": Message("fourth"),
    "-1": Message("last of the month"),
}
"""The weekday's dates in a month, by the value of each choice."""

AT_MOST, EXACTLY, AWAY = "most", "exactly", "away"
HOWS = {AT_MOST: Message("at most this number"), EXACTLY: Message("exactly this number"), AWAY: Message("away")}
"""The meaning of an exception's number, by the value of each choice."""

_PARITIES: Mapping[str, Literal["odd", "even"]] = {"udda": "odd", "jämna": "even", "odd": "odd", "even": "even"}
_ROW = re.compile(r"x(\d{1,3})-")


class _Reading:
    """Reads fields, and notes what is wrong with them; what is empty or wrong is None."""

    def __init__(self, form: Form, view: PartyView) -> None:
        self.form, self.view = form, view
        self.problems: list[FieldProblem] = []

    def wrong(self, field: str, text: Message) -> None:
        self.problems.append(FieldProblem(field, text))

    def number(self, field: str) -> int | None:
        given = self.form.number(field)
        if given is None or (isinstance(given, int) and 0 <= given <= MOST):
            return given if isinstance(given, int) else None
        self.wrong(field, Message("Give a whole number from 0 to {most}.", {"most": MOST}))
        return None

    def refuse_more(self, field: str, designated: int | None, number: int | None) -> None:
        if designated is not None and number is not None and designated > number:
            values = {"n": designated, "all": number}
            self.wrong(field, Message("More designated officers than officers: {n} of {all}.", values))

    def day(self, field: str) -> date | None:
        text = self.form.text(field)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.wrong(field, Message("There is no such date: correct it."))
            return None

    def how(self, field: str) -> str:
        return self.form.text(field)

    def weekdays(self, field: str) -> frozenset[int] | None:
        return frozenset(WEEKDAY_IDS.index(day) for day in self.form.several(field) if day in WEEKDAY_IDS) or None

    def shifts(self, field: str) -> frozenset[str] | None:
        return frozenset(self.form.several(field)) & {shift.id for shift in self.view.shifts} or None

    def weeks(self, field: str) -> Literal["odd", "even"] | frozenset[int] | None:
        text = self.form.text(field).casefold()
        if not text or text in _PARITIES:
            return _PARITIES.get(text)
        parts = [part for part in re.split(r"[,;\s]+", text) if part]
        numbers = frozenset(int(part) for part in parts if re.fullmatch("[0-9]{1,2}", part))
        if len(parts) > 53 or not numbers or not numbers <= set(range(1, 54)) or not all(map(str.isdigit, parts)):
            self.wrong(field, Message("Write weeks as 19, 21, or odd or even."))
            return None
        return numbers

    def nth(self, field: str) -> frozenset[int] | None:
        given = [part.strip() for part in self.form.text(field).split(",")]
        return frozenset(int(part) for part in given if re.fullmatch("-?[1-5]", part)) or None


class RowField(NamedTuple):
    """A field of an exception: how a page shows it, its label, what stands in it for an exception, and reading it."""

    shown: Literal["date", "number", "choice", "ticks", "input"]
    label: Message
    typed: Callable[[OfferException], Iterable[object]]
    read: Callable[[_Reading, str], Any]


def _joined(numbers: Iterable[int] | None, between: str) -> str:
    return between.join(map(str, sorted(numbers or ())))


def _weeks_typed(one: OfferException) -> str:
    return one.when.weeks if isinstance(one.when.weeks, str) else _joined(one.when.weeks, ", ")


def _weekdays_typed(one: OfferException) -> list[str]:
    return [WEEKDAY_IDS[day] for day in sorted(one.when.weekdays or ())]


def _how_typed(one: OfferException) -> str:
    return AWAY if one.number == 0 else AT_MOST if one.at_most else EXACTLY


WEEKS = Message("Weeks (19, 21, or odd, even; empty: all)")

ROW: Mapping[str, RowField] = {
    "from": RowField("date", Message("From"), lambda one: (one.when.first,), _Reading.day),
    "to": RowField("date", Message("Through"), lambda one: (one.when.last,), _Reading.day),
    "number": RowField("number", Message("Number (0: away)"), lambda one: (one.number,), _Reading.number),
    "how": RowField("choice", Message("Counts as"), lambda one: (_how_typed(one),), _Reading.how),
    "designated": RowField(
        "number", Message("Of them designated"), lambda one: (one.designated or None,), _Reading.number
    ),
    "weekdays": RowField("ticks", Message("Weekdays (none ticked: all)"), _weekdays_typed, _Reading.weekdays),
    "shifts": RowField(
        "ticks", Message("Shifts (none ticked: all)"), lambda one: sorted(one.shifts or ()), _Reading.shifts
    ),
    "weeks": RowField("input", WEEKS, lambda one: (_weeks_typed(one) or None,), _Reading.weeks),
    "nth": RowField(
        "choice", Message("Number in the month"), lambda one: (_joined(one.when.nth, ",") or None,), _Reading.nth
    ),
}
FOLDED = tuple(key for key in ROW if key not in ("from", "to", "number", "how", "designated"))
CHOICES = {"how": HOWS, "nth": NTH}


def row_of(view: PartyView) -> Mapping[str, RowField]:
    """The fields of an exception as that party has them: units alone designate officers."""
    return {key: field for key, field in ROW.items() if key != "designated" or view.is_unit}


def table_of(view: PartyView, call: ViewCall, offer: SentOffer) -> OfferTable:
    return offer_table(within(offer.lines, call.span), [shift.id for shift in view.shifts], call.span)


def as_form(view: PartyView, call: ViewCall, offer: SentOffer) -> Form:
    return Form.of((name, str(value)) for name, value in _fields(view, call, offer))


def _fields(view: PartyView, call: ViewCall, offer: SentOffer) -> Iterator[tuple[str, object]]:
    table = table_of(view, call, offer)
    for (day, shift), cell in table.cells.items():
        yield f"n-{WEEKDAY_IDS[day]}-{shift}", cell.officers
        if cell.designated:
            yield f"d-{WEEKDAY_IDS[day]}-{shift}", cell.designated
    yield from ((key, n) for key in offer.numbers() if (n := getattr(offer, key)) is not None)
    for n, other in enumerate(table.exceptions):
        for key, field in ROW.items():
            yield from ((f"x{n}-{key}", value) for value in field.typed(other) if value is not None)


def rows_in(form: Form) -> list[int]:
    found = {int(name[1]) for field in form.fields if (name := _ROW.match(field)) and _is_filled(form, field)}
    return sorted(found)


def _is_filled(form: Form, field: str) -> bool:
    return not field.endswith("-how") and bool(form.several(field))


def offer_in(
    view: PartyView, call: ViewCall, form: Form, last: SentOffer
) -> tuple[SentOffer | None, tuple[FieldProblem, ...]]:
    """The offer of a form; None, and everything that is wrong, if it cannot be used.

    An exception that changes nothing is wrong, unless it stood in the offer that the form was filled in with.
    """
    read = _Reading(form, view)
    cells = {}
    for day, name in enumerate(WEEKDAY_IDS):
        for shift in view.shifts:
            number = read.number(f"n-{name}-{shift.id}") or 0
            designated = read.number(f"d-{name}-{shift.id}") or 0 if view.is_unit else 0
            read.refuse_more(f"d-{name}-{shift.id}", designated, number)
            cells[day, shift.id] = Offer(number, designated)
    table, stood = OfferTable(tuple(shift.id for shift in view.shifts), cells), table_of(view, call, last).exceptions
    for n in rows_in(form):
        one = _exception(read, call, n)
        if not read.problems and one not in stood and changes_nothing(one, table, call.span):
            values = {"exactly": HOWS[EXACTLY]}
            text = Message("The table already has this limit: choose {exactly}, or remove the exception.", values)
            read.wrong(f"x{n}-how", text)
        table = replace(table, exceptions=(*table.exceptions, one))
    kind = offer_class(view)
    numbers: dict[str, Any] = {key: read.number(key) for key in kind.numbers()}
    if read.problems:
        return None, tuple(read.problems)
    lines: dict[str, Any] = {kind.LINES: officer_lines(table) if view.is_unit else team_lines(table)}
    return kind(call.id, **numbers, **lines), ()


def _exception(read: _Reading, call: ViewCall, n: int) -> OfferException:
    def wrong(field: str, text: Message) -> None:
        read.wrong(f"x{n}-{field}", text)

    given = {key: field.read(read, f"x{n}-{key}") for key, field in row_of(read.view).items()}
    first, last, number, how = (given[key] for key in ("from", "to", "number", "how"))
    if number if how == AWAY else not read.form.text(f"x{n}-number"):
        wrong("number", Message("Enter a number: 0 if you are away."))
    if first is not None and last is not None and last < first:
        wrong("to", Message("The period ends before it begins."))
    elif (first or call.first) > call.last or (last or call.last) < call.first:
        values = {"first": call.first, "last": call.last}
        wrong("from", Message("The dates lie outside the call, {first} to {last}.", values))
    designated = given.get("designated")
    read.refuse_more(f"x{n}-designated", designated, number)
    when = Matching(given["weekdays"], None, first, last, given["weeks"], given["nth"])
    made = OfferException(when, given["shifts"], number or 0, designated, how != EXACTLY)
    if not made.is_dated:
        wrong("from", Message("Enter dates or weeks. The table holds for all other weeks."))
    return made


_PLURAL = {"sv": "ar", "en": "s"}  # the ending of several weekdays of one name
PARITIES = {"odd": Message("odd weeks"), "even": Message("even weeks")}


def weekday_names(words: Words) -> tuple[str, ...]:
    return WEEKDAYS[words.language]


def label_of(kind: str, key: str, words: Words) -> str:
    return words.say(prompt(f"{kind}.{key}"))


def offer_said(view: PartyView, call: ViewCall, kind: str, offer: SentOffer, words: Words) -> Iterator[tuple[str, str]]:
    if offer.nothing:
        yield words("Your offer"), words.say(NOTHING)
        return
    table, names = table_of(view, call, offer), weekday_names(words)
    for shift in view.shifts:
        there = [(day, table.cells[day, shift.id]) for day in range(7) if (day, shift.id) in table.cells]
        if there:
            yield shift.name, ", ".join(f"{names[day]} {_number(cell, words)}" for day, cell in there)
    for key in offer.numbers():
        if (value := getattr(offer, key)) is not None:
            yield label_of(kind, key, words).partition(" (")[0], str(value)
    for n, exception in enumerate(table.exceptions, 1):
        when = exception.when
        if when.first is not None and when.last is None:  # no end was typed: it is said where that leads
            when = replace(when, last=call.last)
        yield words("Exception {n}", n=n), exception_said(view, replace(exception, when=when), words)


def effect_said(view: PartyView, effect: OfferEffect, words: Words) -> Iterator[Message]:
    """Weekdays with fewer, or more, dates than before; shifts of the same number of dates together."""
    names, shifts = weekday_names(words), {shift.id: shift.name for shift in view.shifts}
    for is_more, found in enumerate((effect.fewer, effect.more)):
        for (day, n), alike in groupby(found, key=lambda one: (one[0], one[2])):
            weekday = names[day] if n == 1 else names[day] + _PLURAL[words.language]
            values = {"weekday": weekday, "shift": ", ".join(shifts[shift] for _, shift, _ in alike)}
            if is_more:
                yield counted(n, "One {weekday} has more: {shift}", "{n} {weekday} have more: {shift}", **values)
            else:
                yield counted(n, "One {weekday} has fewer: {shift}", "{n} {weekday} have fewer: {shift}", **values)


def totals_said(kind: str, before: SentOffer, after: SentOffer, words: Words) -> Iterator[Message]:
    """Changed totals. A party with nothing to offer changes none."""
    for key in () if after.nothing else after.numbers():
        was, now = getattr(before, key), getattr(after, key)
        if was != now:
            total = label_of(kind, key, words).partition(" (")[0]
            values = {"total": total, "now": _most(key, now), "was": _most(key, was)}
            yield Message("{total}: {now} (before: {was})", values)


def _most(key: str, number: int | None) -> int | Message:
    if number is not None:
        return number
    return Message("as many as on one occasion") if key == "staff_teams" else Message("no limit")


def _number(one: Offer, words: Words) -> str:
    if not one.designated:
        return str(one.officers)
    return words("{n} ({designated} designated)", n=one.officers, designated=one.designated)


def exception_said(view: PartyView, one: OfferException, words: Words) -> str:
    number = _number(Offer(one.number, one.designated or 0), words)
    many = words("away") if not one.number else words("at most {n}", n=number) if one.at_most else number
    return f"{with_capital(', '.join(_when(view, one, words)))}: {many}"


def _when(view: PartyView, one: OfferException, words: Words) -> Iterator[str]:
    when, names = one.when, weekday_names(words)
    if when.first is not None and when.first == when.last:
        yield words("{day}", day=when.first)
    elif when.first is not None or when.last is not None:
        begin = words("from {day}", day=when.first) if when.first is not None else ""
        end = words("through {day}", day=when.last) if when.last is not None else ""
        yield " ".join(part for part in (begin, end) if part)
    if isinstance(when.weeks, str):
        yield words.say(PARITIES[when.weeks])
    elif when.weeks is not None:
        yield words("weeks {weeks}", weeks=", ".join(map(str, sorted(when.weeks))))
    if when.weekdays is not None:
        yield ", ".join(names[day] for day in sorted(when.weekdays))
    if when.nth is not None:
        yield ", ".join(words.say(NTH[str(n)]) if str(n) in NTH else words("number {n}", n=n) for n in sorted(when.nth))
    if one.shifts is not None:
        yield ", ".join(shift.name for shift in view.shifts if shift.id in one.shifts)
