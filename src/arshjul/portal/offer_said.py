"""An offer in words: shift by shift, how many in all, and the exceptions."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from arshjul.actions.parties.offers import OfferEffect
from arshjul.domain.parties import Offer
from arshjul.domain.party_view import PartyView, ViewCall
from arshjul.domain.sent_offer import OfferException, SentOffer
from arshjul.errors import Message
from arshjul.formats.schema.party_entry import NOTHING
from arshjul.portal.offer_form import NTH, numbers_of, table_of
from arshjul.serving.fields import prompt
from arshjul.texts import WEEKDAYS, Words, counted, with_capital

_PLURAL = {"sv": "ar", "en": "s"}
"""The ending of several weekdays of one name."""

PARITIES = {"odd": Message("odd weeks"), "even": Message("even weeks")}


def weekday_names(words: Words) -> tuple[str, ...]:
    """The weekdays, Monday first."""
    return WEEKDAYS[words.language]


def label_of(kind: str, key: str, words: Words) -> str:
    """The label of how many there are in all."""
    return words.say(prompt(f"{kind}.{key}"))


def offer_said(view: PartyView, call: ViewCall, kind: str, offer: SentOffer, words: Words) -> Iterator[tuple[str, str]]:
    """The label and the value of each thing that the offer says."""
    if offer.nothing:
        yield words("Your offer"), words.say(NOTHING)
        return
    table, names = table_of(view, call, offer), weekday_names(words)
    for shift in view.shifts:
        there = [(day, table.cells[day, shift.id]) for day in range(7) if (day, shift.id) in table.cells]
        if there:
            yield shift.name, ", ".join(f"{names[day]} {_number(cell, words)}" for day, cell in there)
    for key in numbers_of(view):
        if (value := getattr(offer, key)) is not None:
            yield label_of(kind, key, words).partition(" (")[0], str(value)
    for n, one in enumerate(table.exceptions, 1):
        when = one.when
        if when.first is not None and when.last is None:  # no end was typed: it is said where that leads
            when = replace(when, last=call.last)
        yield words("Exception {n}", n=n), exception_said(view, replace(one, when=when), words)


def effect_said(view: PartyView, effect: OfferEffect, words: Words) -> Iterator[Message]:
    """How many dates of each weekday have fewer, or more, than before; shifts of the same number of dates together."""
    names, shifts = weekday_names(words), {shift.id: shift.name for shift in view.shifts}
    for is_more, found in enumerate((effect.fewer, effect.more)):
        for (day, n), alike in groupby(found, key=lambda one: (one[0], one[2])):
            weekday = names[day] if n == 1 else names[day] + _PLURAL[words.language]
            values = {"weekday": weekday, "shift": ", ".join(shifts[shift] for _, shift, _ in alike)}
            if is_more:
                yield counted(n, "One {weekday} has more: {shift}", "{n} {weekday} have more: {shift}", **values)
            else:
                yield counted(n, "One {weekday} has fewer: {shift}", "{n} {weekday} have fewer: {shift}", **values)


def totals_said(view: PartyView, kind: str, before: SentOffer, after: SentOffer, words: Words) -> Iterator[Message]:
    """How many there are in all, where that is another than before. Who has nothing to offer changes none of it."""
    for key in () if after.nothing else numbers_of(view):
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
    """When it holds, and how many there are then."""
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
