"""Further shifts to ask the police for, offered ones that are not needed, and the letter that says so.

A further shift is worth what it brings in while all else stays: unplaced operations, and fall-back slots for operations
without any. Each is tried on the plan's board with officers everywhere. An offer that no operation uses, and that is
nobody's fall-back, can be given back: no equally good plan needs it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.parties import Matching, OfficerLine
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.places.finder import StandingPlan, moving_nothing
from arshjul.year.planning.problem import PlanningProblem
from arshjul.year.texts import counted

_Shift = tuple[str, Slot]
_Need = tuple[int, int]

READY_DAYS = 14
"""The days within which nothing is given back, so that it is there when something happens. Assumed."""
MOST_COMBINED = 10
"""The most shifts that are combined. Assumed: nobody asks for more at once."""
PLENTY = 500
"""The officers of a unit with unlimited offers: more than all operations of a slot ask for together."""


@dataclass(frozen=True, slots=True)
class ExtraShift:
    """Officers to ask a unit for at a slot, beyond its offer, and what they bring in.

    `designated` of them are to be designated operation officers. `brings_in` are unplaced operations, worth `points`;
    `firms` are operations without a fall-back slot. `of_ten`: how many of ten such shifts are withdrawn.
    """

    unit: str
    slot: Slot
    officers: int
    designated: int
    brings_in: tuple[str, ...]
    points: int
    firms: tuple[str, ...] = ()
    of_ten: int = 0


@dataclass(frozen=True, slots=True)
class PoliceWishes:
    """Further shifts, the most useful first, each judged by itself; and offers that are not needed.

    `combined`: shifts that bring in more together, each with what it adds to those before it. `instead` are operations
    that one of the shifts could bring in as well, but not beside those in `brings_in`. `spare` are slots by unit.
    `out_of_reach` are operations that no single further shift brings in. `basis` says what the withdrawal rates rest
    on.
    """

    further: tuple[ExtraShift, ...]
    spare: Mapping[str, tuple[Slot, ...]]
    out_of_reach: tuple[str, ...]
    basis: Message
    combined: tuple[ExtraShift, ...] = ()
    instead: tuple[str, ...] = ()


def police_wishes(scenario: Scenario, plan: Plan, as_of: datetime) -> PoliceWishes:
    left = scenario.after(plan.entries.in_force(), as_of.date())
    plenty = OfficerLine(Matching(), PLENTY, PLENTY)
    units = {id: replace(unit, officers=(*unit.officers, plenty)) for id, unit in scenario.police.items()}
    there = StandingPlan.of(replace(scenario, police=units), plan, as_of).problem()
    seeking = _Seeking(left, there, _needs(left, plan.placements))
    in_reach, firming = seeking.helping(plan)
    wishes = [seeking.wish(shift, in_reach.get(shift, []), firming.get(shift, [])) for shift in {**in_reach, **firming}]
    wishes.sort(key=lambda wish: (-wish.points, -len(wish.firms), wish.officers, wish.of_ten, wish.slot, wish.unit))
    reached = {place.operation for places in in_reach.values() for place in places}
    named = {id for wish in wishes for id in wish.brings_in}
    here = StandingPlan.of(scenario, plan, as_of).problem()
    fall_backs = (
        way.placement for id in plan.placed if id not in here.context.kept for way in moving_nothing(here, id)
    )
    return PoliceWishes(
        further=tuple(wishes),
        spare=_spare(left, as_of, _needs(left, fall_backs).keys() | seeking.used.keys()),
        out_of_reach=tuple(out.operation for out in plan.unplaced if out.operation not in reached),
        basis=there.context.slots.risk.basis,
        combined=seeking.combined([(wish, in_reach[wish.unit, wish.slot]) for wish in wishes if wish.points]),
        instead=tuple(out.operation for out in plan.unplaced if out.operation in reached - named),
    )


def _needs(scenario: Scenario, places: Iterable[Placement]) -> dict[_Shift, _Need]:
    """The officers, and the designated ones, that those placements take from each shift."""
    found: dict[_Shift, _Need] = {}
    for place in places:
        operation = scenario.operations[place.operation]
        for unit, officers in operation.lent(place.police).items():
            designated = int(unit == place.police and operation.designated == "require")
            for slot in scenario.slots(place):
                before = found.get((unit, slot), (0, 0))
                found[unit, slot] = before[0] + officers, before[1] + designated
    return found


@dataclass(frozen=True, slots=True)
class _Seeking:
    """The year with its present offers, its plan on a board where officers are unlimited, and what that plan uses."""

    scenario: Scenario
    there: PlanningProblem
    used: Mapping[_Shift, _Need]

    def lacking(self, places: Iterable[Placement]) -> dict[_Shift, _Need]:
        """Officers that those placements need in each shift beyond the free officers; shifts with enough are absent."""
        lacking = {}
        for (unit, slot), need in _needs(self.scenario, places).items():
            offer, taken = self.scenario.police_offer(unit, slot), self.used.get((unit, slot), (0, 0))
            short = (max(0, taken[0] + need[0] - offer.officers), max(0, taken[1] + need[1] - offer.designated))
            if any(short):
                lacking[unit, slot] = short
        return lacking

    def helping(self, plan: Plan) -> tuple[Mapping[_Shift, list[Placement]], Mapping[_Shift, list[tuple[str, _Need]]]]:
        """By the only shift that lacks officers: places of unplaced operations, and needs of new fall-back places."""
        in_reach: dict[_Shift, list[Placement]] = defaultdict(list)
        firming: dict[_Shift, list[tuple[str, _Need]]] = defaultdict(list)
        out = {unplaced.operation for unplaced in plan.unplaced}
        for id in (*out, *(id for id in plan.placed if self._has_no_fall_back(id))):
            for way in moving_nothing(self.there, id):
                lacking = self.lacking([way.placement])
                if len(lacking) != 1:  # a place that needs two shifts at once is not asked for
                    continue
                ((shift, need),) = lacking.items()
                if id in out:
                    in_reach[shift].append(way.placement)
                else:
                    firming[shift].append((id, need))
        return in_reach, firming

    def _has_no_fall_back(self, id: str) -> bool:
        """True if it may move, and nowhere with the present offers."""
        kept = self.there.context.kept
        return id not in kept and all(self.lacking([way.placement]) for way in moving_nothing(self.there, id))

    def wish(self, shift: _Shift, in_reach: list[Placement], firming: list[tuple[str, _Need]]) -> ExtraShift:
        """The shift with as many operations as fit there together, those with the most points first."""
        together = self.fitting(shift, in_reach)
        self._take_off(together)
        officers, designated = self.lacking(together).get(shift, (0, 0))
        if not together:
            officers, designated = max(need[0] for _, need in firming), max(need[1] for _, need in firming)
        firms = tuple(sorted({id for id, need in firming if need[0] <= officers and need[1] <= designated}))
        brings_in = tuple(place.operation for place in together)
        of_ten = self.there.context.slots.risk.withdrawn_of_ten(*shift)
        return ExtraShift(*shift, officers, designated, brings_in, self._points(together), firms, of_ten)

    def fitting(self, shift: _Shift, places: Iterable[Placement], before: Sequence[Placement] = ()) -> list[Placement]:
        """In the order of their points. `before` stand on the board, and so do the results afterwards. Officers beyond
        the offers may be needed only at that shift.
        """
        taken: list[Placement] = []
        others = {one: need for one, need in self.lacking(before).items() if one != shift}
        for place in sorted(places, key=lambda one: (-self._points([one]), one.operation)):
            number, option = self.there.builder.number[place.operation], self.there.builder.option(place)
            if option is None or place.operation in {placement.operation for placement in (*before, *taken)}:
                continue
            lacking = self.lacking((*before, *taken, place))
            if {one: need for one, need in lacking.items() if one != shift} != others:
                continue
            if self.there.is_free(number, option):
                self.there.evaluator.put(number, option)
                taken.append(place)
        return taken

    def combined(self, wishes: Sequence[tuple[ExtraShift, list[Placement]]]) -> tuple[ExtraShift, ...]:
        """Up to `MOST_COMBINED` shifts, each the one that brings in most beside those before it.

        `wishes` are the best first. A shift never brings in more beside others than by itself, so the search stops at
        the first one that could not beat the best so far.
        """
        most, before, shifts = [wish.points for wish, _ in wishes], list[Placement](), list[ExtraShift]()
        while len(shifts) < MOST_COMBINED:
            best, places = -1, list[Placement]()
            for n in sorted(range(len(wishes)), key=lambda n: -most[n]):
                if most[n] <= self._points(places):
                    break
                wish, in_reach = wishes[n]
                fits = self.fitting((wish.unit, wish.slot), in_reach, before)
                self._take_off(fits)
                most[n] = self._points(fits)
                if most[n] > self._points(places):
                    best, places = n, fits
            if best < 0:
                break
            for place in places:
                self.there.evaluator.put(self.there.builder.number[place.operation], self.there.builder.option(place))
            before += places
            wish = wishes[best][0]
            officers, designated = self.lacking(before)[wish.unit, wish.slot]
            brings_in = tuple(place.operation for place in places)
            shifts.append(
                replace(
                    wish, officers=officers, designated=designated, brings_in=brings_in, points=most[best], firms=()
                )
            )
            most[best] = 0
        self._take_off(before)
        return tuple(shifts)

    def _take_off(self, places: Iterable[Placement]) -> None:
        for place in places:
            self.there.evaluator.put(self.there.builder.number[place.operation], None)

    def _points(self, places: Iterable[Placement]) -> int:
        points, operations = self.scenario.objective.priority_points, self.scenario.operations
        return sum(points[operations[place.operation].priority] for place in places)


def _spare(scenario: Scenario, as_of: datetime, wanted: Set[_Shift]) -> dict[str, tuple[Slot, ...]]:
    """Without those within `READY_DAYS`, and those on dates of a withdrawal by the unit."""
    slots = [
        slot
        for day in scenario.span.days()
        if (day - as_of.date()).days > READY_DAYS and scenario.calendar.is_open(day)
        for slot in (Slot(day, shift.id) for shift in scenario.shifts)
    ]
    return {
        unit: tuple(
            slot
            for slot in slots
            if scenario.police_offer(unit, slot).officers
            and (unit, slot) not in wanted
            and not _is_taking_back(scenario, unit, slot.day)
        )
        for unit in scenario.police
    }


def _is_taking_back(scenario: Scenario, unit: str, day: date) -> bool:
    return any(
        unit in withdrawal.police and withdrawal.ceiling(Slot(day, shift.id), withdrawal.last or day) is not None
        for withdrawal in scenario.taken
        for shift in scenario.shifts
    )


MOST_CHOICES = 5
"""The most shifts named among those with the same effect; the others are counted."""
MOST_DATES = 12
"""The most dates named that can be given back; the others are counted."""


def shift_said(scenario: Scenario, wish: ExtraShift) -> Message:
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


def alike(wishes: Iterable[ExtraShift]) -> list[list[ExtraShift]]:
    """The wishes grouped by their effect, in order: any one of a group has the whole effect."""
    groups: dict[tuple[frozenset[str], tuple[str, ...]], list[ExtraShift]] = {}
    for wish in wishes:
        firms = () if wish.brings_in else wish.firms
        groups.setdefault((frozenset(wish.brings_in), firms), []).append(wish)
    return list(groups.values())


def choice_said(scenario: Scenario, choices: Sequence[ExtraShift], most: int | None) -> Message:
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


def combination_said(scenario: Scenario, combined: Sequence[ExtraShift]) -> Message:
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
