"""Pinned operations that cannot all stand where they are pinned, told by the rules' own checks and without solving.

Limits on a day, week or month, and follow-ups, are told by `contradictions`, also for operations that are not pinned.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import product
from math import prod

from arshjul.domain.operation import Operation, Pin, Staffing
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.errors import KeyName, Message
from arshjul.planning.check.contradictions import Doubt
from arshjul.rules import BY_ID, possible
from arshjul.rules.rule import Breach, Rule

MOST_STAFFINGS = 64
"""Of groups of operations that can be staffed in more ways nothing is told, since not all ways are looked at."""

_PARTY = Message("offer more there, or let another unit or agency take one of them")
_REMEDIES: Mapping[str, Message] = {
    "police-officers": _PARTY,
    "designated-officer": _PARTY,
    "agency-teams": _PARTY,
    "daily-rest": _PARTY,
    "sector-spacing": Message(
        "give one of them a smaller {key}, 0 for a week that is one occasion", {"key": KeyName("spacing_days")}
    ),
    "apart": Message("let them share a date or week"),
    "together": Message("let them lie at different times"),
}
"""What helps besides other pins, by rule."""

_RULES = tuple(BY_ID[id] for id in _REMEDIES)


@dataclass(frozen=True, slots=True)
class PinnedTogether:
    """A doubt about pinned operations, and their ids."""

    operations: frozenset[str]
    doubt: Doubt


def pinned_together(context: ReplanContext) -> Iterator[PinnedTogether]:
    """Each set of pinned operations that break a rule together, whoever serves them, with all rules that they break."""
    pinned = {one.operation.id: one for one in _pinned(context)}
    found: dict[frozenset[str], list[Breach]] = {}
    for breach in _broken(context, [one.placements[0] for one in pinned.values()], _RULES):
        ids = [id for id in pinned if id in breach.operations]
        if _always_breaks(context, pinned, breach.rule, ids):
            for id in [id for id in ids if len(pinned[id].placements) > 1]:  # it may be served by somebody else
                less = [one for one in ids if one != id]
                ids = less if _always_breaks(context, pinned, breach.rule, less) else ids
            found.setdefault(frozenset(ids), []).append(breach)
    order = list(context.scenario.operations)
    for there, breaches in found.items():
        ids = [id for id in pinned if id in there]
        values = {
            "operations": [_at(context, pinned[id].operation, pinned[id].pin) for id in ids],
            "why": [*{str(one.text): one.text for one in breaches}.values()],
            "remedy": _REMEDIES[breaches[0].rule],
        }
        text = Message(
            "{operations} cannot all be where they are pinned: {why}. Pin one of them to another time, or {remedy}; "
            "otherwise some are left out.",
            values,
        )
        yield PinnedTogether(there, Doubt("pinned-together", text, ("operations", order.index(ids[-1]), "fixed")))


@dataclass(frozen=True, slots=True)
class _Pinned:
    """A pinned operation with its possible placements, at least one."""

    operation: Operation
    pin: Pin
    placements: tuple[Placement, ...]


def _pinned(context: ReplanContext) -> Iterator[_Pinned]:
    """Those that are yet to come; what a rule forbids by itself is told elsewhere."""
    for operation in context.scenario.planned.values():
        pin = context.pin(operation)
        if pin is not None and operation.id not in context.history:
            number = context.slots.grid.number(pin.slot)
            staffings = [
                one for one, slots in possible(context, operation).items() if number is not None and slots >> number & 1
            ]
            if staffings:
                yield _Pinned(operation, pin, tuple(_placement(operation, pin, one) for one in staffings))


def _placement(operation: Operation, pin: Pin, staffing: Staffing) -> Placement:
    return Placement(operation.id, pin.slot, staffing.police, any_of=staffing.any_of)


def _always_breaks(context: ReplanContext, pinned: Mapping[str, _Pinned], rule: str, ids: Sequence[str]) -> bool:
    """True if these operations break the rule among themselves, whoever serves them."""
    placements = [pinned[id].placements for id in ids]
    if len(ids) < 2 or prod(map(len, placements)) > MOST_STAFFINGS:
        return False
    return all(any(_broken(context, way, [BY_ID[rule]])) for way in product(*placements))


def _broken(context: ReplanContext, placements: Sequence[Placement], rules: Iterable[Rule]) -> Iterator[Breach]:
    """The breaches in a plan of these alone, between two or more of them."""
    begin = context.as_of or datetime.combine(context.scenario.span.first, time(), context.scenario.zone)
    plan = Plan(begin, tuple(placements), ())
    for breach in (breach for rule in rules for breach in rule.breaches(context, plan)):
        if len(breach.operations) > 1 and plan.placed.keys() >= {*breach.operations}:
            yield breach


def _at(context: ReplanContext, operation: Operation, pin: Pin) -> Message:
    values = {"operation": operation.id, "day": pin.slot.day, "shift": context.scenario.shift(pin.slot.shift).name}
    return Message("{operation} ({day}, {shift})", values)
