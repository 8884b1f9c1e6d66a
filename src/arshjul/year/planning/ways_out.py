"""The ways out for an operation that has lost its police, the least drastic first.

Each is worked out as if the other hit operations were taken out, except those tied to its time. The only rules that it
may break are freeze and notice, which the coordinator may set aside if all parties agree. A replan under
`fewest-changes` with the changes of a way out gives exactly that. The reserves that stand ready on the day are found
on the same boards, also where nothing is hit.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property, partial, reduce
from operator import or_

from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.planning.places.day_board import (
    DayBoard,
    day_board,
    is_within_rules,
    making_way,
    on_the_day,
    with_scenario,
)
from arshjul.year.planning.places.finder import Alternative, Move, moving_nothing, moving_together

MOST_MOVES = 3
"""The most other slots shown that move nothing else."""


class WayKind(StrEnum):
    """The kinds of ways out, the least drastic first."""

    STAYS = "stays"
    OTHER_UNIT = "other-unit"
    FEWER_OFFICERS = "fewer-officers"
    ANOTHER_SHIFT = "another-shift"
    WITHOUT_POLICE = "without-police"
    RESERVE = "reserve"
    MOVE = "move"
    MOVE_OTHERS = "move-others"


@dataclass(frozen=True, slots=True)
class WayOut:
    """One way out. `placement` is the operation's new place, or that of a reserve that its teams carry out meanwhile.

    `moves` are other operations, with old and new places; beside a reserve, the hit one comes first. `pinned` are the
    places to pin for it, `left_out` operations that must stay out; `officers`: the reduced number, 0: it does without
    those that it asks for. `ask`: the parties to ask. `asks`: freeze or notice is set aside, or the officers are fewer
    than the operation needs, so all parties must agree.
    """

    kind: WayKind
    placement: Placement
    pinned: tuple[Placement, ...]
    left_out: tuple[str, ...] = ()
    officers: int | None = None
    moves: tuple[Move, ...] = ()
    ask: tuple[str, ...] = ()
    asks: bool = False

    @property
    def changes(self) -> Mapping[str, Sequence[object]]:
        own = self.placement.operation
        changes: dict[str, Sequence[object]] = {
            "fewer_officers": [{"operation": own, "officers": self.officers}] if self.officers else [],
            "without_police": [own] if self.officers == 0 else [],
            "promoted": [own] if self.kind is WayKind.RESERVE else [],
            "pinned": [_pin(place) for place in self.pinned],
            "left_out": list(self.left_out),
        }
        return {kind: items for kind, items in changes.items() if items}


@dataclass(frozen=True, slots=True)
class WaysOut:
    """Of each hit operation, in the order of `WayKind`; by id, by start. `ready`: reserves for teams free then."""

    of_hit: Mapping[str, tuple[WayOut, ...]]
    ready: tuple[WayOut, ...]


def ways_out(context: ReplanContext) -> WaysOut:
    day = _Day(on_the_day(context))
    return WaysOut({id: tuple(day.ways_out(id)) for id in by_start(context, context.hit)}, tuple(day.ready()))


def by_start(context: ReplanContext, operations: Iterable[str]) -> list[str]:
    return [place.operation for place in context.scenario.by_time(context.before[id] for id in operations)]


@dataclass(frozen=True)
class _Day:
    """The hit operations of a context, and the boards on which their ways out are tried, laid out on first use."""

    context: ReplanContext

    def ways_out(self, id: str) -> Iterator[WayOut]:
        old = self._old(id)
        free, later = self._free(id), partial(self._is_later, old.slot)
        here = [alternative for alternative in free if alternative.placement.slot == old.slot]
        yield from self._ordered(
            WayKind.STAYS, [alternative for alternative in here if alternative.placement.staffing == old.staffing]
        )
        yield from self._ordered(
            WayKind.OTHER_UNIT, [alternative for alternative in here if alternative.placement.staffing != old.staffing]
        )
        yield from self._fewer_officers(old)
        yield from self._ordered(
            WayKind.ANOTHER_SHIFT, [alternative for alternative in free if later(alternative.placement.slot)]
        )
        yield from self._without_police(old)
        yield from self._reserves(old, free)
        cheapest: dict[Slot, Alternative] = {}
        for alternative in free:
            if alternative.placement.slot != old.slot and not later(alternative.placement.slot):
                cheapest.setdefault(alternative.placement.slot, alternative)
        yield from self._ordered(WayKind.MOVE, list(cheapest.values())[:MOST_MOVES])
        if id in self._making_way:
            yield from self._ordered(WayKind.MOVE_OTHERS, [self._making_way[id]])

    def _is_later(self, than: Slot, slot: Slot) -> bool:
        moments = self.context.scenario.moments
        return slot.day == than.day and moments(slot)[0] > moments(than)[0]

    def _free(self, id: str) -> list[Alternative]:
        """The places free beside everything else, the cheapest first; with those of operations tied to its time."""
        problem = self._as_it_is.problem
        partners = self._partners(id)
        return moving_together(problem, id, partners) if partners else moving_nothing(problem, id)

    def _partners(self, id: str) -> list[str]:
        return [twin for twin in self.context.scenario.twins(id) if twin in self.context.hit]

    def _has_standing_twin(self, id: str) -> bool:
        """True if one that is not hit keeps it to its time: it cannot move, and left out it would take that along."""
        placed = self.context.before.keys() - self.context.history.keys() - self.context.hit
        return not placed.isdisjoint(self.context.scenario.twins(id))

    @cached_property
    def _making_way(self) -> Mapping[str, Alternative]:
        # An operation that depends on another one that is taken out has no place, whatever makes way.
        operations, hit = self.context.scenario.operations, self.context.hit
        followed = {id: after.operation for id in hit if (after := operations[id].after) is not None}
        alone = [id for id in hit if not self._partners(id) and followed.get(id) not in hit]
        return making_way(self.context, self._as_it_is, by_start(self.context, alone))

    def _ordered(self, kind: WayKind, ways: Iterable[Alternative]) -> Iterator[WayOut]:
        """By start, then by the scenario's order of units, then by that of a group's agencies."""
        scenario = self.context.scenario
        units = list(scenario.police)

        def order(way: Alternative) -> tuple[object, int, int]:
            place, choices = way.placement, scenario.operations[way.placement.operation].choices
            unit = -1 if place.police is None else units.index(place.police)
            return scenario.moments(place.slot)[0], unit, choices.index(place.any_of)

        for way in sorted(ways, key=order):
            yield self._way_out(self._as_it_is, kind, way.placement, moves=way.moves)

    def _fewer_officers(self, old: Placement) -> Iterator[WayOut]:
        left = self._officers_left(old)
        if left is not None and self._with_fewer_officers.is_free(old):
            yield self._way_out(self._with_fewer_officers, WayKind.FEWER_OFFICERS, old, officers=left)

    def _without_police(self, old: Placement) -> Iterator[WayOut]:
        place = replace(old, police=None)
        if self._can_do_without(old.operation) and self._with_no_police.is_free(place):
            yield self._way_out(self._with_no_police, WayKind.WITHOUT_POLICE, place, officers=0)

    def _reserves(self, old: Placement, free: Sequence[Alternative]) -> Iterator[WayOut]:
        """Reserves in place of an operation without a place. `free`: its own places, the cheapest first."""
        operations = self.context.scenario.operations
        freed = {*operations[old.operation].sent(old.any_of), *old.optional_agencies}
        if self._has_standing_twin(old.operation):
            return
        for board, place in self._reserve_places:
            if place.slot == old.slot and operations[place.operation].agencies.keys() <= freed:
                moves = self._meanwhile(board, place, old, free)
                gone = [] if moves else [old, *self._left_behind(old.operation)]
                if not _hang_together(operations, place.operation, {placement.operation for placement in gone}):
                    yield self._with_reserve(board, place, moves, gone)

    def _meanwhile(
        self, board: DayBoard, reserve: Placement, old: Placement, free: Sequence[Alternative]
    ) -> tuple[Move, ...]:
        """Its cheapest move beside the reserve, with those tied to its time: to another date if it can."""
        id, partners = old.operation, self._partners(old.operation)
        with board.beside(reserve):
            alternatives = moving_together(board.problem, id, partners) if partners else free
            left = [
                alternative
                for alternative in alternatives
                if alternative.placement.slot != old.slot and (partners or board.is_free(alternative.placement))
            ]
        for alternative in sorted(left, key=lambda one: self._is_later(old.slot, one.placement.slot)):
            return (old, alternative.placement), *alternative.moves
        return ()

    def ready(self) -> Iterator[WayOut]:
        there = [(board, place) for board, place in self._reserve_places if place.slot.day == self._today]
        for board, place in sorted(there, key=lambda one: self.context.scenario.moments(one[1].slot)[0]):
            yield self._with_reserve(board, place)

    @cached_property
    def _reserve_places(self) -> list[tuple[DayBoard, Placement]]:
        units, found = [None, *self.context.scenario.police], list[tuple[DayBoard, Placement]]()
        for board in self._with_reserves:
            places = (place for id in board.wide for place in board.free(id))
            found += [(board, place) for place in sorted(places, key=lambda place: units.index(place.police))]
        return found

    def _with_reserve(
        self, board: DayBoard, place: Placement, moves: tuple[Move, ...] = (), gone: Sequence[Placement] = ()
    ) -> WayOut:
        asked = self.context.scenario.operations[place.operation].officers
        officers = 0 if asked and place.police is None else None
        return self._way_out(board, WayKind.RESERVE, place, moves=moves, gone=gone, officers=officers)

    def _way_out(
        self,
        board: DayBoard,
        kind: WayKind,
        place: Placement,
        *,
        moves: tuple[Move, ...] = (),
        gone: Sequence[Placement] = (),
        officers: int | None = None,
    ) -> WayOut:
        there = [place, *(new for _, new in moves)]
        is_pinned = kind is not WayKind.WITHOUT_POLICE
        # Moved operations must have their new places on the board; it matters only for unplaced musts.
        wide = [new.operation for _, new in moves if board.problem.builder.option(new) is None]
        board = day_board(self.context, wide) if wide and board.rivals else board
        out = dict.fromkeys((*(placement.operation for placement in gone), *self._displaced(board, there)))
        asks = bool(officers) or not all(is_within_rules(self.context, placement) for placement in there)
        moves = tuple((before, after) for before, after in moves if not before.same_place(after))
        changed = [(self.context.old(place.operation), place), *moves, *((placement, None) for placement in gone)]
        return WayOut(
            kind,
            place,
            pinned=tuple(placement for placement in there if is_pinned and self._may_be_pinned(placement)),
            left_out=tuple(out),
            officers=officers,
            moves=moves,
            ask=self._to_ask(changed, asks=asks),
            asks=asks,
        )

    def _displaced(self, board: DayBoard, there: Sequence[Placement]) -> list[str]:
        if all(self._may_be_pinned(place) for place in there):
            return list(board.displaced(there))
        # What starts at this very moment can no longer be pinned: the operations of the same slot are named instead.
        id, slot = there[0].operation, there[0].slot
        return [other for other in by_start(self.context, self.context.hit - {id}) if self._old(other).slot == slot]

    def _may_be_pinned(self, place: Placement) -> bool:
        return bool(self.context.later & self.context.slots.grid.single(place.slot))

    def _to_ask(self, changed: Iterable[tuple[Placement | None, Placement | None]], *, asks: bool) -> tuple[str, ...]:
        asked: set[str] = set()
        for before, after in changed:
            was, now = (
                set() if place is None else set(self.context.scenario.parties_at(place)) for place in (before, after)
            )
            if asks:
                asked |= was | now
            elif before is None or after is None or before.slot != after.slot or (before.police and not after.police):
                asked |= set() if after is not None and after.same_place(before) else now
            else:
                asked |= now - was
        scenario = self.context.scenario
        return tuple(party for party in (*scenario.agencies, *scenario.police) if party in asked)

    def _old(self, id: str) -> Placement:
        placement = self.context.old(id)
        if placement is None:
            raise KeyError(id)
        return placement

    @property
    def _today(self) -> date:
        if self.context.as_of is None:
            raise ValueError("a day needs a moment")
        return self.context.as_of.date()

    @cached_property
    def _as_it_is(self) -> DayBoard:
        return self._laid_out(())

    @cached_property
    def _with_fewer_officers(self) -> DayBoard:
        operations = self.context.scenario.operations
        left = {id: self._officers_left(self._old(id)) for id in self.context.hit}
        return self._laid_out(replace(operations[id], officers_least=n) for id, n in left.items() if n is not None)

    @cached_property
    def _with_no_police(self) -> DayBoard:
        operations = self.context.scenario.operations
        return self._laid_out(operations[id].without_officers for id in self.context.hit if self._can_do_without(id))

    @cached_property
    def _with_reserves(self) -> list[DayBoard]:
        context, today = self.context, [Slot(self._today, shift.id) for shift in self.context.scenario.shifts]
        within = reduce(or_, map(context.slots.grid.single, [*today, *(self._old(id).slot for id in context.hit)]))
        alone = [self._promoted_alone(o) for o in context.scenario.operations.values() if o.reserve]
        promoted = [reserve for reserve in alone if not self._is_tied_to_hit(reserve)]
        without = [operation.without_officers for operation in promoted if self._can_do_without(operation.id)]
        return [self._laid_out(some, within) for some in (promoted, without) if some]

    def _laid_out(self, changed: Iterable[Operation], within: SlotSet | None = None) -> DayBoard:
        """The day with these versions of operations. `within`: the slots of those that are not hit."""
        anew = {operation.id: operation for operation in changed}
        scenario = replace(self.context.scenario, operations={**self.context.scenario.operations, **anew})
        wide = [id for id in anew if id not in self.context.hit]
        return day_board(with_scenario(self.context, scenario), wide, within)

    def _promoted_alone(self, reserve: Operation) -> Operation:
        """The reserve as an ordinary operation: the others stay reserves, so a tie to one of them does not bind it."""
        twin = self.context.scenario.operations.get(reserve.same_slot_as or "")
        is_bound = twin is not None and not twin.reserve
        return replace(reserve, reserve=False, same_slot_as=reserve.same_slot_as if is_bound else None)

    def _is_tied_to_hit(self, reserve: Operation) -> bool:
        """True if it must be at the time of a hit operation: then it cannot be carried out without that."""
        first = {reserve.id, reserve.same_slot_as} - {None}
        tied = {o.id for o in self.context.scenario.planned.values() if {o.id, o.same_slot_as} & first}
        return not tied.isdisjoint(self.context.hit)

    def _can_do_without(self, id: str) -> bool:
        operation = self.context.scenario.operations[id]
        return operation.without_police and operation.officers > 0

    def _officers_left(self, old: Placement) -> int | None:
        """The officers that its unit has left for it on each of its dates; None if these are enough, or none."""
        scenario = self.context.scenario
        if old.police is None:
            return None
        own, lent = {*scenario.slots(old)}, Counter[Slot]()
        for id, place in self.context.before.items():
            if id not in self.context.hit and (there := own.intersection(scenario.slots(place))):
                officers = scenario.operations[id].lent(place.police).get(old.police, 0)
                lent.update(dict.fromkeys(there, officers))
        left = min(scenario.police_offer(old.police, slot).officers - lent[slot] for slot in own)
        return left if 0 < left < scenario.operations[old.operation].least else None

    def _left_behind(self, id: str) -> list[Placement]:
        operations, gone = self.context.scenario.operations, {id}
        placed = self.context.before.keys() - self.context.history.keys() - self.context.hit
        while more := {other for other in placed - gone if _hang_together(operations, other, gone)}:
            gone |= more
        return [self._old(other) for other in by_start(self.context, gone - {id})]


def _hang_together(operations: Mapping[str, Operation], id: str, gone: Set[str]) -> bool:
    after, twins = operations[id].after, {operations[other].same_slot_as for other in gone}
    return (after is not None and after.operation in gone) or operations[id].same_slot_as in gone or id in twins


def _pin(place: Placement) -> dict[str, object]:
    pin: dict[str, object] = {
        "operation": place.operation,
        "date": place.slot.day.isoformat(),
        "shift": place.slot.shift,
    }
    pin |= {} if place.police is None else {"police": place.police}
    return pin | ({"any_of": list(place.any_of)} if place.any_of else {})
