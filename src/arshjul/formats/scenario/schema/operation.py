"""`operations`: what is to be done."""

from typing import Annotated, Literal

from pydantic import Field

from arshjul.domain.calendar import Slot
from arshjul.domain.operation import FollowUp, Operation, Site
from arshjul.errors import Message
from arshjul.formats.words import (
    Dates,
    Day,
    Id,
    Interest,
    Name,
    Period,
    Text,
    Weekdays,
    Whole,
    Written,
    choice,
    wrong,
)


class WrittenSite(Written):
    """SECRET: a place or business."""

    ref: Text = Field(repr=False)
    name: Text = Field("", repr=False)
    address: Text = Field("", repr=False)

    def domain(self) -> Site:
        """The site."""
        return Site(self.ref, self.name, self.address)


class WrittenFollowUp(Written):
    """`after`."""

    operation: Id
    min_days: Whole = 0
    max_days: Whole | None = None

    def model_post_init(self, _: object) -> None:
        """Refuses an upper limit below the lower one."""
        if self.max_days is not None and self.max_days < self.min_days:
            values = {"max": self.max_days, "min": self.min_days}
            raise wrong("bad-value", Message("max_days is {max}, less than min_days, {min}.", values), "max_days")

    def domain(self) -> FollowUp:
        """What it follows."""
        return FollowUp(self.operation, self.min_days, self.max_days)


class WrittenSlot(Written):
    """`fixed`: a date and a shift."""

    date: Day
    shift: Id

    def domain(self) -> Slot:
        """The slot."""
        return Slot(self.date, self.shift)


class WrittenOperation(Written):
    """An operation, with the keys and defaults of contract 1."""

    id: Id
    title: Name
    programme: Id
    lead_agency: Id
    sector: Id
    area: Id
    priority: Annotated[int, Field(ge=1, le=3)] = 2
    must: bool = False
    officers: Whole = 0
    designated: Annotated[Literal["none", "prefer", "require"], choice("none", "prefer", "require")] = "none"
    police: list[Id] | None = None
    agencies: dict[Id, Whole] = {}
    optional_agencies: dict[Id, Whole] = {}
    interest: dict[Id, Interest] = {}
    window: Period | None = None
    shifts: list[Id] | None = None
    weekdays: Weekdays | None = None
    not_on: list[Dates] = []
    preferred: Period | None = None
    nominated_on: Day | None = None
    after: WrittenFollowUp | None = None
    not_same_day_as: list[Id] = []
    same_slot_as: Id | None = None
    fixed: WrittenSlot | None = None
    short_notice: bool = False
    sites: list[WrittenSite] = Field([], repr=False)

    def domain(self) -> Operation:
        """The operation."""
        return Operation(
            id=self.id,
            title=self.title,
            programme=self.programme,
            lead_agency=self.lead_agency,
            sector=self.sector,
            area=self.area,
            priority=self.priority,
            must=self.must,
            officers=self.officers,
            designated=self.designated,
            police=None if self.police is None else tuple(self.police),
            agencies=self.agencies,
            optional_agencies=self.optional_agencies,
            interest=self.interest,
            window=None if self.window is None else self.window.span,
            shifts=None if self.shifts is None else tuple(self.shifts),
            weekdays=None if self.weekdays is None else frozenset(self.weekdays),
            not_on=tuple(dates.span for dates in self.not_on),
            preferred=None if self.preferred is None else self.preferred.span,
            nominated_on=self.nominated_on,
            after=None if self.after is None else self.after.domain(),
            not_same_day_as=tuple(self.not_same_day_as),
            same_slot_as=self.same_slot_as,
            fixed=None if self.fixed is None else self.fixed.domain(),
            short_notice=self.short_notice,
            sites=tuple(site.domain() for site in self.sites),
        )
