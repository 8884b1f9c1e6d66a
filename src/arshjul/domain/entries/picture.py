"""The situation picture: what a unit or an agency sees of sectors in an area, and what the coordinator makes of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from arshjul.domain.calendar import Span
from arshjul.domain.entry import Entry
from arshjul.domain.operation import Operation
from arshjul.domain.scenario import Scenario

Trend = Literal["rising", "steady", "falling"]
Decision = Literal["open", "priority", "interest", "no"]
TRENDS: tuple[Trend, ...] = get_args(Trend)
DECISIONS: tuple[Decision, ...] = get_args(Decision)

LOWEST_PRIORITY = 3
"""1 is the highest priority, 3 the highest level."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What is seen of a sector. `level`: 1 low to 3 high.

    `decision`: what the coordinator has taken over of it, for which `operations`, with the `reason`.
    """

    sector: str
    level: int
    trend: Trend = "steady"
    note: str = ""
    decision: Decision = "open"
    reason: str = ""
    operations: tuple[str, ...] = ()

    @property
    def priority(self) -> int:
        """The priority of operations that it proposes."""
        return LOWEST_PRIORITY + 1 - self.level

    def made(self, operation: Operation, by: str, what: Decision) -> Operation:
        """The operation with what the party proposes by it: its priority, or the party's interest."""
        if what == "priority":
            return replace(operation, priority=self.priority)
        return replace(operation, interest={**operation.interest, by: self.level}) if what == "interest" else operation

    def as_in(self, year: Scenario, by: str) -> "Theme":
        """The theme as it stands in a year: open again if that has nothing of what was taken over."""
        there = [year.operations[id] for id in self.operations if id in year.operations]
        if not there or any(self.made(one, by, self.decision) == one for one in there):
            return self
        return self.undecided

    @property
    def undecided(self) -> "Theme":
        """What is seen, whatever has been decided about it."""
        return replace(self, decision="open", reason="", operations=())


@dataclass(frozen=True, slots=True)
class SituationPicture(Entry):
    """What a party sees of an area in a period, theme by theme. After `valid_to` it proposes nothing."""

    id: str
    by: str
    area: str
    period: Span
    valid_to: date
    themes: tuple[Theme, ...]

    def decided(self, position: int, decision: Decision, reason: str, operations: Iterable[str]) -> "SituationPicture":
        """The same with a decision about the theme at that position, which leaves the others as they are."""
        themes = list(self.themes)
        themes[position] = replace(themes[position], decision=decision, reason=reason, operations=tuple(operations))
        return replace(self, themes=tuple(themes), reported=None, revision=None)


@dataclass(frozen=True, slots=True)
class PictureTheme:
    """A theme in its picture, at a position among the others."""

    picture: SituationPicture
    position: int = 0

    @property
    def theme(self) -> Theme:
        """What is seen."""
        return self.picture.themes[self.position]

    @property
    def id(self) -> str:
        """The picture's; where it has several themes, with the number of this one."""
        return self.picture.id if len(self.picture.themes) == 1 else f"{self.picture.id}.{self.position + 1}"

    def proposes(self, today: date) -> bool:
        """True if it is still valid, and nothing has been decided about it."""
        return self.theme.decision == "open" and today <= self.picture.valid_to


def latest_pictures(log: Iterable[SituationPicture]) -> Mapping[str, SituationPicture]:
    """The pictures as they stand, by id."""
    return {one.id: one for one in log}


def latest_themes(log: Iterable[SituationPicture], year: Scenario) -> Iterator[PictureTheme]:
    """The themes of the pictures as they stand in a year."""
    for known in latest_pictures(log).values():
        picture = replace(known, themes=tuple(theme.as_in(year, known.by) for theme in known.themes))
        yield from (PictureTheme(picture, position) for position in range(len(picture.themes)))
