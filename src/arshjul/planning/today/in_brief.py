"""A hit operation in a row: where it stands, the best way out of it and what that brings, and its other ways out.

Which voluntary agencies can come at another time is only known when the options have been worked out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from arshjul.domain.calendar import Slot
from arshjul.errors import Message
from arshjul.planning.today.today import Hit, Today
from arshjul.planning.today.ways_out import WayKind, WayOut
from arshjul.texts import counted

_TO_MOVE = {WayKind.ANOTHER_SHIFT, WayKind.MOVE, WayKind.MOVE_OTHERS}


@dataclass(frozen=True, slots=True)
class WayInBrief:
    """A way out by its number in the note. `slot`: its new time; None if it keeps its own.

    `brings`: what is otherwise than before besides; `moved`: other operations, and to which date; `moves`: it is itself
    moved to another time.
    """

    number: int
    slot: Slot | None
    brings: tuple[Message, ...]
    moved: tuple[tuple[str, date], ...]
    moves: bool


@dataclass(frozen=True, slots=True)
class HitInBrief:
    """A hit operation. `best`: the least drastic way out to which not all have to agree; None if there is none."""

    hit: Hit
    is_today: bool
    best: WayInBrief | None
    others: tuple[WayInBrief, ...]


def in_brief(today: Today) -> list[HitInBrief]:
    """The hit operations in the order of their starts."""
    made = []
    for hit in today.hit:
        ways = [_way(today, hit, n, way) for n, way in enumerate(hit.ways_out, 1)]
        easy = (way for way, whole in zip(ways, hit.ways_out, strict=True) if not whole.asks)
        best = next(easy, ways[0] if ways else None)
        is_today = hit.placement.slot.day <= today.as_of.date()
        made.append(HitInBrief(hit, is_today, best, tuple(way for way in ways if way is not best)))
    return made


def _way(today: Today, hit: Hit, number: int, way: WayOut) -> WayInBrief:
    is_other = way.placement.slot != hit.placement.slot and way.kind is not WayKind.RESERVE
    brings, moved = tuple(_brings(today, hit, way)), tuple((old.operation, new.slot.day) for old, new in way.moves)
    return WayInBrief(number, way.placement.slot if is_other else None, brings, moved, way.kind in _TO_MOVE)


def _brings(today: Today, hit: Hit, way: WayOut) -> Iterator[Message]:
    scenario, old, new = today.scenario, hit.placement, way.placement
    if way.kind is WayKind.RESERVE:
        yield Message("{operation} instead of it", {"operation": new.operation})
    elif way.kind is WayKind.WITHOUT_POLICE:
        yield Message("without police")
    elif new.police != old.police and new.police is not None:
        yield Message("with {parties}", {"parties": [scenario.police[new.police].name]})
    if way.officers is not None:
        needed = scenario.operations[hit.operation].officers
        yield counted(way.officers, "one officer, not {needed}", "{n} officers, not {needed}", needed=needed)
    come = [scenario.agencies[id].name for id in new.any_of if id not in old.any_of]
    if come and way.kind is not WayKind.RESERVE:
        yield Message("with {parties}", {"parties": come})
    if out := [id for id in way.left_out if id != hit.operation]:
        yield Message("{operations} must stay out", {"operations": out})
    if way.asks:
        yield Message("all must agree")
