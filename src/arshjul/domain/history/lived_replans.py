"""The replans of a year as its parties had to live with them: from what they were told to what they were told next."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import NamedTuple

from arshjul.domain.change import Move
from arshjul.domain.history.past_replans import past_replans
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan, ReplanRecord
from arshjul.domain.scenario import Scenario


class _Left(NamedTuple):
    """The place that an operation left, the version of the plan in which that counts, and whether it was hit."""

    due: int
    old: Placement | None
    is_hit: bool


def lived_replans(scenario: Scenario, plan: Plan, told: Collection[int] = ()) -> Iterator[ReplanRecord]:
    """The replans, each with the moves and hits that came of it for the parties.

    A version that nobody was told of counts with the next of those `told` (empty: each was told). One that is taken
    back counts with the version that does so: what went back is no move. `scenario` may know more than the plan's own.
    """
    undone, left = plan.entries.undone, dict[str, _Left]()
    for record, past in zip(plan.revisions, past_replans(scenario, plan), strict=True):
        due = min((number for number in told if number >= record.number), default=record.number)
        due = (undone[due].revision or due) if due in undone else due
        now = {move.operation: move.new for move in record.changed}
        for move in record.changed:
            before = left.get(move.operation, _Left(due, move.old, is_hit=False))
            is_hit = move.operation in record.hit or (before.is_hit and before.due == due)
            left[move.operation] = _Left(due, before.old, is_hit)
        over = {id: left.pop(id) for id, one in list(left.items()) if one.due <= record.number}
        moves = [Move(id, one.old, now.get(id, past.plan.placed.get(id))) for id, one in over.items()]
        changed = tuple(move for move in moves if move.old is not None and not move.old.same_place(move.new))
        hit = frozenset(move.operation for move in changed if over[move.operation].is_hit)
        yield replace(record, hit=hit | (record.hit - now.keys() if due == record.number else hit), changed=changed)
