"""Pinned operations that cannot all stand where they are pinned, told by the rules' own checks and without solving.

Limits on a day, week or month, and follow-ups, are told by `contradictions`, also for operations that are not pinned.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import product
from math import prod

from arshjul.errors import KeyName, Message
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.planning.check.contradictions import Doubt
from arshjul.year.rules import BY_ID, HARD, possible
from arshjul.year.rules.rule import Breach, Rule

MOST_STAFFINGS = 64
"""Of groups of operations that can be staffed in more ways nothing is told, since not all ways are looked at."""
_PARTY = Message("offer more then, or let another party take one")
_REMEDIES: Mapping[str, Message] = {
    "police-officers": _PARTY,
    "designated-officer": _PARTY,
    "agency-teams": _PARTY,
    "daily-rest": _PARTY,
    "sector-spacing": Message("lower {key} of one (0 within one occasion)", {"key": KeyName("spacing_days")}),
    "apart": Message("allow them the same date or week"),
    "together": Message("allow them different times"),
}
"""Remedies besides other pins, by rule."""
_RULES = tuple(BY_ID[id] for id in _REMEDIES)


@dataclass(frozen=True, slots=True)
class PinnedTogether:
    """`operations`: each with its date and shift; `rule`: the first broken. `remedy`: besides another time, if any."""

    operations: Mapping[str, Message]
    why: tuple[Message, ...]
    rule: str
    remedy: Message | None

    def question(self, operation: str) -> Message:
        return Message(
            "{operation} cannot lie there beside {others}: {why}. One would be unplaced. Is it right?",
            self._beside(operation),
        )

    def reason(self, operation: str, *, is_locked: bool = True) -> Message:
        if not is_locked:
            return Message(
                "it yields to a pin, as it cannot lie beside {others}: {why}; remove the pin", self._beside(operation)
            )
        return Message(
            "it is pinned where it cannot lie beside {others}: {why}; remove the pin, or pin it to another time",
            self._beside(operation),
        )

    def _beside(self, operation: str) -> Mapping[str, object]:
        others = [place for id, place in self.operations.items() if id != operation]
        return {"operation": operation, "others": others, "why": list(self.why)}


def doubts_of_pins(context: ReplanContext, found: Iterable[PinnedTogether]) -> Iterator[Doubt]:
    order = list(context.scenario.operations)
    for together in found:
        values = {
            "operations": list(together.operations.values()),
            "why": list(together.why),
            "remedy": together.remedy,
        }
        text = Message("{operations} cannot all lie where they are pinned: {why}. Pin one to another time.", values)
        if together.remedy is not None:
            text = Message(
                "{operations} cannot all lie where they are pinned: {why}. Pin one to another time, or {remedy}.",
                values,
            )
        yield Doubt("pinned-together", text, ("operations", order.index([*together.operations][-1]), "fixed"))


def pinned_together(context: ReplanContext, about: Collection[str] | None = None) -> Iterator[PinnedTogether]:
    """Whoever serves them. Those that a replan keeps where they are count as pinned, but at least one of a set may go.
    `about`: only sets with one of these.
    """
    pinned = {pin.operation.id: pin for pin in _pinned(context)}
    wanted = (pinned.keys() if about is None else {*about}) - context.kept.keys()
    found: dict[frozenset[str], list[Breach]] = {}
    for breach in _broken(context, [pin.placements[0] for pin in pinned.values()], _RULES):
        ids = [id for id in pinned if id in breach.operations]
        if not wanted.isdisjoint(ids) and _always_breaks(context, pinned, breach.rule, ids):
            for id in [id for id in ids if len(pinned[id].placements) > 1]:  # it may be served by somebody else
                less = [other for other in ids if other != id]
                ids = less if _always_breaks(context, pinned, breach.rule, less) else ids
            if not wanted.isdisjoint(ids):
                found.setdefault(frozenset(ids), []).append(breach)
    for there, breaches in found.items():
        ids = [id for id in pinned if id in there]
        rules = {breach.rule for breach in breaches}
        told = [breach for breach in breaches if breach.rule != "daily-rest" or "agency-teams" not in rules]
        yield PinnedTogether(
            {id: _at(context, pinned[id].placements[0]) for id in ids},
            tuple({str(breach.text): breach.text for breach in told}.values()),
            breaches[0].rule,
            _remedy(context, [pinned[id].placements[0] for id in ids], rules),
        )


def _remedy(context: ReplanContext, there: Sequence[Placement], rules: Collection[str]) -> Message | None:
    """The remedy for all rules that they break; None if one remedy is not enough, or other rules forbid it too."""
    remedies = {str(_REMEDIES[rule]): _REMEDIES[rule] for rule in rules}
    others = (rule for rule in HARD if rule.id not in _REMEDIES)
    if len(remedies) > 1 or any(_broken(context, there, others)):
        return None
    return next(iter(remedies.values()))


@dataclass(frozen=True, slots=True)
class _Pinned:
    """A pinned operation with its possible placements, at least one, all of one slot."""

    operation: Operation
    placements: tuple[Placement, ...]


def _pinned(context: ReplanContext) -> Iterator[_Pinned]:
    """Placements that stay or are pinned; what a rule forbids by itself is told elsewhere."""
    for operation in context.scenario.planned.values():
        pin, stays = context.pin(operation), context.kept.get(operation.id)
        if stays is not None:
            yield _Pinned(operation, (replace(stays, optional_agencies=()),))
        elif pin is not None:
            number = context.slots.grid.number(pin.slot)
            staffings = [
                one for one, slots in possible(context, operation).items() if number is not None and slots >> number & 1
            ]
            if staffings:
                there = (
                    Placement(operation.id, pin.slot, staffing.police, any_of=staffing.any_of) for staffing in staffings
                )
                yield _Pinned(operation, tuple(there))


def _always_breaks(context: ReplanContext, pinned: Mapping[str, _Pinned], rule: str, ids: Sequence[str]) -> bool:
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


def _at(context: ReplanContext, placement: Placement) -> Message:
    shift = context.scenario.shift(placement.slot.shift).name
    values = {"operation": placement.operation, "day": placement.slot.day, "shift": shift}
    return Message("{operation} ({day}, {shift})", values)
