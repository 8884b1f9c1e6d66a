"""A hit operation in a row: where it stands, the best way out of it and what that brings, and its other ways out.

Which voluntary agencies can come at another time is only known when the options have been worked out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from arshjul.domain.calendar import Slot
from arshjul.errors import Message
from arshjul.planning.today.today import Hit, Today
from arshjul.planning.today.ways_out import WayKind, WayOut
from arshjul.texts import counted


@dataclass(frozen=True, slots=True)
class WayInBrief:
    """A way out by its number in the note. `slot`: its new time; None: its own, or none if `is_out`.

    `brings`: what is otherwise than before besides; `moved`: other operations, and to which date; `moves`: it is itself
    moved to another time.
    """

    number: int
    slot: Slot | None
    brings: tuple[Message, ...]
    moved: tuple[tuple[str, date], ...]
    moves: bool
    is_out: bool = False


@dataclass(frozen=True, slots=True)
class HitInBrief:
    """A hit operation. `best`: the least drastic way that keeps it, if it can without all agreeing; None: no way."""

    hit: Hit
    is_today: bool
    best: WayInBrief | None
    others: tuple[WayInBrief, ...]


def in_brief(today: Today) -> list[HitInBrief]:
    made = []
    for hit in today.hit:
        ways = [_way(today, hit, n, way) for n, way in enumerate(hit.ways_out, 1)]
        by_ease = sorted(zip(ways, hit.ways_out, strict=True), key=lambda both: (both[0].is_out, both[1].asks))
        best = by_ease[0][0] if by_ease else None
        is_today = hit.placement.slot.day <= today.as_of.date()
        made.append(HitInBrief(hit, is_today, best, tuple(way for way in ways if way is not best)))
    return made


def _way(today: Today, hit: Hit, number: int, way: WayOut) -> WayInBrief:
    """A way out. Beside a reserve the hit operation has its own new place, first among the moves, or none."""
    moves = list(way.moves)
    new = way.placement if way.kind is not WayKind.RESERVE else moves.pop(0)[1] if moves else hit.placement
    slot = None if new.slot == hit.placement.slot else new.slot
    moved = tuple((old.operation, place.slot.day) for old, place in moves)
    is_out = hit.operation in way.left_out
    moves_itself = slot is not None and not way.left_out
    return WayInBrief(number, slot, tuple(_brings(today, hit, way)), moved, moves_itself, is_out)


def _brings(today: Today, hit: Hit, way: WayOut) -> Iterator[Message]:
    scenario, old, new = today.scenario, hit.placement, way.placement
    if way.kind is WayKind.RESERVE:
        instead, meanwhile = Message("the reserve {operation} instead"), Message("the reserve {operation} meanwhile")
        text = instead if hit.operation in way.left_out else meanwhile
        yield replace(text, values={"operation": new.operation})
        if way.officers == 0:
            yield Message("without police")
    elif way.kind is WayKind.WITHOUT_POLICE:
        yield Message("without police")
    else:
        units = [scenario.police[new.police].name] if new.police not in (old.police, None) else []
        agencies = [scenario.agencies[id].name for id in new.any_of if id not in old.any_of]
        if come := [*units, *agencies]:
            yield Message("with {parties}", {"parties": come})
        if way.officers is not None:
            needed = scenario.operations[hit.operation].officers
            yield counted(way.officers, "one officer, not {needed}", "{n} officers, not {needed}", needed=needed)
    if out := [id for id in way.left_out if id != hit.operation]:
        yield Message("{operations} must stay out", {"operations": out})
    if way.asks:
        yield Message("all must agree")
