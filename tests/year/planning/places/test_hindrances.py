"""What explains a slot says nothing exactly when the operation could go there; judged by the checks alone."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.operation import Operation, Placement, Staffing
from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.plan import Plan, Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.planning.problem import PlanningProblem
from arshjul.year.rules import BY_ID, HARD, builder_of
from arshjul.year.rules.objectives import ALL_LEVELS
from tests.examples import often
from tests.year.rules.agreement import told, without_joins
from tests.year.rules.specimens import Specimen, first_specimen, replan_specimen

COUNTS = pytest.mark.parametrize("examples", often([10], [300]))


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
            if _broken(context, bare) or any(builder.option(place) is None for place in plan.placements):
                continue
            problem = PlanningProblem.of(context, builder, ALL_LEVELS, bare.placed)
            for operation, slot, who in _places(rng, context, bare, 6):
                hindrances = list(problem.hindrances(operation, slot, who))
                broken = _broken(context, _with(bare, Placement(operation.id, slot, who.police, any_of=who.any_of)))
                assert bool(hindrances) == bool(broken), (operation.id, slot, who, hindrances, broken, told(plan))
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


def _broken(context: ReplanContext, plan: Plan) -> list[str]:
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


def _at(slot: Slot) -> Matching:
    return Matching(None, slot.shift, slot.day, slot.day)
