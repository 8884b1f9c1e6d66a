"""The state of a plan at a moment: what is hit, what can be saved, free teams, and missing reports."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from arshjul.agenda.feed_history import FeedHistory
from arshjul.agenda.milestone_times import due_time
from arshjul.agenda.unanswered import Unanswered, unanswered
from arshjul.agenda.unknown_ends import UnknownEnd, unknown_ends
from arshjul.agenda.view import times_told
from arshjul.domain.calendar import Slot
from arshjul.domain.entries.amendment import Pinned
from arshjul.domain.entries.entries import Entries
from arshjul.domain.operation import Pin
from arshjul.domain.parties import Agency, PoliceUnit
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan, held_on
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Milestone
from arshjul.domain.slot_tables import SlotTables
from arshjul.errors import Message
from arshjul.planning.check.pinned_together import pinned_together
from arshjul.planning.replan.input import replan_input
from arshjul.planning.today.coming import MeetingAhead, OperationAhead, meetings_ahead, operations_ahead
from arshjul.planning.today.free_teams import FreeTeams, free_teams
from arshjul.planning.today.ways_out import WayOut, by_start, ways_out
from arshjul.rules.fill.context import FillContext
from arshjul.rules.hard.fixed import Fixed
from arshjul.rules.hit import broken

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
