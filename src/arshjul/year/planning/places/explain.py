"""Explains why an operation is where it is, why it is unplaced, or why it is not on a date."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from functools import partial
from itertools import product

from arshjul.errors import InputError, Message
from arshjul.year.agenda.revised import id_said
from arshjul.year.agenda.time_text import placed_when, with_staffing
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.declaration import same_id
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext, context_of, standing_as_agreed
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.places.finder import (
    Alternative,
    Move,
    StandingPlan,
    forced,
    moving_nothing,
    moving_one,
    way_in,
)
from arshjul.year.planning.places.reasons import (
    LEAST_LIMIT_S,
    all_unplaced,
    is_sought,
    look,
    looks_within,
    own_slots,
    slots_taken,
    tally,
    unplaced,
    why,
)
from arshjul.year.planning.problem import PlanningProblem, beyond_offers
from arshjul.year.rules import BY_ID
from arshjul.year.rules.objectives import UNSETTLED, is_unsettled
from arshjul.year.texts import counted


@dataclass(frozen=True, slots=True)
class Explanation:
    """`taken`: of its own slots, how many each rule forbids; `free`: at how many it could stand without other moves.
    `ties`: the sentences that say what holds it there and what its date costs; of an unplaced one, what `hindrances` do
    not say.
    """

    operation: str
    placement: Placement | None
    sentences: tuple[Message, ...]
    taken: dict[str, int]
    free: int
    alternatives: tuple[Alternative, ...] = ()
    ties: tuple[Message, ...] = ()
    hindrances: tuple[tuple[Message, int], ...] = ()


def known(scenario: Scenario, operation: str) -> Operation:
    """The operation of that id. InputError, with similar ids, if there is none."""
    found = scenario.operations.get(operation)
    if found is None:
        what = Message("No operation {id} in the plan", {"id": operation})
        ids = {id.casefold(): id for id in scenario.operations}
        same = same_id(operation, scenario.operations)
        close = [ids[id] for id in get_close_matches(operation.casefold(), ids)]
        near = [f'"{id}"' for id in dict.fromkeys([*([] if same is None else [same]), *close])]
        if near:
            raise InputError(Message("{what}. Nearest: {near}.", {"what": what, "near": near}))
        raise InputError(Message("{what}.", {"what": what}))
    return found


def explain(
    scenario: Scenario,
    plan: Plan,
    operation_id: str,
    as_of: datetime | None = None,
    standing: StandingPlan | None = None,
    problem: PlanningProblem | None = None,
    free: list[Alternative] | None = None,
) -> Explanation:
    """`standing` and `problem`, if known: the plan as it stands, and with only this operation free to go elsewhere.

    `free`, if known: where it can go without other moves, the cheapest first.
    """
    operation = known(scenario, operation_id)
    standing = standing or StandingPlan.of(scenario, plan, as_of)
    problem = problem or standing.problem({operation_id})
    placement = plan.placed.get(operation_id)
    free = moving_nothing(problem, operation_id) if free is None else free
    if placement is None:
        taken = look(problem, operation).taken
        told = next((out for out in plan.unplaced if out.operation == operation_id), None)
        reasons = (told if told is not None and is_sought(told) else unplaced(problem, operation)).reasons
        heading = Message("{operation} is unplaced:", {"operation": id_said(scenario, operation_id)})
        unsettled = (UNSETTLED,) if is_unsettled(plan) else ()
        sentences = (heading, *(r.text for r in reasons), *unsettled)
        hindrances, others = tally(reasons)
        ties = (*others, *unsettled)
    else:
        taken = Counter(attempt.rule for attempt in problem.taken(operation, own_slots(problem.context, operation)))
        ties = tuple(_ties(standing, operation))
        sentences = tuple(_placed(standing, operation, placement, ties, free, taken))
        hindrances = tuple((BY_ID[rule].name, n) for rule, n in taken.most_common())
    return Explanation(operation_id, placement, sentences, dict(taken), len(free), tuple(free[:3]), ties, hindrances)


def in_language(language: str, scenario: Scenario, plan: Plan, ids: Collection[str]) -> Plan:
    """The plan, with the reasons of those unplaced operations for readers of that language.

    A plan that was read has sentences of its year's language: for another one, the reasons are looked for again.
    """
    out = [unplaced.operation for unplaced in plan.unplaced if unplaced.operation in ids]
    if language == scenario.language or not out:
        return plan
    problem = StandingPlan(context_of(scenario, plan), plan).problem(out)
    found = {unplaced.operation: unplaced for unplaced in all_unplaced(problem, out, looks_within(LEAST_LIMIT_S))}
    return replace(plan, unplaced=tuple(found.get(unplaced.operation, unplaced) for unplaced in plan.unplaced))


def explain_date(scenario: Scenario, plan: Plan, operation_id: str, day: date, as_of: datetime | None) -> Explanation:
    """An operation of several dates is first tried with that one as its first, then as a later one."""
    operation = known(scenario, operation_id)
    problem = StandingPlan.of(scenario, plan, as_of, frozenset({operation_id})).problem()
    placement = plan.placed.get(operation_id)
    if (outside := scenario.outside(day)) is not None:
        return Explanation(operation_id, placement, (outside,), {}, 0)
    if placement is not None and day in {slot.day for slot in scenario.slots(placement)}:
        here = Message(
            "{operation} stands on {day} already.", {"operation": id_said(scenario, operation_id), "day": day}
        )
        return Explanation(operation_id, placement, (here,), {}, 0)
    sentences = []
    taken: Counter[str] = Counter()
    free = _holding(scenario, day, moving_nothing(problem, operation_id))
    if not free or free[0].placement.slot.day != day:
        wide = beyond_offers(problem, {operation_id: problem.context.slots.grid.between(day, day)})
        for shift in scenario.shifts:
            slot = Slot(day, shift.id)
            there = wide.nearest(operation, slot)
            if there:
                taken[there[0].rule] += 1
                said = [why(there)]
                said += [answer for answer in _answers(problem.context, operation, slot) if answer not in said]
                sentences += [Message("{shift}: {why}", {"shift": shift.name, "why": message}) for message in said]
        if operation.days > 1 and sentences:
            sentences.insert(0, Message("Beginning on {day}:", {"day": day}))
    ways = free or _holding(scenario, day, moving_one(problem, operation_id))[:1]
    places = problem.places(operation_id)
    own = [option for option, place in enumerate(places) if day in _days(scenario, place)]
    choice = forced(problem, operation_id, own) if not ways and own else None
    if (way := way_in(problem, operation_id, choice)) is not None:
        ways = [way]
    if ways:
        sentences.append(fits(scenario, ways[0]))
    elif choice is not None:
        sentences.append(Message("It fits only if another operation is left out."))
    elif operation.days > 1:
        sentences.append(Message("An earlier beginning is not possible either."))
    return Explanation(operation_id, placement, tuple(sentences), dict(taken), len(free), tuple(ways))


def _answers(context: ReplanContext, operation: Operation, slot: Slot) -> list[Message]:
    rule = BY_ID["answers"]
    there = context.slots.grid.single(slot)
    refusing = (
        unit for unit in context.scenario.units_for(operation) if not rule.allowed(context, operation, unit) & there
    )
    messages: list[Message] = []
    for answer in (rule.refusal(context, operation, slot, unit) for unit in refusing):
        if answer not in messages:
            messages.append(answer)
    return messages


def _holding(scenario: Scenario, day: date, ways: list[Alternative]) -> list[Alternative]:
    holding = [way for way in ways if day in _days(scenario, way.placement)]
    return sorted(holding, key=lambda way: way.placement.slot.day != day)


def _days(scenario: Scenario, placement: Placement) -> Span:
    return Span(placement.slot.day, scenario.last_day(placement))


def fits(scenario: Scenario, alternative: Alternative, when: Callable[[Placement], Message] | None = None) -> Message:
    when = when or partial(placed_when, scenario)
    place = alternative.placement
    values = {"place": with_staffing(scenario, place, when(place))}
    if not alternative.moves:
        return Message("It fits {place}, without other moves.", values)
    others = [_move(scenario, move, when) for move in alternative.moves]
    return Message("It fits {place}, if {moves}.", {**values, "moves": others})


def _move(scenario: Scenario, move: Move, when: Callable[[Placement], Message]) -> Message:
    old, new = move
    if old.slot == new.slot and new.police == old.police:
        values = {"operation": id_said(scenario, old.operation), "agencies": coming_instead(scenario, old, new)}
        return Message("{agencies} take part in {operation} instead", values)
    if old.slot == new.slot and new.police is not None:
        unit = scenario.police[new.police].name
        return Message("{operation} is served by {unit}", {"operation": id_said(scenario, old.operation), "unit": unit})
    return Message("{operation} moves to {place}", {"operation": id_said(scenario, old.operation), "place": when(new)})


def coming_instead(scenario: Scenario, old: Placement, new: Placement) -> list[str]:
    """The names of the agencies that are chosen of its groups at the new place alone."""
    return [scenario.agencies[agency].name for agency in new.any_of if agency not in old.any_of]


def _ties(standing: StandingPlan, operation: Operation) -> Iterator[Message]:
    yield from _held(standing.context.scenario, standing.plan, operation)
    placed = standing.plan.placed[operation.id]
    lenders = standing.context.scenario.lenders(operation.id, placed.police)
    wishes: Mapping[str, Collection[str | None]] = {
        "optional-agency": operation.optional_agencies.keys() - {*placed.optional_agencies},
        "designated-preferred": {placed.police} if operation.designated == "prefer" else set(),
        "fewer-officers": {*lenders} if operation.officers > operation.least else set(),
    }
    about = {
        (rule, f"{party} {day} {shift}")
        for rule, parties in wishes.items()
        for party, (day, shift) in product(parties, operation.slots(placed.slot))
    }
    own = [price for price in standing.prices if price.about == operation.id or (price.rule, price.about) in about]
    for price in own:
        yield counted(price.points, "{why}: one penalty point.", "{why}: {n} penalty points.", why=price.text)
    if not own:
        yield Message("Its date meets every wish.")


def _placed(
    standing: StandingPlan,
    operation: Operation,
    placement: Placement,
    ties: tuple[Message, ...],
    free: list[Alternative],
    taken: Counter[str],
) -> Iterator[Message]:
    scenario = standing.context.scenario
    shift, called = scenario.shift(placement.slot.shift).name, id_said(scenario, operation.id)
    place = {"day": placement.slot.day, "shift": shift, "operation": called}
    if placement.police is None:
        yield Message("{operation} stands on {day}, {shift}, without police.", place)
    else:
        unit = scenario.police[placement.police].name
        yield Message("{operation} stands on {day}, {shift}, served by {unit}.", {**place, "unit": unit})
        for besides in scenario.lenders(operation.id, placement.police)[1:]:
            yield counted(
                operation.police_also[besides],
                "{unit} lends one officer besides.",
                "{unit} lends {n} officers besides.",
                unit=scenario.police[besides].name,
            )
    if operation.days > 1:
        last = {"n": operation.days, "last": scenario.last_day(placement)}
        yield Message("It runs on {n} dates, until {last}.", last)
    if operation.any_of:
        names = [scenario.agencies[agency].name for agency in placement.any_of]
        yield Message("From its groups: {agencies}.", {"agencies": names})
    yield from ties
    elsewhere = [alternative for alternative in free if alternative.placement.slot != placement.slot]
    others = len({alternative.placement.slot for alternative in elsewhere})
    if others:
        yield counted(others, "One other slot is free for it.", "{n} other slots are free for it.")
    else:
        yield Message("No other slot is free for it.")
    if elsewhere and elsewhere[0].cost > 0:
        values = {"price": counted(elsewhere[0].cost, "one point", "{n} points")}
        with_it = Message("The plan then gets {price} worse.", values)
        with_best = Message("The best one makes the plan {price} worse.", values)
        yield with_it if others == 1 else with_best
    if taken:
        yield Message("Obstacles to its other slots:")
    for rule, n in taken.most_common():
        yield slots_taken(rule, n)


def _held(scenario: Scenario, plan: Plan, operation: Operation) -> Iterator[Message]:
    if operation.id in standing_as_agreed(scenario, plan):
        yield Message("All participants have agreed.")
    if plan.base is not None and operation.id in plan.base.yielded:
        yield Message("All participants had agreed to another time, which is not possible.")
    if operation.fixed is not None and operation.id not in plan.unpinned:
        yield Message("The coordinator has pinned it there.")
    twin = plan.placed.get(operation.same_slot_as or "")
    if operation.same_slot_as is not None and twin is not None and twin.slot == plan.placed[operation.id].slot:
        yield Message("Held at the same time as {other}.", {"other": id_said(scenario, operation.same_slot_as)})
    if operation.after is not None:
        earlier = plan.placed.get(operation.after.operation)
        if earlier is not None:
            values = {"other": id_said(scenario, earlier.operation), "day": earlier.slot.day}
            yield Message("Follow-up of {other}, {day}.", values)
