"""The best that can be, found by trying every combination: no board, no solver.

It asks nothing but each rule's own check and the levels counted on a finished plan. A placement that
breaks a rule all by itself is not tried; a combination that too much already stands in is not gone
further into, for nothing added would mend it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product

from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.operation import Placement, Staffing
from arshjul.year.domain.plan import Plan, Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.planning.verify import values
from arshjul.year.rules import BY_ID, HARD

# What a placement breaks by itself, whatever else stands where; first what refuses most.
BY_ITSELF = ("window", "open-day", "placement", "lead-time", "fixed", "not-past", "freeze", "notice")

# What is broken already stays so, whatever is added.
FOR_GOOD = (
    "police-officers", "designated-officer", "agency-teams", "agency-load", "daily-rest", "sector-spacing",
    "daily-limit", "apart",
)  # fmt: skip

Places = tuple[Placement, ...]


def best(context: ReplanContext, levels: Sequence[str], as_of: datetime) -> tuple[int, ...] | None:
    """The values of the levels, each decided before the next; None where no plan keeps every rule."""
    found = (
        tuple(counted[level] for level in levels)
        for plan in plans(context, as_of)
        for counted in [values(context, plan)]
    )
    return min(found, default=None)


def plans(context: ReplanContext, as_of: datetime) -> Iterator[Plan]:
    """Every plan that keeps every rule. Who joins is left out: no rule or level asks for it."""
    choices = [possibilities(context, operation, as_of) for operation in context.scenario.operations]
    # What stays comes first: a limit that history exceeds binds the others only once it stands there.
    choices.sort(key=lambda places: len(places) > 1)
    for places in _combined(context, choices, (), as_of):
        plan = _plan(context, places, as_of)
        if not any(breach for rule in HARD for breach in rule.breaches(context, plan)):
            yield plan


def possibilities(context: ReplanContext, operation: str, as_of: datetime) -> list[Placement | None]:
    """The places that an operation may have, None for none."""
    scenario = context.scenario
    slots = [Slot(day, shift.id) for day in scenario.span.days() for shift in scenario.shifts]
    choices = scenario.operations[operation].choices
    staffings = [Staffing(unit, chosen) for unit in (None, *scenario.police) for chosen in choices]
    others = tuple(Unplaced(id) for id in scenario.planned if id != operation)
    out = _plan(context, (), as_of)
    placements: list[Placement | None] = [] if _breaks(context, operation, out) else [None]
    for slot, who in product(slots, staffings):
        place = Placement(operation, slot, who.police, any_of=who.any_of)
        if not _breaks(context, operation, Plan(as_of, (place,), others, base=context.base)):
            placements.append(place)
    return placements


def _combined(
    context: ReplanContext, choices: Sequence[Sequence[Placement | None]], places: Places, as_of: datetime
) -> Iterator[Places]:
    if not choices:
        yield places
        return
    for place in choices[0]:
        more = places if place is None else (*places, place)
        if place is None or not _broken(context, more, as_of):
            yield from _combined(context, choices[1:], more, as_of)


def _broken(context: ReplanContext, places: Places, as_of: datetime) -> bool:
    plan = _plan(context, places, as_of)
    return any(breach for id in FOR_GOOD for breach in BY_ID[id].breaches(context, plan))


def _breaks(context: ReplanContext, operation: str, plan: Plan) -> bool:
    return any(operation in breach.operations for id in BY_ITSELF for breach in BY_ID[id].breaches(context, plan))


def _plan(context: ReplanContext, places: Places, as_of: datetime) -> Plan:
    placed = {place.operation for place in places}
    left_out = tuple(Unplaced(id) for id in context.scenario.planned if id not in placed)
    return Plan(as_of, places, left_out, base=context.base)
