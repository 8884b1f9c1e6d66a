"""The state of a plan at a moment: what is hit and can be saved, free teams, what is ahead, and units that are away."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from arshjul.agenda.feed_history import FeedHistory
from arshjul.agenda.milestone_times import due_time
from arshjul.agenda.overview import Unanswered, UnknownEnd, unanswered, unknown_ends
from arshjul.agenda.view import times_told
from arshjul.domain.calendar import Slot, month_of, week_of
from arshjul.domain.entries.amendment import Pinned, Result
from arshjul.domain.entries.entries import Entries
from arshjul.domain.operation import Pin
from arshjul.domain.parties import Agency, PoliceUnit
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan, held_on
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import DAILY_REST_HOURS, UNKNOWN_END_DAYS, Meeting, Milestone
from arshjul.domain.slot_tables import SlotTables
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import Message
from arshjul.planning.check.pinned_together import pinned_together
from arshjul.planning.replan.input import replan_input
from arshjul.planning.today.ways_out import WayOut, by_start, ways_out
from arshjul.rules.causes import broken
from arshjul.rules.fill.context import FillContext
from arshjul.rules.hard.fixed import Fixed
from arshjul.texts import counted


@dataclass(frozen=True, slots=True)
class FreeTeams:
    """The teams of an agency that are free to work at a slot."""

    agency: str
    slot: Slot
    teams: int


def free_teams(context: ReplanContext, hit: Iterable[str]) -> Iterator[FreeTeams]:
    """Free teams of the agencies of the hit operations, given in order of their starts, as if all these were taken out.

    It is the most that could work there by offer, load and rest; agencies without any are absent.
    """
    old, scenario = context.before, context.scenario
    others = [placement for id, placement in old.items() if id not in context.hit]
    asked: dict[tuple[Slot, str], None] = {}
    for id in hit:
        coming = {*scenario.operations[id].sent(old[id].any_of), *old[id].optional_agencies}
        for slot in scenario.slots(old[id]):
            asked.update({(slot, agency): None for agency in scenario.agencies if agency in coming})
    for slot, agency in asked:
        teams = _most(context, scenario.agencies[agency], slot, others)
        if teams > 0:
            yield FreeTeams(agency, slot, teams)


def _most(context: ReplanContext, agency: Agency, slot: Slot, others: Iterable[Placement]) -> int:
    sent = [
        (there, teams)
        for placement in others
        for there in context.scenario.slots(placement)
        if (teams := context.scenario.operations[placement.operation].sent(placement.any_of).get(agency.id, 0))
    ]
    limits = [agency.offer(slot) - sum(teams for there, teams in sent if there == slot)]
    week, month = week_of(slot.day), month_of(slot.day)
    for limit, span in (agency.week_limit(week), week), (agency.month_limit(month), month):
        if limit is not None:
            limits.append(limit - sum(teams for there, teams in sent if there.day in span))
    if context.scenario.settings[DAILY_REST_HOURS]:
        limits.append(agency.staff_teams - _taken(context, slot, sent))
    return min(limits)


def _taken(context: ReplanContext, slot: Slot, sent: Iterable[tuple[Slot, int]]) -> int:
    """The most teams taken at one moment of the slot and the rest after it."""
    rest = timedelta(hours=context.scenario.settings[DAILY_REST_HOURS])

    def hours(slot: Slot) -> tuple[datetime, datetime]:
        starts, ends = context.scenario.moments(slot)
        return starts, ends + rest

    first, last = hours(slot)
    near = [(*hours(there), teams) for there, teams in sent if abs((there.day - slot.day).days) <= rest.days + 2]
    # Teams are only taken when a shift starts, so the starts within, and the slot's own, are the only moments to check.
    moments = [first, *(starts for starts, _, _ in near if first < starts < last)]
    return max(sum(teams for starts, ends, teams in near if starts <= moment < ends) for moment in moments)


@dataclass(frozen=True, slots=True)
class OperationAhead:
    """An operation on one of its dates, with its parties. `result` None: no outcome is reported."""

    placement: Placement
    slot: Slot
    parties: tuple[Agency | PoliceUnit, ...]
    result: Result | None


@dataclass(frozen=True, slots=True)
class MeetingAhead:
    """A meeting of the year on one of its dates."""

    meeting: Meeting
    day: date


def operations_ahead(context: ReplanContext, plan: Plan, last: date) -> Iterator[OperationAhead]:
    """The operations from the plan's moment to that date, by start; of those that have begun, the day's own.

    An operation that began the evening before and is not over is among them.
    """
    scenario, today = context.scenario, plan.as_of.date()
    known = plan.entries.known_outcomes()
    there = [
        (scenario.moments(slot), placement, slot)
        for id, placement in plan.placed.items()
        if id in scenario.operations
        for slot in scenario.slots(placement)
        if today - timedelta(days=1) <= slot.day <= last
    ]
    for (_, ends), placement, slot in sorted(there, key=lambda one: (one[0], one[1].operation)):
        if slot.day >= today or ends > plan.as_of:
            parties = tuple(scenario.parties[party] for party in scenario.parties_at(placement))
            outcome = known.get((placement.operation, placement.slot.day))
            yield OperationAhead(placement, slot, parties, None if outcome is None else outcome.result)


def meetings_ahead(scenario: Scenario, first: date, last: date) -> Iterator[MeetingAhead]:
    """The year's own meetings between two dates, both included, by date and start."""
    there = [
        MeetingAhead(meeting, day)
        for meeting in scenario.cycle.meetings
        for day in scenario.meeting_days(meeting)
        if first <= day <= last
    ]
    yield from sorted(there, key=lambda one: (one.day, f"{one.meeting.starts_at(one.day) or ''}"))


AHEAD_DAYS = 7
"""The days for which milestones, operations and meetings ahead are shown."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An operation that has lost its place: its place, its parties, and its ways out.

    `locked`: the lock that is the only cause and waits for a plan, and why it cannot be there, if it cannot. Then there
    is nobody to call, and no other way out than to take the lock back.
    """

    operation: str
    placement: Placement
    parties: tuple[Agency | PoliceUnit, ...]
    ways_out: tuple[WayOut, ...]
    locked: tuple[Pin, Message | None] | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A milestone of an operation at that slot, due soon or overdue."""

    milestone: Milestone
    operation: str
    slot: Slot
    day: date
    overdue: bool
    meeting: str | None = None
    """The meeting of that date at which it is dealt with."""


@dataclass(frozen=True, slots=True)
class Today:
    """The information that a coordinator needs in the morning. `scenario` has the remaining offers.

    `operations` and `meetings` are those of the day and of `AHEAD_DAYS` after it. `hit` are in the order of their
    starts; `ready` are the reserves that can be carried out on the day. `begun` are the operations that have begun, by
    id, `no_outcome` those of them without a reported outcome; `empty` are the frames that are about to stay empty, with
    their slots, `empty_already` those that begin sooner yet.
    """

    scenario: Scenario
    as_of: datetime
    operations: tuple[OperationAhead, ...]
    meetings: tuple[MeetingAhead, ...]
    hit: tuple[Hit, ...]
    free_teams: tuple[FreeTeams, ...]
    ready: tuple[WayOut, ...]
    no_outcome: tuple[str, ...]
    doubtful: tuple[str, ...]
    unknown_ends: tuple[UnknownEnd, ...]
    unanswered: tuple[Unanswered, ...]
    due: tuple[Due, ...]
    empty: tuple[tuple[str, Slot], ...] = ()
    empty_already: tuple[tuple[str, Slot], ...] = ()
    begun: Mapping[str, Placement] = field(default_factory=dict)

    @property
    def ways(self) -> Mapping[str, tuple[WayOut, ...]]:
        """All that can be done, by the hit operation or the reserve, as the note numbers it."""
        reserves = dict.fromkeys(way.placement.operation for way in self.ready)
        ready = {id: tuple(way for way in self.ready if way.placement.operation == id) for id in reserves}
        return {**{hit.operation: hit.ways_out for hit in self.hit}, **ready}


def today(
    scenario: Scenario,
    plan: Plan,
    entered: Entries,
    as_of: datetime,
    checked: bool = False,
    slots: SlotTables | None = None,
    history: FeedHistory | None = None,
) -> Today:
    """The state of the plan at that moment, with new withdrawals. `scenario` is the one as read.

    `checked` and `slots` as in `replan_input`. `history`: the calendars so far, which show milestones that were held
    where they were; None: as far as the plan tells.
    """
    begun = replan_input(scenario, plan, entered, as_of, checked=checked, slots=slots)
    context = begun.context
    ways = ways_out(context)
    known = replace(plan, entries=begun.entries)
    now = replace(known, as_of=as_of)
    left = context.scenario
    last = as_of.date() + timedelta(days=AHEAD_DAYS)
    frames = FillContext.of(scenario, plan.placed, as_of, plan.bindings)
    hit, locks = [], _locks(context, entered)
    for id, found in ways.of_hit.items():
        placement = plan.placed[id]
        if id in locks:
            hit.append(Hit(id, placement, (), (), locks[id]))
            continue
        concerned = tuple(left.parties[party] for party in left.parties_at(placement))
        hit.append(Hit(id, placement, concerned, found))
    return Today(
        scenario=left,
        as_of=as_of,
        operations=tuple(operations_ahead(context, now, last)),
        meetings=tuple(meetings_ahead(left, as_of.date(), last)),
        hit=tuple(hit),
        free_teams=tuple(free_teams(context, ways.of_hit)),
        ready=ways.ready,
        no_outcome=tuple(by_start(context, context.history.keys() - _with_outcome(context, begun.entries))),
        doubtful=begun.doubtful,
        unknown_ends=tuple(unknown_ends(begun.scenario, now)),
        unanswered=tuple(unanswered(left, now, as_of)),
        due=tuple(sorted(_due(scenario, known, as_of, history or FeedHistory()), key=lambda due: due.day)),
        empty=tuple((id, plan.placed[id].slot) for id in frames.empty()),
        empty_already=tuple((id, plan.placed[id].slot) for id in frames.empty_already()),
        begun=context.history,
    )


def _locks(context: ReplanContext, entered: Entries) -> dict[str, tuple[Pin, Message | None]]:
    """The hit operations that nothing but an entered lock takes from their places, with what `Hit` says of it."""
    pins = {change.operation: change.pin for change in entered.changes if isinstance(change, Pinned)}
    if pins.keys().isdisjoint(context.hit):
        return {}
    why = broken(context)
    alone = {id: pin for id, pin in pins.items() if why.get(id) == frozenset({Fixed.id})}
    beside = list(pinned_together(context, alone))
    return {
        id: (pin, next((found.reason(id) for found in beside if id in found.operations), None))
        for id, pin in alone.items()
    }


def _due(scenario: Scenario, plan: Plan, as_of: datetime, history: FeedHistory) -> Iterator[Due]:
    """The milestones due soon or overdue, in the order of operations and of the cycle, without those held.

    Their dates are those of the coordinator's calendar. A milestone is overdue until it is entered as held. An outcome
    may count one after the operation too, and settles those before it: nothing is prepared any more.
    """
    known, last = plan.entries.known_outcomes(), as_of.date() + timedelta(days=AHEAD_DAYS)
    held = plan.held()
    times = times_told(scenario, plan, history)
    for id in scenario.operations:
        placement = plan.placed.get(id)
        if placement is None:
            continue
        outcome = known.get((id, placement.slot.day))
        for milestone in scenario.cycle.milestones:
            counted = outcome is not None and (
                not milestone.comes_after or scenario.cycle.was_counted(milestone, outcome.figures)
            )
            is_held = held_on(held, milestone, placement) is not None
            time = due_time(scenario, times, held, milestone, placement)
            if time.day <= last and not is_held and not counted:
                yield Due(milestone, id, placement.slot, time.day, time.day < as_of.date(), time.meeting)


def _with_outcome(context: ReplanContext, entries: Entries) -> set[str]:
    """The operations that have begun and have an outcome."""
    known = entries.known_outcomes()
    return {id for id, placement in context.history.items() if (id, placement.slot.day) in known}


_Alike = dict[tuple[date, date, bool, tuple[str, ...] | None, int], list[Withdrawal]]
"""Withdrawals by first and last date and by everything else that the text says of them."""


@dataclass(frozen=True, slots=True)
class Away:
    """Withdrawals in force on a day, and those that begin within `AHEAD_DAYS` after it, each in a few words."""

    now: tuple[Message, ...]
    soon: tuple[Message, ...]


def away(scenario: Scenario, plan: Plan, today: date) -> Away:
    """The withdrawals on that day and soon; units with equal withdrawals are listed together."""
    now: _Alike = {}
    soon: _Alike = {}
    ahead = today + timedelta(days=AHEAD_DAYS)
    for one in plan.entries.in_force():
        last = one.ends(today, scenario.settings[UNKNOWN_END_DAYS])
        days = [day for day in _days(scenario, one, last) if today <= day <= ahead]
        if days:
            alike = now if days[0] == today else soon
            alike.setdefault((days[0], last, one.last is None, one.shifts, one.officers_left), []).append(one)
    return Away(
        tuple(_said(scenario, found, last, None) for (_, last, *_), found in now.items()),
        tuple(
            _said(scenario, found, last, first)
            for (first, last, *_), found in sorted(soon.items(), key=lambda item: item[0][0])
        ),
    )


def _days(scenario: Scenario, one: Withdrawal, last: date) -> Iterator[date]:
    """The days on which it takes officers: not those given back."""
    for ordinal in range(one.first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if any(one.ceiling(Slot(day, shift.id), last) is not None for shift in scenario.shifts):
            yield day


def _said(scenario: Scenario, alike: list[Withdrawal], last: date, first: date | None) -> Message:
    one = alike[0]
    units = dict.fromkeys(scenario.police[unit].name for one in alike for unit in one.police)
    values = {"units": list(units), "first": first, "last": last}
    if first is None:
        said = Message("{units} until {last}", values)
    elif first == last:
        said = Message("{units} on {first}", values)
    else:
        said = Message("{units}, {first} to {last}", values)
    if one.last is None:
        said = Message("{said} (until further notice)", {"said": said})
    if one.shifts is not None:
        said = Message("{said}, {shifts}", {"said": said, "shifts": [scenario.shift(id).name for id in one.shifts]})
    if one.officers_left:
        left = counted(one.officers_left, "one officer left", "{n} officers left")
        said = Message("{said}, {left}", {"said": said, "left": left})
    return said
