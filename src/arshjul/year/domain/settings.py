"""A coordinator's settings: limits, prices, the cycle of milestones and meetings, and where those who take part meet."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Annotated, Final, Generic, Literal, TypeVar, cast

from arshjul.errors import Message
from arshjul.year.domain.calendar import Shift, Span
from arshjul.year.domain.declaration import (
    AgencyId,
    Clock,
    Day,
    Decision,
    FieldRefusal,
    InvitedId,
    LineOrNone,
    MeetingId,
    Minutes,
    Omissible,
    OwnId,
    OwnName,
    Spoken,
    Told,
    Unkeyed,
    Unstated,
    ValueKind,
    Weekday,
    Worded,
    WrittenKey,
    ends_before,
)

NEAR_MINUTES: Final = 180
"""As near to the beginning of a shift as a time to meet must lie to be that shift's."""
DAY_MINUTES: Final = 24 * 60


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class Meet:
    """The place and time at which all who take part meet; `at` None: no time is given. `place` empty: nowhere."""

    place: Annotated[LineOrNone, Told(Message("Meeting place"), Message("Where participants gather, never a site's address. At most 120 characters. A time of its own needs a place of its own. Empty: place and time of the area."))]
    at: Annotated[Clock | None, Told(Message("They meet at"), Message("Clock time, like 07:30. Empty: none."), prompt=Message("They meet at (07:30)"))] = None

    def __bool__(self) -> bool:
        return bool(self.place)

    def is_near(self, shift: Shift) -> bool:
        """True if its time, if any, lies near the beginning of the shift."""
        later = self._minutes_after(shift)
        return min(later, DAY_MINUTES - later) <= NEAR_MINUTES

    def is_late(self, shift: Shift) -> bool:
        """True if its time is said in the shift, and the shift has begun by then."""
        return 0 < self._minutes_after(shift) <= NEAR_MINUTES

    def _minutes_after(self, shift: Shift) -> int:
        return 0 if self.at is None else (_minutes(self.at) - _minutes(shift.start)) % DAY_MINUTES

    def on(self, shift: Shift) -> "Meet":
        """Its text in that shift: the morning's time is not said of an operation in the evening."""
        return self if self.is_near(shift) else replace(self, at=None)


def _minutes(clock: time) -> int:
    return 60 * clock.hour + clock.minute


@dataclass(frozen=True, slots=True)
class Sharing:
    """True `participants`: those who take part see each other and the police units."""

    participants: Annotated[Decision, Told(Message("Participants see each other"), Message("no: participants see neither each other nor the units. Empty: as the sheet Rules, there yes."))] = True


# fmt: on


@dataclass(frozen=True, slots=True)
class LimitException:
    """Limits, by their keys, for every day, week and month of which a date lies in `span`."""

    span: Span
    limits: Mapping[str, int]


def largest(usual: int | None, key: str, exceptions: Iterable[LimitException], period: Span) -> int | None:
    """The limit of a day, week or month: the largest of the usual one and any exceptions. None: no limit."""
    if usual is None:
        return None
    met = (
        exception
        for exception in exceptions
        if exception.span.first <= period.last and period.first <= exception.span.last
    )
    return max([usual, *(exception.limits[key] for exception in met if key in exception.limits)])


Size_co = TypeVar("Size_co", int, int | None, covariant=True)


@dataclass(frozen=True, slots=True)
class Setting(Generic[Size_co]):
    """A number that the coordinator sets in the section `rules`; the rule that reads it declares it.

    `name` is what people call it, `place` orders the section, `unit` is what it counts. It is a whole number from
    `least` to 1,000,000; a default of None is no limit, one of 0 days or hours is off. `step` is what makes it a step
    looser (`arshjul what-if`); 0: nothing does.
    """

    key: str
    name: Message
    place: int
    default: Size_co
    unit: str
    least: int = 0
    step: int = 0


AnySetting = Setting[int] | Setting[int | None]

# The settings that the rooms below the rules read too.
DAILY_REST_HOURS = Setting("daily_rest_hours", Message("Daily rest of a team, hours"), 6, 0, "hours", step=-1)
FREEZE_DAYS = Setting("freeze_days", Message("Frozen days: what is nearer stays"), 7, 0, "days", step=-7)
UNKNOWN_END_DAYS = Setting(
    "unknown_end_days", Message("Days that until further notice is taken to last"), 9, 28, "days", least=1
)


@dataclass(frozen=True, slots=True)
class Settings:
    """A scenario's settings by key; `settings[SETTING]` is the value set, or the default.

    `exceptions` are limits that are larger on some dates.
    """

    given: Mapping[str, int] = field(default_factory=dict)
    exceptions: tuple[LimitException, ...] = ()

    @classmethod
    def of(cls, **given: int | None) -> "Settings":
        """Settings with these values; None is the default."""
        return cls({key: size for key, size in given.items() if size is not None})

    def __getitem__(self, setting: Setting[Size_co]) -> Size_co:
        return self.given.get(setting.key, setting.default)

    def looser(self, setting: AnySetting) -> int | None:
        """The size a step looser; None if the setting is off, has no step, or cannot be any looser."""
        size = self[setting]
        if size is None or not setting.step or (size == 0 and setting.default == 0):
            return None
        after = max(setting.least, size + setting.step)
        return None if after == size else after

    def within(self, setting: Setting[int | None], period: Span) -> int | None:
        return largest(self[setting], setting.key, self.exceptions, period)


@dataclass(frozen=True, slots=True)
class Objective:
    """The weights by which a plan is judged. `prices` gives each soft rule's points, by its id."""

    priority_points: Mapping[int, int] = field(default_factory=lambda: {1: 9, 2: 3, 3: 1})
    change_points: int = 2
    prices: Mapping[str, int] = field(default_factory=dict)


MilestoneMeaning = Literal["evaluation", "information-sheet", "nomination", "planning"]

FORMER_EVALUATIONS = frozenset(("joint-evaluation", "utvardering", "evaluation"))
"""The ids that meant the evaluation in workbooks and scenarios before `counts_as` existed."""


MilestoneParty = Literal["all", "lead", "police"]
"""Agencies that take part, all or the lead alone; and the units that come."""


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class Milestone:
    """A date around every operation: `days` before it (negative) or after. `start` None: all day.

    A closed date moves to the open one before it, or with `after` to the one after it. `counts_as` is what reports and
    reminders take it for (see `Cycle.meaning`). `at`: the meeting at which it is dealt with. `parties`: who has it,
    by default all agencies that take part.
    """

    id: OwnId
    name: OwnName
    days: int
    start: Annotated[Clock | None, Told(Message("Start"), Message("Clock time, like 09:00."))] = None
    minutes: Annotated[Minutes, Told(Message("Minutes"), Message("Empty: 60."))] = 60
    after: Annotated[bool | None, Unkeyed] = None
    counts_as: Annotated[MilestoneMeaning | None, Told(Message("Counts as"), Message("In reports and reminders: evaluation, information sheet, nomination or planning. Empty: none of these.")), Worded({"evaluation": ("utvärdering", "evaluation"), "information-sheet": ("informationsblad", "information sheet"), "nomination": ("nominering", "nomination"), "planning": ("planering", "planning")})] = None
    at: Annotated[MeetingId | None, Told(Message("Dealt with at"), Message("A meeting's id: listed at the last one up to its date. Empty, or no such meeting: an entry of its own."))] = None
    parties: Annotated[tuple[MilestoneParty, ...], Unstated, Spoken({"all": Message("all that take part"), "lead": Message("the lead agency"), "police": Message("the police units")}), Told(Message("Who has it"), Message("all: participating agencies (default); lead: the lead agency; police: participating units too."))] = ()

    @property
    def is_for_units(self) -> bool:
        return "police" in self.parties

    @property
    def is_for_lead_alone(self) -> bool:
        """True if of the agencies the lead alone has it."""
        return "lead" in self.parties and "all" not in self.parties

    @property
    def comes_after(self) -> bool:
        """True if it comes after the operation; by default if `days` is positive."""
        return self.days > 0 if self.after is None else self.after

    def was_held(self, held: date | None, day: date) -> bool:
        """True if held on that date for an operation on `day`: one that comes after it was not held before it."""
        return held is not None and (not self.comes_after or held >= day)


MeetingWeeks = Literal["all", "odd", "even"]

@dataclass(frozen=True, slots=True)
class Every:
    """The rhythm of a standing meeting: a weekday of all, odd or even ISO weeks. `at`: its clock time.

    `first` and `last`: its first and last possible dates; None: those of the plan.
    """

    weekday: Annotated[Weekday, Told(Message("Every"), Message("Weekday of a standing meeting. Closed dates are left out."))]
    at: Annotated[Clock | None, Told(Message("At"), Message("Clock time. Empty: as Start."))] = None
    weeks: Annotated[MeetingWeeks, Omissible, Unstated, Told(Message("In weeks"), Message("odd or even ISO weeks. Empty: all.")), Worded({"all": ("alla", "all"), "odd": ("udda", "odd"), "even": ("jämna", "even")})] = "all"
    first: Annotated[Day | None, WrittenKey("from"), Told(Message("Every, from"), Message("Empty: from the plan's first date."))] = None
    last: Annotated[Day | None, WrittenKey("to"), Told(Message("Every, to"), Message("Empty: to the plan's last date."))] = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "weeks", cast(MeetingWeeks | None, self.weeks) or "all")

    def refusals(self) -> Iterator[FieldRefusal]:
        if self.first is not None and self.last is not None and self.last < self.first:
            yield FieldRefusal("bad-value", ends_before(self.first, self.last), ("to",))

    def days(self, plan: Span) -> Iterator[date]:
        """Its dates, closed ones too."""
        first, last = (self.first or plan.first).toordinal(), (self.last or plan.last).toordinal()
        first += (self.weekday + 1 - first) % 7  # the ordinal of a Monday leaves 1
        yield from filter(self._is_in_week, map(date.fromordinal, range(first, last + 1, 7)))

    def days_back(self, plan: Span, until: date) -> Iterator[date]:
        """The same from that date on backwards."""
        first, last = (self.first or plan.first).toordinal(), min(until, self.last or plan.last).toordinal()
        last -= (last - self.weekday - 1) % 7
        yield from filter(self._is_in_week, map(date.fromordinal, range(last, first - 1, -7)))

    def _is_in_week(self, day: date) -> bool:
        return self.weeks == "all" or (day.isocalendar().week % 2 == 1) == (self.weeks == "odd")


MEETING_GROUPS = ("agencies", "units", "owners")
"""The words for groups of parties: all agencies, all police units, the owners of programmes."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of the year, on `dates`, and on those of `every` that are not closed (see `Scenario.meeting_days`).

    `agencies` "all": every agency. `parties`: others who are invited, by id or as one of the `MEETING_GROUPS`.
    """

    id: OwnId
    name: OwnName
    dates: Annotated[tuple[Day, ...], Told(Message("Dates"), Message("Like 2027-03-17, 2027-06-09."))] = ()
    every: Annotated[Every | None, Told(label=Message("standing meetings"))] = field(default=None, kw_only=True)
    start: Annotated[Clock | None, Told(Message("Start"), Message("Clock time, like 09:00."))] = None
    minutes: Annotated[Minutes, Told(Message("Minutes"), Message("Empty: 60."))] = 60
    agencies: Annotated[tuple[AgencyId, ...] | Literal["all"], ValueKind("ids or all"), Omissible, Told(Message("Agencies"), Message("ids, or all. Empty: all, unless Others are named."))] = "all"
    parties: Annotated[tuple[InvitedId, ...], Unstated, Told(Message("Parties"), Message("ids, or agencies, units (police), owners (of programmes)."))] = field(default=(), kw_only=True)
    meet: Annotated[Meet | None, Told(label=Message("meeting place"))] = field(default=None, repr=False, kw_only=True)

    def starts_at(self, day: date) -> time | None:
        """Its clock time on one of its dates; None: all day."""
        if self.every is None or self.every.at is None or (self.start is not None and day in self.dates):
            return self.start
        return self.every.at


@dataclass(frozen=True, slots=True)
class Cycle:
    milestones: tuple[Milestone, ...] = ()
    meetings: tuple[Meeting, ...] = ()

    @property
    def has_unit_milestones(self) -> bool:
        return any(milestone.is_for_units for milestone in self.milestones)

    def meeting(self, id: str | None) -> Meeting | None:
        return next((meeting for meeting in self.meetings if meeting.id == id), None)

    def meaning(self, id: str) -> MilestoneMeaning | None:
        """The meaning of the milestone of that id; None: it has none.

        An id alone has a meaning only in plans from before `counts_as`, where no milestone has it, and in outcomes from
        then whose milestone is gone.
        """
        known = {milestone.id: milestone.counts_as for milestone in self.milestones}
        if id in known and any(known.values()):
            return known[id]
        return "evaluation" if id in FORMER_EVALUATIONS else None

    def was_counted(self, milestone: Milestone, figures: Mapping[str, int]) -> bool:
        """True if an outcome's figures count the milestone, or another one with the same meaning."""
        meaning = self.meaning(milestone.id)
        return any(n and (id == milestone.id or (meaning and self.meaning(id) == meaning)) for id, n in figures.items())


# fmt: on
