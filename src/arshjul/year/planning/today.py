"""The state of a plan at a moment: what is hit and can be saved, free teams, what is ahead, and units that are away.

Which voluntary agencies can come at another time is only known when the options have been worked out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from arshjul.errors import Message
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.milestone_times import due_time
from arshjul.year.agenda.overview import Unanswered, UnknownEnd, unanswered, unknown_ends
from arshjul.year.agenda.view import times_told
from arshjul.year.domain.calendar import Slot, month_of, week_of
from arshjul.year.domain.entries.amendment import Pinned, Result
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Pin, Placement
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.domain.plan import Plan, held_on
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import DAILY_REST_HOURS, UNKNOWN_END_DAYS, Meeting, Milestone
from arshjul.year.domain.slot_tables import SlotTables
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.planning.check.pinned_together import pinned_together
from arshjul.year.planning.places.explain import coming_instead
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.ways_out import WayKind, WayOut, by_start, ways_out
from arshjul.year.rules.causes import broken
from arshjul.year.rules.fill.fits import FillContext
from arshjul.year.rules.hard.fixed import Fixed
from arshjul.year.texts import counted


class FreeTeams(NamedTuple):
    agency: str
    slot: Slot
    teams: int


def free_teams(context: ReplanContext, hit: Iterable[str]) -> Iterator[FreeTeams]:
    """By start: the most that could work by offer, load and rest, as if all hit operations were taken out."""
    old, scenario = context.before, context.scenario
    others = [placement for id, placement in old.items() if id not in context.hit]
    asked = defaultdict[Slot, dict[str, None]](dict)
    for id in hit:
        coming = {*scenario.operations[id].sent(old[id].any_of), *old[id].optional_agencies}
        for slot in scenario.slots(old[id]):
            asked[slot].update({agency: None for agency in scenario.agencies if agency in coming})
    for slot in sorted(asked, key=scenario.moments):
        found = ((agency, _most(context, scenario.agencies[agency], slot, others)) for agency in asked[slot])
        yield from (FreeTeams(agency, slot, teams) for agency, teams in found if teams > 0)


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


class MeetingAhead(NamedTuple):
    meeting: Meeting
    day: date


def operations_ahead(context: ReplanContext, plan: Plan, last: date) -> Iterator[OperationAhead]:
    """By start; of those that have begun, the day's own, and one of the evening before that is not over."""
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
    doubtful: Mapping[str, tuple[str, ...]]
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
    """`scenario` as read; `checked`, `slots` as in `replan_input`. `history`: calendars so far; None: by the plan."""
    begun = replan_input(scenario, plan, entered, as_of, checked=checked, slots=slots)
    outcomes = begun.entries.known_outcomes()
    without = [id for id, place in begun.context.history.items() if (id, place.slot.day) not in outcomes]
    context = begun.context
    ways = ways_out(context)
    known = replace(plan, entries=begun.entries)
    now = replace(known, as_of=as_of)
    left = context.scenario
    last = as_of.date() + timedelta(days=AHEAD_DAYS)
    frames = FillContext.of(scenario, plan.placed, as_of, plan.bindings)
    hit, locks = [], _locks(context, entered)
    for id, outs in ways.of_hit.items():
        place = plan.placed[id]
        concerned = tuple(left.parties[party] for party in left.parties_at(place))
        hit.append(Hit(id, place, (), (), locks[id]) if id in locks else Hit(id, place, concerned, outs))
    return Today(
        scenario=left,
        as_of=as_of,
        operations=tuple(operations_ahead(context, now, last)),
        meetings=tuple(meetings_ahead(left, as_of.date(), last)),
        hit=tuple(hit),
        free_teams=tuple(free_teams(context, ways.of_hit)),
        ready=ways.ready,
        no_outcome=tuple(by_start(context, without)),
        doubtful=begun.doubtful,
        unknown_ends=tuple(unknown_ends(begun.scenario, now)),
        unanswered=tuple(unanswered(left, now, as_of)),
        due=tuple(sorted(_due(scenario, known, as_of, history or FeedHistory()), key=lambda due: due.day)),
        empty=tuple((id, plan.placed[id].slot) for id in frames.empty()),
        empty_already=tuple((id, plan.placed[id].slot) for id in frames.empty_already()),
        begun=context.history,
    )


def _locks(context: ReplanContext, entered: Entries) -> dict[str, tuple[Pin, Message | None]]:
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
            is_counted = outcome is not None and (
                not milestone.comes_after or scenario.cycle.was_counted(milestone, outcome.figures)
            )
            time = due_time(scenario, times, held, milestone, placement)
            if time.day <= last and not is_counted and held_on(held, milestone, placement) is None:
                yield Due(milestone, id, placement.slot, time.day, time.day < as_of.date(), time.meeting)


_Alike = dict[tuple[date, date, bool, tuple[str, ...] | None, int], list[Withdrawal]]
"""Withdrawals by first and last date and by everything else that the text says of them."""


@dataclass(frozen=True, slots=True)
class Away:
    now: tuple[Message, ...]
    soon: tuple[Message, ...]


def away(scenario: Scenario, plan: Plan, today: date) -> Away:
    now: _Alike = {}
    soon: _Alike = {}
    ahead = today + timedelta(days=AHEAD_DAYS)
    for withdrawal in plan.entries.in_force():
        last = withdrawal.ends(today, scenario.settings[UNKNOWN_END_DAYS])
        days = [day for day in _days(scenario, withdrawal, last) if today <= day <= ahead]
        if days:
            alike = now if days[0] == today else soon
            alike.setdefault(
                (days[0], last, withdrawal.last is None, withdrawal.shifts, withdrawal.officers_left), []
            ).append(withdrawal)
    later = sorted(soon.items(), key=lambda item: item[0][0])
    return Away(
        tuple(_said(scenario, found, last, None) for (_, last, *_), found in now.items()),
        tuple(_said(scenario, found, last, first) for (first, last, *_), found in later),
    )


def _days(scenario: Scenario, one: Withdrawal, last: date) -> Iterator[date]:
    for ordinal in range(one.first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if any(one.ceiling(Slot(day, shift.id), last) is not None for shift in scenario.shifts):
            yield day


def _said(scenario: Scenario, alike: list[Withdrawal], last: date, first: date | None) -> Message:
    one = alike[0]
    units = dict.fromkeys(scenario.police[unit].name for withdrawal in alike for unit in withdrawal.police)
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


@dataclass(frozen=True, slots=True)
class WayInBrief:
    """A way out by its number in the note. `slot`: its new time; None: its own, or none if `is_out`.

    `brings`: what is otherwise than before besides; `moved`: other operations, and to which date; `moves`: it is itself
    moved to another time.
    """

    number: int
    slot: Slot | None
    brings: tuple[Message, ...]
    moved: tuple[tuple[str, date], ...]
    moves: bool
    is_out: bool = False


@dataclass(frozen=True, slots=True)
class HitInBrief:
    """A hit operation. `best`: the least drastic way that keeps it, if it can without all agreeing; None: no way."""

    hit: Hit
    is_today: bool
    best: WayInBrief | None
    others: tuple[WayInBrief, ...]


def in_brief(today: Today) -> list[HitInBrief]:
    made = []
    for hit in today.hit:
        ways = [_way(today, hit, n, way) for n, way in enumerate(hit.ways_out, 1)]
        by_ease = sorted(zip(ways, hit.ways_out, strict=True), key=lambda both: (both[0].is_out, both[1].asks))
        best = by_ease[0][0] if by_ease else None
        is_today = hit.placement.slot.day <= today.as_of.date()
        made.append(HitInBrief(hit, is_today, best, tuple(way for way in ways if way is not best)))
    return made


def _way(today: Today, hit: Hit, number: int, way: WayOut) -> WayInBrief:
    """A way out. Beside a reserve the hit operation has its own new place, first among the moves, or none."""
    moves = list(way.moves)
    new = way.placement if way.kind is not WayKind.RESERVE else moves.pop(0)[1] if moves else hit.placement
    slot = None if new.slot == hit.placement.slot else new.slot
    moved = tuple((old.operation, place.slot.day) for old, place in moves)
    is_out = hit.operation in way.left_out
    moves_itself = slot is not None and not way.left_out
    return WayInBrief(number, slot, tuple(_brings(today, hit, way)), moved, moves_itself, is_out)


def _brings(today: Today, hit: Hit, way: WayOut) -> Iterator[Message]:
    scenario, old, new = today.scenario, hit.placement, way.placement
    if way.kind is WayKind.RESERVE:
        instead, meanwhile = Message("the reserve {operation} instead"), Message("the reserve {operation} meanwhile")
        yield replace(instead if hit.operation in way.left_out else meanwhile, values={"operation": new.operation})
        if way.officers == 0:
            yield Message("without police")
    elif way.kind is WayKind.WITHOUT_POLICE:
        yield Message("without police")
    else:
        units = [scenario.police[new.police].name] if new.police not in (old.police, None) else []
        if come := [*units, *coming_instead(scenario, old, new)]:
            yield Message("with {parties}", {"parties": come})
        if way.officers is not None:
            needed = scenario.operations[hit.operation].officers
            yield counted(way.officers, "one officer, not {needed}", "{n} officers, not {needed}", needed=needed)
    if out := [id for id in way.left_out if id != hit.operation]:
        yield Message("{operations} must stay out", {"operations": out})
    if way.asks:
        yield Message("all must agree")
