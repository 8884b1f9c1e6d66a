"""An operation: joint controls on one occasion, what it asks for, its place, and how one that repeats is written."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Annotated, Literal, NamedTuple

from annotated_types import Interval

from arshjul.errors import KeyName, Message
from arshjul.year.domain.calendar import Dates, Slot, Span
from arshjul.year.domain.declaration import (
    MOST,
    SHIFTS,
    WEEKDAYS,
    AgencyId,
    AreaId,
    Day,
    Days,
    FieldRefusal,
    Flag,
    Flat,
    Id,
    Interest,
    Name,
    Officers,
    OperationId,
    PartyId,
    Priority,
    ProgrammeId,
    ShiftId,
    SomeOfficers,
    SomeTeams,
    Stops,
    Teams,
    Text,
    Told,
    Unit,
    UnitId,
    Unkeyed,
    Unstated,
    ValueKind,
    Weekday,
    Worded,
    WordId,
)
from arshjul.year.domain.settings import Meet, Sharing

Designated = Literal["none", "prefer", "require"]


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class Site:
    """SECRET: a place or business. It never leaves the scenario."""

    ref: Annotated[Text, Told(Message("Ref"), Message("Your own, never a case number. Secret, like all on this sheet."), prompt=Message("Reference"))] = field(repr=False)
    name: Annotated[Text, Told(Message("Name"), Message("In no calendar and on no page."), prompt=Message("Name of the place"))] = field(default="", repr=False)
    address: Annotated[Text, Told(Message("Address"), prompt=Message("Address"))] = field(default="", repr=False)

    def __repr__(self) -> str:  # it may appear in tracebacks and logs
        return "Site(…)"


MOST_DAYS = 5
"""The most dates on which an operation runs."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """This operation comes `min_days` to `max_days` after another. None: no upper limit."""

    operation: Annotated[OperationId, Told(Message("Follows up"))]
    min_days: Annotated[Days, Told(Message("Min days after"), Message("Empty: 0."))] = 0
    max_days: Annotated[Days | None, Told(Message("Max days after"), Message("Empty: no limit."))] = None

    def refusals(self) -> Iterator[FieldRefusal]:
        if self.max_days is not None and self.max_days < self.min_days:
            keys = {"most": KeyName("after.max_days"), "least": KeyName("after.min_days")}
            values = {**keys, "max": self.max_days, "min": self.min_days}
            yield FieldRefusal("bad-value", Message("{most} is {max}, less than {least}, {min}.", values), ("max_days",))


class Staffing(NamedTuple):
    """The staff of an operation: the unit (None: no officers), and the agency chosen from each of its groups."""

    police: str | None
    any_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgencyGroup:
    """Agencies of which exactly one takes part, each with the same number of teams."""

    agencies: Annotated[tuple[AgencyId, ...], Told(prompt=Message("One of"))]
    teams: Annotated[SomeTeams, Told(prompt=Message("Teams"))] = 1

    def refusals(self) -> Iterator[FieldRefusal]:
        if not self.agencies:
            text = Message("The group is empty: name at least two agencies.")
            yield FieldRefusal("bad-value", text, ("agencies",))


@dataclass(frozen=True, slots=True)
class Repeat:
    """An operation carried out several times, with the fewest to the most days of `every_days` from one to the next."""

    times: Annotated[int, Interval(ge=1, le=MOST), Unit("operations"), Told(Message("Repeats"), Message("Number of operations, each a follow-up of the one before."), prompt=Message("Times"))]
    every_days: Annotated[tuple[int, ...], Unit("days"), ValueKind("between"), Told(Message("Days between"), Message("Fewest and most: 28–42."), prompt=Message("Days between, fewest and most (28, 42)"))]

    def refusals(self) -> Iterator[FieldRefusal]:
        if len(self.every_days) != 2 or self.every_days[0] > self.every_days[1]:
            text = Message("Give the fewest and most days, like [28, 42].")
            yield FieldRefusal("bad-value", text, ("every_days",))


@dataclass(frozen=True, slots=True)
class Pin:
    """Where the coordinator wants an operation. `police` and `any_of` None: any unit, any agencies."""

    slot: Annotated[Slot, Flat]
    police: Annotated[UnitId | None, Told(Message("Fixed unit"), Message("Pinned unit. Empty: any."))] = None
    any_of: Annotated[tuple[AgencyId, ...] | None, Told(Message("Fixed choice"), Message("Pinned agency of each group in One of."))] = None

    def allows(self, staffing: Staffing) -> bool:
        return self.police in (None, staffing.police) and self.any_of in (None, staffing.any_of)

    def holds(self, slot: Slot, staffing: Staffing) -> bool:
        return slot == self.slot and self.allows(staffing)


OperationKind = Literal["insats", "one-agency", "no-police"]
"""An insats is with police and at least two agencies; police with one agency alone, and agencies without police, are
counted beside it."""


def kind_of(n_agencies: int, *, has_police: bool) -> OperationKind:
    if not has_police:
        return "no-police"
    return "insats" if n_agencies > 1 else "one-agency"


@dataclass(frozen=True, slots=True)
class Frame:
    """Room for objects that come later: of these sectors (None: the operation's own), in this many stops."""

    sectors: Annotated[tuple[WordId, ...] | None, Told(Message("Frame: sectors"), Message("Sectors of its objects. Empty: its own."), prompt=Message("Sectors of its objects (none ticked: its own)"))] = None
    stops: Annotated[Stops, Told(Message("Frame: stops"), Message("Stops of a frame, for objects bound later."), also=("Ram: stopp",), prompt=Message("Stops (empty: no frame)"))] = 1

    def refusals(self) -> Iterator[FieldRefusal]:
        if self.sectors == ():
            text = Message("The sector is missing: name one, or leave the key out.")
            yield FieldRefusal("bad-value", text, ("sectors",))


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation to be placed. `window` None: the plan's year; `shifts`, `weekdays`, `police` None: all.

    `officers` are wanted, `officers_least` needed (None: all of them); the units of `police_also` lend that many
    besides. A `reserve` waits for a day when teams are free, and is never placed by itself; with `without_police` it
    may be offered without any. It runs on `days` consecutive dates, in one shift and with the same unit and agencies.
    `repeat` says how it is written in the scenario (`as_written`). `chosen` are the agencies chosen from its
    groups, if they are chosen; `agencies` then holds them too. `spacing_days` is its own distance to others of its
    sector and area; None: that of the rules. `meet` None: where its area's meet; `share` None: as in the whole year.
    `proposed_by` is the party that it came from.
    """

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
    designated: Annotated[Designated, Told(Message("Designated"), Message("none, prefer or require. Empty: none."), Message("designated officer")), Worded({"none": ("ingen", "none"), "prefer": ("helst", "prefer"), "require": ("krav", "require")})] = "none"
    police: Annotated[tuple[UnitId, ...] | None, Told(Message("Units"), Message("Empty: all of its area."), Message("police units"), prompt=Message("Units (none ticked: those of its area)"))] = None
    police_also: Annotated[Mapping[UnitId, SomeOfficers], Unstated, Told(Message("Officers also from"), Message("Other units, with officers: granspolisen 2."), Message("other police units"), prompt=Message("Officers also from other units"))] = field(default_factory=dict)
    agencies: Annotated[Mapping[AgencyId, Teams], Told(label=Message("agencies and teams"), prompt=Message("Needed"))] = field(default_factory=dict)
    any_of: Annotated[tuple[AgencyGroup, ...], Unstated, Told(Message("One of"), Message("One of each group takes part: miljo or tillstand 2. A semicolon parts groups."), Message("agencies to choose from"), prompt=Message("One of (ids, with commas)"))] = ()
    optional_agencies: Annotated[Mapping[AgencyId, Teams], Told(label=Message("optional agencies"), prompt=Message("If it can"))] = field(default_factory=dict)
    interest: Annotated[Mapping[AgencyId, Interest], Told(Message("Interest"), Message("Worth to agencies, 0 to 3: miljo 3, skatteverket 2. Left out: 1."), Message("interest"))] = field(default_factory=dict)
    window: Annotated[Span | None, Told(label=Message("window"), parts={"from": Told(Message("From"), Message("Not before: 2027-05-12, 12 May 2027, or week 19. Empty, both: the whole year."), prompt=Message("Not before")), "to": Told(Message("To"), prompt=Message("Not after"))})] = None
    shifts: Annotated[tuple[ShiftId, ...] | None, SHIFTS] = None
    weekdays: Annotated[frozenset[Weekday] | None, WEEKDAYS] = None
    not_on: Annotated[tuple[Dates, ...], Told(Message("Not on"), Message("Dates, weeks and periods: 2027-03-01, week 19, 2027-07-01 – 2027-07-31."), Message("excluded dates"), prompt=Message("Not on these dates"))] = ()
    preferred: Annotated[Span | None, Told(label=Message("preferred period"), parts={"from": Told(Message("Preferred from")), "to": Told(Message("Preferred to"))})] = None
    nominated_on: Annotated[Day | None, Told(Message("Nominated"), Message("Start of the lead time. Empty: none."), Message("nomination date"))] = None
    after: Annotated[FollowUp | None, Told(label=Message("operation followed up"))] = None
    not_same_day_as: Annotated[tuple[OperationId, ...], Told(Message("Not same day as"), Message("Numbers of operations."), Message("operations on other days"), prompt=Message("Not same day as (ids, with commas)"))] = ()
    not_same_week_as: Annotated[tuple[OperationId, ...], Told(Message("Not same week as"), Message("Numbers of operations."), Message("operations in other weeks"), prompt=Message("Not same week as (ids, with commas)"))] = ()
    same_slot_as: Annotated[OperationId | None, Told(Message("Same slot as"), Message("Both or neither take place."), Message("simultaneous operation"), prompt=Message("At the same time as"))] = None
    fixed: Annotated[Pin | None, Told(label=Message("pin"), prompt=Message("Keep it here"), parts={"date": Told(Message("Fixed date"), Message("Pinned date. Needs a shift.")), "shift": Told(Message("Fixed shift"), Message("Pinned shift."))})] = None
    repeat: Annotated[Repeat | None, Told(prompt=Message("Repeated"))] = field(default=None, compare=False)
    short_notice: Annotated[bool, Told(Message("Short notice"), Message("yes: within the notice, without lead time."), Message("short notice"), prompt=Message("May come at short notice"))] = False
    days: Annotated[int, Interval(ge=1, le=MOST_DAYS), Unstated, Unit("days"), Told(Message("Days"), Message("1 to 5, in the same shift. Empty: 1."), Message("number of days"), prompt=Message("Days in a row"))] = 1
    reserve: Annotated[Flag, Told(Message("Reserve"), Message("yes: waits for free teams, never placed by itself."), Message("reserve"), prompt=Message("Reserve: waits for free teams"))] = False
    without_police: Annotated[Flag, Told(Message("Without police"), Message("yes: may be offered on the day."), Message("without police"), prompt=Message("May go ahead without police on the day"))] = False
    frame: Annotated[Frame | None, Told(label=Message("frame"), prompt=Message("Frame: its objects come later"))] = None
    meet: Annotated[Meet | None, Told(label=Message("meeting place"))] = field(default=None, repr=False)  # only participants see it, and no log
    share: Annotated[Sharing | None, Told(label=Message("participants see each other"))] = None
    spacing_days: Annotated[Days | None, Told(Message("Own spacing, days"), Message("Days to others of its sector and area; the smaller of two counts. 0: none. Empty: as the sheet Rules."), Message("own spacing"), prompt=Message("Days to others of its sector (empty: as usual)"))] = None
    proposed_by: Annotated[PartyId | None, Told(Message("Proposed by"), Message("An accepted nomination fills it in."), Message("proposing party"))] = None
    sites: Annotated[tuple[Site, ...], Told(label=Message("sites"))] = field(default=(), repr=False)
    chosen: Annotated[tuple[str, ...], Unkeyed] = ()

    def slots(self, first: Slot) -> tuple[Slot, ...]:
        """The slots that it takes if it begins at that one: one a date."""
        if self.days == 1:
            return (first,)
        return tuple(Slot(first.day + timedelta(days=later), first.shift) for later in range(self.days))

    def last_day(self, first: date) -> date:
        return first + timedelta(days=self.days - 1)

    @property
    def choices(self) -> tuple[tuple[str, ...], ...]:
        """Every way to choose an agency from each group; a single empty one if it has no groups."""
        return tuple(product(*(group.agencies for group in self.any_of)))

    def choosing(self, chosen: tuple[str, ...]) -> "Operation":
        """The operation with these agencies chosen, as required ones."""
        if not self.any_of:
            return self
        more = {agency: group.teams for group, agency in zip(self.any_of, chosen, strict=True)}
        return replace(self, agencies={**self.agencies, **more}, chosen=chosen)

    def sent(self, any_of: Collection[str]) -> Mapping[str, int]:
        """The teams of the agencies that certainly take part under that choice, given in any order."""
        if not self.any_of:
            return self.agencies
        chosen = {a: group.teams for group in self.any_of for a in group.agencies if a in any_of}
        return {**chosen, **self.agencies}

    @property
    def invited(self) -> frozenset[str]:
        """The agencies that take part or may do so."""
        return frozenset(
            (*self.agencies, *self.optional_agencies, *(a for group in self.any_of for a in group.agencies))
        )

    @property
    def least(self) -> int:
        return self.officers if self.officers_least is None else self.officers_least

    @property
    def is_must(self) -> bool:
        """True if leaving it out is worse than leaving out any number of others; pinned operations count so too."""
        return self.must or self.fixed is not None

    @property
    def without_officers(self) -> "Operation":
        return replace(self, officers=0, officers_least=None, designated="none", police_also={})

    def lent(self, unit: str | None) -> Mapping[str, int]:
        """The officers that it needs from each unit if that one serves it; empty for None."""
        return {} if unit is None else self._with_others(unit, self.least)

    def wanted(self, unit: str | None) -> Mapping[str, int]:
        """The officers that it wants from each unit if that one serves it; empty for None."""
        return {} if unit is None else self._with_others(unit, self.officers)

    def _with_others(self, unit: str, officers: int) -> Mapping[str, int]:
        return {unit: officers, **{other: n for other, n in self.police_also.items() if other != unit}}

    def interest_of(self, agency: str) -> int:
        return self.interest.get(agency, 1)


# fmt: on


PartOfPlace = Literal["place", "slot-and-unit", "slot", "unit", "has-police"]
"""The part of an operation's place that a reader sees."""


@dataclass(frozen=True, slots=True)
class Placement:
    """An operation's slot and police unit (None: no officers), and the optional agencies that join.

    `any_of` is the agency chosen of each of its groups, in their order. `officers` come of the unit if they are fewer
    than wanted; None: all come.
    """

    operation: str
    slot: Slot
    police: str | None
    optional_agencies: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    officers: int | None = None

    @property
    def staffing(self) -> Staffing:
        return Staffing(self.police, self.any_of)

    def lent(self, operation: Operation) -> Mapping[str, int]:
        """The officers that come of each unit."""
        wanted = operation.wanted(self.police)
        return wanted if self.police is None or self.officers is None else {**wanted, self.police: self.officers}

    def part(self, of: PartOfPlace) -> tuple[object, ...]:
        match of:
            case "place":
                return self.slot, self.staffing
            case "slot-and-unit":
                return self.slot, self.police
            case "slot":
                return (self.slot,)
            case "unit":
                return (self.police,)
            case "has-police":
                return (self.police is not None,)

    def same_place(self, other: "Placement | None") -> bool:
        """True for the same date, shift, unit and chosen agencies, whoever joins."""
        return other is not None and self.part("place") == other.part("place")


def repeated_ids(id: str, times: int) -> tuple[str, ...]:
    """The ids of the operations that a repeated one stands for."""
    return tuple(f"{id}.{number}" for number in range(1, times + 1))


def single(written: Operation) -> tuple[Operation, ...]:
    """The operations that a written one stands for; itself if it does not repeat.

    Each but the first follows up the one before. The first keeps the repeat, so that it can be written back.
    """
    repeat = written.repeat
    if repeat is None:
        return (written,)
    ids = repeated_ids(written.id, repeat.times)
    first = replace(written, id=ids[0])
    rest = (
        replace(written, id=id, after=FollowUp(before, *repeat.every_days), repeat=None) for before, id in pairwise(ids)
    )
    return (first, *rest)


def as_written(operations: Mapping[str, Operation]) -> Iterator[Operation]:
    """The operations in the form to write, in their order.

    Those of a repeat are written as one, unless they have been changed one by one.
    """
    there = list(operations.values())
    position = 0
    while position < len(there):
        first = there[position]
        written = first if first.repeat is None else replace(first, id=first.id.removesuffix(".1"))
        whole = single(written)
        if first.repeat is not None and (
            written.id in operations
            or written.fixed is not None
            or tuple(there[position : position + len(whole)]) != whole
        ):
            written, whole = replace(first, repeat=None), (first,)
        yield written
        position += len(whole)
