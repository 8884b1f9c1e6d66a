"""Placements that keep rules: put in one by one, or left when those in the way are gone.

What is allowed for one alone is asked of the product, what they do to each other of its checks; a board
has no part in it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from operator import or_
from random import Random

from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules import BY_ID, HARD, possible
from tests.year.rules.places import Places, bare, beside, draw_choice, draw_place, placed, within

EVERY_RULE = tuple(rule.id for rule in HARD)

# The rules that one placement alone cannot break, or not by more than its offer.
AMONG_SEVERAL = tuple(
    rule.id for rule in HARD if rule.id not in {"open-day", "window", "lead-time", "fixed", "notice", "placement"}
)


def kept(rng: Random, context: ReplanContext) -> Places:
    """Placements that keep every rule, put in one by one: beside each other where that can be."""
    scenario, places = context.scenario, dict(context.kept)
    groups = [(id,) for id in scenario.operations] if rng.random() < 0.1 else _groups(scenario)
    for group in groups:
        if group[0] in places:
            continue
        for _ in range(6):
            trial = {**places, **_group_placed(rng, context, group, places)}
            if not in_the_way(context, bare(context, trial), AMONG_SEVERAL):
                places = trial
                break
    return {id: places[id] for id in scenario.operations if id in places}


def thinned(
    rng: Random, context: ReplanContext, places: Places, rules: tuple[str, ...], held: frozenset[str] = frozenset()
) -> Places:
    """The placements without those in the way of the rules: one that breaks something goes, until none does.

    `held`, and what a replan must keep, does not go for what others break.
    """
    places = dict(places)
    while True:
        goes = sorted(in_the_way(context, bare(context, places), rules) - held - context.kept.keys())
        if not goes:
            return places
        del places[rng.choice(goes)]


def one_moved(rng: Random, context: ReplanContext, places: Places) -> Places:
    """The same with one operation elsewhere, and now and then its partners with it."""
    scenario = context.scenario
    held = [id for id in context.kept if id in places]
    if held and rng.random() < 0.2:
        return _held_moved(rng, scenario, places, rng.choice(held))
    free = [operation for operation in scenario.operations.values() if operation.id not in context.kept]
    if not free:
        return places
    choosing = [place for place in places.values() if place.any_of]
    if choosing and rng.random() < 0.2:
        place = rng.choice(choosing)
        other = replace(place, any_of=draw_choice(rng, scenario.operations[place.operation]))
        return {**places, place.operation: other}
    served = [place for place in places.values() if place.police is not None]
    if served and rng.random() < 0.2:
        place = rng.choice(served)
        other = replace(place, police=rng.choice(list(scenario.police)))
        return {**places, place.operation: other}
    operation = rng.choice(free)
    others = {id: place for id, place in places.items() if id != operation.id}
    if context.base is not None and rng.random() < 0.5:
        moved = draw_place(rng, context, operation, others)
    else:
        moved = placed(rng, scenario, operation, beside(rng, scenario, operation, others))
    group = next((group for group in scenario.ties() if operation.id in group), ())
    if rng.random() < 0.8:
        others = {id: replace(place, slot=moved.slot) if id in group else place for id, place in others.items()}
    others[operation.id] = moved
    return {id: others[id] for id in scenario.operations if id in others}


def restaffed(rng: Random, context: ReplanContext) -> Places:
    """What a replan may leave where it was, one of it with another unit or other agencies of its groups."""
    old = {} if context.base is None else context.base.placements
    places = thinned(rng, context, {id: replace(p, optional_agencies=()) for id, p in old.items()}, EVERY_RULE)
    others = [
        replace(place, police=unit, any_of=chosen)
        for id, place in places.items()
        for (unit, chosen), slots in possible(context, context.scenario.operations[id]).items()
        if slots & context.slots.grid.single(place.slot) and (unit, chosen) != place.staffing
    ]
    other = rng.choice(others) if others else None
    return places if other is None else {**places, other.operation: other}


def _held_moved(rng: Random, scenario: Scenario, places: Places, held: str) -> Places:
    """The same with one that should stay elsewhere, served by another unit, or gone."""
    kind, place = rng.randrange(4), places[held]
    if kind == 0:
        return {id: other for id, other in places.items() if id != held}
    slot = Slot(place.slot.day, rng.choice(scenario.shifts).id)
    if kind == 1:
        slot = Slot(within(scenario, place.slot.day + timedelta(days=rng.choice((-1, 1, 9)))), place.slot.shift)
    if kind == 2:
        return {**places, held: replace(place, police=rng.choice((None, *scenario.police)))}
    return {**places, held: replace(place, slot=slot)}


def _groups(scenario: Scenario) -> list[tuple[str, ...]]:
    """The operations, those tied together; in the order given, so that follow-ups come later."""
    first = {id: group for group in scenario.ties() for id in group}
    return list(dict.fromkeys(first.get(id, (id,)) for id in scenario.operations))


def _group_placed(rng: Random, context: ReplanContext, group: tuple[str, ...], places: Places) -> Places:
    """Operations tied together at a slot that suits each by itself; empty where there is none."""
    operations = [context.scenario.operations[id] for id in group]
    by_staffing = [possible(context, operation) for operation in operations]
    common = context.slots.grid.all
    for slots in by_staffing:
        common &= reduce(or_, slots.values(), 0)
    for operation in operations:
        common &= _following(context, operation, places)
    numbers = context.slots.grid.numbers(common)
    if not numbers:
        return {}
    slot = context.slots.grid.slot(rng.choice(numbers))
    if places and rng.random() < 0.6:
        there = rng.choice(list(places.values())).slot
        tries = [context.slots.grid.slot(number) for number in rng.sample(numbers, min(len(numbers), 8))]
        slot = min(tries, key=lambda slot: abs((slot.day - there.day).days))
        if context.slots.grid.single(there) & common and rng.random() < 0.4:
            slot = there
    single = context.slots.grid.single(slot)
    found = {}
    for operation, slots in zip(operations, by_staffing, strict=True):
        unit, chosen = rng.choice([who for who, there in slots.items() if there & single])
        found[operation.id] = Placement(operation.id, slot, unit, any_of=chosen)
    return found


def _following(context: ReplanContext, operation: Operation, places: Places) -> SlotSet:
    """The slots in the right distance from what the operation follows up; none while that is unplaced."""
    after = operation.after
    if after is None:
        return context.slots.grid.all
    if after.operation not in places:
        return 0
    longer = context.scenario.operations[after.operation].days - 1
    earlier = places[after.operation].slot.day + timedelta(days=longer)
    most = timedelta(days=100 if after.max_days is None else after.max_days)
    return context.slots.grid.between(earlier + timedelta(days=after.min_days), earlier + most)


def in_the_way(context: ReplanContext, plan: Plan, rules: tuple[str, ...]) -> set[str]:
    """The placed operations that break one of the rules."""
    broken: Iterator[tuple[str, ...]] = (
        breach.operations for id in rules for breach in BY_ID[id].breaches(context, plan)
    )
    return {id for operations in broken for id in operations if id in plan.placed}
