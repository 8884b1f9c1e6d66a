"""The form of an offer: its fields from what was offered last, and the offer in a form that was sent.

The table has a field for each weekday and shift, `n-tue-day`, and for units `d-tue-day`; each exception has a row,
whose fields begin with `x0-`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from arshjul.domain.calendar import WEEKDAY_IDS
from arshjul.domain.parties import Matching, Offer
from arshjul.domain.party_view import PartyView, ViewCall
from arshjul.domain.sent_offer import (
    NUMBERS,
    OfferException,
    OfferTable,
    SentOffer,
    changes_nothing,
    offer_table,
    officer_lines,
    team_lines,
    within,
)
from arshjul.errors import Message
from arshjul.serving.forms import Form
from arshjul.serving.shown_form import FieldProblem

MOST = 999
"""The largest number in a field: larger ones are slips."""

NTH = {
    "": Message("all"),
    "1": Message("first of the month"),
    "2": Message("second"),
    "3": Message("third"),
    "4": Message("fourth"),
    "-1": Message("last of the month"),
}
"""Which of the weekday's dates in a month, by the value of each choice."""

AT_MOST, EXACTLY, AWAY = "most", "exactly", "away"
HOWS = {
    AT_MOST: Message("at most this number"),
    EXACTLY: Message("exactly this number"),
    AWAY: Message("away"),
}
"""What the number of an exception says, by the value of each choice."""

Weeks = Literal["odd", "even"] | frozenset[int] | None
_PARITIES: Mapping[str, Literal["odd", "even"]] = {"udda": "odd", "jämna": "even", "odd": "odd", "even": "even"}
_ROW = re.compile(r"x(\d{1,3})-")


def numbers_of(view: PartyView) -> tuple[str, ...]:
    """The keys of how many there are in all."""
    return NUMBERS["police" if view.is_unit else "agencies"]


def table_of(view: PartyView, call: ViewCall, offer: SentOffer) -> OfferTable:
    """What an offer says on the dates of a call, as a table."""
    lines = within(offer.officers, call.span) if view.is_unit else within(offer.teams, call.span)
    return offer_table(lines, [shift.id for shift in view.shifts], call.span)


def as_form(view: PartyView, call: ViewCall, offer: SentOffer) -> Form:
    """The form as if that had been filled in."""
    return Form.of((name, str(value)) for name, value in _fields(view, call, offer))


def _fields(view: PartyView, call: ViewCall, offer: SentOffer) -> Iterator[tuple[str, object]]:
    table = table_of(view, call, offer)
    for (day, shift), one in table.cells.items():
        yield f"n-{WEEKDAY_IDS[day]}-{shift}", one.officers
        if one.designated:
            yield f"d-{WEEKDAY_IDS[day]}-{shift}", one.designated
    for key in numbers_of(view):
        if (value := getattr(offer, key)) is not None:
            yield key, value
    for n, other in enumerate(table.exceptions):
        yield from ((f"x{n}-{key}", value) for key, value in _row_of(other))


def _row_of(one: OfferException) -> Iterator[tuple[str, object]]:
    when = one.when
    yield from ((key, day) for key, day in (("from", when.first), ("to", when.last)) if day is not None)
    yield from (("weekdays", WEEKDAY_IDS[day]) for day in sorted(when.weekdays or ()))
    yield from (("shifts", shift) for shift in sorted(one.shifts or ()))
    if when.weeks is not None:
        yield "weeks", when.weeks if isinstance(when.weeks, str) else ", ".join(map(str, sorted(when.weeks)))
    if when.nth is not None:
        yield "nth", ",".join(map(str, sorted(when.nth)))
    yield "number", one.number
    if one.designated:
        yield "designated", one.designated
    yield "how", AWAY if one.number == 0 else AT_MOST if one.at_most else EXACTLY


def rows_in(form: Form) -> list[int]:
    """The numbers of the rows for exceptions in which something is filled in."""
    found = {int(name[1]) for field in form.fields if (name := _ROW.match(field)) and _is_filled(form, field)}
    return sorted(found)


def _is_filled(form: Form, field: str) -> bool:
    return not field.endswith("-how") and bool(form.several(field))


class _Reading:
    """Reads fields, and notes what is wrong with them."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.problems: list[FieldProblem] = []

    def number(self, field: str) -> int | None:
        """The number; None if it is empty or wrong."""
        given = self.form.number(field)
        if given is None or (isinstance(given, int) and 0 <= given <= MOST):
            return given if isinstance(given, int) else None
        self.wrong(field, Message("Give a whole number from 0 to {most}.", {"most": MOST}))
        return None

    def day(self, field: str) -> date | None:
        """The date; None if it is empty or wrong."""
        text = self.form.text(field)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.wrong(field, Message("There is no such date."))
            return None

    def wrong(self, field: str, text: Message) -> None:
        """Notes a problem."""
        self.problems.append(FieldProblem(field, text))


def offer_in(
    view: PartyView, call: ViewCall, form: Form, last: SentOffer
) -> tuple[SentOffer | None, tuple[FieldProblem, ...]]:
    """The offer of a form; None, and everything that is wrong, if it cannot be used.

    An exception that changes nothing is wrong, unless it stood in the offer that the form was filled in with.
    """
    read = _Reading(form)
    cells = {}
    for day, name in enumerate(WEEKDAY_IDS):
        for shift in view.shifts:
            number = read.number(f"n-{name}-{shift.id}") or 0
            designated = read.number(f"d-{name}-{shift.id}") or 0 if view.is_unit else 0
            if designated > number:
                text = Message(
                    "More designated officers than officers: {n} of {all}.", {"n": designated, "all": number}
                )
                read.wrong(f"d-{name}-{shift.id}", text)
            cells[day, shift.id] = Offer(number, designated)
    table, stood = OfferTable(tuple(shift.id for shift in view.shifts), cells), table_of(view, call, last).exceptions
    for n in rows_in(form):
        one = _exception(read, view, call, n)
        if not read.problems and one not in stood and changes_nothing(one, table, call.span):
            values = {"exactly": HOWS[EXACTLY]}
            text = Message("The table already has this limit: choose {exactly}, or remove the exception.", values)
            read.wrong(f"x{n}-how", text)
        table = replace(table, exceptions=(*table.exceptions, one))
    numbers: dict[str, Any] = {key: read.number(key) for key in numbers_of(view)}
    if read.problems:
        return None, tuple(read.problems)
    lines = {"officers": officer_lines(table)} if view.is_unit else {"teams": team_lines(table)}
    return replace(SentOffer(call.id), **numbers, **lines), ()


def _exception(read: _Reading, view: PartyView, call: ViewCall, n: int) -> OfferException:
    def field(name: str) -> str:
        return f"x{n}-{name}"

    form, number, is_away = read.form, read.number(field("number")), read.form.text(field("how")) == AWAY
    if number if is_away else not form.text(field("number")):
        read.wrong(field("number"), Message("Enter a number: 0 if you are away."))
    days = frozenset(WEEKDAY_IDS.index(day) for day in form.several(field("weekdays")) if day in WEEKDAY_IDS)
    shifts = frozenset(form.several(field("shifts"))) & {shift.id for shift in view.shifts}
    first, last = read.day(field("from")), read.day(field("to"))
    when = Matching(days or None, None, first, last, _weeks(read, field("weeks")), _nth(form, field("nth")))
    if first is not None and last is not None and last < first:
        read.wrong(field("to"), Message("The period ends before it begins."))
    elif (first or call.first) > call.last or (last or call.last) < call.first:
        values = {"first": call.first, "last": call.last}
        read.wrong(field("from"), Message("The dates lie outside the call, {first} to {last}.", values))
    designated = read.number(field("designated")) if view.is_unit else None
    if designated is not None and number is not None and designated > number:
        text = Message("More designated officers than officers: {n} of {all}.", {"n": designated, "all": number})
        read.wrong(field("designated"), text)
    made = OfferException(when, shifts or None, number or 0, designated, form.text(field("how")) != EXACTLY)
    if not made.is_dated:
        read.wrong(field("from"), Message("Enter dates or weeks. The table holds for all other weeks."))
    return made


def _nth(form: Form, field: str) -> frozenset[int] | None:
    given = [part.strip() for part in form.text(field).split(",")]
    found = frozenset(int(part) for part in given if re.fullmatch("-?[1-5]", part))
    return found or None


def _weeks(read: _Reading, field: str) -> Weeks:
    """The weeks: `odd`, `even`, or their numbers."""
    text = read.form.text(field).casefold()
    if not text or text in _PARITIES:
        return _PARITIES.get(text)
    parts = [part for part in re.split(r"[,;\s]+", text) if part]
    numbers = frozenset(int(part) for part in parts if re.fullmatch("[0-9]{1,2}", part))
    if len(parts) > 53 or not numbers or not numbers <= set(range(1, 54)) or not all(map(str.isdigit, parts)):
        read.wrong(field, Message("Write weeks as 19, 21, or odd or even."))
        return None
    return numbers
