"""One party's part of a plan: the only way to a feed (design, idea 5).

Renderers get a `View`, which holds the party's own entries and no more. Anything not handed out here on purpose stays
inside: an unknown kind of party sees nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import product

from arshjul.errors import InputError, Message
from arshjul.year.agenda.channel import Channel, Seal, Uids
from arshjul.year.agenda.entry import Event, EventStatus, FeedEntry, Stamps
from arshjul.year.agenda.feed_history import FeedHistory, FeedState, Tells, entry_news, no_news, say
from arshjul.year.agenda.feed_text import FeedText, Text
from arshjul.year.agenda.meetings import is_asked
from arshjul.year.agenda.milestone_times import (
    DueAt,
    Times,
    Told,
    began,
    begins_before,
    due_at_meetings,
    has_milestone,
    is_confirmed,
    milestone_times,
)
from arshjul.year.agenda.party import COORDINATOR, Party, concerns, takes_part
from arshjul.year.agenda.year import STARTED, STATUS_NAMES, status
from arshjul.year.domain.calendar import Span, local
from arshjul.year.domain.entries.amendment import Cancelled
from arshjul.year.domain.operation import MOST_DAYS, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Milestone
from arshjul.year.texts import Words


@dataclass(frozen=True, slots=True)
class View:
    """The content of one calendar of a party. `span` are the plan's dates, for which the time zone must be right."""

    channel: Channel
    calendar_name: str
    language: str
    timezone: str
    span: Span
    said: FeedState

    @property
    def feed(self) -> str:
        return self.channel.name

    @property
    def entries(self) -> tuple[FeedEntry, ...]:
        """The entries ascending by uid. Cancelled ones stay, marked so, for 30 days after their old date."""
        return self.said.entries


def view(
    plan: Plan, scenario: Scenario, channel: Channel, history: FeedHistory, words: Words, uid_key: bytes = b""
) -> View:
    (seen,) = views(plan, scenario, [channel], history, words, uid_key)
    return seen


def views(
    plan: Plan,
    scenario: Scenario,
    channels: Iterable[Channel],
    history: FeedHistory,
    words: Words,
    uid_key: bytes = b"",
) -> Iterator[View]:
    """With the changes since the history's plan as news. `uid_key` hides the events' identities below the level `full`.
    InputError for a party that the scenario does not know.
    """
    times = times_told(scenario, plan, history)
    due = due_at_meetings(scenario, plan, times)
    days = {meeting.id: scenario.meeting_days(meeting) for meeting in scenario.cycle.meetings}
    # A calendar keeps the meetings that it had: no other was held, whatever rhythm they are given now.
    to_come = {
        meeting.id: [
            day for day in days[meeting.id] if not begins_before(scenario, day, meeting.starts_at(day), plan.as_of)
        ]
        for meeting in scenario.cycle.meetings
    }
    ids = _ids(scenario, plan)
    around = [(id, milestone.id) for id in ids for milestone in scenario.cycle.milestones]

    @cache
    def milestones(uids: Uids) -> frozenset[str]:
        return frozenset(uids.milestone(*pair) for pair in around)

    @cache
    def operations(uids: Uids) -> frozenset[str]:
        return frozenset(uids.operation(id, n) for id in ids for n in range(1, MOST_DAYS + 1))

    @cache
    def going_on(uids: Uids) -> frozenset[str]:
        meetings = (uids.meeting(id, day) for id, there in days.items() for day in there)
        dates = ((placement.operation, n) for placement in plan.placements for n in range(1, MOST_DAYS + 1))
        return frozenset((*meetings, *(uids.operation(*pair) for pair in dates)))

    for channel in channels:
        if not _known(scenario, channel.party):
            raise InputError(Message("No feed {feed}: the plan has no such party.", {"feed": str(channel.party)}))
        wording = FeedText(scenario, words, channel, plan)
        uids = uids_of(scenario, channel, uid_key)
        before = history.of(channel.name)
        there = days if not before.entries else to_come
        desk = _Desk(plan, scenario, channel, wording, uids, times, due, there, milestones, operations, going_on)
        tells: Tells = no_news
        if channel.level == "full":
            shown = (entry.event for entry in before.entries)
            tells = entry_news(history.plan, plan, scenario, channel, uids, words, shown)
        events = {**{event.uid: event for event in desk.events()}, **desk.held(before)}
        said = say(events.values(), desk.note(), before, plan.as_of.astimezone(scenario.zone), tells, desk.called_off)
        yield View(channel, wording.calendar_name, words.language, scenario.timezone, scenario.span, said)


OF_MILESTONES = [Channel(COORDINATOR, "full", content).name for content in ("milestones", "all")]
"""The coordinator's calendars with milestones: the first of them that there is tells when these are."""


def times_told(scenario: Scenario, plan: Plan, history: FeedHistory) -> Times:
    return milestone_times(scenario, plan, _told(scenario, plan, history))


def _told(scenario: Scenario, plan: Plan, history: FeedHistory) -> Told:
    said = next((history.of(name) for name in OF_MILESTONES if name in history.feeds), FeedState())
    events = {entry.event.uid: entry.event for entry in said.entries}
    uids = Uids.of(scenario.name)
    around = product(_ids(scenario, plan), (milestone.id for milestone in scenario.cycle.milestones))
    every = {key: uids.milestone(*key) for key in around}
    return {key: events[uid] for key, uid in every.items() if uid in events}


def _ids(scenario: Scenario, plan: Plan) -> Iterable[str]:
    base = () if plan.base is None else plan.base.placements
    cancelled = (change.operation for change in plan.entries.changes if isinstance(change, Cancelled))
    return dict.fromkeys((*scenario.operations, *base, *cancelled))


def remembered(history: FeedHistory, views: Iterable[View]) -> FeedHistory:
    feeds: Mapping[str, FeedState] = {**history.feeds, **{view.feed: view.said for view in views}}
    return FeedHistory(feeds)


def uids_of(scenario: Scenario, channel: Channel, key: bytes) -> Uids:
    """The UIDs for all calendars of a party at one level, so an entry has one UID wherever it occurs."""
    plain = Uids.of(scenario.name)
    if channel.level == "full":
        return plain
    if not key:
        raise ValueError(f"Expected a key for the UIDs of {channel.name}")
    return replace(plain, seal=Seal(key, f"{channel.party}@{channel.level}"))


def _known(scenario: Scenario, party: Party) -> bool:
    match party.kind:
        case "coordinator":
            return party.id == ""
        case "agency":
            return party.id in scenario.agencies
        case "police":
            return party.id in scenario.police


@dataclass(frozen=True, slots=True)
class _Desk:
    plan: Plan
    scenario: Scenario
    channel: Channel
    wording: FeedText
    uids: Uids
    times: Times
    due: DueAt
    days: Mapping[str, Sequence[date]]
    milestones: Callable[[Uids], frozenset[str]]
    operations: Callable[[Uids], frozenset[str]]
    going_on: Callable[[Uids], frozenset[str]]

    @property
    def party(self) -> Party:
        return self.channel.party

    def events(self) -> Iterator[Event]:
        for event in self._all_events():
            if self._shows(timed=not event.transparent):
                yield event

    def _shows(self, *, timed: bool) -> bool:
        return timed or self.channel.level == "full"

    def held(self, before: FeedState) -> dict[str, Event]:
        """Milestones and meetings from before the plan's moment, by uid: they stay as they were, whatever is edited."""
        others = {self.uids.note(), *self.operations(self.uids)}
        return {
            event.uid: replace(event, status="CONFIRMED")
            for event in (entry.without_news for entry in before.entries)
            if event.uid not in others and event.uid.endswith(f"@{self.uids.host}")
            if event.status != "CANCELLED" and began(event, self.plan.as_of)
        }

    def called_off(self, event: Event) -> Event | None:
        """An event that is gone; None for a milestone. Below the level `full` all are alike."""
        language = self.wording.words.language
        if self.channel.level != "full":
            return event.cancelled(language)
        if event.uid in self.milestones(self.uids) or event.category == self.wording.words("Milestone"):
            return None
        return event.cancelled(language, goes_on=event.uid in self.going_on(self.uids) - self.own_dates())

    def own_dates(self) -> frozenset[str]:
        """The events of operations in which the party takes part, on as many dates as one may have.

        One that is gone is of a date that was dropped: nobody goes there.
        """
        mine = (placed.operation for placed in self.plan.placements if concerns(self.scenario, self.party, placed))
        return frozenset(self.uids.operation(id, n) for id in mine for n in range(1, MOST_DAYS + 1))

    def note(self) -> Event:
        """The note of an otherwise empty feed; on the plan's first date, so that it never moves."""
        return self._event(self.uids.note(), self.scenario.span.first, None, 0, self.wording.note())

    def _all_events(self) -> Iterator[Event]:
        mine = [placed for placed in self.plan.placements if concerns(self.scenario, self.party, placed)]
        if self.channel.content != "milestones":
            for placement in mine:
                yield from self._operation(placement)
        if self.channel.content != "operations":
            for placement in mine:
                for milestone in self.scenario.cycle.milestones:
                    time = self.times[placement.operation, milestone.id]
                    is_mine = time.meeting is None and has_milestone(self.scenario, self.party, milestone, placement)
                    if is_mine and self._shows(timed=time.starts is not None):
                        yield self._milestone(milestone, placement)
        yield from self._meetings(frozenset(placement.operation for placement in mine))

    def _meetings(self, mine: Collection[str]) -> Iterator[Event]:
        for meeting in self.scenario.cycle.meetings:
            is_invited = is_asked(self.scenario, meeting, self.party)
            is_there = is_invited and self.channel.content != "milestones"
            for day in self.days[meeting.id]:
                due = [
                    (milestone, placement)
                    for milestone, placement in self.due.get((meeting.id, day), ())
                    if placement.operation in mine and has_milestone(self.scenario, self.party, milestone, placement)
                ]
                if is_there or (due and self.channel.content != "operations"):
                    uid = self.uids.meeting(meeting.id, day)
                    text = self.wording.meeting(meeting, due, is_invited=is_invited, is_milestone=not is_there)
                    event = self._event(uid, day, meeting.starts_at(day), meeting.minutes, text)
                    yield event if is_invited else replace(event, transparent=True)

    def _operation(self, placement: Placement) -> Iterator[Event]:
        now, first = status(self.scenario, self.plan, placement), self.scenario.moments(placement.slot)[0]
        sure = self._status(placement.slot.day, first)
        # Who only owns the programme reads of it, and stays free.
        is_told = self.party.kind == "agency" and not takes_part(self.scenario, self.party, placement)
        for number, slot in enumerate(self.scenario.slots(placement), 1):
            starts, ends = self.scenario.moments(slot)
            is_open = now == "passed" and starts >= self.plan.as_of
            went = STATUS_NAMES[now] if now in STARTED and not is_open else None
            uid = self.uids.operation(placement.operation, number)
            text = self.wording.operation(placement, went, number)
            # A clock change that skips an hour can put a short shift's end before its start.
            yield Event(uid, slot.day, starts, max(starts, ends), *text, status=sure, transparent=is_told)

    def _milestone(self, milestone: Milestone, placement: Placement) -> Event:
        time = self.times[placement.operation, milestone.id]
        uid = self.uids.milestone(placement.operation, milestone.id)
        text = self.wording.milestone(milestone, placement, late=time.is_late)
        if time.starts is None:
            return self._event(uid, time.day, None, 0, text)
        return self._timed(uid, time.day, time.starts, time.starts + timedelta(minutes=milestone.minutes), text)

    def _event(self, uid: str, day: date, start: time | None, minutes: int, text: Text) -> Event:
        if start is None:
            status, after = self._status(day), day + timedelta(days=1)
            return Event(uid, day, day, after, *text, status=status, transparent=True)
        starts = local(day, start, self.scenario.zone).astimezone(UTC)
        return self._timed(uid, day, starts, starts + timedelta(minutes=minutes), text)

    def _timed(self, uid: str, day: date, starts: datetime, ends: datetime, text: Text) -> Event:
        return Event(uid, day, starts, ends, *text, status=self._status(day, starts))

    def _status(self, day: date, starts: datetime | None = None) -> EventStatus:
        return "CONFIRMED" if is_confirmed(self.scenario, self.plan, day, starts) else "TENTATIVE"


def last_day(ends: datetime, zone: tzinfo) -> date:
    return (ends - timedelta(microseconds=1)).astimezone(zone).date()


def address_end(
    scenario: Scenario, channel: Channel, words: Words, uid_key: bytes, since: datetime, ends: datetime
) -> FeedEntry:
    """The entry, from the day on which it appears to the last on which the address is valid. `uid_key` as in `view`."""
    day, last = since.astimezone(scenario.zone).date(), last_day(ends, scenario.zone)
    event = Event(
        uids_of(scenario, channel, uid_key).address_end(),
        day,
        day,
        last + timedelta(days=1),
        words("The address ends {day}: this calendar", day=f"{words.short_day(last)} {last.year}"),
        words("Ask the coordinator for a new address before that."),
        status="CONFIRMED",
        transparent=True,
    )
    return FeedEntry(event, Stamps(0, since, since))
