"""What the rules are tried on: a context and plans that nearly keep, and nearly break, every rule."""

from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext, joined
from arshjul.year.domain.slot_tables import SlotTables
from arshjul.year.rules import BY_ID
from tests.year.rules.generators import apart, draw_scenario, with_avoided
from tests.year.rules.keeping import kept, one_moved, restaffed, thinned
from tests.year.rules.places import Places, at_the_turn, bare, crowd, few
from tests.year.rules.replans import draw_moment, draw_replan, mended

# Without these three the two sides of a price may differ, and are meant to: a plan that breaks them is
# no plan that is ever priced.
PRICED_ON = ("agency-teams", "designated-officer", "together")


@dataclass(frozen=True, slots=True)
class Specimen:
    """A context, and plans in it. `ties_kept`, `priced`: the numbers of plans that keep what some rules rest on."""

    context: ReplanContext
    plans: tuple[Plan, ...]
    ties_kept: frozenset[int]
    priced: frozenset[int]

    def anew(self) -> ReplanContext:
        """The same context with nothing worked out yet."""
        return replace(self.context, slots=SlotTables.of(self.context.scenario))


@lru_cache(maxsize=2000)
def first_specimen(seed: int, n_operations: int) -> Specimen:
    """A first plan's context and plans, drawn from the seed."""
    rng = Random(seed)
    scenario = draw_scenario(rng, n_operations)
    drawn = [crowd(rng, scenario) for _ in range(6)]
    as_of = draw_moment(rng, scenario, drawn[0]) if rng.random() < 0.2 else None
    return _specimen(rng, ReplanContext.of(scenario, as_of=as_of), drawn)


@lru_cache(maxsize=2000)
def replan_specimen(seed: int, n_operations: int) -> Specimen:
    """A replan's context and plans, drawn from the seed."""
    rng = Random(seed)
    context = draw_replan(rng, draw_scenario(rng, n_operations + 2))
    return _specimen(rng, context, [mended(rng, context) for _ in range(6)])


def _specimen(rng: Random, context: ReplanContext, drawn: list[Places]) -> Specimen:
    """Plans as drawn; some that keep what prices rest on; some that keep every rule; and these with one thing moved."""
    drawn += [few(rng, context, places) for places in drawn]
    drawn += [at_the_turn(rng, context) for _ in range(4)]
    drawn += [thinned(rng, context, places, PRICED_ON) for places in drawn[:4]]
    for _ in range(2):
        good = kept(rng, context)
        drawn += [good, *(one_moved(rng, context, good) for _ in range(3))]
    if context.base is not None:
        drawn.append(restaffed(rng, context))
    avoiding = with_avoided(apart(rng, "avoid"), context.scenario)
    return specimen_of(
        replace(context, slots=SlotTables.of(avoiding)), tuple(plan_of(rng, context, places) for places in drawn)
    )


def specimen_of(context: ReplanContext, plans: tuple[Plan, ...]) -> Specimen:
    """The specimen of those plans, whatever they keep."""
    keeping = {
        id: {n for n, plan in enumerate(plans) if not any(BY_ID[id].breaches(context, plan))} for id in PRICED_ON
    }
    return Specimen(context, plans, frozenset(keeping["together"]), frozenset(set.intersection(*keeping.values())))


def plan_of(rng: Random, context: ReplanContext, places: Places, *, likes: float = 0.15) -> Plan:
    """The plan of those placements, joined by optional agencies as they can, or seldom as they like."""
    scenario = context.scenario
    before = None if context.base is None else context.base.placements
    plan = bare(context, places)
    placements = list(joined(scenario, places.values(), before))
    if rng.random() < likes:
        for number, placement in enumerate(placements):
            optional = tuple(
                a for a in scenario.operations[placement.operation].optional_agencies if rng.random() < 0.7
            )
            if placement.operation not in context.history:
                placements[number] = replace(placement, optional_agencies=optional)
    return replace(plan, placements=tuple(placements))
