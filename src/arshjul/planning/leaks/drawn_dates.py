"""Years in which each operation's date is drawn from those on which it could stand by itself."""

from collections.abc import Iterator
from random import Random

from arshjul.domain.calendar import Slot
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.rules import possible


def drawn_dates(scenario: Scenario, plan: Plan, n: int, seed: int) -> Iterator[dict[str, Slot]]:
    """So many years: a slot for each placed operation, with the unit and agencies that it has in the plan.

    Each is drawn by itself, so rules about several together may be broken. What could stand nowhere now stays.
    """
    context = ReplanContext.of(scenario, unpinned=plan.unpinned)
    grid = context.slots.grid
    choices = {}
    for place in plan.placements:
        if place.operation in scenario.operations:
            free = possible(context, scenario.operations[place.operation]).get(place.staffing, 0)
            choices[place.operation] = [grid.slot(number) for number in grid.numbers(free)] or [place.slot]
    for number in range(n):
        rng = Random(f"{seed} {number}")
        yield {id: rng.choice(slots) for id, slots in choices.items()}
