"""The nearest miss of what is left out: more of what it asks for, and the operation fits; else no offer helps there."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache, partial
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.operation import Operation, Placement, Staffing
from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.plan import Plan, Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Settings
from arshjul.year.planning.check.check import doubts
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.places.explain import explain, explain_date
from arshjul.year.planning.places.finder import StandingPlan
from arshjul.year.planning.places.police_wishes import PLENTY, police_wishes
from arshjul.year.planning.places.reasons import look, unplaced, why
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.problem import Hindrance, PlanningProblem
from arshjul.year.rules import BY_ID, HARD, builder_of
from arshjul.year.rules.objectives import ALL_LEVELS
from tests.builders import operation, scenario
from tests.examples import often
from tests.year.planning.places.test_police_wishes import going_on
from tests.year.planning.test_oracle import tiny
from tests.year.rules.agreement import told, without_joins
from tests.year.rules.specimens import Specimen, first_specimen, replan_specimen

COUNTS = pytest.mark.parametrize("examples", often([5], [300]))


def specimens(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@COUNTS
def test_nothing_hinders_exactly_where_the_plan_would_keep_every_rule(examples: int) -> None:
    @specimens(examples)
    @given(st.sampled_from((first_specimen, replan_specimen)), st.integers(0, 2**31), st.integers(3, 8))
    def holds(make, seed: int, n_operations: int) -> None:  # type: ignore[no-untyped-def]
        specimen: Specimen = make(seed, n_operations)
        context, rng = specimen.anew(), Random(seed)
        builder = builder_of(context)
        for plan in specimen.plans:
            bare = without_joins(plan)
            if _breaches(context, bare) or any(builder.option(place) is None for place in plan.placements):
                continue
            problem = PlanningProblem.of(context, builder, ALL_LEVELS, bare.placed)
            for one, slot, who in _places(rng, context, bare, 6):
                hindrances = list(problem.hindrances(one, slot, who))
                broken = _breaches(context, _with(bare, Placement(one.id, slot, who.police, any_of=who.any_of)))
                assert bool(hindrances) == bool(broken), (one.id, slot, who, hindrances, broken, told(plan))
                assert all(str(hindrance.text) for hindrance in hindrances)

    holds()


@COUNTS
def test_what_is_missing_is_what_would_just_do(examples: int) -> None:
    @specimens(examples)
    @given(st.integers(0, 2**31), st.integers(3, 8))
    def holds(seed: int, n_operations: int) -> None:
        context, rng = first_specimen(seed, n_operations).anew(), Random(seed)
        for one, slot, (unit, chosen) in _places(rng, context, None, 12):
            operation = one.choosing(chosen)
            for rule in ("police-officers", "designated-officer", "agency-teams"):
                bit = context.slots.grid.single(slot)
                if BY_ID[rule].allowed(context, operation, unit) & bit:
                    continue
                missing = BY_ID[rule].missing(context, operation, slot, unit)
                assert missing is not None
                for more in (missing - 1, missing):
                    richer = _richer(context, rule, operation, slot, unit, more)
                    allowed = BY_ID[rule].allowed(richer, operation, unit) & bit
                    assert bool(allowed) == (more == missing), (rule, operation.id, slot, unit, missing)

    holds()


def _places(
    rng: Random, context: ReplanContext, plan: Plan | None, n: int
) -> Iterator[tuple[Operation, Slot, Staffing]]:
    """Some places of operations that may move, elsewhere than where they stand; slots of others among them."""
    free = [o for o in context.scenario.operations.values() if o.id not in context.kept]
    for _ in range(n if free else 0):
        operation = rng.choice(free)
        slot = context.slots.grid.slot(rng.randrange(context.slots.grid.size))
        if plan is not None and plan.placements and rng.random() < 0.6:
            near = rng.choice(plan.placements).slot
            slot = rng.choice([near, Slot(near.day, slot.shift)])
        for who in context.scenario.staffings(operation):
            place = Placement(operation.id, slot, who.police, any_of=who.any_of)
            if plan is None or not place.same_place(plan.placed.get(operation.id)):
                yield operation, slot, who


def _with(plan: Plan, place: Placement) -> Plan:
    placements = (*(other for other in plan.placements if other.operation != place.operation), place)
    return replace(
        plan,
        placements=placements,
        unplaced=tuple(Unplaced(u.operation) for u in plan.unplaced if u.operation != place.operation),
    )


def _breaches(context: ReplanContext, plan: Plan) -> list[str]:
    return [str(breach.text) for rule in HARD for breach in rule.breaches(context, plan)]


def _richer(
    context: ReplanContext, rule: str, operation: Operation, slot: Slot, unit: str | None, more: int
) -> ReplanContext:
    """The context with so many more offered at the slot: of the officers or teams that are short, one by one."""
    scenario, slots = context.scenario, operation.slots(slot)
    if rule == "agency-teams":
        agencies = dict(scenario.agencies)
        for id, teams in operation.agencies.items():
            agency = agencies[id]
            given = min(more, max(max(teams - agency.offer(there), 0) for there in slots))
            more -= given
            lines = [TeamLine(_at(there), agency.offer(there) + given) for there in slots]
            agencies[id] = replace(agency, teams=(*agency.teams, *lines))
        return ReplanContext.of(replace(scenario, agencies=agencies))
    police = dict(scenario.police)
    needed = {unit or "": operation.officers_least or operation.officers, **operation.police_also}
    for id, officers in needed.items():
        offers = {there: scenario.police_offer(id, there) for there in slots}
        short = max(max(officers - offer.officers, 0) for offer in offers.values())
        given = min(more, short) if rule == "police-officers" else 0
        more -= given
        extra = more if rule == "designated-officer" and id == unit else 0
        added = [OfficerLine(_at(s), o.officers + given, o.designated + extra) for s, o in offers.items()]
        police[id] = replace(police[id], officers=(*police[id].officers, *added))
    return ReplanContext.of(replace(scenario, police=police))


# The nearest miss.


AS_OF = datetime(2026, 12, 1, 9)


@COUNTS
def test_with_what_the_nearest_miss_asks_for_it_fits(examples: int) -> None:
    asked = 0

    @specimens(examples)
    @given(st.sampled_from((first_specimen, replan_specimen)), st.integers(0, 2**31), st.integers(3, 8))
    def holds(make, seed: int, n_operations: int) -> None:  # type: ignore[no-untyped-def]
        nonlocal asked
        specimen: Specimen = make(seed, n_operations)
        for context, plan, out in _left_out(specimen):
            problem = PlanningProblem.of(context, builder_of(context), (), plan.placed)
            seen = look(problem, out)
            for slot in seen.free:
                assert _fits(context, plan, out, slot), (out.id, slot)
            if seen.nearest:
                asked += 1
                slot = seen.nearest[0].slot
                assert not _fits(context, plan, out, slot), (out.id, slot)
                assert _fits(_with_more(context, seen.nearest, out), plan, out, slot), (out.id, slot, seen.nearest)
            else:
                numbers = context.slots.grid.numbers(context.slots.grid.all)
                slots = [slot for slot in map(context.slots.grid.slot, numbers) if slot not in seen.free]
                plenty = cache(partial(_with_plenty, context))
                fitting = [
                    slot for slot in slots if _fits(plenty(_staff_with_plenty(context, out, slot)), plan, out, slot)
                ]
                assert not fitting, (out.id, fitting)

    holds()
    assert asked


def _left_out(specimen: Specimen) -> Iterable[tuple[ReplanContext, Plan, Operation]]:
    """What the specimen's sound plans leave out, two of each."""
    context = specimen.anew()
    builder = builder_of(context)
    for plan in specimen.plans:
        bare = without_joins(plan)
        sound = not _broken(context, bare) and all(builder.option(place) is not None for place in plan.placements)
        for id in sorted(context.scenario.planned.keys() - bare.placed.keys())[:2] if sound else ():
            if context.scenario.staffings(context.scenario.operations[id]):
                yield context, bare, context.scenario.operations[id]


def _fits(context: ReplanContext, plan: Plan, one: Operation, slot: Slot) -> bool:
    """True if the plan with the operation at the slot besides keeps every rule, by the rules' own checks."""
    out = tuple(Unplaced(u.operation) for u in plan.unplaced if u.operation != one.id)
    for unit, chosen in context.scenario.staffings(one):
        place = Placement(one.id, slot, unit, any_of=chosen)
        fuller = replace(plan, placements=(*plan.placements, place), unplaced=out)
        if context.slots.grid.single(slot) and not _broken(context, fuller):
            return True
    return False


def _broken(context: ReplanContext, plan: Plan) -> bool:
    return any(True for rule in HARD for _ in rule.breaches(context, plan))


def _with_more(context: ReplanContext, missing: Iterable[Hindrance], one: Operation) -> ReplanContext:
    """The context with so many more officers and teams as the hindrances name."""
    year = context.scenario
    for hindrance in missing:
        party, more = hindrance.subject.party or "", hindrance.missing or 0
        slots = one.slots(hindrance.slot)
        if hindrance.rule == "agency-teams":
            year = _with_teams(year, party, {slot: year.agencies[party].offer(slot) + more for slot in slots})
        elif hindrance.subject.month is not None:
            unit = year.police[party]
            limit = (unit.officer_shifts_per_month or 0) + more
            year = replace(year, police={**year.police, party: replace(unit, officer_shifts_per_month=limit)})
        else:
            offers = {slot: year.police_offer(party, slot) for slot in slots}
            officers, designated = (more, 0) if hindrance.rule == "police-officers" else (0, more)
            lent = {s: (offer.officers + officers, offer.designated + designated) for s, offer in offers.items()}
            year = _with_officers(year, party, lent)
    return _seen_in(context, year)


def _staff_with_plenty(context: ReplanContext, one: Operation, slot: Slot) -> tuple[int, ...]:
    """The staff of each agency: as there is, where enough is offered, or all that the operation needs of it.

    One that has fewer teams than it offers must let them rest, however many it offers.
    """
    ways = [one.choosing(who.any_of).agencies for who in context.scenario.staffings(one)]
    found = []
    for id, agency in context.scenario.agencies.items():
        needed = max((agencies.get(id, 0) for agencies in ways), default=0)
        is_short = min(agency.offer(there) for there in one.slots(slot)) < needed
        found.append(max(agency.staff_teams, needed if is_short else 0))
    return tuple(found)


def _with_plenty(context: ReplanContext, staff: tuple[int, ...]) -> ReplanContext:
    """The context with more officers and teams than anybody needs, and that staff of each agency."""
    year = context.scenario
    for id, unit in year.police.items():
        more = replace(unit, officers=(OfficerLine(Matching(), PLENTY, PLENTY),))
        year = replace(year, police={**year.police, id: more}, taken=())
    for n_teams, (id, agency) in zip(staff, year.agencies.items(), strict=True):
        richer = replace(agency, teams=(TeamLine(Matching(), PLENTY),), staff_teams=n_teams)
        year = replace(year, agencies={**year.agencies, id: richer})
    return _seen_in(context, year)


def _seen_in(context: ReplanContext, year: Scenario) -> ReplanContext:
    return ReplanContext.of(year, context.base, context.unpinned, as_of=context.as_of, demands=context.demands)


def _with_teams(year: Scenario, agency: str, teams: dict[Slot, int]) -> Scenario:
    known = year.agencies[agency]
    lines = tuple(TeamLine(_at(slot), n) for slot, n in teams.items())
    # As in a scenario that does not say it: there are as many teams as are offered anywhere.
    richer = replace(known, teams=(*known.teams, *lines), staff_teams=max(known.staff_teams, *teams.values()))
    return replace(year, agencies={**year.agencies, agency: richer})


def _with_officers(year: Scenario, unit: str, lent: dict[Slot, tuple[int, int]]) -> Scenario:
    known = year.police[unit]
    lines = tuple(OfficerLine(_at(slot), *numbers) for slot, numbers in lent.items())
    return replace(year, police={**year.police, unit: replace(known, officers=(*known.officers, *lines))}, taken=())


def _at(slot: Slot) -> Matching:
    return Matching(None, slot.shift, slot.day, slot.day)


@pytest.mark.parametrize("seed", often(range(8), range(80)))
def test_reasons_explain_and_ask_say_the_same(seed: int) -> None:
    year = tiny(Random(seed))
    as_of = datetime.combine(year.span.first, time(0), tzinfo=year.zone)
    plan = going_on(make_plan(year, as_of, Effort(60)).plan)
    wishes = police_wishes(year, plan, as_of)
    for out in plan.unplaced:
        one = year.operations[out.operation]
        problem = StandingPlan.of(year, plan, as_of, frozenset({one.id})).problem()
        seen, left = look(problem, one), unplaced(problem, one)
        as_told = replace(plan, unplaced=(left,))
        assert [str(text) for text in explain(year, as_told, one.id, as_of).sentences[1:]] == [
            str(reason.text) for reason in left.reasons
        ]
        if not seen.nearest:
            continue
        there = seen.nearest[0].slot
        said = explain_date(year, plan, one.id, there.day, as_of).sentences
        assert str(why(seen.nearest)) in " ".join(map(str, said))
        lacking = {(hindrance.rule == "agency-teams", hindrance.subject) for hindrance in seen.nearest}
        (is_teams, subject), *more = lacking
        if not more and not is_teams and subject.month is None and one.days == 1:
            assert (subject.party, there) in {(wish.unit, wish.slot) for wish in wishes.further}
            assert one.id not in wishes.out_of_reach
        if one.officers and one.id in wishes.out_of_reach:
            assert more or is_teams or subject.month is not None or one.days > 1


def three_at_the_market() -> Scenario:
    """Three operations of one sector and area in one week, fourteen days to lie between; an agency is away once."""
    week = Span(date(2027, 3, 1), date(2027, 3, 5))
    year = scenario([operation(f"OP-{n}", sector="market", window=week, agencies={"miljo": 1}) for n in (1, 2, 3)])
    settings = Settings.of(sector_spacing_days=14)
    miljo = year.agencies["miljo"]
    away = TeamLine(Matching(first=date(2027, 3, 3), last=date(2027, 3, 3)), 0)
    agencies = {**year.agencies, "miljo": replace(miljo, teams=(TeamLine(Matching(), 3), away), staff_teams=3)}
    city = replace(year.police["lpo-city"], officers=(OfficerLine(Matching(), 20, 20),))
    return replace(year, settings=settings, agencies=agencies, police={city.id: city})


def test_a_team_that_would_not_help_is_not_asked_for() -> None:
    year = three_at_the_market()
    plan = make_plan(year, AS_OF.replace(tzinfo=year.zone), Effort(20)).plan
    assert len(plan.unplaced) == 2
    for out in plan.unplaced:
        assert {reason.rule for reason in out.reasons} == {"sector-spacing"}


def test_check_warns_of_operations_that_can_only_lie_too_near_each_other() -> None:
    year = three_at_the_market()
    warned = [doubt for doubt in doubts(ReplanContext.of(year)) if doubt.kind == "no-room"]
    assert [doubt.where for doubt in warned] == [("rules", "sector_spacing_days")]
    assert warned[0].text.values["operations"] == ["OP-1", "OP-2", "OP-3"]
    for days, kinds in ((4, ["no-room"]), (2, [])):  # four days apart two have room, two days apart all three
        apart = replace(year, settings=Settings.of(sector_spacing_days=days))
        assert [doubt.kind for doubt in doubts(ReplanContext.of(apart)) if doubt.kind == "no-room"] == kinds
    one = replace(year, operations={**year.operations, "OP-2": replace(year.operations["OP-2"], spacing_days=0)})
    (left,) = [doubt for doubt in doubts(ReplanContext.of(one)) if doubt.kind == "no-room"]
    assert left.text.values["operations"] == ["OP-1", "OP-3"]


def test_a_market_week_with_no_distance_of_its_own_is_one_occasion() -> None:
    year = three_at_the_market()
    week = {id: replace(one, spacing_days=0) for id, one in year.operations.items()}
    plan = make_plan(replace(year, operations=week), AS_OF.replace(tzinfo=year.zone), Effort(20)).plan
    assert not plan.unplaced
