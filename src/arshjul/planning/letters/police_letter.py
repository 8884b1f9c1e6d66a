"""The wishes for police as a letter: what is asked of each unit and why, and what it can have back."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from arshjul.domain.calendar import Slot
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.places.further_shifts import FurtherShift, PoliceWishes
from arshjul.texts import counted

MOST_CHOICES = 5
"""The most shifts named among those with the same effect; the others are counted."""
MOST_DATES = 12
"""The most dates named that can be given back; the others are counted."""


def shift_said(scenario: Scenario, wish: FurtherShift) -> Message:
    where: dict[str, object] = {
        "unit": scenario.police[wish.unit].name,
        "day": wish.slot.day,
        "shift": scenario.shift(wish.slot.shift).name,
    }
    if wish.designated and not wish.officers:
        return counted(
            wish.designated,
            "{unit} {day} {shift} (one offered officer as designated)",
            "{unit} {day} {shift} ({n} offered officers as designated)",
            **where,
        )
    if wish.designated:
        return counted(
            wish.officers,
            "{unit} {day} {shift} (one more officer, of whom designated: {designated})",
            "{unit} {day} {shift} ({n} more officers, of whom designated: {designated})",
            designated=wish.designated,
            **where,
        )
    return counted(
        wish.officers, "{unit} {day} {shift} (one more officer)", "{unit} {day} {shift} ({n} more officers)", **where
    )


def alike(wishes: Iterable[FurtherShift]) -> list[list[FurtherShift]]:
    """The wishes grouped by their effect, in order: any one of a group has the whole effect."""
    groups: dict[tuple[frozenset[str], tuple[str, ...]], list[FurtherShift]] = {}
    for wish in wishes:
        firms = () if wish.brings_in else wish.firms
        groups.setdefault((frozenset(wish.brings_in), firms), []).append(wish)
    return list(groups.values())


def choice_said(scenario: Scenario, choices: Sequence[FurtherShift], most: int | None) -> Message:
    """The best first, those beyond `most` counted."""
    named = [shift_said(scenario, wish) for wish in choices[:most]]
    if most is not None and len(choices) > most:
        named.append(counted(len(choices) - most, "one more choice", "{n} more choices"))
    first = choices[0]
    if first.brings_in:
        return counted(
            len(choices),
            "{operations} can be placed, {points} priority points, without other moves: {choices}.",
            "{operations} can be placed, {points} priority points, without other moves, with one of: {choices}.",
            operations=list(first.brings_in),
            points=first.points,
            choices=named,
        )
    return counted(
        len(choices),
        "{operations}: a fall-back slot: {choices}.",
        "{operations}: a fall-back slot, with one of: {choices}.",
        operations=list(first.firms),
        choices=named,
    )


def combination_said(scenario: Scenario, combined: Sequence[FurtherShift]) -> Message:
    operations = [id for wish in combined for id in wish.brings_in]
    values = {
        "n": len(combined),
        "operations": operations,
        "points": sum(wish.points for wish in combined),
        "shifts": [shift_said(scenario, wish) for wish in combined],
    }
    return Message("Together {n} shifts bring in {operations}, {points} priority points: {shifts}.", values)


def letter(scenario: Scenario, wishes: PoliceWishes, most: int, *, every_one: bool = False) -> Iterator[Message]:
    """`most`: of rows, and of shifts that bring in more together. `every_one`: all choices and dates are named."""
    if wishes.further:
        yield Message("Shifts to ask for, the most useful first:")
        shown = None if every_one else MOST_CHOICES
        yield from (choice_said(scenario, choices, shown) for choices in alike(wishes.further)[:most])
        if len(wishes.combined[:most]) > 1:
            yield combination_said(scenario, wishes.combined[:most])
        if any(wish.of_ten for wish in wishes.further):
            yield Message("Of equal shifts, those seldom withdrawn come first ({basis}).", {"basis": wishes.basis})
    else:
        yield Message("No further shift would help.")
    if wishes.instead:
        yield Message("One of these shifts could bring in {operations} instead.", {"operations": list(wishes.instead)})
    if wishes.out_of_reach:
        yield Message("No single shift brings in {operations}.", {"operations": list(wishes.out_of_reach)})
    for unit, slots in wishes.spare.items():
        if slots:
            values = {
                "unit": scenario.police[unit].name,
                "dates": list(_dates(scenario, slots, None if every_one else MOST_DATES)),
            }
            yield counted(
                len(slots),
                "{unit} can have one unused shift back: {dates}.",
                "{unit} can have {n} unused shifts back: {dates}.",
                **values,
            )


def _dates(scenario: Scenario, slots: tuple[Slot, ...], most: int | None) -> Iterator[Message]:
    by_day = [(day, [slot.shift for slot in same]) for day, same in groupby(slots, key=lambda slot: slot.day)]
    for day, shifts in by_day[:most]:
        names = [scenario.shift(shift).name for shift in shifts]
        yield Message("{day} ({shifts})", {"day": day, "shifts": ", ".join(names)})
    if most is not None and len(by_day) > most:
        yield counted(len(by_day) - most, "one more date", "{n} more dates")
