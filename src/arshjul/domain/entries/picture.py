"""The situation picture: what a unit or an agency sees of sectors in an area, and what the coordinator makes of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from arshjul.domain.calendar import Span
from arshjul.domain.entry import Entry

Trend = Literal["rising", "steady", "falling"]
Decision = Literal["open", "priority", "interest", "no"]
TRENDS: tuple[Trend, ...] = get_args(Trend)
DECISIONS: tuple[Decision, ...] = get_args(Decision)

LOWEST_PRIORITY = 3
"""1 is the highest priority, 3 the highest level."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What is seen of a sector. `level`: 1 low to 3 high.

    `decision`: what the coordinator has taken over of it, with the `reason`.
    """

    sector: str
    level: int
    trend: Trend = "steady"
    note: str = ""
    decision: Decision = "open"
    reason: str = ""

    @property
    def priority(self) -> int:
        """The priority of operations that it proposes."""
        return LOWEST_PRIORITY + 1 - self.level


@dataclass(frozen=True, slots=True)
class SituationPicture(Entry):
    """What a party sees of an area in a period, theme by theme. After `valid_to` it proposes nothing."""

    id: str
    by: str
    area: str
    period: Span
    valid_to: date
    themes: tuple[Theme, ...]

    def decided(self, position: int, decision: Decision, reason: str) -> "SituationPicture":
        """The same with a decision about the theme at that position, which leaves the others as they are."""
        themes = list(self.themes)
        themes[position] = replace(themes[position], decision=decision, reason=reason)
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


def latest_themes(log: Iterable[SituationPicture]) -> Iterator[PictureTheme]:
    """The themes of the pictures as they stand."""
    for picture in latest_pictures(log).values():
        yield from (PictureTheme(picture, position) for position in range(len(picture.themes)))
