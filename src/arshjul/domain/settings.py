"""The numbers a coordinator sets: limits, prices, and the cycle of milestones and meetings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal


@dataclass(frozen=True, slots=True)
class Limits:
    """The section `rules`. None: no limit; 0 days or hours: off."""

    lead_time_days: int = 0
    sector_spacing_days: int = 0
    operations_per_day: int | None = None
    operations_per_area_per_day: int | None = None
    operations_per_week: int | None = None
    daily_rest_hours: int = 0
    freeze_days: int = 0
    notice_days: int = 0
    unknown_end_days: int = 28


@dataclass(frozen=True, slots=True)
class Objective:
    """What a plan is judged by. `prices` gives each soft rule's points, by its id."""

    priority_points: Mapping[int, int] = field(default_factory=lambda: {1: 9, 2: 3, 3: 1})
    change_points: int = 2
    prices: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A date around every operation: `days` before it (negative) or after. No `start`: all day.

    A closed date moves to the open one before it, where `after` to the one after it.
    """

    id: str
    name: str
    days: int
    start: time | None = None
    minutes: int = 60
    after: bool | None = None

    @property
    def comes_after(self) -> bool:
        """Whether it comes after the operation; by default, where it does so by a day or more."""
        return self.days > 0 if self.after is None else self.after


@dataclass(frozen=True, slots=True)
class Meeting:
    """The year's own dates. `agencies` "all": every agency."""

    id: str
    name: str
    dates: tuple[date, ...]
    start: time | None = None
    minutes: int = 60
    agencies: tuple[str, ...] | Literal["all"] = "all"


@dataclass(frozen=True, slots=True)
class Cycle:
    """Milestones and meetings."""

    milestones: tuple[Milestone, ...] = ()
    meetings: tuple[Meeting, ...] = ()
