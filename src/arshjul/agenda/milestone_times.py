"""The times of milestones: each one's date, and its clock time if it is a meeting.

The coordinator attends all of them, and a meeting has one time for all. So meetings that would begin together follow
one another, and none begins during a meeting of the year itself. A time that was told stays as long as possible: a
milestone that moves does not make others move.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from arshjul.agenda.cycle import first_day, lies_before, milestone_day
from arshjul.agenda.entry import Event
from arshjul.domain.calendar import local
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Held, Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Milestone

MilestoneKey = tuple[str, str]
"""An operation's id and a milestone's."""


Told = Mapping[MilestoneKey, Event]
"""The milestones in the coordinator's feed before the plan."""


Times = Mapping[MilestoneKey, "MilestoneTime"]


@dataclass(frozen=True, slots=True)
class MilestoneTime:
    """A milestone's date. `starts`: in UTC, None if it is all day. `is_late`: it could not be held in time."""

    day: date
    starts: datetime | None = None
    is_late: bool = False


def milestone_times(scenario: Scenario, plan: Plan, told: Told) -> Times:
    """The time of every milestone of placed operations, as calendars show it."""
    placed = {placement.operation: placement for placement in plan.placements}
    dated: dict[MilestoneKey, MilestoneTime] = {}
    meetings: dict[date, list[_Meeting]] = {}
    for milestone in scenario.cycle.milestones:
        start_stands = _start_stands(scenario, milestone, told)
        for operation in scenario.operations:
            if operation not in placed:
                continue
            key = (operation, milestone.id)
            time = dated[key] = _dated(scenario, plan, milestone, placed[operation], told.get(key))
            if milestone.start is not None:
                wish = local(time.day, milestone.start, scenario.zone).astimezone(UTC)
                was = told[key].starts if key in told and start_stands else None
                was = was if isinstance(was, datetime) else None
                meetings.setdefault(time.day, []).append(_Meeting(key, wish, timedelta(minutes=milestone.minutes), was))
    for day, of_the_day in meetings.items():
        for key, starts in _Day.of(scenario, day, plan.as_of.astimezone(UTC)).times(of_the_day):
            dated[key] = MilestoneTime(day, starts, dated[key].is_late)
    return dated


def due_day(scenario: Scenario, times: Times, held: Held, milestone: Milestone, placement: Placement) -> date:
    """The milestone's date in calendars, or the next one if it was held for another date of its operation."""
    around = (placement.operation, milestone.id)
    day = times[around].day
    if any(on is not None and then != placement.slot.day for then, on in held.get(around, {}).items()):
        return max(day, milestone_day(scenario, milestone, placement))
    return day


def _dated(
    scenario: Scenario, plan: Plan, milestone: Milestone, placement: Placement, told: Event | None
) -> MilestoneTime:
    """The milestone's date.

    `told` adds what the plan does not know: whether it was held, and the date of a late one.
    """
    as_of = plan.as_of
    if told is None or told.status == "CANCELLED":
        return _never_told(scenario, plan, milestone, placement)
    if began(told, as_of):
        return MilestoneTime(told.day)
    due = milestone_day(scenario, milestone, placement)
    if not lies_before(scenario, milestone, due, as_of):
        return MilestoneTime(due)
    old = None if plan.base is None else plan.base.placements.get(placement.operation)
    stays = plan.placed_by is not None or (old is not None and old.slot.day == placement.slot.day)
    day = told.day if stays else first_day(scenario, milestone, as_of)
    return MilestoneTime(day, is_late=day != due)


def _never_told(scenario: Scenario, plan: Plan, milestone: Milestone, placement: Placement) -> MilestoneTime:
    """The milestone's date as far as the plan alone knows.

    A milestone held before the moment of the placements stays, wherever the operation has gone since. One that would
    newly lie before that moment is late: it moves to the first office day from it.
    """
    as_of = plan.placing.as_of
    old = None if plan.base is None else plan.base.placements.get(placement.operation)
    if old is not None:
        was = milestone_day(scenario, milestone, old)
        if lies_before(scenario, milestone, was, as_of):
            return MilestoneTime(was)
    due = milestone_day(scenario, milestone, placement)
    if not lies_before(scenario, milestone, due, as_of) or scenario.has_begun(placement.slot, as_of):
        return MilestoneTime(due)
    return MilestoneTime(first_day(scenario, milestone, as_of), is_late=True)


def began(event: Event, as_of: datetime) -> bool:
    """True if the event had begun, or its date was over."""
    starts = event.starts
    return starts < as_of if isinstance(starts, datetime) else starts < as_of.date()


def _start_stands(scenario: Scenario, milestone: Milestone, told: Told) -> bool:
    """False if the milestone has been given another start since: no event told begins at the present one."""
    starts = [event.starts for (_, id), event in told.items() if id == milestone.id]
    return any(
        when.astimezone(scenario.zone).time() == milestone.start for when in starts if isinstance(when, datetime)
    )


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A milestone with a clock time: the start that it wishes for, and the one that was told."""

    key: MilestoneKey
    wish: datetime
    lasts: timedelta
    was: datetime | None


@dataclass(frozen=True, slots=True)
class _Day:
    """A date with its taken times, as starts and ends in UTC. Nothing new begins before `now`."""

    first: datetime
    last: datetime
    now: datetime
    taken: list[tuple[datetime, datetime]]

    @classmethod
    def of(cls, scenario: Scenario, day: date, now: datetime) -> "_Day":
        """The date with the year's own meetings."""

        def moment(day: date, clock: time) -> datetime:
            return local(day, clock, scenario.zone).astimezone(UTC)

        taken = [
            (starts, starts + timedelta(minutes=meeting.minutes))
            for meeting in scenario.cycle.meetings
            if meeting.start is not None and day in meeting.dates
            for starts in [moment(day, meeting.start)]
        ]
        return cls(moment(day, time()), moment(day + timedelta(days=1), time()), now, taken)

    def times(self, meetings: Iterable[_Meeting]) -> Iterator[tuple[MilestoneKey, datetime]]:
        """Each meeting's start: first those already held, then those that can stay, then the others in their order."""
        waiting = sorted(meetings, key=lambda meeting: meeting.was or self.last)
        for may_stay in (self._was_held, self._can_stay):
            for meeting in list(waiting):
                if meeting.was is not None and may_stay(meeting, meeting.was):
                    waiting.remove(meeting)
                    yield meeting.key, self._take(meeting, meeting.was)
        for meeting in sorted(waiting, key=lambda meeting: meeting.wish):
            yield meeting.key, self._take(meeting, self._free(meeting))

    def _was_held(self, _: _Meeting, was: datetime) -> bool:
        return self.first <= was < min(self.now, self.last)

    def _can_stay(self, meeting: _Meeting, was: datetime) -> bool:
        return meeting.wish <= was < self.last and self._is_free(was, meeting.lasts)

    def _take(self, meeting: _Meeting, starts: datetime) -> datetime:
        self.taken.append((starts, starts + meeting.lasts))
        return starts

    def _free(self, meeting: _Meeting) -> datetime:
        """The first free time from its wish on; if the day is full, the last one before it; else its wish."""
        after = sorted(ends for _, ends in self.taken if meeting.wish < ends <= self.last - meeting.lasts)
        before = sorted((starts - meeting.lasts for starts, _ in self.taken), reverse=True)
        possible = [starts for starts in before if max(self.first, self.now) <= starts < meeting.wish]
        every = (meeting.wish, *after, *possible)
        return next((starts for starts in every if self._is_free(starts, meeting.lasts)), meeting.wish)

    def _is_free(self, starts: datetime, lasts: timedelta) -> bool:
        return all(ends <= starts or starts + lasts <= begins for begins, ends in self.taken)
