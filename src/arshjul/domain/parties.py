"""The parties: areas, the police units that lend officers, the agencies that send teams."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.declaration import AreaId, OwnId, OwnName, Told
from arshjul.domain.settings import LimitException, largest
from arshjul.domain.taking_part import Meet
from arshjul.errors import Message

# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class Area:
    """A local police area. `meet`: where operations in it gather that do not say it themselves."""

    id: OwnId
    name: OwnName
    neighbours: Annotated[tuple[AreaId, ...], Told(Message("Neighbours"), Message("Neighbouring areas, read by no rule."))] = ()
    meet: Annotated[Meet | None, Told(label=Message("meeting place"))] = field(default=None, repr=False)


# fmt: on


@dataclass(frozen=True, slots=True)
class Matching:
    """The slots that an availability line applies to. None: any weekday, shift, date or week.

    `weeks` are ISO weeks, of any year. `nth` is a date's position among the same weekdays of its month: 1 the first, -1
    the last, up to 5 and -5.
    """

    weekdays: frozenset[int] | None = None
    shift: str | None = None
    first: date | None = None
    last: date | None = None
    weeks: Literal["odd", "even"] | frozenset[int] | None = None
    nth: frozenset[int] | None = None

    def matches(self, slot: Slot) -> bool:
        """True if the line applies to the slot."""
        return (
            (self.weekdays is None or slot.day.weekday() in self.weekdays)
            and (self.shift is None or slot.shift == self.shift)
            and (self.first is None or slot.day >= self.first)
            and (self.last is None or slot.day <= self.last)
            and (self.weeks is None or self._in_weeks(slot.day.isocalendar().week))
            and (self.nth is None or self._is_nth(slot.day))
        )

    def overlaps(self, other: "Matching") -> bool:
        """True if both may apply to one slot, by weekday, shift and dates."""
        return (
            (self.weekdays is None or other.weekdays is None or bool(self.weekdays & other.weekdays))
            and (self.shift is None or other.shift in (None, self.shift))
            and (self.first is None or other.last is None or self.first <= other.last)
            and (self.last is None or other.first is None or other.first <= self.last)
        )

    def _in_weeks(self, week: int) -> bool:
        if self.weeks in {"odd", "even"}:
            return (week % 2 == 1) == (self.weeks == "odd")
        return self.weeks is not None and week in self.weeks

    def _is_nth(self, day: date) -> bool:
        days_in_month = monthrange(day.year, day.month)[1]
        return bool(self.nth and self.nth & {(day.day + 6) // 7, -((days_in_month - day.day) // 7 + 1)})


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """An availability line of a unit. `at_most` lines only lower the numbers; the others set them."""

    when: Matching
    officers: int
    designated: int | None = None
    at_most: bool = False


@dataclass(frozen=True, slots=True)
class TeamLine:
    """An availability line of an agency."""

    when: Matching
    teams: int
    at_most: bool = False


NO_TEAMS = (TeamLine(Matching(), 0),)
"""The lines of an agency without teams of its own, which people write as `none`."""


@dataclass(frozen=True, slots=True)
class RiskLine:
    """The share of offered shifts that were withdrawn in the past, in tenths."""

    when: Matching
    of_ten: int


@dataclass(frozen=True, slots=True)
class Offer:
    """The officers that a unit lends at a slot."""

    officers: int = 0
    designated: int = 0


@dataclass(frozen=True, slots=True)
class PoliceUnit:
    """A police unit that lends officers, in `areas`.

    It is asked `ask_days` before anything that a replan newly gives it. If `on_request`, it lends only to operations
    that name it. `load_exceptions` are of what-if questions alone (`extra_capacity`): no scenario that is written has
    any. `offers` are the ids of what its contacts have offered and the year has taken over.
    """

    id: str
    name: str
    kind: Literal["local", "border"]
    areas: tuple[str, ...]
    contact: str = ""
    officers: tuple[OfficerLine, ...] = ()
    officer_shifts_per_month: int | None = None
    often_withdrawn: tuple[RiskLine, ...] = ()
    ask_days: int = 0
    phone: str | None = None
    email: str | None = None
    on_request: bool = False
    offers: tuple[str, ...] = ()
    load_exceptions: tuple[LimitException, ...] = ()

    def month_limit(self, month: Span) -> int | None:
        """The most officer shifts in that calendar month."""
        return largest(self.officer_shifts_per_month, "officer_shifts_per_month", self.load_exceptions, month)

    def offer(self, slot: Slot) -> Offer:
        """The offer by all lines in order: one that matches sets the numbers, `at_most` lowers; 0 if none matches."""
        officers = designated = 0
        for line in self.officers:
            if not line.when.matches(slot):
                continue
            if line.at_most:
                officers = min(officers, line.officers)
                designated = designated if line.designated is None else min(designated, line.designated)
            else:
                officers, designated = line.officers, line.designated or 0
        return Offer(officers, designated)

    def withdrawn_of_ten(self, slot: Slot) -> int | None:
        """The tenths of such shifts that were withdrawn, by the last line that matches; None if none does."""
        return next((line.of_ten for line in reversed(self.often_withdrawn) if line.when.matches(slot)), None)


@dataclass(frozen=True, slots=True)
class Agency:
    """A body that sends teams. `unit` is the part of it that takes part.

    In information sheets it writes of the risk too, as the rescue service does, if `writes_risk`; and of possible
    victims, as who supports them, if `writes_people`. `offers` as of a unit.
    """

    id: str
    name: str
    kind: Literal["municipal", "state"]
    unit: str = ""
    contact: str = ""
    teams: tuple[TeamLine, ...] = ()
    staff_teams: int = 0
    team_shifts_per_week: int | None = None
    team_shifts_per_month: int | None = None
    load_exceptions: tuple[LimitException, ...] = ()
    phone: str | None = None
    email: str | None = None
    writes_risk: bool = False
    writes_people: bool = False
    offers: tuple[str, ...] = ()

    @property
    def sends_teams(self) -> bool:
        """False if it has none of its own at any time, as who only owns a programme: it is asked for no offer."""
        return self.teams != NO_TEAMS

    def week_limit(self, week: Span) -> int | None:
        """The most team shifts in that ISO week."""
        return largest(self.team_shifts_per_week, "team_shifts_per_week", self.load_exceptions, week)

    def month_limit(self, month: Span) -> int | None:
        """The most team shifts in that calendar month."""
        return largest(self.team_shifts_per_month, "team_shifts_per_month", self.load_exceptions, month)

    def offer(self, slot: Slot) -> int:
        """The teams at the slot, counted like a unit's officers."""
        teams = 0
        for line in self.teams:
            if line.when.matches(slot):
                teams = min(teams, line.teams) if line.at_most else line.teams
        return teams
