"""Placements drawn at the edges of rules, kept or broken as it falls.

An operation is put a rule's own distance from another one, one day less, or one more; into the same
slot; just rested or not quite; across the turn that the period was chosen for.
"""

from datetime import date, datetime, timedelta
from random import Random

from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Plan, Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import DAILY_REST_HOURS, FREEZE_DAYS
from arshjul.year.rules.hard.lead_time import LEAD_TIME_DAYS
from arshjul.year.rules.hard.notice import NOTICE_DAYS
from arshjul.year.rules.hard.sector_spacing import SECTOR_SPACING_DAYS
from tests.year.rules.generators import EDGES, apart

Places = dict[str, Placement]


def crowd(rng: Random, scenario: Scenario) -> Places:
    """Nearly all operations, most of them at an edge of some rule to one that is placed already."""
    places: Places = {}
    order = list(scenario.operations.values())
    rng.shuffle(order)
    for operation in order:
        if rng.random() < 0.9:
            slot = beside(rng, scenario, operation, places)
            places[operation.id] = placed(rng, scenario, operation, slot)
    return {id: places[id] for id in scenario.operations if id in places}


def few(rng: Random, context: ReplanContext, places: Places) -> Places:
    """Two or three that stand next to each other in time, so that nothing else hides what they break."""
    order = sorted(places.values(), key=lambda place: (context.scenario.moments(place.slot), place.operation))
    first, n = rng.randrange(max(len(order) - 1, 1)), rng.randint(2, 3)
    few = {place.operation for place in order[first : first + n]}
    return {id: place for id, place in places.items() if id in few or id in context.kept}


def at_the_turn(rng: Random, context: ReplanContext) -> Places:
    """Two that share an agency, on both sides of what the period was chosen for, a team's rest apart, about."""
    scenario, places = context.scenario, dict(context.kept)
    shared = rng.choice(list(scenario.agencies))
    with_it = [o for o in scenario.operations.values() if shared in o.agencies and o.id not in places]
    day = _turn(scenario) - timedelta(days=rng.choice((0, 1, 1, 1)))
    firsts = [Slot(day, shift.id) for shift in scenario.shifts]
    slot = min(firsts, key=lambda slot: _from_rested(scenario, slot, _about_rested(rng, scenario, slot)))
    if rng.random() < 0.3:
        slot = rng.choice(firsts)
    for operation in rng.sample(with_it, min(len(with_it), 2)):
        places[operation.id] = placed(rng, scenario, operation, slot)
        slot = _about_rested(rng, scenario, slot)
    return {id: places[id] for id in scenario.operations if id in places}


def beside(rng: Random, scenario: Scenario, operation: Operation, places: Places) -> Slot:
    """A slot for an operation, at an edge to one that is placed, or anywhere that it may like."""
    partner = _partner(scenario, operation, places)
    if partner is not None and rng.random() < 0.85:
        return places[partner].slot
    near = [other for other in places.values() if other.operation != operation.id]
    if near and rng.random() < 0.55:
        return _near(rng, scenario, operation, rng.choice(near))
    days = [day for day in scenario.span.days() if day in scenario.window(operation)]
    fitting = [day for day in days if operation.weekdays is None or day.weekday() in operation.weekdays]
    around = within(scenario, _turn(scenario) - timedelta(days=rng.choice((0, 1, 1, 2))))
    edges = _edges(scenario, operation) or [around]
    day = rng.choice((rng.choice(edges), around, rng.choice(fitting or days or edges)))
    return Slot(day, _shift(rng, scenario, operation))


def _near(rng: Random, scenario: Scenario, operation: Operation, other: Placement) -> Slot:
    """The slot of another operation, one for which a team has rested or just not, or some days from it."""
    kind = rng.random()
    if kind < 0.25:
        return other.slot
    if kind < 0.5 and scenario.settings[DAILY_REST_HOURS]:
        return _about_rested(rng, scenario, other.slot)
    day = other.slot.day + timedelta(days=_apart(rng, scenario, operation, other.operation))
    return Slot(within(scenario, day), _shift(rng, scenario, operation))


def _shift(rng: Random, scenario: Scenario, operation: Operation) -> str:
    return rng.choice(operation.shifts or tuple(shift.id for shift in scenario.shifts))


def draw_place(rng: Random, context: ReplanContext, operation: Operation, places: Places) -> Placement:
    """A place beside others, or so near the moment of the replan that notice or freeze just count."""
    scenario, as_of = context.scenario, moment(context)
    slot = beside(rng, scenario, operation, places)
    if rng.random() < 0.5:
        notice, freeze = scenario.settings[NOTICE_DAYS], scenario.settings[FREEZE_DAYS]
        days = rng.choice((0, 0, 1, notice, notice - 1, freeze, 9))
        slot = Slot(within(scenario, as_of.date() + timedelta(days=days)), rng.choice(scenario.shifts).id)
    return placed(rng, scenario, operation, slot)


def placed(rng: Random, scenario: Scenario, operation: Operation, slot: Slot) -> Placement:
    """The operation there, with a unit and agencies that may serve it, or very seldom may not."""
    unit, chosen = draw_unit(rng, scenario, operation), draw_choice(apart(rng, operation.id), operation)
    return Placement(operation.id, slot, unit, any_of=chosen)


def draw_choice(rng: Random, operation: Operation) -> tuple[str, ...]:
    """An agency of each of its groups; seldom one too few, or two of one."""
    chosen = [rng.choice(group.agencies) for group in operation.any_of]
    if chosen and rng.random() < 0.05:
        chosen = rng.choice((chosen[1:], [*chosen, chosen[0]], chosen[::-1]))
    return tuple(chosen)


def draw_unit(rng: Random, scenario: Scenario, operation: Operation) -> str | None:
    """A unit that may serve it; very seldom one that may not, or none."""
    if rng.random() < 0.02:
        return rng.choice((None, *scenario.police))
    units = scenario.units_for(operation)
    return rng.choice(units) if units else next(iter(scenario.police))


def within(scenario: Scenario, day: date) -> date:
    """The date, or the nearest one of the period."""
    return min(max(day, scenario.span.first), scenario.span.last)


def bare(context: ReplanContext, places: Places) -> Plan:
    """The plan of those placements, which nobody joins."""
    left_out = tuple(Unplaced(id) for id in context.scenario.planned if id not in places)
    return Plan(moment(context), tuple(places.values()), left_out, base=context.base)


def moment(context: ReplanContext) -> datetime:
    """The as_of of a plan: that of its context, or long before anything."""
    return context.as_of or datetime(2020, 1, 1, tzinfo=context.scenario.zone)


def _about_rested(rng: Random, scenario: Scenario, before: Slot) -> Slot:
    """The first slot for which a team of that slot has rested, or the last for which it has not."""
    rested = _rested(scenario, before)
    days = [within(scenario, before.day + timedelta(days=n)) for n in range(-1, 4)]
    starts = {
        slot: scenario.moments(slot)[0] for day in days for shift in scenario.shifts for slot in [Slot(day, shift.id)]
    }
    free = [slot for slot, start in starts.items() if start >= rested]
    taken = [slot for slot, start in starts.items() if start < rested]
    if free and (rng.random() < 0.5 or not taken):
        return min(free, key=lambda slot: starts[slot])
    return max(taken, key=lambda slot: starts[slot])


def _rested(scenario: Scenario, slot: Slot) -> datetime:
    return scenario.moments(slot)[1] + timedelta(hours=scenario.settings[DAILY_REST_HOURS])


def _from_rested(scenario: Scenario, slot: Slot, later: Slot) -> timedelta:
    """How far a later slot starts from the moment at which a team of the first has rested, either mode."""
    return abs(scenario.moments(later)[0] - _rested(scenario, slot))


def _turn(scenario: Scenario) -> date:
    """The date that the period was chosen for, not the first of it."""
    turn = next(day for day in EDGES if day in scenario.span)
    return max(turn, scenario.span.first + timedelta(days=1))


def _partner(scenario: Scenario, operation: Operation, places: Places) -> str | None:
    """One of those tied to the same slot that stands already."""
    group = next((group for group in scenario.ties() if operation.id in group), ())
    return next((id for id in group if id in places), None)


def _edges(scenario: Scenario, operation: Operation) -> list[date]:
    """The dates at an edge of the operation's own: its window, what it excludes, its nomination, its pin."""
    window = scenario.window(operation)
    days = [window.first, window.first - timedelta(days=1), window.last, window.last + timedelta(days=1)]
    for span in operation.not_on:
        days += [span.first, span.first - timedelta(days=1), span.last, span.last + timedelta(days=1)]
    if operation.preferred is not None:
        days += [operation.preferred.first - timedelta(days=7), operation.preferred.last + timedelta(days=8)]
    if operation.nominated_on is not None:
        lead = timedelta(days=scenario.settings[LEAD_TIME_DAYS])
        days += [operation.nominated_on + lead, operation.nominated_on + lead - timedelta(days=1)]
    if operation.fixed is not None:
        days += [operation.fixed.slot.day] * 6
    return [day for day in days if day in scenario.span]


def _apart(rng: Random, scenario: Scenario, operation: Operation, other: str) -> int:
    """Days from another operation: few, a week or two, or what a rule between the two asks for, about."""
    spacing = scenario.settings[SECTOR_SPACING_DAYS]
    choices = [0, 1, 1, -1, 2, 7, -7, 14, spacing, spacing - 1, -spacing, 1 - spacing]
    after = operation.after
    if after is not None and after.operation == other:
        choices += [after.min_days, after.min_days, after.min_days - 1]
        choices += [] if after.max_days is None else [after.max_days, after.max_days, after.max_days + 1]
    back = scenario.operations[other].after
    if back is not None and back.operation == operation.id:
        choices += [-back.min_days, 1 - back.min_days]
    return rng.choice(choices)
