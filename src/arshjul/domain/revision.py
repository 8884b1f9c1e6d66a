"""Records of what each revision of a plan did: kept for good, so that a year can be counted when it is over."""

from dataclasses import dataclass
from datetime import datetime

from arshjul.domain.change import Move, changes
from arshjul.domain.plan import Plan


@dataclass(frozen=True, slots=True)
class ReplanRecord:
    """A replan that was made: its moment, the operations that were hit, and those that were changed."""

    number: int
    as_of: datetime
    hit: frozenset[str]
    changed: tuple[Move, ...]


def revisions(plan: Plan) -> tuple[ReplanRecord, ...]:
    """All replans up to this plan, itself among them where it is one."""
    base = plan.base
    if base is None:
        return plan.earlier
    own = ReplanRecord(plan.placing.revision, base.as_of, base.hit, changes(base.placements, plan).changed)
    return (*plan.earlier, own)
