"""The causes of a replan's changes. `hit` says which operations lost what their place rests on.

Each withdrawal is judged by itself. It leaves a unit a certain number of officers, and the lowest number over all
withdrawals counts; so a withdrawal is a cause if the number that it leaves is too low for all operations that stood
there. An operation that was hit has all its causes. The coordinator's own answer to them (a pin, leaving it out, doing
without police) is a cause only if there is no other.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain

from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.change import Causes, ChangeCause, changes, lost_agencies
from arshjul.year.domain.entries.amended import Given
from arshjul.year.domain.entries.amendment import (
    Amendment,
    Cancelled,
    Edited,
    FewerOfficers,
    LeftOut,
    OnOperation,
    OtherDates,
    Pinned,
    TeamsLost,
    WithoutPolice,
)
from arshjul.year.domain.entries.answer import Answered, agreed
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Base, Plan, Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.slot_tables import SlotTables
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.rules import HARD, OF_OFFICERS
from arshjul.year.rules.hard.window import Window
from arshjul.year.rules.rule import excess


def hit(context: ReplanContext, only_officers: bool = False) -> frozenset[str]:
    """The operations of the context's base that can no longer all keep their places.

    The old plan kept every rule when it was made, so anything broken now is broken by the change. Hit are the
    operations in any breach, those called off, and those to be left out; also those that all participants agreed to
    have elsewhere, even if that place cannot be held; none that have begun. `only_officers`: only withdrawals or
    officers given back are new. Then only the rules about officers are asked, each of which judges a unit by itself,
    and only about units with a withdrawal ahead.
    """
    gone, old = broken(context, only_officers).keys(), context.before.keys()
    return frozenset((gone & old - context.history.keys()) | context.called_off | (context.demands.left_out & old))


def broken(context: ReplanContext, only_officers: bool = False) -> Mapping[str, frozenset[str]]:
    """The rules that the old placements break now, by each operation that could give way; called off ones count not."""
    base, demands = context.base, context.demands
    if base is None:
        return {}
    plan = _standing(base, context, _short(context) if only_officers else None)
    asked = replace(context, demands=replace(demands, left_out=frozenset()), base=replace(base, yielded=frozenset()))
    found: dict[str, set[str]] = defaultdict(set)
    rules = OF_OFFICERS if only_officers else HARD
    for breach in chain.from_iterable(rule.breaches(asked, plan) for rule in rules):
        if context.called_off.isdisjoint(breach.operations):
            for id in breach.yielding:
                found[id].add(breach.rule)
    return {id: frozenset(names) for id, names in found.items()}


def _short(context: ReplanContext) -> frozenset[str]:
    """The units with a withdrawal that has not ended before the moment."""
    today = None if context.as_of is None else context.as_of.date()
    ahead = (
        withdrawal
        for withdrawal in context.scenario.taken
        if today is None or withdrawal.last is None or withdrawal.last >= today
    )
    return frozenset(unit for withdrawal in ahead for unit in withdrawal.police)


def _standing(base: Base, context: ReplanContext, units: frozenset[str] | None) -> Plan:
    """The old placements as a plan, of these units only unless None; joining agencies are left to be settled again."""
    operations = context.scenario.operations
    placements = [
        replace(placement, optional_agencies=())
        for id, placement in base.placements.items()
        if id not in context.called_off
        and (units is None or not units.isdisjoint(operations[id].lent(placement.police)))
    ]
    there = {placement.operation for placement in placements}
    unplaced = tuple(Unplaced(id) for id in context.scenario.planned if id not in there)
    return Plan(base.as_of, tuple(placements), unplaced)


_ENTERED = {"police-officers", "designated-officer", "agency-teams", "answers", "fixed"}
"""The rules that old placements can break because of entries other than an edited scenario, `window` aside."""


@dataclass(frozen=True)
class CauseFinder:
    """Finds why operations left the places of the context's base. Not slotted: derived values are cached.

    `context` has the withdrawals applied; `entries` are all up to `revision`, whose changes are asked about. `former`
    are the operations before the scenario was edited for it; empty if it was not, or they were not recorded.
    """

    context: ReplanContext
    entries: Entries
    revision: int
    given: Given
    former: Mapping[str, Operation] = field(default_factory=dict)

    def all(self, placed: Mapping[str, Placement]) -> Causes:
        old = self.context.before
        lost = lost_agencies(self.context.scenario, old, placed)
        ids = (*(move.operation for move in changes(old, placed).changed), *lost)
        return {id: self.of(old[id], placed) for id in sorted({*ids})}

    def of(self, old: Placement, placed: Mapping[str, Placement]) -> tuple[ChangeCause, ...]:
        """The causes why the operation left that place, then those why agencies no longer join it."""
        new = placed.get(old.operation)
        left = () if old.same_place(new) else self._left(old, new, placed)
        return left if new is None else (*left, *self._absences(old, new, left))

    def _left(self, old: Placement, new: Placement | None, placed: Mapping[str, Placement]) -> tuple[ChangeCause, ...]:
        if self.context.goes_back(old.operation, new):
            return (ChangeCause("undone", id=old.operation),)
        bites = tuple(dict.fromkeys(self._bites(old))) if old.operation in self.context.hit else ()
        return bites or (self._decided(old, new, placed),)

    def _bites(self, old: Placement) -> Iterator[ChangeCause]:
        """All that took the place away; changes.json gives the first."""
        id = old.operation
        biting = tuple(self.withdrawals(old))
        yield from (ChangeCause("withdrawal", id=withdrawal.id) for withdrawal in biting)
        for agency in self._operation(old).sent(old.any_of) if id in self.context.scenario.operations else ():
            yield from self._lost_teams(agency, old)
        if self.context.demands.is_called_off(id, old.slot.day):
            yield ChangeCause("outcome", id=id)
        if self._is_edited and self._scenario_bites(old, biting):
            yield ChangeCause("scenario", id=id)
        for wish in self._wishes(old):
            yield ChangeCause("asked", party=wish.agency, given=wish.cause)
        for no in self._noes(old):
            yield ChangeCause("asked", party=no.party)

    def _decided(self, old: Placement, new: Placement | None, placed: Mapping[str, Placement]) -> ChangeCause:
        """The decision that moved the operation if nothing took its place, or else that others needed the place."""
        id, scenario = old.operation, self.context.scenario
        own = [operation for operation in self._now if isinstance(operation, OnOperation) and operation.operation == id]
        if any(isinstance(operation, Pinned) for operation in own) or "fixed" in self._broken.get(id, ()):
            return ChangeCause("pin", id=id)
        if any(isinstance(operation, Cancelled | LeftOut | WithoutPolice) for operation in own):
            return ChangeCause("decided", id=id)
        held = agreed(scenario, self.context.demands.answers).get(id)
        if held is not None and new is not None and held.is_about(new):
            return ChangeCause("agreed", id=id)
        if id not in scenario.planned:
            return ChangeCause("decided", id=id)
        if self._is_edited and id in self.context.hit:
            return ChangeCause("scenario", id=id)
        tied = next((other for other in scenario.drawing_along(id) if self._has_left(other, placed)), None)
        return ChangeCause("knock-on", id=id) if tied is None else ChangeCause("tied", id=tied)

    def _absences(self, old: Placement, new: Placement, left: tuple[ChangeCause, ...]) -> Iterator[ChangeCause]:
        """The causes why agencies that joined it or were chosen, and are not required, are no longer there."""
        operation = self.context.scenario.operations.get(old.operation)
        there = {*new.optional_agencies, *(() if operation is None else operation.sent(new.any_of))}
        for agency in dict.fromkeys((*old.any_of, *old.optional_agencies)):
            if agency not in there:
                is_choice = agency in old.any_of and old.slot == new.slot
                own = tuple(why for why in left if why.party == agency)  # what took only the unit is no cause for it
                for why in (own or left) if is_choice and left else (self._absent(agency, old, new),):
                    yield replace(why, absent=agency)

    def _absent(self, agency: str, old: Placement, new: Placement) -> ChangeCause:
        """The cause why an agency does not join an operation at its present place, apart from the operation's move."""
        id, scenario = old.operation, self.context.scenario
        if id not in scenario.operations or agency not in scenario.operations[id].invited:
            return ChangeCause("scenario", id=id)
        if self.context.demands.stays_away(id, agency, new.slot):
            return ChangeCause("asked", party=agency)
        if new.slot == old.slot:
            return next(self._lost_teams(agency, old, joining=True), ChangeCause("knock-on", id=id))
        return next(self._too_few_teams(agency, new), ChangeCause("knock-on", id=id))

    def _too_few_teams(self, agency: str, new: Placement) -> Iterator[ChangeCause]:
        """A cause if the agency's offer is too small for this operation alone, in its own words if it gave any."""
        scenario = self.context.scenario
        operation = scenario.operations[new.operation]
        teams = operation.sent((*new.any_of, agency)).get(agency, operation.optional_agencies.get(agency, 0))
        short = [slot for slot in scenario.slots(new) if scenario.agencies[agency].offer(slot) < teams]
        if short:
            lost = [
                teams_lost
                for teams_lost in self._now
                if isinstance(teams_lost, TeamsLost) and teams_lost.agency == agency
            ]
            given = [
                teams_lost.cause
                for teams_lost in lost
                if teams_lost.cause and any(_takes_teams(teams_lost, slot) for slot in short)
            ]
            yield ChangeCause("teams", party=agency, given=given[0] if given else "")

    def withdrawals(self, old: Placement) -> Iterator[Withdrawal]:
        """The withdrawals that each leave too few officers for the old place, in the order of the log."""
        for withdrawal in self.context.scenario.taken:
            if any(self._takes(withdrawal, old, unit, slot) for unit, slot in self._lent_by(old)):
                yield withdrawal

    def _takes(self, withdrawal: Withdrawal, old: Placement, unit: str, slot: Slot) -> bool:
        left = withdrawal.ceiling(slot, withdrawal.last or slot.day) if unit in withdrawal.police else None
        return left is not None and self._is_short(old, unit, slot, left, left)

    def _is_short(self, old: Placement, unit: str, slot: Slot, officers: int, designated: int) -> bool:
        """True if these numbers are too low for all that stood there and used the unit, this operation among them."""
        lent, requiring = dict[str, int](), dict[str, int]()
        for other in (*self._others(old, slot), old):
            operation = self._operation(other) if other is old else self.context.scenario.operations[other.operation]
            lent[other.operation] = operation.lent(other.police).get(unit, 0)
            requiring[other.operation] = int(other.police == unit and operation.designated == "require")
        short = excess(self.context, lent, officers) is not None and lent[old.operation] > 0
        return short or (excess(self.context, requiring, designated) is not None and requiring[old.operation] > 0)

    def _lent_by(self, old: Placement) -> Iterator[tuple[str, Slot]]:
        """The units that lent to it there, with each of its slots."""
        if old.police is None or old.operation not in self.context.scenario.operations:
            return
        for unit in self._operation(old).lent(old.police):
            if unit in self.context.scenario.police:
                yield from ((unit, slot) for slot in self.context.scenario.slots(old))

    def _lost_teams(self, agency: str, old: Placement, *, joining: bool = False) -> Iterator[ChangeCause]:
        """A cause if the agency has too few teams there, in its own words; `joining`: counting optional ones."""
        scenario = self.context.scenario
        short: list[tuple[Slot, int]] = []
        for slot in scenario.slots(old):
            sent = {
                other.operation: self._teams(other, agency, joining=joining)
                for other in (*self._others(old, slot), old)
            }
            if excess(self.context, sent, scenario.agencies[agency].offer(slot)) is not None:
                short.append((slot, sum(sent.values())))
        lost = [
            teams_lost for teams_lost in self._now if isinstance(teams_lost, TeamsLost) and teams_lost.agency == agency
        ]
        biting = [
            teams_lost
            for teams_lost in lost
            if any(teams_lost.teams_left < used and _takes_teams(teams_lost, slot) for slot, used in short)
        ]
        if short and (biting or self._is_edited):
            words = dict.fromkeys(teams_lost.cause for teams_lost in biting if teams_lost.cause)
            yield from (ChangeCause("teams", party=agency, given=given) for given in words or ("",))

    def _teams(self, one: Placement, agency: str, *, joining: bool) -> int:
        operation = self.context.scenario.operations[one.operation]
        more = operation.optional_agencies.get(agency, 0) if joining and agency in one.optional_agencies else 0
        return operation.sent(one.any_of).get(agency, more)

    def _scenario_bites(self, old: Placement, biting: tuple[Withdrawal, ...]) -> bool:
        """True if the edited scenario took the place away: alone, or by asking for officers that were withdrawn."""
        rules = self._broken.get(old.operation, frozenset())
        if rules - _ENTERED - {"window"} or ("window" in rules and not self._only_wishes(old)):
            return True
        if not rules & {"police-officers", "designated-officer"}:
            return False
        offers = ((unit, slot, self.context.scenario.police[unit].offer(slot)) for unit, slot in self._lent_by(old))
        if any(self._is_short(old, unit, slot, offer.officers, offer.designated) for unit, slot, offer in offers):
            return True
        still = {entry.withdrawal for entry in self.entries.still if entry.revision == self.revision}
        if all(withdrawal.revision != self.revision and withdrawal.id not in still for withdrawal in biting):
            return True
        return bool(self.former) and not any(self._unedited.withdrawals(old))

    def _only_wishes(self, old: Placement) -> bool:
        """True if the operation could stand there without the dates that agencies asked to avoid."""
        scenario = self.context.scenario
        operation = scenario.operations[old.operation]
        asked = {span for wish in self._wishes(old) for span in wish.dates}
        free = replace(operation, not_on=tuple(span for span in operation.not_on if span not in asked))
        context = ReplanContext.of(replace(scenario, operations={free.id: free}))
        return not any(Window().breaches(context, Plan(self._base.as_of, (old,), ())))

    def _wishes(self, old: Placement) -> Iterator[OtherDates]:
        days = [slot.day for slot in self.context.scenario.slots(old)]
        for dates in self._now:
            if not isinstance(dates, OtherDates) or dates.operation != old.operation:
                continue
            if any(day in span for day in days for span in dates.dates):
                yield dates

    def _noes(self, old: Placement) -> Iterator[Answered]:
        operation = self.context.scenario.operations.get(old.operation)
        for no in self.context.demands.refused.get(old.operation, ()):
            if no.revision == self.revision and operation is not None and no.keeps_away(operation, old):
                yield no

    def _has_left(self, id: str, placed: Mapping[str, Placement]) -> bool:
        return (old := self._base.placements.get(id)) is not None and not old.same_place(placed.get(id))

    def _operation(self, old: Placement) -> Operation:
        """The operation that left, with the officers that it needed there, one at the least, if it needs none now."""
        known = self.context.scenario.operations[old.operation]
        if old.police is None or known.officers > 0:
            return known
        before = self.given.operations.get(old.operation) or known
        fewer = (change for change in self.entries.standing().changes if isinstance(change, FewerOfficers))
        for officers in fewer:
            before = officers.made(before) if officers.operation == before.id else before
        return replace(known, officers=max(1, before.least), police_also=before.police_also)

    def _others(self, old: Placement, slot: Slot) -> tuple[Placement, ...]:
        return tuple(placement for placement in self._standing.get(slot, ()) if placement.operation != old.operation)

    @property
    def _base(self) -> Base:
        if self.context.base is None:
            raise ValueError("A first plan changes nothing")
        return self.context.base

    @cached_property
    def _unedited(self) -> "CauseFinder":
        """A finder that knows the operations as they were before the scenario was edited."""
        scenario = self.context.scenario
        former = replace(scenario, operations={**scenario.operations, **self.former})
        return replace(self, context=replace(self.context, slots=SlotTables.of(former)), former={})

    @cached_property
    def _standing(self) -> Mapping[Slot, list[Placement]]:
        """The old placements by slot, without those that were called off."""
        found: dict[Slot, list[Placement]] = {}
        for id, placement in self._base.placements.items():
            if id in self.context.scenario.operations and id not in self.context.called_off:
                for slot in self.context.scenario.slots(placement):
                    found.setdefault(slot, []).append(placement)
        return found

    @cached_property
    def _now(self) -> tuple[Amendment, ...]:
        return tuple(change for change in self.entries.changes if change.revision == self.revision)

    @cached_property
    def _is_edited(self) -> bool:
        return any(isinstance(amendment, Edited) for amendment in self._now)

    @cached_property
    def _broken(self) -> Mapping[str, frozenset[str]]:
        """The rules that the old placements break.

        Empty unless the scenario was edited: other entries name their rules.
        """
        return broken(self.context) if self._is_edited else {}


def _takes_teams(lost: TeamsLost, slot: Slot) -> bool:
    return any(line.when.matches(slot) for line in lost.lines())
