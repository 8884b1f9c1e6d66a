"""Which operations of a plan lose what they stand on when offers, pins or the scenario become others.

The rules' own checks are asked of the old placements as things are now. The old plan kept every rule
when it was made, so whatever is broken is broken by what is new.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from arshjul.domain.plan import Base, Plan, Unplaced
from arshjul.domain.replan_context import ReplanContext
from arshjul.rules import HARD
from arshjul.rules.rule import Breach, Rule


def hit(context: ReplanContext, rules: Sequence[Rule] = HARD) -> frozenset[str]:
    """The operations of the context's base that can no longer all stand where they do.

    All that take part in a breach are, and what was called off or is to be left out; and what all agreed to
    have elsewhere, though it cannot all be held there. What started before the moment is not, and breaks nothing.
    `rules`: those that what is new can break; `OF_OFFICERS`, where the plan kept all and only officers were taken back.
    """
    base, demands = context.base, context.demands
    if base is None:
        return frozenset()
    called_off = {id for id, placement in base.placements.items() if demands.is_called_off(id, placement.slot.day)}
    left_out = demands.left_out & base.placements.keys()
    plan = _standing(base, context, called_off)
    asked = replace(context, demands=replace(demands, left_out=frozenset()), base=replace(base, yielded=frozenset()))
    gone = {
        id
        for breach in _breaches(asked, plan, rules)
        if not called_off & {*breach.operations}
        for id in breach.yielding
    }
    return frozenset((gone & base.placements.keys() - context.history.keys()) | called_off | left_out)


def _standing(base: Base, context: ReplanContext, called_off: set[str]) -> Plan:
    """The old placements as a plan; who joins is settled anew in any case."""
    placements = [replace(one, optional_agencies=()) for id, one in base.placements.items() if id not in called_off]
    there = {placement.operation for placement in placements}
    unplaced = tuple(Unplaced(id) for id in context.scenario.planned if id not in there)
    return Plan(base.as_of, tuple(placements), unplaced)


def _breaches(context: ReplanContext, plan: Plan, rules: Sequence[Rule]) -> Iterator[Breach]:
    for rule in rules:
        yield from rule.breaches(context, plan)
