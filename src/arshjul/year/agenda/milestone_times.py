"""The times of milestones: each one's date, and its clock time if it is a meeting.

The coordinator attends all of them, and a meeting has one time for all. So meetings that would begin together follow
one another, and none begins during a meeting of the year itself. A time that was told stays as long as possible: a
milestone that moves does not make others move. What is dealt with at a meeting of the year has no time of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from arshjul.year.agenda.entry import Event
from arshjul.year.agenda.party import Party
from arshjul.year.domain.calendar import Calendar, local
from arshjul.year.domain.change import Move
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Held, Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import FREEZE_DAYS, Meeting, Milestone

_SEARCH_DAYS = 366


def office_day(calendar: Calendar, day: date, step: int) -> date:
    """The nearest open date in that direction (1 or -1); in a calendar that is always closed the date itself."""
    if calendar.is_office_day(day):
        return day
    near = (day + timedelta(days=step * days) for days in range(1, _SEARCH_DAYS))
    return next((day for day in near if calendar.is_office_day(day)), day)


def own_day(scenario: Scenario, milestone: Milestone, placement: Placement) -> date:
    """The milestone's own date for an operation there, an office day: before its first date or after its last."""
    day = scenario.last_day(placement) if milestone.comes_after else placement.slot.day
    return office_day(scenario.calendar, day + timedelta(days=milestone.days), 1 if milestone.comes_after else -1)


def meeting_day(scenario: Scenario, milestone: Milestone, placement: Placement) -> date | None:
    """The last one up to its own date. None if it has none: what comes after the operation is not dealt with before."""
    meeting = scenario.cycle.meeting(milestone.at)
    if meeting is None:
        return None
    after = scenario.last_day(placement) if milestone.comes_after else None
    return scenario.last_meeting_day(meeting, own_day(scenario, milestone, placement), after)


def milestone_day(scenario: Scenario, milestone: Milestone, placement: Placement) -> date:
    return meeting_day(scenario, milestone, placement) or own_day(scenario, milestone, placement)


def has_milestone(scenario: Scenario, party: Party, milestone: Milestone, placement: Placement) -> bool:
    match party.kind:
        case "coordinator":
            return True
        case "agency":
            is_lead = party.id == scenario.operations[placement.operation].lead_agency
            return is_lead or not milestone.is_for_lead_alone
        case "police":
            return milestone.is_for_units


def first_day(scenario: Scenario, milestone: Milestone, as_of: datetime) -> date:
    first = office_day(scenario.calendar, as_of.date(), 1)
    if lies_before(scenario, milestone, first, as_of):
        first = office_day(scenario.calendar, first + timedelta(days=1), 1)
    return first


def lies_before(scenario: Scenario, milestone: Milestone, day: date, as_of: datetime) -> bool:
    return begins_before(scenario, day, milestone.start, as_of)


def begins_before(scenario: Scenario, day: date, start: time | None, moment: datetime) -> bool:
    """True if what begins then, None: all day, begins before the moment."""
    return day < moment.date() if start is None else local(day, start, scenario.zone) < moment


def is_confirmed(scenario: Scenario, plan: Plan, day: date, starts: datetime | None = None) -> bool:
    """True if an event at that time is settled: it has started, or its date is a frozen one."""
    frozen_until = plan.as_of.date() + timedelta(days=scenario.settings[FREEZE_DAYS])
    return day < frozen_until or (starts is not None and starts < plan.as_of.astimezone(UTC))


MilestoneKey = tuple[str, str]
"""An operation's id and a milestone's."""


Told = Mapping[MilestoneKey, Event]
"""The milestones in the coordinator's feed before the plan."""


Times = Mapping[MilestoneKey, "MilestoneTime"]

DueAt = Mapping[tuple[str, date], Sequence[tuple[Milestone, Placement]]]
"""By a meeting's id and date: the milestones dealt with there, in the order of the cycle and of operations."""


@dataclass(frozen=True, slots=True)
class MilestoneTime:
    """`starts`: in UTC, None if it is all day. `is_late`: it could not be held in time. `meeting`: the meeting of that
    date in whose entry it stands; None: it has its own.
    """

    day: date
    starts: datetime | None = None
    is_late: bool = False
    meeting: str | None = None


def milestone_times(scenario: Scenario, plan: Plan, told: Told) -> Times:
    placed = {placement.operation: placement for placement in plan.placements}
    dated: dict[MilestoneKey, MilestoneTime] = {}
    meetings: dict[date, list[_Meeting]] = {}
    stays = _Stays.of(plan)
    for milestone in scenario.cycle.milestones:
        start_stands = _start_stands(scenario, milestone, told)
        for operation in scenario.operations:
            if operation not in placed:
                continue
            key = (operation, milestone.id)
            if (met := _met(scenario, stays, milestone, placed[operation], told.get(key))) is not None:
                dated[key] = MilestoneTime(met, meeting=milestone.at)
                continue
            time = dated[key] = _dated(scenario, plan, milestone, placed[operation], told.get(key))
            if milestone.start is not None:
                wish = local(time.day, milestone.start, scenario.zone).astimezone(UTC)
                was = told[key].starts if key in told and start_stands else None
                was = was if isinstance(was, datetime) else None
                meetings.setdefault(time.day, []).append(_Meeting(key, wish, timedelta(minutes=milestone.minutes), was))
    taken: defaultdict[date, list[tuple[datetime, datetime]]] = defaultdict(list)
    for _, day, starts, ends in meeting_moments(scenario) if meetings else ():
        taken[day].append((starts, ends))
    for day, of_the_day in meetings.items():
        there = _Day.of(scenario, day, plan.as_of.astimezone(UTC), taken[day])
        for key, starts in there.times(of_the_day):
            dated[key] = MilestoneTime(day, starts, dated[key].is_late)
    return dated


def meeting_moments(scenario: Scenario) -> Iterator[tuple[Meeting, date, datetime, datetime]]:
    """Each meeting that has a clock time, on each of its dates: start and end, in UTC."""
    for meeting in scenario.cycle.meetings:
        for day in scenario.meeting_days(meeting):
            if (start := meeting.starts_at(day)) is not None:
                starts = local(day, start, scenario.zone).astimezone(UTC)
                yield meeting, day, starts, starts + timedelta(minutes=meeting.minutes)


def due_at_meetings(scenario: Scenario, plan: Plan, times: Times, held: Held | None = None) -> DueAt:
    """The agenda of each meeting as calendars list it; with `held`, also what is due again (`due_time`)."""
    found: defaultdict[tuple[str, date], list[tuple[Milestone, Placement]]] = defaultdict(list)
    for milestone in scenario.cycle.milestones:
        for operation in scenario.operations if milestone.at is not None else ():
            if (placement := plan.placed.get(operation)) is not None:
                time = due_time(scenario, times, held or {}, milestone, placement)
                if time.meeting is not None:
                    found[time.meeting, time.day].append((milestone, placement))
    return found


def due_time(scenario: Scenario, times: Times, held: Held, milestone: Milestone, placement: Placement) -> MilestoneTime:
    """The milestone's time in calendars, or the next one if it was held for another date of its operation."""
    around = (placement.operation, milestone.id)
    time = times[around]
    if any(on is not None and then != placement.slot.day for then, on in held.get(around, {}).items()):
        met = meeting_day(scenario, milestone, placement)
        due = met or own_day(scenario, milestone, placement)
        return MilestoneTime(due, meeting=None if met is None else milestone.at) if due > time.day else time
    return time


@dataclass(frozen=True, slots=True)
class _Stays:
    plan: Plan
    moves: Mapping[str, Sequence[tuple[datetime, Move]]]

    @classmethod
    def of(cls, plan: Plan) -> "_Stays":
        moves: defaultdict[str, list[tuple[datetime, Move]]] = defaultdict(list)
        for record in plan.revisions:
            for move in record.changed:
                moves[move.operation].append((record.as_of, move))
        return cls(plan, moves)

    def places(self, placement: Placement) -> Iterator[tuple[datetime | None, Placement, datetime | None]]:
        """The operation's places, the present one last, each from and until a moment; None: from before, until now."""
        since = None
        for moment, move in self.moves.get(placement.operation, ()):
            if move.old is not None:
                yield since, move.old, moment
            since = moment
        base = self.plan.base
        is_new = base is None or placement.operation not in base.placements
        yield (self.plan.placing.as_of if is_new else since), placement, None


def _met(
    scenario: Scenario, stays: _Stays, milestone: Milestone, placement: Placement, told: Event | None
) -> date | None:
    """The date of the meeting in whose entry the milestone stands; None if it has an entry of its own.

    What was dealt with at a meeting stays there, wherever the operation goes. A meeting that had begun when the
    operation came to its place, or when the milestone had an entry of its own, is too early for it.
    """
    meeting = scenario.cycle.meeting(milestone.at)
    if meeting is None or (told is not None and told.status != "CANCELLED" and began(told, stays.plan.as_of)):
        return None
    has_own = told is not None and told.status != "CANCELLED"
    places = [(stays.plan.as_of, placement, None)] if has_own else stays.places(placement)
    for since, there, until in places:
        day = meeting_day(scenario, milestone, there)
        start = None if day is None else meeting.starts_at(day)
        if day is None or (since is not None and begins_before(scenario, day, start, since)):
            continue
        if until is None or begins_before(scenario, day, start, until):
            return day
    return None


def _dated(
    scenario: Scenario, plan: Plan, milestone: Milestone, placement: Placement, told: Event | None
) -> MilestoneTime:
    """`told` adds what the plan does not know: whether it was held, and the date of a late one."""
    as_of = plan.as_of
    if told is None or told.status == "CANCELLED":
        return _never_told(scenario, plan, milestone, placement)
    if began(told, as_of):
        return MilestoneTime(told.day)
    due = own_day(scenario, milestone, placement)
    if not lies_before(scenario, milestone, due, as_of):
        return MilestoneTime(due)
    old = None if plan.base is None else plan.base.placements.get(placement.operation)
    stays = plan.placed_by is not None or (old is not None and old.slot.day == placement.slot.day)
    day = told.day if stays and scenario.calendar.is_office_day(told.day) else first_day(scenario, milestone, as_of)
    return MilestoneTime(day, is_late=day != due)


def _never_told(scenario: Scenario, plan: Plan, milestone: Milestone, placement: Placement) -> MilestoneTime:
    """The milestone's date as far as the plan alone knows.

    A milestone held before the moment of the placements stays, wherever the operation has gone since. One that would
    newly lie before that moment is late: it moves to the first office day from it.
    """
    as_of = plan.placing.as_of
    old = None if plan.base is None else plan.base.placements.get(placement.operation)
    if old is not None:
        was = own_day(scenario, milestone, old)
        if lies_before(scenario, milestone, was, as_of):
            return MilestoneTime(was)
    due = own_day(scenario, milestone, placement)
    if not lies_before(scenario, milestone, due, as_of) or scenario.has_begun(placement.slot, as_of):
        return MilestoneTime(due)
    return MilestoneTime(first_day(scenario, milestone, as_of), is_late=True)


def began(event: Event, as_of: datetime) -> bool:
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
    def of(cls, scenario: Scenario, day: date, now: datetime, taken: list[tuple[datetime, datetime]]) -> "_Day":
        first, last = (local(each, time(), scenario.zone).astimezone(UTC) for each in (day, day + timedelta(days=1)))
        return cls(first, last, now, taken)

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
        after = sorted(ends for _, ends in self.taken if meeting.wish < ends <= self.last - meeting.lasts)
        before = sorted((starts - meeting.lasts for starts, _ in self.taken), reverse=True)
        possible = [starts for starts in before if max(self.first, self.now) <= starts < meeting.wish]
        every = (meeting.wish, *after, *possible)
        return next((starts for starts in every if self._is_free(starts, meeting.lasts)), meeting.wish)

    def _is_free(self, starts: datetime, lasts: timedelta) -> bool:
        return all(ends <= starts or starts + lasts <= begins for begins, ends in self.taken)
