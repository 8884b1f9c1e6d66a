"""What the rules are tried on: a situation and plans that nearly keep, and nearly break, every rule.

Plans are drawn on purpose at the edges: an operation is put a rule's own distance from another one, one
day less, or one more; into the same slot; across the end of a week or month. None of them was made with
a board.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache, reduce
from itertools import count
from operator import or_
from random import Random

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.grid import SlotSet
from arshjul.domain.hit import hit
from arshjul.domain.joining import joined
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.domain.plan import Base, Placement, Plan, Unplaced
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Limits
from arshjul.domain.situation import Situation
from arshjul.domain.withdrawal import Withdrawal
from arshjul.rules import BY_ID, HARD, possible
from tests.rules.generators import draw_scenario, draw_span

Places = dict[str, Placement]

# Without these three the two sides of a price may differ, and are meant to: a plan that breaks them is
# no plan that is ever priced.
PRICED_ON = ("agency-teams", "designated-officer", "together")

# The rules that one placement alone cannot break, or not by more than its offer.
AMONG_SEVERAL = tuple(
    rule.id for rule in HARD if rule.id not in {"open-day", "window", "lead-time", "fixed", "notice", "placement"}
)


@dataclass(frozen=True, slots=True)
class Specimen:
    """A situation, and plans in it. `ties_kept`, `priced`: the numbers of plans that keep what some rules rest on."""

    situation: Situation
    plans: tuple[Plan, ...]
    ties_kept: frozenset[int]
    priced: frozenset[int]

    def anew(self) -> Situation:
        """The same situation with nothing worked out yet."""
        return replace(self.situation)


@lru_cache(maxsize=2000)
def first_specimen(seed: int, n_operations: int) -> Specimen:
    """A first plan's situation and plans, drawn from the seed."""
    rng = Random(seed)
    situation = Situation(draw_scenario(rng, n_operations))
    return _specimen(rng, situation, [_crowd(rng, situation.scenario) for _ in range(6)])


@lru_cache(maxsize=2000)
def replan_specimen(seed: int, n_operations: int) -> Specimen:
    """A replan's situation and plans, drawn from the seed."""
    rng = Random(seed)
    situation = draw_replan(rng, draw_scenario(rng, n_operations + 2))
    return _specimen(rng, situation, [_mended(rng, situation) for _ in range(6)])


def _specimen(rng: Random, situation: Situation, drawn: list[Places]) -> Specimen:
    """Plans as drawn; some that keep what prices rest on; some that keep every rule; and these with one thing moved."""
    drawn += [thinned(rng, situation, places, PRICED_ON) for places in drawn[:4]]
    for _ in range(2):
        good = kept(rng, situation)
        drawn += [good, *(_one_moved(rng, situation, good) for _ in range(3))]
    plans = tuple(plan_of(rng, situation, places) for places in drawn)
    keeping = {
        id: {n for n, plan in enumerate(plans) if not any(BY_ID[id].breaches(situation, plan))} for id in PRICED_ON
    }
    return Specimen(situation, plans, frozenset(keeping["together"]), frozenset(set.intersection(*keeping.values())))


def plan_of(rng: Random, situation: Situation, places: Places) -> Plan:
    """The plan of those placements, joined by optional agencies as they can, or as they like."""
    scenario = situation.scenario
    before = None if situation.base is None else situation.base.placements
    placements = list(joined(scenario, places.values(), before))
    if rng.random() < 0.15:
        for number, placement in enumerate(placements):
            optional = tuple(
                a for a in scenario.operations[placement.operation].optional_agencies if rng.random() < 0.7
            )
            if placement.operation not in situation.history:
                placements[number] = replace(placement, optional_agencies=optional)
    left_out = tuple(Unplaced(id) for id in scenario.operations if id not in places)
    return Plan(moment(situation), tuple(placements), left_out, base=situation.base)


def moment(situation: Situation) -> datetime:
    """The as_of of a plan: that of its base, or long before anything."""
    if situation.base is not None:
        return situation.base.as_of
    return datetime(2020, 1, 1, tzinfo=situation.scenario.zone)


# ------------------------------------------------------------------ first plans


def _crowd(rng: Random, scenario: Scenario) -> Places:
    """Nearly all operations, most of them at an edge of some rule to one that is placed already."""
    places: Places = {}
    order = list(scenario.operations.values())
    rng.shuffle(order)
    for operation in order:
        if rng.random() < 0.9:
            slot = _beside(rng, scenario, operation, places)
            places[operation.id] = Placement(operation.id, slot, _unit(rng, scenario, operation))
    return {id: places[id] for id in scenario.operations if id in places}


def _beside(rng: Random, scenario: Scenario, operation: Operation, places: Places) -> Slot:
    """A slot for an operation, at an edge to one that is placed, or anywhere that it may like."""
    partner = _partner(scenario, operation, places)
    if partner is not None and rng.random() < 0.85:
        return places[partner].slot
    shift = rng.choice(operation.shifts or tuple(shift.id for shift in scenario.shifts))
    edge = _edge(rng, scenario, operation)
    if edge is not None and rng.random() < 0.15:
        return Slot(edge, shift)
    near = [other for other in places.values() if other.operation != operation.id]
    if near and rng.random() < 0.75:
        other = rng.choice(near)
        if rng.random() < 0.25:
            return other.slot
        day = other.slot.day + timedelta(days=_apart(rng, scenario, operation, other.operation))
        return Slot(_within(scenario, day), shift)
    days = [day for day in scenario.span.days() if day in scenario.window(operation)]
    fitting = [day for day in days if operation.weekdays is None or day.weekday() in operation.weekdays]
    return Slot(rng.choice(fitting or days or [scenario.span.first]), shift)


def _partner(scenario: Scenario, operation: Operation, places: Places) -> str | None:
    """One of those tied to the same slot that stands already."""
    group = next((group for group in scenario.ties() if operation.id in group), ())
    return next((id for id in group if id in places), None)


def _edge(rng: Random, scenario: Scenario, operation: Operation) -> date | None:
    """A date at an edge of the operation's own: its window, what it excludes, its nomination, its pin."""
    window = scenario.window(operation)
    days = [window.first, window.first - timedelta(days=1), window.last, window.last + timedelta(days=1)]
    for span in operation.not_on:
        days += [span.first, span.first - timedelta(days=1), span.last, span.last + timedelta(days=1)]
    if operation.preferred is not None:
        days += [operation.preferred.first - timedelta(days=7), operation.preferred.last + timedelta(days=8)]
    if operation.nominated_on is not None:
        lead = timedelta(days=scenario.limits.lead_time_days)
        days += [operation.nominated_on + lead, operation.nominated_on + lead - timedelta(days=1)]
    if operation.fixed is not None:
        days += [operation.fixed.day] * 6
    return rng.choice([day for day in days if day in scenario.span] or [None])


def _apart(rng: Random, scenario: Scenario, operation: Operation, other: str) -> int:
    """Days from another operation: few, a week or two, or what a rule between the two asks for, about."""
    spacing = scenario.limits.sector_spacing_days
    choices = [0, 1, 1, -1, 2, 7, -7, 14, spacing, spacing - 1, -spacing, 1 - spacing]
    after = operation.after
    if after is not None and after.operation == other:
        choices += [after.min_days, after.min_days, after.min_days - 1]
        choices += [] if after.max_days is None else [after.max_days, after.max_days, after.max_days + 1]
    back = scenario.operations[other].after
    if back is not None and back.operation == operation.id:
        choices += [-back.min_days, 1 - back.min_days]
    return rng.choice(choices)


def _within(scenario: Scenario, day: date) -> date:
    return min(max(day, scenario.span.first), scenario.span.last)


def _unit(rng: Random, scenario: Scenario, operation: Operation) -> str | None:
    if rng.random() < 0.02:
        return rng.choice((None, *scenario.police))
    units = scenario.units_for(operation)
    return rng.choice(units) if units else next(iter(scenario.police))


# ------------------------------------------------------- plans that keep the rules


def kept(rng: Random, situation: Situation) -> Places:
    """Placements that keep every rule, put in one by one: beside each other where that can be."""
    scenario, places = situation.scenario, dict(situation.kept)
    groups = [(id,) for id in scenario.operations] if rng.random() < 0.1 else _groups(scenario)
    for group in groups:
        if group[0] in places:
            continue
        for _ in range(6):
            trial = {**places, **_group_placed(rng, situation, group, places)}
            if not _in_the_way(situation, _bare(situation, trial), AMONG_SEVERAL):
                places = trial
                break
    return {id: places[id] for id in scenario.operations if id in places}


def _groups(scenario: Scenario) -> list[tuple[str, ...]]:
    """The operations, those tied together; in the order given, so that follow-ups come later."""
    first = {id: group for group in scenario.ties() for id in group}
    return list(dict.fromkeys(first.get(id, (id,)) for id in scenario.operations))


def _group_placed(rng: Random, situation: Situation, group: tuple[str, ...], places: Places) -> Places:
    """Operations tied together at a slot that suits each by itself; empty where there is none."""
    operations = [situation.scenario.operations[id] for id in group]
    by_unit = [possible(situation, operation) for operation in operations]
    common = situation.grid.all
    for slots in by_unit:
        common &= reduce(or_, slots.values(), 0)
    for operation in operations:
        common &= _following(situation, operation, places)
    numbers = situation.grid.numbers(common)
    if not numbers:
        return {}
    slot = situation.grid.slot(rng.choice(numbers))
    if places and rng.random() < 0.6:
        beside = rng.choice(list(places.values())).slot.day
        tries = [situation.grid.slot(number) for number in rng.sample(numbers, min(len(numbers), 8))]
        slot = min(tries, key=lambda slot: abs((slot.day - beside).days))
    single = situation.grid.single(slot)
    return {
        operation.id: Placement(
            operation.id, slot, rng.choice([unit for unit, there in slots.items() if there & single])
        )
        for operation, slots in zip(operations, by_unit, strict=True)
    }


def _following(situation: Situation, operation: Operation, places: Places) -> SlotSet:
    """The slots in the right distance from what the operation follows up; none while that is unplaced."""
    after = operation.after
    if after is None:
        return situation.grid.all
    if after.operation not in places:
        return 0
    earlier = places[after.operation].slot.day
    most = timedelta(days=100 if after.max_days is None else after.max_days)
    return situation.grid.between(earlier + timedelta(days=after.min_days), earlier + most)


def _one_moved(rng: Random, situation: Situation, places: Places) -> Places:
    """The same with one operation elsewhere, and now and then its partners with it."""
    scenario = situation.scenario
    free = [operation for operation in scenario.operations.values() if operation.id not in situation.kept]
    if not free:
        return places
    operation = rng.choice(free)
    others = {id: place for id, place in places.items() if id != operation.id}
    if situation.base is not None and rng.random() < 0.5:
        moved = _moved(rng, situation, operation, others)
    else:
        moved = Placement(operation.id, _beside(rng, scenario, operation, others), _unit(rng, scenario, operation))
    group = next((group for group in scenario.ties() if operation.id in group), ())
    if rng.random() < 0.8:
        others = {id: replace(place, slot=moved.slot) if id in group else place for id, place in others.items()}
    others[operation.id] = moved
    return {id: others[id] for id in scenario.operations if id in others}


# ---------------------------------------------------------------------- replans


def draw_replan(rng: Random, scenario: Scenario) -> Situation:
    """A moment in a year that was planned, and what was taken back since.

    What has been may stand against limits of today: history keeps what it used. The rest of the old
    plan kept every rule when it was made.
    """
    first = Situation(scenario)
    old = kept(rng, first if rng.random() < 0.5 else Situation(_loose(scenario)))
    as_of = _moment(rng, scenario, old)
    before = Situation(scenario, Base(1, as_of, {}))
    past = frozenset(id for id, place in old.items() if before.started(place))
    old = thinned(rng, first, old, tuple(rule.id for rule in HARD), past)
    old = thinned(rng, first, old, ("follow-up", "together"))
    placements = {p.operation: p for p in joined(scenario, old.values())}
    left = _taken_back(rng, scenario, placements, as_of)
    lost = hit(left, placements.values(), as_of)
    unpinned = frozenset(id for id in lost if scenario.operations[id].fixed)
    return Situation(left, Base(1, as_of, placements, lost), unpinned)


def _loose(scenario: Scenario) -> Scenario:
    """The scenario as it may once have been: with more of everything, and hardly a limit."""
    units = {
        id: replace(unit, officers=(OfficerLine(Matching(), 6, 2),), officer_shifts_per_month=None)
        for id, unit in scenario.police.items()
    }
    agencies = {
        id: replace(agency, teams=(TeamLine(Matching(), 3),), staff_teams=9, team_shifts_per_week=None,
                    team_shifts_per_month=None)
        for id, agency in scenario.agencies.items()
    }  # fmt: skip
    return replace(scenario, limits=Limits(), police=units, agencies=agencies)


def _moment(rng: Random, scenario: Scenario, old: Places) -> datetime:
    """A moment in the period: mostly the very start of something planned, or so many days before that it freezes."""
    slot = rng.choice([place.slot for place in old.values()] or [Slot(scenario.span.first, scenario.shifts[0].id)])
    if rng.random() < 0.6:
        near = rng.randint(0, max(scenario.limits.freeze_days, scenario.limits.notice_days))
        slot = Slot(_within(scenario, slot.day - timedelta(days=near)), rng.choice(scenario.shifts).id)
    if rng.random() < 0.8:
        starts = scenario.moments(slot)[0].astimezone(scenario.zone)
        return starts + timedelta(minutes=rng.choice((-1, 0, 0, 1)))
    return datetime(slot.day.year, slot.day.month, slot.day.day, rng.randint(0, 23), tzinfo=scenario.zone)


def _taken_back(rng: Random, scenario: Scenario, placements: Places, as_of: datetime) -> Scenario:
    """The scenario after withdrawals, some of days that have been; now and then with fewer teams too."""
    withdrawals = []
    for number in range(rng.randint(1, 3)):
        span, unit, shifts = draw_span(rng, scenario.span, 3), rng.choice(list(scenario.police)), None
        served = [place for place in placements.values() if place.police is not None]
        if served and rng.random() < 0.8:
            place = rng.choice(served)
            span = Span(place.slot.day, place.slot.day + timedelta(days=rng.randint(0, 2)))
            unit, shifts = place.police or unit, rng.choice((None, (place.slot.shift,)))
        last, left = rng.choice((span.last, None)), rng.choice((0, 1, 2))
        reported = as_of - timedelta(days=1)
        withdrawals.append(Withdrawal(f"W-{number}", reported, (unit,), span.first, last, shifts, left))
    if rng.random() < 0.3:
        agency = rng.choice(list(scenario.agencies.values()))
        span = draw_span(rng, scenario.span, 4)
        fewer = TeamLine(Matching(first=span.first, last=span.last), 1, at_most=True)
        agencies = {**scenario.agencies, agency.id: replace(agency, teams=(*agency.teams, fewer))}
        scenario = replace(scenario, agencies=agencies)
    return scenario.after(withdrawals, as_of.date())


def _mended(rng: Random, situation: Situation) -> Places:
    """New placements: mostly the old ones, some of them moved a little, some dropped, some new.

    What a replan must keep stays, or only history does, or now and then not even that.
    """
    stays = rng.choice((situation.kept, situation.kept, situation.history, situation.history, {}))
    base, scenario = situation.base, situation.scenario
    if base is None:
        raise ValueError("a replan has a base")
    places = {id: place for id, place in base.placements.items() if id in stays}
    order = [operation for operation in scenario.operations.values() if operation.id not in places]
    rng.shuffle(order)
    for operation in order:
        old = base.placements.get(operation.id)
        kind = rng.random()
        if old is not None and kind < 0.45:
            places[operation.id] = replace(old, optional_agencies=())
        elif old is not None and kind < 0.55:
            places[operation.id] = Placement(operation.id, old.slot, _unit(rng, scenario, operation))
        elif kind < 0.9:
            places[operation.id] = _moved(rng, situation, operation, places)
    return {id: places[id] for id in scenario.operations if id in places}


def _moved(rng: Random, situation: Situation, operation: Operation, places: Places) -> Placement:
    scenario, as_of = situation.scenario, moment(situation)
    slot = _beside(rng, scenario, operation, places)
    if rng.random() < 0.5:
        limits = scenario.limits
        days = rng.choice((0, 0, 1, limits.notice_days, limits.notice_days - 1, limits.freeze_days, 9))
        slot = Slot(_within(scenario, as_of.date() + timedelta(days=days)), rng.choice(scenario.shifts).id)
    return Placement(operation.id, slot, _unit(rng, scenario, operation))


# --------------------------------------------------------------------- thinning


def thinned(
    rng: Random, situation: Situation, places: Places, rules: tuple[str, ...], held: frozenset[str] = frozenset()
) -> Places:
    """The placements without those in the way of the rules: one that breaks something goes, until none does.

    `held`, and what a replan must keep, does not go for what others break.
    """
    places = dict(places)
    for _ in count():
        goes = sorted(_in_the_way(situation, _bare(situation, places), rules) - held - situation.kept.keys())
        if not goes:
            return places
        del places[rng.choice(goes)]
    raise AssertionError


def _bare(situation: Situation, places: Places) -> Plan:
    left_out = tuple(Unplaced(id) for id in situation.scenario.operations if id not in places)
    return Plan(moment(situation), tuple(places.values()), left_out, base=situation.base)


def _in_the_way(situation: Situation, plan: Plan, rules: tuple[str, ...]) -> set[str]:
    broken: Iterator[tuple[str, ...]] = (
        breach.operations for id in rules for breach in BY_ID[id].breaches(situation, plan)
    )
    return {id for operations in broken for id in operations if id in plan.placed}
