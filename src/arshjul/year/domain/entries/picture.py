"""The situation picture: what a unit or an agency sees of sectors in an area, and what the coordinator makes of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, ClassVar, Literal, get_args

from annotated_types import Interval, Len

from arshjul.errors import Message
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.declaration import (
    AreaId,
    Day,
    Entry,
    FieldRefusal,
    Id,
    PartyId,
    Spoken,
    Text,
    Told,
    Unstated,
    Worded,
    WordId,
)
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.scenario import Scenario

Trend = Literal["rising", "steady", "falling"]
Decision = Literal["open", "priority", "interest", "no"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)

LOWEST_PRIORITY = 3
"""1 is the highest priority, 3 the highest level."""


TREND_WORDS: Mapping[str, Message] = {
    "rising": Message("rising"),
    "steady": Message("unchanged"),
    "falling": Message("falling"),
}
MOST_THEMES = 20

# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of a situation picture: a sector. `level`: 1 low to 3 high.

    `decision`: what the coordinator has taken over of it, for which `operations`, with the `reason`.
    """

    sector: Annotated[WordId, Told(Message("Sector"))]
    level: Annotated[int, Interval(ge=1, le=3), Told(Message("Level"), Message("1 low, 2, 3 high."), prompt=Message("Level: 1 low to 3 high"))]
    trend: Annotated[Trend, Told(Message("Trend")), Spoken(TREND_WORDS)] = "steady"
    note: Annotated[Text, Unstated, Told(Message("What is seen"), Message("No place or person."), prompt=Message("What you see: no place or person"))] = ""
    decision: Annotated[Decision, Unstated, Told(Message("Decision"), Message("open, priority, interest or no.")), Worded({"open": ("öppet", "open"), "priority": ("prioritet", "priority"), "interest": ("intresse", "interest"), "no": ("nej", "no")})] = "open"
    reason: Annotated[Text, Unstated, Told(Message("Reason"))] = ""
    operations: Annotated[tuple[Id, ...], Unstated, Told(Message("Operations"))] = ()

    def refusals(self) -> Iterator[FieldRefusal]:
        if self.decision != "open" and not self.reason:
            yield FieldRefusal("missing-key", Message("The reason is missing: write why."), ("reason",))

    @property
    def priority(self) -> int:
        return LOWEST_PRIORITY + 1 - self.level

    def made(self, operation: Operation, by: str, what: Decision) -> Operation:
        """The operation with what the party proposes by it: its priority, or the party's interest."""
        if what == "priority":
            return replace(operation, priority=self.priority)
        return replace(operation, interest={**operation.interest, by: self.level}) if what == "interest" else operation

    def as_in(self, year: Scenario, by: str) -> "Theme":
        """The theme as it stands in a year: open again if that has nothing of what was taken over."""
        there = [year.operations[id] for id in self.operations if id in year.operations]
        if not there or any(self.made(operation, by, self.decision) == operation for operation in there):
            return self
        return self.undecided

    @property
    def undecided(self) -> "Theme":
        """The theme without a decision about it."""
        return replace(self, decision="open", reason="", operations=())


@dataclass(frozen=True, slots=True)
class SituationPicture(Entry):
    """A party's situation picture of an area in a period, theme by theme. A later one with the same id takes its place."""

    prefix: ClassVar = "L"

    id: Annotated[Id, Told(Message("No"), Message("Like L1."), also=("Id",))]
    by: Annotated[PartyId, Told(Message("By"))]
    area: Annotated[AreaId, Told(Message("Area"))]
    period: Annotated[Span, Told(prompt=Message("Seen"), parts={"from": Told(Message("Seen from")), "to": Told(Message("Seen to"))})]
    valid_to: Annotated[Day, Told(Message("Valid to"), Message("Proposes nothing later."))]
    themes: Annotated[tuple[Theme, ...], Len(1, MOST_THEMES), Told(prompt=Message("Themes"))]

    def refusals(self) -> Iterator[FieldRefusal]:
        sectors = [theme.sector for theme in self.themes]
        twice = next((n for n, sector in enumerate(sectors) if sector in sectors[:n]), None)
        if twice is not None:
            text = Message("Two themes have this sector: join them.")
            yield FieldRefusal("bad-value", text, ("themes", twice, "sector"))

    @property
    def undecided(self) -> "SituationPicture":
        """The same, whatever has been decided about it."""
        return replace(self, themes=tuple(theme.undecided for theme in self.themes))

    def decided(self, position: int, decision: Decision, reason: str, operations: Iterable[str]) -> "SituationPicture":
        """The same with a decision about the theme at that position, which leaves the others as they are."""
        themes = list(self.themes)
        themes[position] = replace(themes[position], decision=decision, reason=reason, operations=tuple(operations))
        return replace(self, themes=tuple(themes), reported=None, revision=None)


# fmt: on


@dataclass(frozen=True, slots=True)
class PictureTheme:
    """A theme in its picture, at a position among the others."""

    picture: SituationPicture
    position: int = 0

    @property
    def theme(self) -> Theme:
        return self.picture.themes[self.position]

    @property
    def id(self) -> str:
        """The picture's; where it has several themes, with the number of this one."""
        return self.picture.id if len(self.picture.themes) == 1 else f"{self.picture.id}.{self.position + 1}"

    def proposes(self, today: date) -> bool:
        """True if it is still valid, and nothing has been decided about it."""
        return self.theme.decision == "open" and today <= self.picture.valid_to


def latest_pictures(log: Iterable[SituationPicture]) -> Mapping[str, SituationPicture]:
    return {picture.id: picture for picture in log}


def latest_themes(log: Iterable[SituationPicture], year: Scenario) -> Iterator[PictureTheme]:
    """The themes of the pictures as they stand in a year."""
    for known in latest_pictures(log).values():
        picture = replace(known, themes=tuple(theme.as_in(year, known.by) for theme in known.themes))
        yield from (PictureTheme(picture, position) for position in range(len(picture.themes)))
