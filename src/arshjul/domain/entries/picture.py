"""The situation picture: what a unit or an agency sees of a sector in an area, and what the coordinator makes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from arshjul.domain.entry import Entry

Trend = Literal["rising", "steady", "falling"]
Decision = Literal["open", "priority", "interest", "no"]
TRENDS: tuple[Trend, ...] = get_args(Trend)
DECISIONS: tuple[Decision, ...] = get_args(Decision)

LOWEST_PRIORITY = 3
"""1 is the highest priority, 3 the highest level."""


@dataclass(frozen=True, slots=True)
class PictureTheme(Entry):
    """One theme of a situation picture, seen from `first` to `last`. After `valid_to` it proposes nothing.

    `level`: 1 low to 3 high. `decision`: what the coordinator has taken over of it, with the `reason`.
    """

    id: str
    by: str
    area: str
    sector: str
    first: date
    last: date
    valid_to: date
    level: int
    trend: Trend = "steady"
    note: str = ""
    decision: Decision = "open"
    reason: str = ""

    @property
    def priority(self) -> int:
        """The priority of operations that it proposes."""
        return LOWEST_PRIORITY + 1 - self.level

    def proposes(self, today: date) -> bool:
        """True if it is still valid, and nothing has been decided about it."""
        return self.decision == "open" and today <= self.valid_to


def latest_themes(log: Iterable[PictureTheme]) -> Mapping[str, PictureTheme]:
    """The themes as they stand, by id."""
    return {one.id: one for one in log}
