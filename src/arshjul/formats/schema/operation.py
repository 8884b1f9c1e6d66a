"""`operations`: what is to be done."""

import operator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from arshjul.domain.operation import MOST_DAYS, AgencyGroup, FollowUp, Operation, Pin, Repeat
from arshjul.errors import KeyName, Message
from arshjul.formats.schema.fields import AgencyId, AreaId, OperationId, ShiftId, UnitId, WordId
from arshjul.formats.schema.frame import WrittenFrame
from arshjul.formats.schema.place import Dates, WrittenPeriod, WrittenSlot
from arshjul.formats.schema.site import WrittenSite
from arshjul.formats.shape import Shape
from arshjul.formats.words import MOST, Day, Flag, Id, Interest, Name, Weekdays, Whole, choice, wrong

Lent = Annotated[int, Field(ge=1, le=MOST)]


class WrittenFollowUp(Shape[FollowUp]):
    """`after`."""

    thing = FollowUp

    operation: OperationId
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

    def made_of(self) -> dict[str, Any]:
        """The days apart."""
        return {"times": self.times, "min_days": self.every_days[0], "max_days": self.every_days[1]}

    @classmethod
    def attributes(cls, thing: Repeat) -> dict[str, Any]:
        """The days in one list."""
        return {"times": thing.times, "every_days": (thing.min_days, thing.max_days)}


class WrittenPin(WrittenSlot):
    """`fixed`: a date and a shift, and perhaps a unit and the agencies chosen of its groups."""

    thing: ClassVar[type] = Pin
    flat = {"slot": WrittenSlot}

    police: UnitId | None = None
    any_of: list[AgencyId] | None = None


class WrittenAgencyGroup(Shape[AgencyGroup]):
    """`any_of`: agencies of which exactly one takes part."""

    thing = AgencyGroup

    agencies: list[AgencyId]
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
    programme: WordId
    lead_agency: AgencyId
    sector: WordId
    area: AreaId
    priority: Annotated[int, Field(ge=1, le=3)] = 2
    must: bool = False
    officers: Whole = 0
    officers_least: Annotated[int, Field(ge=1, le=MOST)] | None = None
    designated: Annotated[Literal["none", "prefer", "require"], choice("none", "prefer", "require")] = "none"
    police: list[UnitId] | None = None
    police_also: Annotated[dict[UnitId, Lent], Field(exclude_if=operator.not_)] = {}
    agencies: dict[AgencyId, Whole] = {}
    any_of: Annotated[list[WrittenAgencyGroup], Field(exclude_if=operator.not_)] = []
    optional_agencies: dict[AgencyId, Whole] = {}
    interest: dict[AgencyId, Interest] = {}
    window: WrittenPeriod | None = None
    shifts: list[ShiftId] | None = None
    weekdays: Weekdays | None = None
    not_on: list[Dates] = []
    preferred: WrittenPeriod | None = None
    nominated_on: Day | None = None
    after: WrittenFollowUp | None = None
    not_same_day_as: list[OperationId] = []
    not_same_week_as: list[OperationId] = []
    same_slot_as: OperationId | None = None
    fixed: WrittenPin | None = None
    repeat: WrittenRepeat | None = None
    short_notice: bool = False
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, exclude_if=lambda days: days == 1)] = 1
    reserve: Flag = False
    without_police: Flag = False
    frame: WrittenFrame | None = None
    sites: list[WrittenSite] = Field([], repr=False)
