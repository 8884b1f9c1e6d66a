"""What can still be done with an operation that has lost its police: every way out, the least drastic first.

Each is worked out as if the other hit operations were taken out, except those tied to its time. The only rules that it
may break are freeze and notice, which the coordinator may set aside if all parties agree. A replan under
`fewest-changes` with the changes of a way out gives exactly that.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Operation
from arshjul.domain.placement import Placement
from arshjul.domain.replan_context import ReplanContext
from arshjul.planning.places.day_board import (
    DayBoard,
    day_board,
    is_within_rules,
    making_way,
    on_the_day,
    with_scenario,
)
from arshjul.planning.places.finder import Alternative, Move, moving_nothing, moving_together

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
    """One way out. `placement` is the operation's new place, or the reserve's if a reserve replaces it.

    `moves` are other operations, with old and new places; `pinned` are the places to pin for it, `left_out` operations
    that must stay out; `officers`: the reduced number. `ask`: the parties to ask. `asks`: freeze or notice is set
    aside, or the officers are fewer than the operation needs, so all parties must agree.
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
        """The content of its file of changes: each kind of change that it needs, with all changes of that kind."""
        own = self.placement.operation
        changes: dict[str, Sequence[object]] = {
            "fewer_officers": [] if self.officers is None else [{"operation": own, "officers": self.officers}],
            "without_police": [own] if self.kind is WayKind.WITHOUT_POLICE else [],
            "promoted": [own] if self.kind is WayKind.RESERVE else [],
            "pinned": [_pin(place) for place in self.pinned],
            "left_out": list(self.left_out),
        }
        return {kind: items for kind, items in changes.items() if items}


def ways_out(context: ReplanContext) -> dict[str, tuple[WayOut, ...]]:
    """The ways out of each hit operation, in the order of `WayKind`; by id, in the order of their starts."""
    day = _Day(on_the_day(context))
    return {id: tuple(day.ways_out(id)) for id in by_start(context, context.hit)}


def by_start(context: ReplanContext, operations: Iterable[str]) -> list[str]:
    """Operations of the base by when they start, then in the scenario's order."""
    scenario, order = context.scenario, list(context.scenario.operations)
    return sorted(operations, key=lambda id: (scenario.moments(context.before[id].slot)[0], order.index(id)))


@dataclass(frozen=True)
class _Day:
    """The hit operations of a context, and the boards on which their ways out are tried, laid out on first use."""

    context: ReplanContext

    def ways_out(self, id: str) -> Iterator[WayOut]:
        old, context = self._old(id), self.context
        free = self._free(id)
        starts = context.scenario.moments(old.slot)[0]

        def later(slot: Slot) -> bool:
            return slot.day == old.slot.day and context.scenario.moments(slot)[0] > starts

        here = [one for one in free if one.placement.slot == old.slot]
        yield from self._ordered(WayKind.STAYS, [one for one in here if one.placement.staffing == old.staffing])
        yield from self._ordered(WayKind.OTHER_UNIT, [one for one in here if one.placement.staffing != old.staffing])
        yield from self._fewer_officers(old)
        yield from self._ordered(WayKind.ANOTHER_SHIFT, [one for one in free if later(one.placement.slot)])
        yield from self._without_police(old)
        yield from self._reserves(old)
        cheapest: dict[Slot, Alternative] = {}
        for one in free:
            if one.placement.slot != old.slot and not later(one.placement.slot):
                cheapest.setdefault(one.placement.slot, one)
        yield from self._ordered(WayKind.MOVE, list(cheapest.values())[:MOST_MOVES])
        if id in self._making_way:
            yield from self._ordered(WayKind.MOVE_OTHERS, [self._making_way[id]])

    def _free(self, id: str) -> list[Alternative]:
        """The places free beside everything else, the cheapest first; with those of operations tied to its time."""
        problem = self._as_it_is.problem
        partners = self._partners(id)
        return moving_together(problem, id, partners) if partners else moving_nothing(problem, id)

    def _partners(self, id: str) -> list[str]:
        """The hit operations tied to its time."""
        groups = (group for group in self.context.scenario.ties() if id in group)
        return [one for group in groups for one in group if one in self.context.hit and one != id]

    def _follows_hit(self, id: str) -> bool:
        after = self.context.scenario.operations[id].after
        return after is not None and after.operation in self.context.hit

    @cached_property
    def _making_way(self) -> Mapping[str, Alternative]:
        # An operation that depends on another one that is taken out has no place, whatever makes way.
        alone = [id for id in self.context.hit if not self._partners(id) and not self._follows_hit(id)]
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
            yield self._way_out(self._with_no_police, WayKind.WITHOUT_POLICE, place)

    def _reserves(self, old: Placement) -> Iterator[WayOut]:
        scenario = self.context.scenario
        freed = {*scenario.operations[old.operation].sent(old.any_of), *old.optional_agencies}
        units = [None, *scenario.police]
        fitting = [o.id for o in scenario.operations.values() if o.reserve and o.agencies.keys() <= freed]
        if not fitting or self._leaves_others_behind(old.operation):
            return
        board = self._with_reserves
        places = [place for id in fitting for place in board.free(id) if place.slot == old.slot]
        for place in sorted(places, key=lambda place: units.index(place.police)):
            yield self._way_out(board, WayKind.RESERVE, place, replaces=old)

    def _way_out(
        self,
        board: DayBoard,
        kind: WayKind,
        place: Placement,
        *,
        moves: tuple[Move, ...] = (),
        replaces: Placement | None = None,
        officers: int | None = None,
    ) -> WayOut:
        """The way out with what must be pinned and left out for it, and whom to ask."""
        there = [place, *(new for _, new in moves)]
        is_pinned = kind is not WayKind.WITHOUT_POLICE
        board = self._with_movers(board, moves)
        out = dict.fromkeys((*(() if replaces is None else (replaces.operation,)), *self._displaced(board, there)))
        asks = officers is not None or not all(is_within_rules(self.context, one) for one in there)
        moves = tuple((before, after) for before, after in moves if not before.same_place(after))
        gone = [] if replaces is None else [(replaces, None)]
        changed = [(self.context.old(place.operation), place), *moves, *gone]
        return WayOut(
            kind,
            place,
            pinned=tuple(one for one in there if is_pinned and self._may_be_pinned(one)),
            left_out=tuple(out),
            officers=officers,
            moves=moves,
            ask=self._to_ask(changed, asks=asks),
            asks=asks,
        )

    def _with_movers(self, board: DayBoard, moves: Sequence[Move]) -> DayBoard:
        """The board on which moved operations can stand at their new places; it matters only for unplaced musts."""
        wide = [new.operation for _, new in moves if board.problem.builder.option(new) is None]
        return day_board(self.context, wide) if wide and board.rivals else board

    def _displaced(self, board: DayBoard, there: Sequence[Placement]) -> list[str]:
        """The operations that must stay out for these to have their places."""
        if all(self._may_be_pinned(place) for place in there):
            return list(board.displaced(there))
        # What starts at this very moment can no longer be pinned: the operations of the same slot are named instead.
        id, slot = there[0].operation, there[0].slot
        return [other for other in by_start(self.context, self.context.hit - {id}) if self._old(other).slot == slot]

    def _may_be_pinned(self, place: Placement) -> bool:
        return bool(self.context.later & self.context.slots.grid.single(place.slot))

    def _to_ask(self, changed: Iterable[tuple[Placement | None, Placement | None]], *, asks: bool) -> tuple[str, ...]:
        """The parties to whom a change brings something new; if it needs consent, all parties old and new."""
        asked: set[str] = set()
        for before, after in changed:
            was, now = (
                set() if place is None else set(self.context.scenario.parties_at(place)) for place in (before, after)
            )
            if asks:
                asked |= was | now
            elif before is None or after is None or before.slot != after.slot or _loses_police(before, after):
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

    @cached_property
    def _as_it_is(self) -> DayBoard:
        """The day as it is."""
        return self._laid_out(())

    @cached_property
    def _with_fewer_officers(self) -> DayBoard:
        """The day on which each hit operation makes do with its remaining officers."""
        operations, left = (
            self.context.scenario.operations,
            {id: self._officers_left(self._old(id)) for id in self.context.hit},
        )
        return self._laid_out(replace(operations[id], officers_least=n) for id, n in left.items() if n is not None)

    @cached_property
    def _with_no_police(self) -> DayBoard:
        """The day on which each hit operation that can goes without police."""
        operations = self.context.scenario.operations
        return self._laid_out(operations[id].without_officers for id in self.context.hit if self._can_do_without(id))

    @cached_property
    def _with_reserves(self) -> DayBoard:
        """The day on which each reserve is an ordinary operation."""
        return self._laid_out(self._promoted_alone(o) for o in self.context.scenario.operations.values() if o.reserve)

    def _laid_out(self, changed: Iterable[Operation]) -> DayBoard:
        """The day with these versions of operations."""
        anew = {operation.id: operation for operation in changed}
        scenario = replace(self.context.scenario, operations={**self.context.scenario.operations, **anew})
        return day_board(with_scenario(self.context, scenario), anew.keys() - self.context.hit)

    def _promoted_alone(self, reserve: Operation) -> Operation:
        """The reserve as an ordinary operation: the others stay reserves, so a tie to one of them does not bind it."""
        twin = self.context.scenario.operations.get(reserve.same_slot_as or "")
        is_bound = twin is not None and not twin.reserve
        return replace(reserve, reserve=False, same_slot_as=reserve.same_slot_as if is_bound else None)

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

    def _leaves_others_behind(self, id: str) -> bool:
        """True if another placed operation depends on it, and would have to go with it."""
        placed = self.context.before.keys() - self.context.history.keys() - self.context.hit
        return any(id in _hangs_on(self.context.scenario.operations[other]) for other in placed) or any(
            other in placed for other in _hangs_on(self.context.scenario.operations[id], together=True)
        )


def _loses_police(before: Placement, after: Placement) -> bool:
    return before.police is not None and after.police is None


def _hangs_on(operation: Operation, *, together: bool = False) -> set[str]:
    """The operations on which it depends; `together`: only those at whose time it must be."""
    twin = set() if operation.same_slot_as is None else {operation.same_slot_as}
    return twin if together or operation.after is None else twin | {operation.after.operation}


def _pin(place: Placement) -> dict[str, object]:
    police = {} if place.police is None else {"police": place.police}
    chosen = {"any_of": list(place.any_of)} if place.any_of else {}
    return {
        "operation": place.operation,
        "date": place.slot.day.isoformat(),
        "shift": place.slot.shift,
        **police,
        **chosen,
    }
