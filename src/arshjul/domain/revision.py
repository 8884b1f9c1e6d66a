"""Records of what each revision of a plan did, kept for good so that the year can be summed up."""

from dataclasses import dataclass, field
from datetime import datetime

from arshjul.domain.cause import Causes
from arshjul.domain.change import Move


@dataclass(frozen=True, slots=True)
class ReplanRecord:
    """A replan that was made: its moment, the operations that were hit, and the changes.

    `causes` are those that were told then; None: not recorded. They do not matter when records are compared.
    """

    number: int
    as_of: datetime
    hit: frozenset[str]
    changed: tuple[Move, ...]
    causes: Causes | None = field(default=None, compare=False)
