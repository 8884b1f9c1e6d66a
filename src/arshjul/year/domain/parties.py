"""The parties: areas, the police units that lend officers, the agencies that send teams."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, cast

from annotated_types import Interval

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.declaration import (
    FROM,
    TO,
    WEEKDAYS,
    AreaId,
    Day,
    Days,
    Email,
    FieldRefusal,
    Flag,
    Flat,
    Id,
    Officers,
    Omissible,
    OwnId,
    OwnName,
    Phone,
    ShiftId,
    Teams,
    Text,
    Told,
    Unkeyed,
    Unstated,
    ValueKind,
    Weekday,
    Worded,
    WrittenKey,
    ends_before,
)
from arshjul.year.domain.settings import LimitException, Meet, largest

# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class Area:
    """A local police area. `meet`: where operations in it gather that do not say it themselves."""

    id: OwnId
    name: OwnName
    neighbours: Annotated[tuple[AreaId, ...], Told(Message("Neighbours"), Message("Neighbouring areas, read by no rule."))] = ()
    meet: Annotated[Meet | None, Told(label=Message("meeting place"))] = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Matching:
    """The slots that an availability line applies to. None: any weekday, shift, date or week.

    `weeks` are ISO weeks, of any year. `nth` is a date's position among the same weekdays of its month: 1 the first, -1
    the last, up to 5 and -5.
    """

    weekdays: Annotated[frozenset[Weekday] | None, WEEKDAYS] = None
    shift: Annotated[ShiftId | None, Told(Message("Shift"), Message("One shift. Empty: all."), also=("Shifts",))] = None
    first: Annotated[Day | None, WrittenKey("from"), FROM] = None
    last: Annotated[Day | None, WrittenKey("to"), TO] = None
    weeks: Annotated[Annotated[Literal["odd", "even"] | frozenset[int], ValueKind("weeks")] | None, Told(Message("Weeks"), Message("ISO weeks: odd, even, or 19, 21. Empty: all."))] = None
    nth: Annotated[frozenset[Annotated[int, Interval(ge=-5, le=5), ValueKind("number", read_as="ordinal")]] | None, Told(Message("Nth in month"), Message("The weekday's number in the month: 1 to 5, or -1 to -5 from its end."))] = None

    def __post_init__(self) -> None:
        """People write weeks as a list."""
        if self.weeks is not None and not isinstance(self.weeks, str):
            object.__setattr__(self, "weeks", frozenset(self.weeks))

    def refusals(self) -> Iterator[FieldRefusal]:
        if self.first is not None and self.last is not None and self.last < self.first:
            yield FieldRefusal("bad-value", ends_before(self.first, self.last), ("to",))

    def matches(self, slot: Slot) -> bool:
        return (
            (self.weekdays is None or slot.day.weekday() in self.weekdays)
            and (self.shift is None or slot.shift == self.shift)
            and (self.first is None or slot.day >= self.first)
            and (self.last is None or slot.day <= self.last)
            and (self.weeks is None or self._in_weeks(slot.day.isocalendar().week))
            and (self.nth is None or self._is_nth(slot.day))
        )

    def overlaps(self, other: "Matching") -> bool:
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


AT_MOST = Told(Message("At most"), Message("yes: the row only lowers those above."))


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """An availability line of a unit. `at_most` lines only lower the numbers; the others set them.

    `designated` None: none, or in an `at_most` line no limit on them.
    """

    when: Annotated[Matching, Flat]
    officers: Annotated[Officers, Told(Message("Number"), Message("Offered per shift."))]
    designated: Annotated[Officers | None, Told(Message("Designated officers"), Message("Of these officers."), also=("Designated",))] = None
    at_most: Annotated[Flag, AT_MOST] = False

    def __post_init__(self) -> None:
        if self.designated is None and not self.at_most:
            object.__setattr__(self, "designated", 0)


@dataclass(frozen=True, slots=True)
class TeamLine:
    when: Annotated[Matching, Flat]
    teams: Annotated[Teams, Told(Message("Number"), Message("Offered per shift."))]
    at_most: Annotated[Flag, AT_MOST] = False


def most_teams(lines: Iterable[TeamLine]) -> int:
    """The most that the lines offer at once, at_most lines aside."""
    return max((line.teams for line in lines if not line.at_most), default=0)


NO_TEAMS = (TeamLine(Matching(), 0),)
"""The lines of an agency without teams of its own, which people write as `none`."""


@dataclass(frozen=True, slots=True)
class RiskLine:
    """The share of offered shifts that were withdrawn in the past, in tenths."""

    when: Annotated[Matching, Flat]
    of_ten: Annotated[int, Interval(ge=0, le=10), Told(Message("Of ten"), Message("Withdrawn of ten shifts, 0 to 10."))]


@dataclass(frozen=True, slots=True)
class Offer:
    """The officers that a unit lends at a slot."""

    officers: int = 0
    designated: int = 0


_CONTACT = Told(Message("Contact"), Message("Function, never a person"))
_PHONE = Told(Message("Phone"), Message("Of the function. Shown in participants' calendars."))
_EMAIL = Told(Message("E-mail"), Message("Of the function, not of a person."))
_TAKEN_OVER = Told(Message("Taken over"), Message("Offers taken over from the portal. Do not change."))


@dataclass(frozen=True, slots=True)
class PoliceUnit:
    """A police unit that lends officers, in `areas`.

    It is asked `ask_days` before anything that a replan newly gives it. If `on_request`, it lends only to operations
    that name it. `load_exceptions` are of what-if questions alone (`extra_capacity`): no scenario that is written has
    any. `offers` are the ids of what its contacts have offered and the year has taken over.
    """

    id: OwnId
    name: OwnName
    kind: Annotated[Literal["local", "border"], Told(Message("Kind"), Message("local or border.")), Worded({"local": ("lokal", "local"), "border": ("gräns", "border")})]
    areas: Annotated[tuple[AreaId, ...], Told(Message("Areas"), Message("Areas that it serves."))]
    contact: Annotated[Text, _CONTACT] = ""
    phone: Annotated[Phone | None, _PHONE] = field(default=None, kw_only=True)
    email: Annotated[Email | None, _EMAIL] = field(default=None, kw_only=True)
    officers: tuple[OfficerLine, ...] = ()
    officer_shifts_per_month: Annotated[Officers | None, Told(Message("Officer shifts a month"), Message("The month's sum. Empty: no limit."))] = None
    often_withdrawn: tuple[RiskLine, ...] = ()
    ask_days: Annotated[Days, Unstated, Told(Message("Ask days ahead"), Message("Notice of changed plans. Empty: 0."))] = 0
    on_request: Annotated[Flag, Told(Message("On request"), Message("yes: only when named under Units or Officers also from."))] = False
    offers: Annotated[tuple[Id, ...], Unstated, _TAKEN_OVER] = ()
    load_exceptions: Annotated[tuple[LimitException, ...], Unkeyed] = ()

    def month_limit(self, month: Span) -> int | None:
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
    `staff_teams` None is the most that `teams` offer, at_most lines aside.
    """

    id: OwnId
    name: OwnName
    unit: Annotated[Text, Told(Message("Unit"), Message("Shown to the police."))] = field(default="", kw_only=True)
    kind: Annotated[Literal["municipal", "state"], Told(Message("Kind"), Message("municipal or state.")), Worded({"municipal": ("kommunal", "municipal"), "state": ("statlig", "state")})]
    contact: Annotated[Text, _CONTACT] = ""
    phone: Annotated[Phone | None, _PHONE] = field(default=None, kw_only=True)
    email: Annotated[Email | None, _EMAIL] = field(default=None, kw_only=True)
    teams: Annotated[tuple[TeamLine, ...], ValueKind("mappings", read_as="team lines")] = ()
    staff_teams: Annotated[Teams, Omissible, Told(Message("Teams in all"), Message("For the daily rest. Empty: the most offered at once."))] = 0
    team_shifts_per_week: Annotated[Teams | None, Told(Message("Team shifts a week"), Message("Empty: no limit."))] = None
    team_shifts_per_month: Annotated[Teams | None, Told(Message("Team shifts a month"), Message("Empty: no limit."))] = None
    load_exceptions: tuple[LimitException, ...] = ()
    writes_risk: Annotated[Flag, Told(Message("Writes of the risk"), Message("yes: in information sheets, as police do. For the rescue service."))] = False
    writes_people: Annotated[Flag, Told(Message("Writes of victims"), Message("yes: possible victims, in section I."))] = False
    offers: Annotated[tuple[Id, ...], Unstated, _TAKEN_OVER] = ()

    def __post_init__(self) -> None:
        if cast(int | None, self.staff_teams) is None:
            object.__setattr__(self, "staff_teams", most_teams(self.teams))

    @property
    def sends_teams(self) -> bool:
        """False if it has none of its own at any time, as who only owns a programme: it is asked for no offer."""
        return self.teams != NO_TEAMS

    def week_limit(self, week: Span) -> int | None:
        return largest(self.team_shifts_per_week, "team_shifts_per_week", self.load_exceptions, week)

    def month_limit(self, month: Span) -> int | None:
        return largest(self.team_shifts_per_month, "team_shifts_per_month", self.load_exceptions, month)

    def offer(self, slot: Slot) -> int:
        """The teams at the slot, counted like a unit's officers."""
        teams = 0
        for line in self.teams:
            if line.when.matches(slot):
                teams = min(teams, line.teams) if line.at_most else line.teams
        return teams


# fmt: on
