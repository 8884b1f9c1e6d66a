"""The context of a plan: the scenario's slots and, on a replan, what it starts from.

Rules judge placements in a context. It knows which operations of the old plan have begun, are hit, are tied to a hit
one, or are frozen.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import product

from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.entries.answer import agreed
from arshjul.year.domain.entries.entries import Demands
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Pin, Placement
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.scenario import NEAR, Scenario
from arshjul.year.domain.settings import FREEZE_DAYS
from arshjul.year.domain.slot_tables import SlotTables


def joined(
    scenario: Scenario,
    placements: Iterable[Placement],
    before: Mapping[str, Placement] | None = None,
    demands: Demands | None = None,
    begun: Collection[str] = (),
) -> tuple[Placement, ...]:
    """The placements with the optional agencies that join.

    If an agency's teams are not enough for all, operations that it joined `before` come first, then by priority, then
    by id, so that it keeps what it can. An agency that said no does not join. One that joins does so on all dates of
    the operation. Those that have `begun` keep who joined them.
    """
    there, known = list(placements), before or {}
    left: Counter[tuple[str, Slot]] = Counter()  # less what required agencies take, on each date
    joins = {
        one.operation: {*known[one.operation].optional_agencies} if one.operation in begun else set() for one in there
    }
    wishes = []
    for placement in there:
        operation = scenario.operations[placement.operation]
        old = known.get(operation.id)
        slots = operation.slots(placement.slot)
        came = {agency: operation.optional_agencies.get(agency, 0) for agency in joins[operation.id]}
        for slot, (agency, teams) in product(slots, (*operation.sent(placement.any_of).items(), *came.items())):
            left[agency, slot] -= teams
        for agency, teams in operation.optional_agencies.items():
            if operation.id in begun or (
                demands is not None and demands.stays_away(operation.id, agency, placement.slot)
            ):
                continue
            new = old is None or agency not in old.optional_agencies
            wishes.append((new, operation.priority, operation.id, agency, teams, slots))
    for _, _, operation_id, agency, teams, slots in sorted(wishes):
        if all(scenario.agencies[agency].offer(slot) + left[agency, slot] >= teams for slot in slots):
            for slot in slots:
                left[agency, slot] -= teams
            joins[operation_id].add(agency)
    return tuple(
        replace(placement, optional_agencies=tuple(a for a in scenario.agencies if a in joins[placement.operation]))
        for placement in there
    )


def with_officers(
    scenario: Scenario, placements: Iterable[Placement], history: Mapping[str, Placement]
) -> tuple[Placement, ...]:
    """The placements with the officers that come, where a unit has fewer than are wanted.

    Each operation gets what it needs; the rest goes by priority, then by id. Those in `history` keep what they had.
    """
    there = [(placement, scenario.operations[placement.operation]) for placement in placements]
    left: Counter[tuple[str, Slot]] = Counter()  # less what is needed, on each date
    for placement, operation in there:
        lent = operation.lent(placement.police).items()
        for slot, (lender, officers) in product(operation.slots(placement.slot), lent):
            left[lender, slot] -= officers
    come = {id: placement.officers for id, placement in history.items()}
    for placement, operation in sorted(there, key=lambda one: (one[1].priority, one[1].id)):
        unit, more = placement.police, operation.officers - operation.least
        if unit is None or not more or operation.id in come:
            continue
        slots = operation.slots(placement.slot)
        spare = min(scenario.police_offer(unit, slot).officers + left[unit, slot] for slot in slots)
        given = max(0, min(more, spare))
        left.subtract({(unit, slot): given for slot in slots})
        come[operation.id] = None if given == more else operation.least + given
    return tuple(replace(placement, officers=come.get(operation.id)) for placement, operation in there)


@dataclass(frozen=True)
class ReplanContext:
    """A scenario's slots, the moment of planning, and the base of a replan; None for a first plan.

    Nothing is placed before `as_of`; None: there is no such moment. `unpinned` are operations whose pin no longer
    binds. `held` are operations of the base that are not moved this time, though no rule binds them. `demands` is what
    the entries demand of this plan. Not slotted: derived values are computed on first use and cached.
    """

    slots: SlotTables
    as_of: datetime | None = None
    base: Base | None = None
    unpinned: frozenset[str] = field(default_factory=frozenset)
    held: frozenset[str] = field(default_factory=frozenset)
    demands: Demands = field(default_factory=Demands)

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        base: Base | None = None,
        unpinned: frozenset[str] = frozenset(),
        *,
        as_of: datetime | None = None,
        demands: Demands | None = None,
    ) -> "ReplanContext":
        """The context of a scenario, withdrawals applied. The moment of a replan is that of its base."""
        moment = as_of if base is None else base.as_of
        return cls(SlotTables.of(scenario), moment, base, unpinned, demands=demands or Demands())

    @property
    def scenario(self) -> Scenario:
        """The scenario, withdrawals applied."""
        return self.slots.scenario

    def holding(self, operations: frozenset[str]) -> "ReplanContext":
        """The same, with these operations held where they are; the tables are shared."""
        return replace(self, held=operations)

    @cached_property
    def to_come(self) -> SlotSet:
        """The slots that start at `as_of` or later; all if it is None."""
        return self._starting(lambda starts, as_of: starts >= as_of)

    @cached_property
    def later(self) -> SlotSet:
        """The slots that start after `as_of`; all if it is None."""
        return self._starting(lambda starts, as_of: starts > as_of)

    def _starting(self, fits: Callable[[datetime, datetime], bool]) -> SlotSet:
        if self.as_of is None:
            return self.slots.grid.all
        # Starts ascend from date to date, so only the dates around the moment need a clock.
        as_of, near = self.as_of, NEAR
        slots = self.slots.grid.between(as_of.date() + near, max(self.scenario.span.last, as_of.date() + near))
        for number in self.slots.grid.numbers(self.slots.grid.between(as_of.date() - near, as_of.date() + near)):
            if fits(self.scenario.moments(self.slots.grid.slot(number))[0], as_of):
                slots |= 1 << number
        return slots

    def pin(self, operation: Operation) -> Pin | None:
        """Its pin; None if it is not pinned, or the pin no longer binds."""
        return None if operation.id in self.unpinned else operation.fixed

    @property
    def before(self) -> Mapping[str, Placement]:
        """The placements of the old plan; empty if there is none."""
        return {} if self.base is None else self.base.placements

    def old(self, operation: str) -> Placement | None:
        """Its placement in the old plan; None if it has none, or there is no old plan."""
        return self.before.get(operation)

    def joined(self, placements: Iterable[Placement]) -> tuple[Placement, ...]:
        """The placements with the optional agencies that join, and the officers that come."""
        before = {**self.before, **self.demands.restored, **self.history}
        there = joined(self.scenario, placements, before, self.demands, self.history)
        return with_officers(self.scenario, there, self.history)

    @cached_property
    def as_it_stands(self) -> tuple[Placement, ...]:
        """The base's placements, in the scenario's order, with the optional agencies that join now."""
        return self.joined(self.before[id] for id in self.scenario.operations if id in self.before)

    def started(self, placement: Placement) -> bool:
        return self.as_of is not None and self.scenario.has_begun(placement.slot, self.as_of)

    @cached_property
    def history(self) -> Mapping[str, Placement]:
        """The placements that started before the replan and were not called off: they stay, and keep what they used."""
        return {id: place for id, place in self.before.items() if self.started(place) and id not in self.called_off}

    @cached_property
    def called_off(self) -> frozenset[str]:
        """The operations of the old plan that were called off on the date that they have in it."""
        return frozenset(id for id, place in self.before.items() if self.demands.is_called_off(id, place.slot.day))

    def counted_once(self, place: Callable[[Operation], Hashable]) -> frozenset[str]:
        """The operations, but of those tied together at one place only the first.

        Operations that have begun are not counted together with ones that are still to come.
        """

        def bound(one: Operation) -> Hashable:
            """The same for operations that are bound to one time: a tie to one that has begun binds nobody."""
            if one.id in self.history:
                return self.history[one.id].slot
            tied = one.same_slot_as
            return one.id if tied is None or tied in self.history else bound(self.scenario.operations[tied])

        return self.scenario.counted_once(lambda one: (place(one), bound(one)), self.before.keys())

    @cached_property
    def roots(self) -> Mapping[str, str]:
        """Of tied operations, each with the first that it is bound to now: none with one that has begun. For checks."""
        pairs = ((id, group[0]) for group in self.scenario.ties() for id in group)
        return {id: first for id, first in pairs if (id in self.history) == (first in self.history)}

    @cached_property
    def settled_places(self) -> Mapping[str, Placement]:
        """The places at which operations are held: where all participants agreed to have them, or where they go back.

        Pins and exclusions by the coordinator take precedence.
        """
        if self.base is None:
            return {}
        aside = {*self.base.yielded, *self.demands.pinned, *self.demands.left_out, *self.history}
        agreed_on = {id: one.place for id, one in agreed(self.scenario, self.demands.answers).items()}
        back = {id: place for id, place in self.demands.restored.items() if id in self.scenario.operations}
        found = {**back, **agreed_on}
        return {id: place for id, place in found.items() if place is not None and id not in aside}

    def goes_back(self, operation: str, new: Placement | None) -> bool:
        """True if the operation is placed, or left out, as before a change that is taken back."""
        if new is None:
            return operation in self.demands.undone
        return new.same_place(self.demands.restored.get(operation))

    def without_settled_places(self) -> "ReplanContext":
        """The same with no operation held by a yes or by what is taken back; refusals stay."""
        return replace(self, demands=replace(self.demands, answers=(), restored={}))

    @cached_property
    def settled_by_hand(self) -> frozenset[str]:
        """The operations that may come at short notice, since people have decided on their place."""
        return self.demands.pinned | self.settled_places.keys()

    @property
    def hit(self) -> frozenset[str]:
        """The operations that lost what their place rests on; empty in a first plan."""
        return frozenset() if self.base is None else self.base.hit

    @cached_property
    def unsettled(self) -> frozenset[str]:
        """The operations that a replan has to settle: the hit ones, the unplaced, and those tied to them."""
        return self.with_tied(self.hit | (self.scenario.operations.keys() - self.before.keys()))

    def holding_the_rest(self) -> "ReplanContext":
        return self.holding(frozenset(self.scenario.operations) - self.unsettled)

    @cached_property
    def loosened(self) -> frozenset[str]:
        return self.with_tied(self.hit)

    def with_tied(self, operations: Collection[str]) -> frozenset[str]:
        """The operations and all those tied to them, directly or not, by the same slot or as follow-ups."""
        drawn: dict[str, set[str]] = defaultdict(set)
        for operation in self.scenario.operations.values():
            if operation.same_slot_as is not None:
                drawn[operation.same_slot_as].add(operation.id)
                drawn[operation.id].add(operation.same_slot_as)
            if operation.after is not None:
                drawn[operation.after.operation].add(operation.id)
        found: set[str] = set()
        waiting = sorted(operations)
        while waiting:
            operation_id = waiting.pop()
            if operation_id not in found:
                found.add(operation_id)
                waiting += sorted(drawn[operation_id] - found)
        return frozenset(found)

    @cached_property
    def frozen(self) -> Mapping[str, Placement]:
        """The operations within the freeze days that lost nothing and so must stay, those begun aside."""
        if self.base is None:
            return {}
        until = self.base.as_of.date() + timedelta(days=self.scenario.settings[FREEZE_DAYS])
        return {
            id: placement
            for id, placement in self.base.placements.items()
            if placement.slot.day < until and id not in self.loosened and id not in self.history
        }

    @cached_property
    def kept(self) -> Mapping[str, Placement]:
        """The placements that no option of this context changes: begun, frozen and held."""
        held = {id: place for id, place in self.before.items() if id in self.held}
        return {**held, **self.history, **self.frozen}


def context_of(scenario: Scenario, plan: Plan) -> ReplanContext:
    """The context of a plan: the offers that withdrawals left, the plan's base, and the demands of its entries."""
    placing = plan.placing
    left = scenario.after(plan.entries.in_force(), placing.as_of.date())
    demands = plan.entries.demands(placing.revision)
    return ReplanContext.of(left, plan.base, plan.unpinned, as_of=placing.as_of, demands=demands)


def standing_as_agreed(scenario: Scenario, plan: Plan) -> frozenset[str]:
    """The operations that stand where all participants agreed when they were asked for this plan."""
    found = agreed(scenario, plan.entries.demands(plan.placing.revision).answers)
    there = ((id, one, plan.placed.get(id)) for id, one in found.items())
    return frozenset(id for id, one, at in there if at is not None and one.is_about(at))
