"""The wishes for police as a letter: to each unit what is asked of it and why, and what it can have back."""

from collections.abc import Iterator
from itertools import groupby

from arshjul.domain.calendar import Slot
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.further_shifts import FurtherShift, PoliceWishes
from arshjul.texts import counted

MOST_DATES = 12
"""So many dates are named of what can be given back; the others are counted."""


def wish_said(scenario: Scenario, wish: FurtherShift) -> Message:
    """A further shift: how many officers, when, and what they bring in."""
    where: dict[str, object] = {
        "unit": scenario.police[wish.unit].name,
        "day": wish.slot.day,
        "shift": scenario.shift(wish.slot.shift).name,
    }
    asked = counted(
        wish.officers,
        "{unit}, {day}, {shift}: one more officer",
        "{unit}, {day}, {shift}: {n} more officers",
        **where,
    )
    if wish.designated and not wish.officers:
        asked = counted(
            wish.designated,
            "{unit}, {day}, {shift}: one of the officers offered as a designated one",
            "{unit}, {day}, {shift}: {n} of the officers offered as designated ones",
            **where,
        )
    elif wish.designated:
        asked = Message("{asked}, of whom designated: {n}", {"asked": asked, "n": wish.designated})
    if wish.brings_in:
        values = {"asked": asked, "operations": list(wish.brings_in), "points": wish.points}
        return Message("{asked}. Then {operations} can be placed, {points} points, and nothing else moves.", values)
    return counted(
        len(wish.firms),
        "{asked}. Then {operations} has somewhere to go if its police are withdrawn.",
        "{asked}. Then {n} operations have somewhere to go if their police are withdrawn: {operations}.",
        asked=asked,
        operations=list(wish.firms),
    )


def letter(scenario: Scenario, wishes: PoliceWishes, most: int, *, every_date: bool = False) -> Iterator[Message]:
    """The letter's lines: the most useful shifts, what no shift brings in, and what can be given back.

    `every_date`: all dates are named, and none are counted.
    """
    if wishes.further:
        yield Message("To ask for, the most useful first; each counts by itself:")
        yield from (wish_said(scenario, wish) for wish in wishes.further[:most])
        if any(wish.of_ten for wish in wishes.further):
            yield Message(
                "Of shifts that bring in as much for as many officers, those seldom taken back come first ({basis}).",
                {"basis": wishes.basis},
            )
    else:
        yield Message("No further shift would bring anything in.")
    if wishes.out_of_reach:
        yield Message("No single shift brings in {operations}.", {"operations": list(wishes.out_of_reach)})
    for unit, slots in wishes.spare.items():
        if slots:
            values = {
                "unit": scenario.police[unit].name,
                "dates": list(_dates(scenario, slots, None if every_date else MOST_DATES)),
            }
            yield counted(
                len(slots),
                "{unit} can have one shift back, which no operation uses or falls back on: {dates}.",
                "{unit} can have {n} shifts back, which no operation uses or falls back on: {dates}.",
                **values,
            )


def _dates(scenario: Scenario, slots: tuple[Slot, ...], most: int | None) -> Iterator[Message]:
    by_day = [(day, [slot.shift for slot in same]) for day, same in groupby(slots, key=lambda slot: slot.day)]
    for day, shifts in by_day[:most]:
        names = [scenario.shift(shift).name for shift in shifts]
        yield Message("{day} ({shifts})", {"day": day, "shifts": ", ".join(names)})
    if most is not None and len(by_day) > most:
        yield counted(len(by_day) - most, "one more date", "{n} more dates")
