"""An operation: one or more joint controls on one occasion, and what it asks for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import product
from typing import Literal, NamedTuple

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.taking_part import Meet, Sharing

Designated = Literal["none", "prefer", "require"]


@dataclass(frozen=True, slots=True)
class Site:
    """SECRET: a place or business. It never leaves the scenario."""

    ref: str
    name: str = ""
    address: str = ""

    def __repr__(self) -> str:  # it may appear in tracebacks and logs
        return "Site(…)"


MOST_DAYS = 5
"""The most dates on which an operation runs."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """This operation comes `min_days` to `max_days` after another. None: no upper limit."""

    operation: str
    min_days: int = 0
    max_days: int | None = None


class Staffing(NamedTuple):
    """Who serves an operation: the unit (None: no officers), and the agency chosen from each of its groups."""

    police: str | None
    any_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgencyGroup:
    """Agencies of which exactly one takes part, each with the same number of teams."""

    agencies: tuple[str, ...]
    teams: int = 1


@dataclass(frozen=True, slots=True)
class Repeat:
    """An operation carried out several times, `min_days` to `max_days` from one to the next."""

    times: int
    min_days: int
    max_days: int


@dataclass(frozen=True, slots=True)
class Pin:
    """Where the coordinator wants an operation. `police` and `any_of` None: any unit, any agencies."""

    slot: Slot
    police: str | None = None
    any_of: tuple[str, ...] | None = None

    def allows(self, staffing: Staffing) -> bool:
        """True if this unit and these agencies may serve it."""
        return self.police in (None, staffing.police) and self.any_of in (None, staffing.any_of)

    def holds(self, slot: Slot, staffing: Staffing) -> bool:
        """True if the place is that of the pin."""
        return slot == self.slot and self.allows(staffing)


OperationKind = Literal["insats", "one-agency", "no-police"]
"""An insats is with police and at least two agencies; police with one agency alone, and agencies without police, are
counted beside it."""


def kind_of(n_agencies: int, *, has_police: bool) -> OperationKind:
    """The kind of an operation to which so many agencies come."""
    if not has_police:
        return "no-police"
    return "insats" if n_agencies > 1 else "one-agency"


@dataclass(frozen=True, slots=True)
class Frame:
    """Room for objects that come later: of these sectors (None: the operation's own), in this many stops."""

    sectors: tuple[str, ...] | None = None
    stops: int = 1


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation to be placed. `window` None: the plan's year; `shifts`, `weekdays`, `police` None: all.

    `officers` are wanted, `officers_least` needed (None: all of them); the units of `police_also` lend that many
    besides. A `reserve` waits for a day when teams are free, and is never placed by itself; with `without_police` it
    may be offered without any. It runs on `days` consecutive dates, in one shift and with the same unit and agencies.
    `repeat` says how it is written in the scenario (`domain/repeat.py`). `chosen` are the agencies chosen from its
    groups, if they are chosen; `agencies` then holds them too. `spacing_days` is its own distance to others of its
    sector and area; None: that of the rules. `meet` None: where its area's meet; `share` None: as in the whole year.
    `proposed_by` is the party that it came from.
    """

    id: str
    title: str
    programme: str
    lead_agency: str
    sector: str
    area: str
    priority: int = 2
    must: bool = False
    officers: int = 0
    officers_least: int | None = None
    designated: Designated = "none"
    police: tuple[str, ...] | None = None
    police_also: Mapping[str, int] = field(default_factory=dict)
    agencies: Mapping[str, int] = field(default_factory=dict)
    any_of: tuple[AgencyGroup, ...] = ()
    optional_agencies: Mapping[str, int] = field(default_factory=dict)
    interest: Mapping[str, int] = field(default_factory=dict)
    window: Span | None = None
    shifts: tuple[str, ...] | None = None
    weekdays: frozenset[int] | None = None
    not_on: tuple[Span, ...] = ()
    preferred: Span | None = None
    nominated_on: date | None = None
    after: FollowUp | None = None
    not_same_day_as: tuple[str, ...] = ()
    not_same_week_as: tuple[str, ...] = ()
    same_slot_as: str | None = None
    fixed: Pin | None = None
    short_notice: bool = False
    days: int = 1
    reserve: bool = False
    without_police: bool = False
    frame: Frame | None = None
    meet: Meet | None = field(default=None, repr=False)  # only participants see it, and no log
    share: Sharing | None = None
    spacing_days: int | None = None
    sites: tuple[Site, ...] = ()
    repeat: Repeat | None = field(default=None, compare=False)
    chosen: tuple[str, ...] = ()
    proposed_by: str | None = None

    def slots(self, first: Slot) -> tuple[Slot, ...]:
        """The slots that it takes if it begins at that one: one a date."""
        if self.days == 1:
            return (first,)
        return tuple(Slot(first.day + timedelta(days=later), first.shift) for later in range(self.days))

    def last_day(self, first: date) -> date:
        """Its last date if it begins on that one."""
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
        """The least number of officers that it needs."""
        return self.officers if self.officers_least is None else self.officers_least

    @property
    def is_must(self) -> bool:
        """True if leaving it out is worse than leaving out any number of others; pinned operations count so too."""
        return self.must or self.fixed is not None

    @property
    def without_officers(self) -> "Operation":
        """The same operation with no police."""
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
        """The operation's worth to the agency, 0 to 3."""
        return self.interest.get(agency, 1)
