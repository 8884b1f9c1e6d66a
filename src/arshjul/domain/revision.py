"""Records of what each revision of a plan did: kept for good, so that a year can be counted when it is over."""

from dataclasses import dataclass, field
from datetime import datetime

from arshjul.domain.cause import Causes
from arshjul.domain.change import Move


@dataclass(frozen=True, slots=True)
class ReplanRecord:
    """A replan that was made: its moment, the operations that were hit, and those that were changed.

    `causes` are those that were told then; None: they were not kept yet. Two records are the same if they did the same.
    """

    number: int
    as_of: datetime
    hit: frozenset[str]
    changed: tuple[Move, ...]
    causes: Causes | None = field(default=None, compare=False)
