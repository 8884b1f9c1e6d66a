"""The replans of a year as they were made, so that each can be asked for the causes that its coordinator was told.

A plan records what each replan changed, so the plans are reconstructed from the last one backwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from arshjul.domain.change import Move
from arshjul.domain.entries.amendment import Cancelled
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Base, Plan, ReplanRecord, Unplaced
from arshjul.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class PastReplan:
    """The plan after a replan, with the base that it started from.

    `left` are the places that operations had before and no longer have; `changed` are the moves, cancelled operations
    aside.
    """

    plan: Plan
    left: tuple[Placement, ...]
    changed: tuple[Move, ...]


def past_replans(scenario: Scenario, plan: Plan) -> list[PastReplan]:
    """All replans in order. `scenario` may know more than the plan's own."""
    found: list[PastReplan] = []
    after: Mapping[str, Placement] = plan.placed
    records = plan.revisions
    for n, record in reversed(list(enumerate(records))):
        left = {move.operation: move.old for move in record.changed if move.old is not None}
        left |= _cancelled(plan, record.number)
        before = {**after, **left}
        found.append(
            PastReplan(_after(scenario, plan, records[: n + 1], before, after), tuple(left.values()), record.changed)
        )
        after = before
    return found[::-1]


def _after(
    scenario: Scenario,
    plan: Plan,
    records: tuple[ReplanRecord, ...],
    before: Mapping[str, Placement],
    after: Mapping[str, Placement],
) -> Plan:
    """The plan that the last of these replans made, with the base that it started from."""
    *earlier, record = records
    return replace(
        plan,
        as_of=record.as_of,
        placements=tuple(after.values()),
        unplaced=tuple(Unplaced(id) for id in scenario.operations if id not in after),
        entries=plan.entries.up_to(record.number),
        base=Base(record.number - 1, record.as_of, before, record.hit),
        revision=record.number,
        earlier=tuple(earlier),
        placed_by=None,
        causes=record.causes,
    )


def _cancelled(plan: Plan, revision: int) -> dict[str, Placement]:
    """The places of the operations that were cancelled in that revision."""
    return {
        change.operation: change.stood
        for change in plan.entries.changes
        if isinstance(change, Cancelled) and change.revision == revision and change.stood is not None
    }
