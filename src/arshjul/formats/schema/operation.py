"""`operations`: what is to be done."""

import operator
from typing import Annotated, Any, Literal

from pydantic import Field

from arshjul.domain.calendar import Slot
from arshjul.domain.operation import MOST_DAYS, AgencyGroup, FollowUp, Operation, Pin, Repeat
from arshjul.errors import KeyName, Message
from arshjul.formats.schema.frame import WrittenFrame
from arshjul.formats.schema.site import WrittenSite
from arshjul.formats.shape import Shape
from arshjul.formats.words import (
    MOST,
    Dates,
    Day,
    Flag,
    Id,
    Interest,
    Name,
    Weekdays,
    Whole,
    WrittenPeriod,
    choice,
    wrong,
)

Lent = Annotated[int, Field(ge=1, le=MOST)]


class WrittenFollowUp(Shape[FollowUp]):
    """`after`."""

    thing = FollowUp

    operation: Id
    min_days: Whole = 0
    max_days: Whole | None = None

    def model_post_init(self, _: object) -> None:
        """Refuses an upper limit below the lower one."""
        if self.max_days is not None and self.max_days < self.min_days:
            text = Message(
                "{most} is {max}, less than {least}, {min}.",
                {
                    "most": KeyName("after.max_days"),
                    "max": self.max_days,
                    "least": KeyName("after.min_days"),
                    "min": self.min_days,
                },
            )
            raise wrong("bad-value", text, "max_days")


class WrittenRepeat(Shape[Repeat]):
    """`repeat`."""

    thing = Repeat

    times: Annotated[int, Field(ge=1, le=MOST)]
    every_days: list[Whole]

    def model_post_init(self, _: object) -> None:
        """Refuses what is not the fewest and the most days."""
        if len(self.every_days) != 2 or self.every_days[0] > self.every_days[1]:
            text = Message("Give the fewest and the most days from one to the next, like [28, 42].")
            raise wrong("bad-value", text, "every_days")

    def domain(self) -> Repeat:
        """The repeat."""
        return Repeat(self.times, *self.every_days)

    @classmethod
    def attributes(cls, thing: Repeat) -> dict[str, Any]:
        """The days in one list."""
        return {"times": thing.times, "every_days": (thing.min_days, thing.max_days)}


class WrittenPin(Shape[Pin]):
    """`fixed`: a date and a shift, and perhaps a unit and the agencies chosen of its groups."""

    thing = Pin

    date: Day
    shift: Id
    police: Id | None = None
    any_of: list[Id] | None = None

    def domain(self) -> Pin:
        """The pin."""
        chosen = None if self.any_of is None else tuple(self.any_of)
        return Pin(Slot(self.date, self.shift), self.police, chosen)

    @classmethod
    def attributes(cls, thing: Pin) -> dict[str, Any]:
        """Date and shift are its slot's."""
        return {"date": thing.slot.day, "shift": thing.slot.shift, "police": thing.police, "any_of": thing.any_of}


class WrittenAgencyGroup(Shape[AgencyGroup]):
    """`any_of`: agencies of which exactly one takes part."""

    thing = AgencyGroup

    agencies: list[Id]
    teams: Annotated[int, Field(ge=1, le=MOST)] = 1

    def model_post_init(self, _: object) -> None:
        """Refuses an empty group."""
        if not self.agencies:
            text = Message("The group is empty: name two agencies or more, one of which is to take part.")
            raise wrong("bad-value", text, "agencies")


class WrittenOperation(Shape[Operation]):
    """An operation, with its keys and defaults (docs/formats.md#scenario)."""

    thing = Operation

    id: Id
    title: Name
    programme: Id
    lead_agency: Id
    sector: Id
    area: Id
    priority: Annotated[int, Field(ge=1, le=3)] = 2
    must: bool = False
    officers: Whole = 0
    officers_least: Annotated[int, Field(ge=1, le=MOST)] | None = None
    designated: Annotated[Literal["none", "prefer", "require"], choice("none", "prefer", "require")] = "none"
    police: list[Id] | None = None
    police_also: Annotated[dict[Id, Lent], Field(exclude_if=operator.not_)] = {}
    agencies: dict[Id, Whole] = {}
    any_of: Annotated[list[WrittenAgencyGroup], Field(exclude_if=operator.not_)] = []
    optional_agencies: dict[Id, Whole] = {}
    interest: dict[Id, Interest] = {}
    window: WrittenPeriod | None = None
    shifts: list[Id] | None = None
    weekdays: Weekdays | None = None
    not_on: list[Dates] = []
    preferred: WrittenPeriod | None = None
    nominated_on: Day | None = None
    after: WrittenFollowUp | None = None
    not_same_day_as: list[Id] = []
    not_same_week_as: list[Id] = []
    same_slot_as: Id | None = None
    fixed: WrittenPin | None = None
    repeat: WrittenRepeat | None = None
    short_notice: bool = False
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, exclude_if=lambda days: days == 1)] = 1
    reserve: Flag = False
    without_police: Flag = False
    frame: WrittenFrame | None = None
    sites: list[WrittenSite] = Field([], repr=False)
