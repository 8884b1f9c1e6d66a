"""All that a coordinator gives: who is available when, and what is to be done."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from arshjul.errors import Message
from arshjul.year.domain.calendar import FROM_TO, Calendar, Shift, Slot, Span, name_in, shift_moments, years_of
from arshjul.year.domain.contact import MailWords, OfferCall
from arshjul.year.domain.declaration import (
    AreaId,
    Flat,
    Name,
    Omissible,
    Operations,
    OwnId,
    Points,
    ProgrammeId,
    Told,
    WordId,
)
from arshjul.year.domain.feature import ALL_FEATURES
from arshjul.year.domain.information_sheet.declared import SheetForm
from arshjul.year.domain.operation import Operation, OperationKind, Placement, Staffing, kind_of
from arshjul.year.domain.parties import Agency, Area, Offer, PoliceUnit
from arshjul.year.domain.settings import UNKNOWN_END_DAYS, Cycle, Meet, Meeting, Objective, Settings, Sharing
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.domain.withdrawal import AssumedRates, Withdrawal, WithdrawalHistory, in_force


@dataclass(frozen=True, slots=True)
class Programme:
    """A purpose of operations. `owner`: the agency that answers for it; `purpose`: what it is to achieve, in words."""

    id: str
    name: str
    owner: str | None = None
    purpose: str = ""


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class Target:
    """At least `at_least` operations of some kinds, with their first date in `span`.

    Its name is its id if it has none. `sectors`, `areas`, `programmes` None: all. `points` None: the rule's own price.
    """

    id: OwnId
    name: Annotated[Name, Omissible, Told(Message("Name"), Message("The word shown. Empty: the id."))]
    span: Annotated[Span, Flat, FROM_TO]
    sectors: Annotated[tuple[WordId, ...] | None, Told(Message("Sectors"), Message("Empty: all."))] = field(default=None, kw_only=True)
    areas: Annotated[tuple[AreaId, ...] | None, Told(Message("Areas"), Message("Empty: all."))] = field(default=None, kw_only=True)
    programmes: Annotated[tuple[ProgrammeId, ...] | None, Told(Message("Programmes"), Message("Empty: all."))] = field(default=None, kw_only=True)
    at_least: Annotated[Operations, Told(Message("At least"))]
    points: Annotated[Points | None, Told(Message("Points"), Message("Points of each missing. Empty: as the sheet Rules."))] = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or self.id)

    def is_kind(self, operation: Operation) -> bool:
        return (
            (self.sectors is None or operation.sector in self.sectors)
            and (self.areas is None or operation.area in self.areas)
            and (self.programmes is None or operation.programme in self.programmes)
        )


# fmt: on


NEAR = timedelta(days=2)
"""The distance from a moment beyond which dates alone decide before or after: no shift or zone is longer."""


def role_key(id: str) -> str:
    """The key among the names for what an agency, or a programme, does in the operations that it orders."""
    return f"{id}.role"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Areas, units, agencies and operations by id, in the order given.

    `taken` are withdrawals with their ends known, as `after` leaves them; a scenario as read has none. `names` gives
    words for the ids of sectors, and of programmes that `programmes` does not have. `objects` are those given to the
    last filling, and those bound to frames that had begun. `history` are the logs of other years, which do not overlap:
    withdrawal rates are learnt from them. `uses`: the features that are used, by id.
    """

    name: str
    span: Span
    timezone: str
    language: str
    calendar: Calendar
    shifts: tuple[Shift, ...]
    areas: Mapping[str, Area]
    police: Mapping[str, PoliceUnit]
    agencies: Mapping[str, Agency]
    operations: Mapping[str, Operation]
    settings: Settings = field(default_factory=Settings)
    objective: Objective = field(default_factory=Objective)
    cycle: Cycle = field(default_factory=Cycle)
    names: Mapping[str, str] = field(default_factory=dict)
    programmes: Mapping[str, Programme] = field(default_factory=dict)
    taken: tuple[Withdrawal, ...] = ()
    targets: tuple[Target, ...] = ()
    objects: Mapping[str, VisitObject] = field(default_factory=dict)
    withdrawal_rates: AssumedRates = field(default_factory=AssumedRates)
    figures: tuple[str, ...] = ()
    history: tuple[WithdrawalHistory, ...] = ()
    mail: MailWords = field(default_factory=MailWords)
    share: Sharing = field(default_factory=Sharing)
    sheet: SheetForm = field(default_factory=SheetForm)
    calls: tuple[OfferCall, ...] = ()
    uses: tuple[str, ...] = ALL_FEATURES

    @property
    def planned(self) -> Mapping[str, Operation]:
        """The operations that are to be placed: all but the reserves."""
        return {id: operation for id, operation in self.operations.items() if not operation.reserve}

    @property
    def parties(self) -> Mapping[str, Agency | PoliceUnit]:
        """All parties by id, agencies first, then units; ids are unique among them."""
        return {**self.agencies, **self.police}

    @property
    def years(self) -> tuple[Span, ...]:
        """The years of the plan: one, until it goes on."""
        return years_of(self.span)

    def year_on(self, day: date) -> Span:
        """The year in which a date lies; of dates outside the plan, its first or its last."""
        return next((year for year in self.years if day <= year.last), self.years[-1])

    def name_in(self, year: Span) -> str:
        """The plan's name in one of its years. UIDs and addresses are made of the name alone, for good."""
        return name_in(self.name, self.span, year)

    def with_unplanned(self, other: "Scenario") -> "Scenario":
        """The same with the other's calls and features, which no plan has to answer: they count at once."""
        return replace(self, calls=other.calls, uses=other.uses)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def shift(self, shift: str) -> Shift:
        """The shift of that id. KeyError if there is none."""
        for known in self.shifts:
            if known.id == shift:
                return known
        raise KeyError(shift)

    @property
    def sectors(self) -> tuple[str, ...]:
        """The ids of sectors that are known: those of operations and frames, and the names of nothing else."""
        operations = self.operations.values()
        used = dict.fromkeys(operation.sector for operation in operations)
        used |= dict.fromkeys(
            id for operation in operations if operation.frame is not None for id in operation.frame.sectors or ()
        )
        others = {*self.figures, *self.programmes, *(operation.programme for operation in operations)}
        others |= {id for id in self.names if id.endswith(role_key(""))}
        return tuple(dict.fromkeys((*used, *(id for id in self.names if id not in others))))

    def word(self, sector: str) -> str:
        return self.names.get(sector, sector)

    def programme(self, id: str) -> Programme:
        """The programme of that id; one that is not written has its word among the names, and no owner."""
        return self.programmes.get(id) or Programme(id, self.word(id))

    @property
    def known_programmes(self) -> tuple[Programme, ...]:
        """The programmes that are written, and then those that operations have besides."""
        ids = dict.fromkeys((*self.programmes, *(operation.programme for operation in self.operations.values())))
        return tuple(map(self.programme, ids))

    def owner(self, operation: Operation) -> str | None:
        return self.programme(operation.programme).owner

    def figure(self, id: str) -> str:
        """The word shown for a figure that outcomes count; for a milestone's figure, the milestone's name."""
        milestones = {milestone.id: milestone.name for milestone in self.cycle.milestones}
        return self.names.get(id) or milestones.get(id, id)

    def role(self, id: str) -> str:
        """The role of an agency or programme in the operations that it orders; empty if it is not given."""
        return self.names.get(role_key(id), "")

    def moments(self, slot: Slot) -> tuple[datetime, datetime]:
        """When the slot starts and ends, in UTC."""
        return shift_moments(self.shift(slot.shift), slot.day, self.zone)

    def by_time(self, placements: Iterable[Placement]) -> list[Placement]:
        """By start; those that start together in the order in which their operations are written."""
        order = {id: n for n, id in enumerate(self.operations)}

        def key(placement: Placement) -> tuple[datetime, int]:
            return self.moments(placement.slot)[0], order.get(placement.operation, len(order))

        return sorted(placements, key=key)

    def outside(self, day: date) -> Message | None:
        """That the plan does not have that day; None if it has."""
        values = {"day": day, "first": self.span.first, "last": self.span.last}
        return None if day in self.span else Message("{day} lies outside the plan, {first} to {last}.", values)

    def has_begun(self, slot: Slot, moment: datetime) -> bool:
        if abs(slot.day - moment.date()) > NEAR:
            return slot.day < moment.date()
        return self.moments(slot)[0] < moment

    def begun(self, placed: Mapping[str, Placement], moment: datetime) -> frozenset[str]:
        """The operations that start before the moment, whether called off or not."""
        return frozenset(id for id, placement in placed.items() if self.has_begun(placement.slot, moment))

    def slots(self, placement: Placement) -> tuple[Slot, ...]:
        """The slots that a placement takes, one a date; only the first if the operation no longer exists."""
        operation = self.operations.get(placement.operation)
        return (placement.slot,) if operation is None else operation.slots(placement.slot)

    def last_day(self, placement: Placement) -> date:
        operation = self.operations.get(placement.operation)
        return placement.slot.day if operation is None else operation.last_day(placement.slot.day)

    def meet(self, operation: Operation) -> Meet | None:
        """Where all who take part in it meet: its own place, or its area's; None if neither is given."""
        return (self.areas[operation.area].meet if operation.meet is None else operation.meet) or None

    def meet_at(self, placement: Placement) -> Meet | None:
        """Where those who take part meet when it stands there, and when, if the time given is near the shift's."""
        meet = self.meet(self.operations[placement.operation])
        return None if meet is None else meet.on(self.shift(placement.slot.shift))

    def shows_participants(self, operation: Operation) -> bool:
        return (operation.share or self.share).participants

    def meeting_days(self, meeting: Meeting) -> tuple[date, ...]:
        """The dates on which the meeting is held, ascending: a standing one never on closed days."""
        standing = () if meeting.every is None else meeting.every.days(self.span)
        return tuple(sorted({*meeting.dates, *filter(self.calendar.has_meetings, standing)}))

    def meeting_days_left_out(self, meeting: Meeting) -> tuple[date, ...]:
        """The dates of a standing meeting that are closed."""
        standing = () if meeting.every is None else meeting.every.days(self.span)
        return tuple(day for day in standing if not self.calendar.has_meetings(day) and day not in meeting.dates)

    def last_meeting_day(self, meeting: Meeting, until: date, after: date | None = None) -> date | None:
        """The last date of the meeting on or before that one, and after the other; None if there is none."""
        back = () if meeting.every is None else meeting.every.days_back(self.span, until)
        standing = next(filter(self.calendar.has_meetings, back), None)
        days = [*meeting.dates, *(() if standing is None else (standing,))]
        return max((day for day in days if day <= until and (after is None or day > after)), default=None)

    @property
    def owners(self) -> tuple[str, ...]:
        owners = {programme.owner for programme in self.programmes.values()}
        return tuple(id for id in self.parties if id in owners)

    def invited(self, meeting: Meeting) -> tuple[str, ...]:
        groups = {"agencies": self.agencies, "units": self.police, "owners": self.owners}
        named = {id for party in meeting.parties for id in groups.get(party, (party,))}
        named |= {*(self.agencies if meeting.agencies == "all" else meeting.agencies)}
        return tuple(id for id in self.parties if id in named)

    def window(self, operation: Operation) -> Span:
        """The operation's window; by default the plan's year."""
        return operation.window or self.span

    def units_for(self, operation: Operation) -> tuple[str | None, ...]:
        """The units that may serve it, in order, without those that lend besides; (None,) if it needs no police."""
        if operation.officers == 0:
            return (None,)
        return tuple(
            unit.id
            for unit in self.police.values()
            if unit.id not in operation.police_also
            and (
                operation.area in unit.areas and not unit.on_request
                if operation.police is None
                else unit.id in operation.police
            )
        )

    def lenders(self, operation: str, unit: str | None) -> tuple[str, ...]:
        """The units that lend officers to an operation which that unit serves: itself, then those that lend besides."""
        if unit is None:
            return ()
        known = self.operations.get(operation)
        also = {} if known is None else known.police_also
        return (unit, *(other for other in self.police if other in also and other != unit))

    def staffings(self, operation: Operation) -> tuple[Staffing, ...]:
        return tuple(Staffing(unit, chosen) for unit in self.units_for(operation) for chosen in operation.choices)

    def agencies_at(self, placement: Placement) -> tuple[str, ...]:
        """The agencies that take part there, in their order: the lead, required, chosen and joining ones."""
        operation = self.operations[placement.operation]
        there = {*self.parties_of(operation, placement.any_of), *placement.optional_agencies}
        return tuple(agency for agency in self.agencies if agency in there)

    def kind_at(self, placement: Placement) -> OperationKind:
        return kind_of(len(self.agencies_at(placement)), has_police=placement.police is not None)

    def parties_at(self, placement: Placement) -> tuple[str, ...]:
        """All parties to an operation at a place: agencies, then the units that lend officers."""
        return (*self.agencies_at(placement), *self.lenders(placement.operation, placement.police))

    def agencies_told(self, placement: Placement) -> tuple[str, ...]:
        """The agencies that read of an operation there: those that take part, and the one that owns its programme."""
        there, owner = self.agencies_at(placement), self.owner(self.operations[placement.operation])
        return there if owner is None or owner in there else (*there, owner)

    def parties_of(self, operation: Operation, any_of: Collection[str] = ()) -> tuple[str, ...]:
        """The agencies that certainly take part: the required ones, those chosen from its groups, and the lead."""
        there = {operation.lead_agency, *operation.sent(any_of)}
        return tuple(agency for agency in self.agencies if agency in there)

    def police_offer(self, unit: str, slot: Slot) -> Offer:
        """The unit's offer at the slot, less what was withdrawn."""
        offer = self.police[unit].offer(slot)
        for withdrawal in self.taken:
            left = withdrawal.ceiling(slot, withdrawal.last or slot.day) if unit in withdrawal.police else None
            if left is not None:
                offer = Offer(min(offer.officers, left), min(offer.designated, left))
        return offer

    def taken_by(self, one: Withdrawal) -> tuple[Span, tuple[str, ...] | None, range]:
        """The dates and shifts of the withdrawal, and the range of officers then if some are given back."""
        dates = Span(one.first, one.last or one.until or self.span.last)
        shifts = [shift.id for shift in self.shifts] if one.shifts is None else one.shifts
        slots = [Slot(day, shift) for day in dates.days() if day in self.span for shift in shifts]
        most = max((self.police[unit].offer(slot).officers for unit in one.police for slot in slots), default=0)
        return dates, one.shifts, range(one.officers_left + 1, most + 1)

    def after(self, withdrawals: Iterable[Withdrawal], as_of: date) -> "Scenario":
        """The same with fewer officers. An unknown end that no replan has fixed yet is assumed as seen from `as_of`."""
        days = self.settings[UNKNOWN_END_DAYS]
        known = tuple(replace(w, last=w.ends(as_of, days)) for w in in_force(withdrawals))
        return replace(self, taken=known)

    def with_history_until(self, day: date) -> "Scenario":
        """The same with its history as known on that date: a current year teaches nothing about its own future."""
        known = tuple(heard for log in self.history if (heard := log.up_to(day)) is not None)
        return replace(self, history=known) if known != self.history else self

    def ties(self) -> tuple[tuple[str, ...], ...]:
        """Groups of operations tied by `same_slot_as`, each with the one that is referred to first.

        Reserves tie nobody.
        """
        groups: dict[str, list[str]] = {}
        planned = self.planned
        for operation in planned.values():
            if operation.same_slot_as is not None and operation.same_slot_as in planned:
                groups.setdefault(operation.same_slot_as, [operation.same_slot_as]).append(operation.id)
        return tuple(tuple(group) for group in groups.values())

    def twins(self, id: str) -> tuple[str, ...]:
        """The operations that are tied to its time."""
        return tuple(other for group in self.ties() if id in group for other in group if other != id)

    def drawing_along(self, id: str) -> tuple[str, ...]:
        """The operations that it goes with: its twins, and the one that it follows up."""
        after = self.operations[id].after
        return self.twins(id) if after is None else (*self.twins(id), after.operation)

    def counted_once(self, place: Callable[[Operation], Hashable], first: Collection[str] = ()) -> frozenset[str]:
        """The operations, but of those tied by `same_slot_as` only the first at each place, those in `first` before."""
        left_out = {
            id
            for group in (sorted(tied, key=lambda id: id not in first) for tied in self.ties())
            for number, id in enumerate(group)
            if any(place(self.operations[id]) == place(self.operations[earlier]) for earlier in group[:number])
        }
        return frozenset(self.operations.keys() - left_out)
