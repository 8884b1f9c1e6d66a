"""The operations of a plan whose places no longer hold when offers, pins or the scenario change.

The rules' own checks are applied to the old placements under present conditions. The old plan kept every rule when it
was made, so anything broken now is broken by the change.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from arshjul.domain.plan import Base, Plan, Unplaced
from arshjul.domain.replan_context import ReplanContext
from arshjul.rules import HARD, OF_OFFICERS
from arshjul.rules.rule import Breach, Rule


def hit(context: ReplanContext, only_officers: bool = False) -> frozenset[str]:
    """The operations of the context's base that can no longer all keep their places.

    These are the operations in any breach, those called off, and those to be left out; also those that all participants
    agreed to have elsewhere, even if that place cannot be held. Operations that have begun are not hit, and cause no
    breach. `only_officers`: the plan kept every rule, and only withdrawals or officers given back are new. Then only
    the rules about officers are asked, each of which judges a unit by itself, and only about units with a withdrawal
    ahead.
    """
    gone, old = broken(context, only_officers).keys(), context.before.keys()
    return frozenset((gone & old - context.history.keys()) | context.called_off | (context.demands.left_out & old))


def broken(context: ReplanContext, only_officers: bool = False) -> Mapping[str, frozenset[str]]:
    """The rules that the old placements break under present conditions, by each operation that could give way.

    Operations that were called off count no more. `only_officers` as in `hit`.
    """
    base, demands = context.base, context.demands
    if base is None:
        return {}
    plan = _standing(base, context, _short(context) if only_officers else None)
    asked = replace(context, demands=replace(demands, left_out=frozenset()), base=replace(base, yielded=frozenset()))
    found: dict[str, set[str]] = defaultdict(set)
    for breach in _breaches(asked, plan, OF_OFFICERS if only_officers else HARD):
        if context.called_off.isdisjoint(breach.operations):
            for id in breach.yielding:
                found[id].add(breach.rule)
    return {id: frozenset(rules) for id, rules in found.items()}


def _short(context: ReplanContext) -> frozenset[str]:
    """The units with a withdrawal that has not ended before the moment."""
    today = None if context.as_of is None else context.as_of.date()
    ahead = (one for one in context.scenario.taken if today is None or one.last is None or one.last >= today)
    return frozenset(unit for one in ahead for unit in one.police)


def _standing(base: Base, context: ReplanContext, units: frozenset[str] | None) -> Plan:
    """The old placements as a plan, of these units only unless None; joining agencies are left to be settled again."""
    operations = context.scenario.operations
    placements = [
        replace(one, optional_agencies=())
        for id, one in base.placements.items()
        if id not in context.called_off and (units is None or not units.isdisjoint(operations[id].lent(one.police)))
    ]
    there = {placement.operation for placement in placements}
    unplaced = tuple(Unplaced(id) for id in context.scenario.planned if id not in there)
    return Plan(base.as_of, tuple(placements), unplaced)


def _breaches(context: ReplanContext, plan: Plan, rules: Sequence[Rule]) -> Iterator[Breach]:
    for rule in rules:
        yield from rule.breaches(context, plan)
