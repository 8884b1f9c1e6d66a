"""Ways out of a withdrawal, against trying every placement: no board, no solver, each rule's own check alone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time
from functools import cache
from itertools import combinations, product
from math import prod
from pathlib import Path
from random import Random

import pytest

from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext, joined
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.reading import read_entries
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.places.day_board import SET_ASIDE, on_the_day
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.replan import replan
from arshjul.year.planning.today import free_teams
from arshjul.year.planning.verify import prices, verify
from arshjul.year.planning.ways_out import MOST_MOVES, WayKind, WayOut, by_start, ways_out
from arshjul.year.rules import BY_ID, HARD
from tests.examples import often
from tests.year.rules.generators import draw_scenario
from tests.year.rules.keeping import kept
from tests.year.rules.places import bare
from tests.year.rules.replans import draw_moment, draw_withdrawals
from tests.year.rules.specimens import plan_of

MOST_PAIRS = 20_000
EFFORT = Effort(limit_s=120, seed=1)
TIED_RESERVES, CHOSEN, RIVALS, ENOUGH_LEFT = (49, 53), (47,), (232, 351), (332,)
"""Seeds with a reserve tied to another one; with one that needs teams of an agency chosen from a group; with a must
that is out and would rather have a place than one who moves, or than one at whose time its twin would come; with two
hit operations of which what is left is enough for either.
"""
SEEDS = often((*range(4), *TIED_RESERVES, *CHOSEN, *RIVALS, *ENOUGH_LEFT), range(80))

Places = dict[str, Placement]


@cache
def drawn(seed: int) -> tuple[Scenario, Plan, Entries, datetime]:
    """A plan that keeps the rules, and withdrawals that hit it."""
    rng = Random(seed)
    while True:
        scenario = draw_scenario(rng, rng.randint(3, 6), longest=10)
        operations = {id: _with_ways_out(rng, operation) for id, operation in scenario.operations.items()}
        scenario = replace(scenario, operations=operations)
        places = kept(rng, ReplanContext.of(scenario))
        as_of = draw_moment(rng, scenario, places)
        if rng.random() < 0.6:
            as_of = datetime.combine(scenario.span.first, time(0), scenario.zone)
        long_ago = datetime(2020, 1, 1, tzinfo=scenario.zone)
        plan = replace(plan_of(rng, ReplanContext.of(scenario), places, likes=0), as_of=long_ago)
        entered = Entries.of(withdrawals=draw_withdrawals(rng, scenario, dict(plan.placed), as_of))
        if replan_input(scenario, plan, entered, as_of).context.hit:
            return scenario, plan, entered, as_of


def _with_ways_out(rng: Random, operation: Operation) -> Operation:
    operation = replace(operation, without_police=rng.random() < 0.5)
    if not operation.must and operation.fixed is None and rng.random() < 0.3:
        return replace(operation, reserve=True)
    return operation


class Tried:
    """The year without its hit operations, and what can stand in it, by trying."""

    def __init__(self, context: ReplanContext, changed: Mapping[str, Operation] | None = None) -> None:
        operations = {**context.scenario.operations, **(changed or {})}
        scenario = replace(context.scenario, operations=operations)
        self.context = ReplanContext.of(scenario, context.base, context.unpinned)
        base = context.base
        assert base is not None
        self.old = base.placements
        stay = {id: place for id, place in self.old.items() if id not in context.hit}
        # Who only joins gives way to who is needed.
        self.others: Places = {id: replace(place, optional_agencies=()) for id, place in stay.items()}

    def places(self, id: str) -> list[Placement]:
        """Every placement of which no rule says, for it alone, that it cannot be."""
        scenario = self.context.scenario
        slots, untied = (
            [Slot(day, shift.id) for day in scenario.span.days() for shift in scenario.shifts],
            self.untied(),
        )
        staffings = product((None, *scenario.police), scenario.operations[id].choices)
        every = (Placement(id, slot, unit, any_of=some) for (unit, some), slot in product(staffings, slots))
        return [place for place in every if self.may_start(place) and not untied.broken({}, place)]

    def may_start(self, place: Placement) -> bool:
        base = self.context.base
        assert base is not None
        starts = self.context.scenario.moments(place.slot)[0]
        return starts > base.as_of or place.same_place(self.old.get(place.operation))

    def untied(self) -> "Tried":
        """The same, with no operation that hangs on another."""
        operations = self.context.scenario.operations.items()
        return Tried(self.context, {id: replace(o, after=None, same_slot_as=None) for id, o in operations})

    def broken(self, beside: Places, *placed: Placement) -> bool:
        """Whether a rule, freeze and notice aside, is broken by one of those placed beside others."""
        ids = {place.operation for place in placed}
        plan = bare(self.context, {**beside, **{p.operation: replace(p, optional_agencies=()) for p in placed}})
        return any(
            ids & set(breach.operations)
            for rule in HARD
            if rule.id not in SET_ASIDE
            for breach in rule.breaches(self.context, plan)
        )

    def struck(self, place: Placement) -> Iterator[tuple[Placement, ...]]:
        """The placement, and with it those of the hit operations that must be struck at its time."""
        hit = self.context.hit
        groups = [group for group in self.context.scenario.ties() if place.operation in group]
        partners = [id for group in groups for id in group if id in hit and id != place.operation]
        there = [[other for other in self.places(id) if other.slot == place.slot] for id in partners]
        for others in product(*there):
            if not self.broken(self.others, place, *others):
                yield (place, *others)

    def free(self, id: str) -> list[Placement]:
        return [place for place in self.places(id) if any(self.struck(place))]

    def cost(self, place: Placement) -> int:
        return min(self._cost(placed) for placed in self.struck(place))

    def _cost(self, placed: tuple[Placement, ...]) -> int:
        there = {**self.others, **{place.operation: place for place in placed}}
        plan = replace(bare(self.context, there), placements=joined(self.context.scenario, there.values()))
        return sum(price.points for price in prices(self.context, plan))


def ways(found: tuple[WayOut, ...], kind: str) -> list[Placement]:
    return [replace(way_out.placement, optional_agencies=()) for way_out in found if way_out.kind == kind]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_way_out_is_found_and_none_breaks_a_rule(seed: int) -> None:
    scenario, plan, entered, as_of = drawn(seed)
    context = on_the_day(replan_input(scenario, plan, entered, as_of).context)
    tried = Tried(context)
    for id, outs in ways_out(context).of_hit.items():
        kinds = [way_out.kind for way_out in outs]
        assert kinds == sorted(kinds, key=list(WayKind).index)
        old, order = replace(tried.old[id], optional_agencies=()), _order(context)
        free = tried.free(id)
        assert ways(outs, "stays") == [place for place in free if place.same_place(old)]
        others = [place for place in free if place.slot == old.slot and place.staffing != old.staffing]
        assert ways(outs, "other-unit") == sorted(others, key=order)
        later = [p for p in free if p.slot.day == old.slot.day and order(p)[0] > order(old)[0]]
        assert ways(outs, "another-shift") == sorted(later, key=order)
        rest = [place for place in free if place.slot != old.slot and place not in later]
        moves = ways(outs, "move")
        assert len({place.slot for place in moves}) == len(moves) == min(MOST_MOVES, len({p.slot for p in rest}))
        assert set(moves) <= set(rest)
        assert ways(outs, "fewer-officers") == list(_fewer(tried, context, old))
        assert ways(outs, "without-police") == list(_without(context, old))
        reserves = list(_reserves(context, id))
        assert ways(outs, "reserve") == [place for _, place in reserves]
        for way_out, (beside_it, place) in zip((out for out in outs if out.kind == "reserve"), reserves, strict=True):
            _assert_moves_meanwhile(tried, beside_it, place, way_out, tried.old[id])
        for way_out in outs:
            if way_out.kind == "move-others":
                assert 0 < len(way_out.moves) <= 2
                beside = {k: p for k, p in tried.others.items() if k not in {old.operation for old, _ in way_out.moves}}
                assert not tried.broken(beside, way_out.placement, *(new for _, new in way_out.moves))
        expected = _fewest_moved(tried, id, free)
        if expected is not None:
            assert [len(way_out.moves) for way_out in outs if way_out.kind == "move-others"] == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_reserves_that_stand_ready_are_found_and_a_replan_gives_them(seed: int, tmp_path: Path) -> None:
    scenario, plan, entered, as_of = drawn(seed)
    asked = replan_input(scenario, plan, entered, as_of)
    context, ready = on_the_day(asked.context), ways_out(asked.context).ready
    groups = [group for group in context.scenario.ties() if context.hit & set(group)]
    if any(context.before.keys() & set(group) - context.hit for group in groups):
        return  # of those struck together one counts in a limit: whether the others count without it is not tried here
    can = {place for _, place in _free_reserves(context) if place.slot.day == as_of.date()}
    assert (len(ready), {out.placement for out in ready}) == (len(can), can)
    for out in ready:
        file = tmp_path / "changes.yaml"
        file.write_text(json.dumps(out.changes))
        both = entered.and_then(read_entries([file], scenario))
        answer = replan(scenario, plan, both, as_of, EFFORT, ("fewest-changes",))
        made = answer.options["fewest-changes"]
        assert out.placement.same_place(made.placed.get(out.placement.operation)), out
        assert verify(answer.context, made).clean


@pytest.mark.parametrize("seed", SEEDS)
def test_other_slots_are_the_cheapest(seed: int) -> None:
    scenario, plan, entered, as_of = drawn(seed)
    context = on_the_day(replan_input(scenario, plan, entered, as_of).context)
    tried = Tried(context)
    for id, outs in ways_out(context).of_hit.items():
        moves = ways(outs, "move")
        if moves and "move" in [way_out.kind for way_out in outs]:
            left_out = {*ways(outs, "another-shift"), *moves}
            slots = {place.slot for place in (*left_out, tried.old[id])}
            rest = [tried.cost(place) for place in tried.free(id) if place.slot not in slots]
            assert max(tried.cost(place) for place in moves) <= min(rest, default=10**9)


def _order(context: ReplanContext):  # type: ignore[no-untyped-def]
    def order(place: Placement) -> tuple[datetime, int]:
        return context.scenario.moments(place.slot)[0], _unit(context, place)

    return order


def _unit(context: ReplanContext, place: Placement) -> int:
    return [None, *context.scenario.police].index(place.police)


def _fewer(tried: Tried, context: ReplanContext, old: Placement) -> Iterator[Placement]:
    operation = context.scenario.operations[old.operation]
    if not tried.broken(tried.others, old):
        return  # what is left is enough for it as it is
    for officers in range(operation.least - 1, 0, -1):
        fewer = replace(operation, officers_least=officers)
        if old.police is not None and not Tried(context, {fewer.id: fewer}).broken(tried.others, old):
            yield old
            return


def _without(context: ReplanContext, old: Placement) -> Iterator[Placement]:
    operation = context.scenario.operations[old.operation]
    if operation.without_police and operation.officers:
        alone = Tried(context, {operation.id: replace(operation, officers=0, officers_least=None, designated="none")})
        if alone.may_start(replace(old, police=None)) and not alone.broken(alone.others, replace(old, police=None)):
            yield replace(old, police=None)


def _reserves(context: ReplanContext, id: str) -> Iterator[tuple[Tried, Placement]]:
    """The reserves for its freed teams, each in the year where it is ordinary."""
    old, operations = Tried(context).old[id], context.scenario.operations
    freed = {*operations[id].agencies, *old.any_of, *old.optional_agencies}
    twins = {one for group in context.scenario.ties() if id in group for one in group}
    if twins & context.before.keys() - context.hit - context.history.keys():
        return  # it can neither move nor stay out alone
    for promoted, place in _free_reserves(context):
        if place.slot == old.slot and set(operations[place.operation].agencies) <= freed:
            yield promoted, place


def _free_reserves(context: ReplanContext) -> Iterator[tuple[Tried, Placement]]:
    """Where reserves can be carried out, in the order of units; without the police that they ask for, last."""
    for goes_without in (False, True):
        there = []
        for reserve in context.scenario.operations.values():
            can = not goes_without or (reserve.without_police and reserve.officers)
            if reserve.reserve and can:
                promoted = Tried(context, {reserve.id: _ordinary(reserve, goes_without=goes_without)})
                groups = [group for group in promoted.context.scenario.ties() if reserve.id in group]
                # One that must be struck at the time of a hit operation cannot come without it.
                if any(context.hit & set(group) for group in groups):
                    continue
                there += [(promoted, place) for place in promoted.free(reserve.id)]
        yield from sorted(there, key=lambda one: _unit(context, one[1]))


def _ordinary(reserve: Operation, *, goes_without: bool) -> Operation:
    promoted = replace(reserve, reserve=False)
    if not goes_without:
        return promoted
    return replace(promoted, officers=0, officers_least=None, designated="none", police_also={})


def _assert_moves_meanwhile(tried: Tried, beside: Tried, reserve: Placement, way_out: WayOut, old: Placement) -> None:
    """The hit operation moves to the cheapest place beside the reserve, on another date if it can, or stays out."""
    places = [place for place in tried.free(old.operation) if place.slot != old.slot]
    left = [p for p in places if any(not beside.broken(beside.others, reserve, *each) for each in tried.struck(p))]
    moved = [(before.operation, after) for before, after in way_out.moves]
    if not left:
        assert (moved, way_out.left_out[:1]) == ([], (old.operation,))
        assert set(_left_behind(tried, old.operation)) <= set(way_out.left_out)
        return
    assert old.operation not in way_out.left_out
    (id, new), *others = moved
    new = replace(new, optional_agencies=())
    assert (id, new in left) == (old.operation, True)
    assert not beside.broken(beside.others, reserve, new, *(place for _, place in others))
    other_dates = [place for place in left if place.slot.day != old.slot.day or place.slot < old.slot]
    if not others:
        assert tried.cost(new) == min(map(tried.cost, other_dates or left))


def _left_behind(tried: Tried, id: str) -> Iterator[str]:
    """Who follows it."""
    alone = bare(tried.context, tried.others)
    breaches = BY_ID["follow-up"].breaches(tried.context, alone)
    yield from (other for breach in breaches if id in breach.operations for other in breach.operations if other != id)


def _fewest_moved(tried: Tried, id: str, free: list[Placement]) -> list[int] | None:
    """How many others must move at the least for a place that is not free, as a list; None: too many ways to try."""
    blocked = [place for place in tried.places(id) if place not in free]
    movable = [other for other in tried.others if other not in tried.context.history]
    elsewhere = {
        other: [place for place in tried.places(other) if not place.same_place(tried.others[other])]
        for other in movable
    }
    for n in (1, 2):
        for some in combinations(movable, n):
            if len(blocked) * prod(len(elsewhere[other]) for other in some) > MOST_PAIRS // 4**n:
                return None
            beside = {other: place for other, place in tried.others.items() if other not in some}
            for place, *moved in product(blocked, *(elsewhere[other] for other in some)):
                if not tried.broken(beside, place, *moved):
                    return [n]
    return []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_replan_with_its_changes_comes_to_just_that(seed: int, tmp_path: Path) -> None:
    scenario, plan, entered, as_of = drawn(seed)
    asked, out = replan_input(scenario, plan, entered, as_of), scenario.planned.keys() - plan.placed.keys()
    for id, outs in ways_out(asked.context).of_hit.items():
        for way_out in outs:
            file = tmp_path / "changes.yaml"
            file.write_text(json.dumps(way_out.changes))
            both = entered.and_then(read_entries([file], scenario))
            answer = replan(scenario, plan, both, as_of, EFFORT, ("fewest-changes",))
            made = answer.options["fewest-changes"]
            told = (way_out, plan.placed, made.placed, made.levels)
            assert way_out.placement.same_place(made.placed.get(way_out.placement.operation)), told
            if way_out.kind == "reserve":
                assert (id in made.placed) == bool(way_out.moves), told
                assert made.placed[way_out.placement.operation].police == way_out.placement.police, told
            assert all(old.same_place(plan.placed[old.operation]) for old, _ in way_out.moves), told
            # A must that was out, or is hit too, may come in at the cost of others: that is no part of the way out.
            if not any(o.is_must for o in scenario.planned.values() if o.id in asked.context.hit - {id} | out):
                assert all(new.same_place(made.placed.get(new.operation)) for _, new in way_out.moves), told
                moved = {id, *(old.operation for old, _ in way_out.moves), *asked.context.hit}
                for other in plan.placed.keys() - moved - asked.context.loosened:
                    assert plan.placed[other].same_place(made.placed.get(other)), (other, told)
            assert verify(answer.context, made).clean


@pytest.mark.parametrize("seed", SEEDS)
def test_free_teams_are_as_many_as_the_rules_let_work_there(seed: int) -> None:
    context = replan_input(*drawn(seed)).context
    tried = Tried(context)
    found = {(free.slot, free.agency): free.teams for free in free_teams(context, by_start(context, context.hit))}
    for id in context.hit:
        old = tried.old[id]
        for agency in {*context.scenario.operations[id].agencies, *old.optional_agencies, *old.any_of}:
            free = found.get((old.slot, agency), 0)
            for teams in {free, free + 1} - {0}:
                more = Operation("MORE", "", "akc", agency, "other", "city", agencies={agency: teams})
                one_more = Tried(context, {"MORE": more})
                plan = bare(one_more.context, {**tried.others, "MORE": Placement("MORE", old.slot, None)})
                rules = [BY_ID[rule] for rule in ("agency-teams", "agency-load", "daily-rest")]
                broken = any("MORE" in b.operations for rule in rules for b in rule.breaches(one_more.context, plan))
                assert broken == (teams > free), (agency, old.slot, free, teams)
