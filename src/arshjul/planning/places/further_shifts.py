"""Further shifts to ask the police for, and offered ones that are not needed.

A further shift is worth what it brings in while all else stays: unplaced operations, and fall-back slots for operations
without any. Each is tried on the plan's board with officers everywhere. An offer that no operation uses, and that is
nobody's fall-back, can be given back: no equally good plan needs it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Placement
from arshjul.domain.parties import Matching, OfficerLine
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.places.finder import moving_nothing
from arshjul.planning.places.standing_plan import StandingPlan
from arshjul.planning.problem import PlanningProblem

_Shift = tuple[str, Slot]
_Need = tuple[int, int]

READY_DAYS = 14
"""The days within which nothing is given back, so that it is there when something happens. Assumed."""

MOST_COMBINED = 10
"""The most shifts that are combined. Assumed: nobody asks for more at once."""

PLENTY = 500
"""The officers of a unit with unlimited offers: more than all operations of a slot ask for together."""


@dataclass(frozen=True, slots=True)
class FurtherShift:
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

    further: tuple[FurtherShift, ...]
    spare: Mapping[str, tuple[Slot, ...]]
    out_of_reach: tuple[str, ...]
    basis: Message
    combined: tuple[FurtherShift, ...] = ()
    instead: tuple[str, ...] = ()


def police_wishes(scenario: Scenario, plan: Plan, as_of: datetime) -> PoliceWishes:
    """The wishes of a plan as seen from that moment."""
    left = scenario.after(plan.entries.in_force(), as_of.date())
    used = _used(left, plan)
    there = StandingPlan.of(_with_plenty(scenario), plan, as_of).problem()
    in_reach, firming = _helping(left, plan, there, used)
    wishes = sorted(_wishes(left, there, used, in_reach, firming), key=_rank)
    reached = {place.operation for places in in_reach.values() for place in places}
    named = {id for wish in wishes for id in wish.brings_in}
    here = StandingPlan.of(scenario, plan, as_of).problem()
    fall_backs = (
        way.placement for id in plan.placed if id not in here.context.kept for way in moving_nothing(here, id)
    )
    return PoliceWishes(
        further=tuple(wishes),
        spare=_spare(left, as_of, used, fall_backs),
        out_of_reach=tuple(out.operation for out in plan.unplaced if out.operation not in reached),
        basis=there.context.slots.risk.basis,
        combined=combined(
            left, there, used, [(wish, in_reach[wish.unit, wish.slot]) for wish in wishes if wish.points]
        ),
        instead=tuple(out.operation for out in plan.unplaced if out.operation in reached - named),
    )


def _with_plenty(scenario: Scenario) -> Scenario:
    line = OfficerLine(Matching(), PLENTY, PLENTY)
    units = {id: replace(unit, officers=(*unit.officers, line)) for id, unit in scenario.police.items()}
    return replace(scenario, police=units)


def _used(scenario: Scenario, plan: Plan) -> dict[_Shift, _Need]:
    """The officers and designated ones that the plan takes from each unit and slot."""
    used: dict[_Shift, _Need] = defaultdict(lambda: (0, 0))
    for place in plan.placements:
        for shift, need in _needs(scenario, place).items():
            used[shift] = _sum(used[shift], need)
    return used


def _needs(scenario: Scenario, place: Placement) -> dict[_Shift, _Need]:
    operation = scenario.operations[place.operation]
    return {
        (unit, slot): (officers, int(unit == place.police and operation.designated == "require"))
        for unit, officers in operation.lent(place.police).items()
        for slot in scenario.slots(place)
    }


def _sum(one: _Need, other: _Need) -> _Need:
    return one[0] + other[0], one[1] + other[1]


def _lacking(scenario: Scenario, used: Mapping[_Shift, _Need], places: Iterable[Placement]) -> dict[_Shift, _Need]:
    """The officers that those placements need from each shift beyond the free ones; shifts with enough are absent."""
    asked: dict[_Shift, _Need] = {}
    for place in places:
        for shift, need in _needs(scenario, place).items():
            asked[shift] = _sum(asked.get(shift, (0, 0)), need)
    lacking = {}
    for (unit, slot), need in asked.items():
        offer, taken = scenario.police_offer(unit, slot), used.get((unit, slot), (0, 0))
        short = (max(0, taken[0] + need[0] - offer.officers), max(0, taken[1] + need[1] - offer.designated))
        if any(short):
            lacking[unit, slot] = short
    return lacking


def _helping(
    scenario: Scenario, plan: Plan, there: PlanningProblem, used: Mapping[_Shift, _Need]
) -> tuple[Mapping[_Shift, list[Placement]], Mapping[_Shift, list[tuple[str, _Need]]]]:
    """By the only shift that lacks officers: places of unplaced operations, and needs of new fall-back places."""
    in_reach: dict[_Shift, list[Placement]] = defaultdict(list)
    firming: dict[_Shift, list[tuple[str, _Need]]] = defaultdict(list)
    out = {one.operation for one in plan.unplaced}
    for id in (*out, *_without_fall_back(scenario, plan, there, used)):
        for way in moving_nothing(there, id):
            lacking = _lacking(scenario, used, [way.placement])
            if len(lacking) != 1:  # a place that needs two shifts at once is not asked for
                continue
            ((shift, need),) = lacking.items()
            if id in out:
                in_reach[shift].append(way.placement)
            else:
                firming[shift].append((id, need))
    return in_reach, firming


def _wishes(
    scenario: Scenario,
    there: PlanningProblem,
    used: Mapping[_Shift, _Need],
    in_reach: Mapping[_Shift, list[Placement]],
    firming: Mapping[_Shift, list[tuple[str, _Need]]],
) -> Iterator[FurtherShift]:
    """A wish for every shift at which more officers would help, each by itself."""
    for shift in dict.fromkeys((*in_reach, *firming)):
        yield _wish(scenario, there, used, shift, in_reach.get(shift, []), firming.get(shift, []))


def _without_fall_back(
    scenario: Scenario, plan: Plan, there: PlanningProblem, used: Mapping[_Shift, _Need]
) -> Iterator[str]:
    """The placed operations that may move, and have no fall-back with the present offers."""
    for id in plan.placed:
        if id not in there.context.kept:
            ways = (way.placement for way in moving_nothing(there, id))
            if all(_lacking(scenario, used, [place]) for place in ways):
                yield id


def _wish(
    scenario: Scenario,
    there: PlanningProblem,
    used: Mapping[_Shift, _Need],
    shift: _Shift,
    in_reach: list[Placement],
    firming: list[tuple[str, _Need]],
) -> FurtherShift:
    """The shift with as many operations as fit there together, those with the most points first."""
    together = fitting(scenario, there, used, shift, in_reach)
    _take_off(there, together)
    officers, designated = _lacking(scenario, used, together).get(shift, (0, 0))
    if not together:
        officers, designated = max(need[0] for _, need in firming), max(need[1] for _, need in firming)
    firms = tuple(sorted({id for id, need in firming if need[0] <= officers and need[1] <= designated}))
    points = sum(_points(scenario, place.operation) for place in together)
    brings_in = tuple(place.operation for place in together)
    of_ten = there.context.slots.risk.withdrawn_of_ten(*shift)
    return FurtherShift(*shift, officers, designated, brings_in, points, firms, of_ten)


def fitting(
    scenario: Scenario,
    there: PlanningProblem,
    used: Mapping[_Shift, _Need],
    shift: _Shift,
    places: Iterable[Placement],
    before: Sequence[Placement] = (),
) -> list[Placement]:
    """The places that fit beside each other and beside `before`, in the order of their points.

    `before` stand on the board, where officers are unlimited, and so do the results afterwards. Officers beyond the
    offers may be needed only at that shift.
    """
    taken: list[Placement] = []
    others = {one: need for one, need in _lacking(scenario, used, before).items() if one != shift}
    for place in sorted(places, key=lambda one: (-_points(scenario, one.operation), one.operation)):
        number = there.builder.number[place.operation]
        option = there.builder.option(place)
        if option is None or place.operation in {one.operation for one in (*before, *taken)}:
            continue
        lacking = _lacking(scenario, used, (*before, *taken, place))
        if {one: need for one, need in lacking.items() if one != shift} != others:
            continue
        if there.is_free(number, option):
            there.evaluator.put(number, option)
            taken.append(place)
    return taken


def _take_off(there: PlanningProblem, places: Iterable[Placement]) -> None:
    for place in places:
        there.evaluator.put(there.builder.number[place.operation], None)


def combined(
    scenario: Scenario,
    there: PlanningProblem,
    used: Mapping[_Shift, _Need],
    wishes: Sequence[tuple[FurtherShift, list[Placement]]],
) -> tuple[FurtherShift, ...]:
    """Up to `MOST_COMBINED` shifts, each the one that brings in most beside those before it.

    `wishes` are the best first. A shift never brings in more beside others than by itself, so the search stops at the
    first one that could not beat the best so far.
    """
    most, before, found = [wish.points for wish, _ in wishes], list[Placement](), list[FurtherShift]()
    while len(found) < MOST_COMBINED:
        best, places = -1, list[Placement]()
        for n in sorted(range(len(wishes)), key=lambda n: -most[n]):
            if most[n] <= sum(_points(scenario, place.operation) for place in places):
                break
            wish, in_reach = wishes[n]
            fits = fitting(scenario, there, used, (wish.unit, wish.slot), in_reach, before)
            _take_off(there, fits)
            most[n] = sum(_points(scenario, place.operation) for place in fits)
            if most[n] > sum(_points(scenario, place.operation) for place in places):
                best, places = n, fits
        if best < 0:
            break
        for place in places:
            there.evaluator.put(there.builder.number[place.operation], there.builder.option(place))
        before += places
        wish = wishes[best][0]
        officers, designated = _lacking(scenario, used, before)[wish.unit, wish.slot]
        brings_in = tuple(place.operation for place in places)
        found.append(
            replace(wish, officers=officers, designated=designated, brings_in=brings_in, points=most[best], firms=())
        )
        most[best] = 0
    _take_off(there, before)
    return tuple(found)


def _points(scenario: Scenario, operation: str) -> int:
    return scenario.objective.priority_points[scenario.operations[operation].priority]


def _rank(wish: FurtherShift) -> tuple[object, ...]:
    return (-wish.points, -len(wish.firms), wish.officers, wish.of_ten, wish.slot, wish.unit)


def _spare(
    scenario: Scenario, as_of: datetime, used: Mapping[_Shift, _Need], fall_backs: Iterable[Placement]
) -> dict[str, tuple[Slot, ...]]:
    """The offered shifts ahead that no operation uses, and that are nobody's fall-back.

    Shifts within `READY_DAYS` are not among them, nor those on dates of a withdrawal by the unit.
    """
    wanted = {shift for place in fall_backs for shift in _needs(scenario, place)} | used.keys()
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
    """True if a withdrawal of the unit covers the date in any shift."""
    return any(
        unit in one.police and one.ceiling(Slot(day, shift.id), one.last or day) is not None
        for one in scenario.taken
        for shift in scenario.shifts
    )
