"""`operations`: the operations to be placed."""

import operator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from arshjul.domain.operation import MOST_DAYS, AgencyGroup, FollowUp, Operation, Pin, Repeat
from arshjul.errors import KeyName, Message
from arshjul.formats.schema.fields import (
    AgencyId,
    AreaId,
    OperationId,
    PartyId,
    ProgrammeId,
    ShiftId,
    Told,
    UnitId,
    Worded,
    WordId,
)
from arshjul.formats.schema.frame import WrittenFrame
from arshjul.formats.schema.place import SHIFTS, WEEKDAYS, Dates, WrittenPeriod, WrittenSlot
from arshjul.formats.schema.site import WrittenSite
from arshjul.formats.schema.taking_part import WrittenMeet, WrittenSharing
from arshjul.formats.shape import Shape
from arshjul.formats.words import (
    MOST,
    Day,
    Days,
    Flag,
    Id,
    Interest,
    Name,
    Officers,
    Priority,
    SomeOfficers,
    SomeTeams,
    Teams,
    Unit,
    ValueKind,
    Weekdays,
    choice,
    wrong,
)

# fmt: off
# A field is a line.


class WrittenFollowUp(Shape[FollowUp]):
    """`after`."""

    thing = FollowUp

    operation: Annotated[OperationId, Told(Message("Follows up"))]
    min_days: Annotated[Days, Told(Message("Min days after"), Message("Empty: 0."))] = 0
    max_days: Annotated[Days | None, Told(Message("Max days after"), Message("Empty: no limit."))] = None

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

    times: Annotated[int, Field(ge=1, le=MOST), Unit("operations"), Told(Message("Repeats"), Message("Number of operations, each a follow-up of the one before."), prompt=Message("Times"))]
    every_days: Annotated[list[Days], Field(json_schema_extra={"minItems": 2, "maxItems": 2}), ValueKind("between"), Told(Message("Days between"), Message("Fewest and most: 28–42."), prompt=Message("Days between, fewest and most (28, 42)"))]

    def model_post_init(self, _: object) -> None:
        """Refuses days that are not the fewest and the most."""
        if len(self.every_days) != 2 or self.every_days[0] > self.every_days[1]:
            text = Message("Give the fewest and most days, like [28, 42].")
            raise wrong("bad-value", text, "every_days")

    def made_of(self) -> dict[str, Any]:
        """The days apart."""
        return {"times": self.times, "min_days": self.every_days[0], "max_days": self.every_days[1]}

    @classmethod
    def attributes(cls, thing: Repeat) -> dict[str, Any]:
        """The days in one list."""
        return {"times": thing.times, "every_days": (thing.min_days, thing.max_days)}


class WrittenPin(WrittenSlot):
    """`fixed`: a date and a shift, and optionally a unit and the agencies chosen from its groups."""

    thing: ClassVar[type] = Pin
    flat = {"slot": WrittenSlot}

    police: Annotated[UnitId | None, Told(Message("Fixed unit"), Message("Pinned unit. Empty: any."))] = None
    any_of: Annotated[list[AgencyId] | None, Told(Message("Fixed choice"), Message("Pinned agency of each group in One of."))] = None


class WrittenAgencyGroup(Shape[AgencyGroup]):
    """`any_of`: agencies of which exactly one takes part."""

    thing = AgencyGroup

    agencies: Annotated[list[AgencyId], Told(prompt=Message("One of"))]
    teams: Annotated[SomeTeams, Told(prompt=Message("Teams"))] = 1

    def model_post_init(self, _: object) -> None:
        """Refuses an empty group."""
        if not self.agencies:
            text = Message("The group is empty: name at least two agencies.")
            raise wrong("bad-value", text, "agencies")


class WrittenOperation(Shape[Operation]):
    """An operation, with its keys and defaults (docs/formats.md#scenario)."""

    thing = Operation

    id: Annotated[Id, Told(Message("No"), Message("Permanent: it names the operation in calendars."), also=("Id", "Insats", "Number",), prompt=Message("Operation number"))]
    title: Annotated[Name, Told(Message("Title"), Message("Your words, in your calendar alone: they may hint at a site."), Message("title"))]
    programme: Annotated[ProgrammeId, Told(Message("Programme"), Message("From the sheet Programmes or Words."), Message("programme"))]
    lead_agency: Annotated[AgencyId, Told(Message("Lead agency"), Message("The leading agency, by id."), Message("lead agency"), Message("Leading agency"))]
    sector: Annotated[WordId, Told(Message("Sector"), Message("Kind of business, from the sheet Words."), Message("sector"))]
    area: Annotated[AreaId, Told(Message("Area"), Message("From the sheet Areas."), Message("area"))]
    priority: Annotated[Priority, Told(Message("Priority"), Message("1 high, 2, 3 low. Empty: 2."), Message("priority"))] = 2
    must: Annotated[bool, Told(Message("Must"), Message("yes: before any number of others."), Message("must"), prompt=Message("It must take place"))] = False
    officers: Annotated[Officers, Told(Message("Officers"), Message("Empty: 0, a control and no operation, as with a single agency."), Message("number of officers"))] = 0
    officers_least: Annotated[SomeOfficers | None, Told(Message("Least officers"), Message("Fewest officers. Empty: all."), Message("fewest officers"), prompt=Message("Are enough (empty: all)"))] = None
    designated: Annotated[Literal["none", "prefer", "require"], choice("none", "prefer", "require"), Told(Message("Designated"), Message("none, prefer or require. Empty: none."), Message("designated officer")), Worded({"none": ("ingen", "none"), "prefer": ("helst", "prefer"), "require": ("krav", "require")})] = "none"
    police: Annotated[list[UnitId] | None, Told(Message("Units"), Message("Empty: all of its area."), Message("police units"), prompt=Message("Units (none ticked: those of its area)"))] = None
    police_also: Annotated[dict[UnitId, SomeOfficers], Field(exclude_if=operator.not_), Told(Message("Officers also from"), Message("Other units, with officers: granspolisen 2."), Message("other police units"), prompt=Message("Officers also from other units"))] = {}
    agencies: Annotated[dict[AgencyId, Teams], Told(label=Message("agencies and teams"), prompt=Message("Needed"))] = {}
    any_of: Annotated[list[WrittenAgencyGroup], Field(exclude_if=operator.not_), Told(Message("One of"), Message("One of each group takes part: miljo or tillstand 2. A semicolon parts groups."), Message("agencies to choose from"), prompt=Message("One of (ids, with commas)"))] = []
    optional_agencies: Annotated[dict[AgencyId, Teams], Told(label=Message("optional agencies"), prompt=Message("If it can"))] = {}
    interest: Annotated[dict[AgencyId, Interest], Told(Message("Interest"), Message("Worth to agencies, 0 to 3: miljo 3, skatteverket 2. Left out: 1."), Message("interest"))] = {}
    window: Annotated[WrittenPeriod | None, Told(label=Message("window"), parts={"from": Told(Message("From"), Message("Not before: 2027-05-12, 12 May 2027, or week 19. Empty, both: the whole year."), prompt=Message("Not before")), "to": Told(Message("To"), prompt=Message("Not after"))})] = None
    shifts: Annotated[list[ShiftId] | None, SHIFTS] = None
    weekdays: Annotated[Weekdays | None, WEEKDAYS] = None
    not_on: Annotated[list[Dates], Told(Message("Not on"), Message("Dates, weeks and periods: 2027-03-01, week 19, 2027-07-01 – 2027-07-31."), Message("excluded dates"), prompt=Message("Not on these dates"))] = []
    preferred: Annotated[WrittenPeriod | None, Told(label=Message("preferred period"), parts={"from": Told(Message("Preferred from")), "to": Told(Message("Preferred to"))})] = None
    nominated_on: Annotated[Day | None, Told(Message("Nominated"), Message("Start of the lead time. Empty: none."), Message("nomination date"))] = None
    after: Annotated[WrittenFollowUp | None, Told(label=Message("operation followed up"))] = None
    not_same_day_as: Annotated[list[OperationId], Told(Message("Not same day as"), Message("Numbers of operations."), Message("operations on other days"), prompt=Message("Not same day as (ids, with commas)"))] = []
    not_same_week_as: Annotated[list[OperationId], Told(Message("Not same week as"), Message("Numbers of operations."), Message("operations in other weeks"), prompt=Message("Not same week as (ids, with commas)"))] = []
    same_slot_as: Annotated[OperationId | None, Told(Message("Same slot as"), Message("Both or neither take place."), Message("simultaneous operation"), prompt=Message("At the same time as"))] = None
    fixed: Annotated[WrittenPin | None, Told(label=Message("pinned time"), prompt=Message("Keep it here"), parts={"date": Told(Message("Fixed date"), Message("Pinned date. Needs a shift.")), "shift": Told(Message("Fixed shift"), Message("Pinned shift."))})] = None
    repeat: Annotated[WrittenRepeat | None, Told(prompt=Message("Repeated"))] = None
    short_notice: Annotated[bool, Told(Message("Short notice"), Message("yes: within the notice, without lead time."), Message("short notice"), prompt=Message("May come at short notice"))] = False
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, exclude_if=lambda days: days == 1), Unit("days"), Told(Message("Days"), Message("1 to 5, in the same shift. Empty: 1."), Message("number of days"), prompt=Message("Days in a row"))] = 1
    reserve: Annotated[Flag, Told(Message("Reserve"), Message("yes: waits for free teams, never placed by itself."), Message("reserve"), prompt=Message("Reserve: waits for free teams"))] = False
    without_police: Annotated[Flag, Told(Message("Without police"), Message("yes: may be offered on the day."), Message("without police"), prompt=Message("May go ahead without police on the day"))] = False
    frame: Annotated[WrittenFrame | None, Told(label=Message("frame"), prompt=Message("Frame: its objects come later"))] = None
    meet: Annotated[WrittenMeet | None, Told(label=Message("meeting place"))] = None
    share: Annotated[WrittenSharing | None, Told(label=Message("participants see each other"))] = None
    spacing_days: Annotated[Days | None, Told(Message("Own spacing, days"), Message("Days to others of its sector and area; the smaller of two counts. 0: none. Empty: as the sheet Rules."), Message("own spacing"), prompt=Message("Days to others of its sector (empty: as usual)"))] = None
    proposed_by: Annotated[PartyId | None, Told(Message("Proposed by"), Message("An accepted nomination fills it in."), Message("proposing party"))] = None
    sites: Annotated[list[WrittenSite], Told(label=Message("sites"))] = Field([], repr=False)
