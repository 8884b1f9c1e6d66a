"""The history of feeds: the entries of each, kept from one revision to the next (feeds.json).

A plan alone does not tell what is new in a feed, so the feed's entries are compared with its earlier ones. One
comparison serves a moved time, a changed text, a party that left, an operation that lost its place or came back, and
the cancelled one whose 30 days are over. The history of a feed holds what that feed showed and nothing else.
An entry begins with its news: what has happened to it for its reader, and why (docs/formats.md#feeds).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from arshjul.errors import Message
from arshjul.year.agenda.channel import Channel, Uids
from arshjul.year.agenda.entry import Event, FeedEntry, News, NewsPart, Stamps, one_line
from arshjul.year.agenda.meetings import is_asked
from arshjul.year.agenda.party import Party
from arshjul.year.agenda.party_change import FormerPlan, PartyChange, goes_on, one_after_another, party_change
from arshjul.year.agenda.party_part import ChangeClause, Said, another_meet, because
from arshjul.year.agenda.revised import seen
from arshjul.year.agenda.time_text import time_said
from arshjul.year.domain.operation import MOST_DAYS, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.told_causes import places_before
from arshjul.year.texts import Words, with_capital

CANCELLED_DAYS = 30
"""The days after its old date for which a cancelled event stays (docs/formats.md#feeds)."""


NEWS_DAYS = 30
"""The days for which an event begins with its news; a cancelled one does as long as it is shown."""

Tells = Callable[[Event | None, Event, datetime], News | None]
"""Of the old state (None: not there) and the new; asked every time of a cancelled event, as news may hold no longer."""
CallsOff = Callable[[Event], Event | None]
"""Gives an event that is gone as it is shown called off; None: it goes without a trace."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """The entries of one feed, ascending by uid; and the stamps of those that it no longer has.

    The stamps let an operation that comes back continue its sequence: a calendar that kept the old event ignores an
    update with a lower one.
    """

    entries: tuple[FeedEntry, ...] = ()
    gone: Mapping[str, Stamps] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeedHistory:
    """The state of every feed by its name, and the plan that they show. Empty before the first plan.

    The plan is stored elsewhere: readers of the history have to supply it.
    """

    feeds: Mapping[str, FeedState] = field(default_factory=dict)
    plan: FormerPlan | None = field(default=None, compare=False)

    def renamed(self, old: Uids, new: Uids) -> "FeedHistory":
        """The history for a plan that was renamed: without the feeds with hidden UIDs, which change entirely."""
        feeds = {name: _renamed(state, old, new) for name, state in self.feeds.items() if "@" not in name}
        return replace(self, feeds=feeds)

    def of(self, feed: str) -> FeedState:
        return self.feeds.get(feed, FeedState())


def _renamed(said: FeedState, old: Uids, new: Uids) -> FeedState:
    def name(uid: str) -> str:
        entry, at, host = uid.rpartition("@")
        return f"{entry}{at}{new.host if host == old.host else host}"

    entries = (replace(entry, event=replace(entry.event, uid=name(entry.event.uid))) for entry in said.entries)
    gone = {name(uid): stamps for uid, stamps in said.gone.items()}
    return FeedState(tuple(sorted(entries, key=lambda entry: entry.event.uid)), dict(sorted(gone.items())))


def no_news(old: Event | None, new: Event, moment: datetime) -> None:
    """For a feed that shows only the present state."""


def say(
    events: Iterable[Event],
    note: Event,
    before: FeedState,
    as_of: datetime,
    news: Tells = no_news,
    calls_off: CallsOff = Event.cancelled,
) -> FeedState:
    """The feed's state now, with its stamps. `as_of` is the plan's, in the plan's zone.

    Unchanged entries keep their stamps. Entries that are gone are called off (`calls_off`), and stay so until 30 days
    after their old date. Changed ones begin with the words of `news`: for 30 days, unless something later replaces it,
    or, if called off, for as long as they are shown. An otherwise empty feed shows the note, which is not called off
    when it goes.
    """
    moment = as_of.astimezone(UTC).replace(microsecond=0)
    old = {entry.event.uid: entry for entry in before.entries}
    now = {event.uid: event for event in events}
    lost = {uid: entry.without_news for uid, entry in old.items() if uid not in now and uid != note.uid}
    recent = (calls_off(event) for event in lost.values() if as_of.date() <= event.day + timedelta(days=CANCELLED_DAYS))
    called_off = {event.uid: event for event in recent if event is not None}
    if not now and not called_off:
        called_off[note.uid] = note
    now |= called_off
    gone = {**before.gone, **{uid: entry.stamps for uid, entry in old.items()}}
    entries = tuple(_entry(now[uid], old.get(uid), before.gone.get(uid), moment, news) for uid in sorted(now))
    return FeedState(entries, {uid: gone[uid] for uid in sorted(gone.keys() - now.keys())})


def _entry(bare: Event, old: FeedEntry | None, gone: Stamps | None, moment: datetime, tells: Tells) -> FeedEntry:
    """The event with its stamps: sequence + 1 for another time or status, not for other words."""
    news = _news(bare, old, moment, tells)
    event = replace(bare, description="\n".join((*(new.text for new in news), bare.description)))
    if old is not None and old.event == event:
        return old
    if old is not None:
        stamps = old.stamps
        another = (event.starts, event.ends, event.status) != (old.event.starts, old.event.ends, old.event.status)
    elif gone is not None:
        stamps, another = gone, True
    else:
        return FeedEntry(event, Stamps(0, moment, moment), news)
    # A clock that was set back must not set a stamp back: Apple's calendar goes by dates.
    changed = max(moment, stamps.changed)
    return FeedEntry(event, Stamps(stamps.sequence + another, stamps.created, changed), news)


def _news(event: Event, old: FeedEntry | None, moment: datetime, tells: Tells) -> tuple[News, ...]:
    was = None if old is None else old.without_news
    asks = was is None or event.status == "CANCELLED" or _differs(was, event)
    told = tells(was, event, moment) if asks else None
    before = () if old is None or (event.status, old.event.status).count("CANCELLED") == 1 else old.news
    if event.status == "CANCELLED":
        return before if told is None else (told,)
    before = tuple(news for news in before if moment <= news.since + timedelta(days=NEWS_DAYS))
    if told is None:
        return before
    return (told, *(held for news in before if (held := news.beside(told)) is not None))


def _differs(was: Event, now: Event) -> bool:
    """True if the event has changed; a date that has become certain is no change."""
    if (was.starts, was.ends, was.summary, was.description) != (now.starts, now.ends, now.summary, now.description):
        return True
    return (was.status, now.status).count("CANCELLED") == 1


@dataclass(frozen=True, slots=True)
class EntryNews:
    """Makes the news of one calendar's entries, all by UID.

    `operations` are the changes of the party's part, on each date; `milestones` those of the operation of a milestone;
    `meetings` are what is new of the year's own. `since` are sentences on operations called off earlier, if the old
    ones no longer hold.
    """

    scenario: Scenario
    words: Words
    operations: Mapping[str, PartyChange]
    milestones: Mapping[str, PartyChange]
    meetings: Mapping[str, ChangeClause]
    since: Mapping[str, Message]

    def __call__(self, was: Event | None, now: Event, moment: datetime) -> News | None:
        """The news of an entry that changed from `was` (None: not there) to `now`; None if there are none."""
        change = self.operations.get(now.uid)
        alone: Iterable[Said] = ()
        if was is not None and was.status == now.status == "CANCELLED":
            said = self.since.get(now.uid)
        elif change is not None:
            said, alone = change.in_calendar.sentence, change.in_calendar.alone
        elif now.uid.startswith("meeting."):
            clauses = self._of_meeting(was, now)
            said = one_after_another(clause.said for clause in clauses) if clauses else None
            alone = [clause.alone for clause in clauses]
        else:
            said = self._of_milestone(was, now, self.milestones.get(now.uid))
        parts = (NewsPart(self._line(clause.sentence), clause.about, clause.rests_on) for clause in alone)
        return None if said is None else News(self._line(said), moment, tuple(parts))

    def _line(self, said: Message) -> str:
        return one_line(with_capital(self.words("{sentence}.", sentence=said)))

    def _of_milestone(self, was: Event | None, now: Event, change: PartyChange | None) -> Message | None:
        if change is not None and "back" in change.kinds:
            return change.in_calendar.sentence
        moved = self._moved(was, now)
        return None if moved is None else because(moved, None if change is None else change.cause)

    def _of_meeting(self, was: Event | None, now: Event) -> list[ChangeClause]:
        clause = self.meetings.get(now.uid)
        if now.status == "CANCELLED":
            return [clause or ChangeClause("called-off", Message("the meeting is called off"))]
        moved = self._moved(was, now)
        both = None if moved is None else ChangeClause("moved", moved), clause
        return [part for part in both if part is not None]

    def _moved(self, was: Event | None, now: Event) -> Message | None:
        """The words for a move; None if it was not there or called off, as it is then new."""
        if was is None or was.status == "CANCELLED" or (was.starts, was.ends) == (now.starts, now.ends):
            return None
        zone = self.scenario.zone
        return Message("moved from {old} to {new}", {"old": time_said(was, zone), "new": time_said(now, zone)})


def entry_news(
    former: FormerPlan | None,
    plan: Plan,
    scenario: Scenario,
    channel: Channel,
    uids: Uids,
    words: Words,
    shown: Iterable[Event] = (),
) -> EntryNews:
    """`former`: the last plan that readers were told of; None: none. `shown`: what the calendar has shown until now."""
    changes = () if former is None else tuple(_changes(former, plan, scenario, channel))
    numbers = range(1, MOST_DAYS + 1)
    operations = {own.operation(id, number): change for own, id, change in changes for number in numbers}
    of_each = [] if channel.content == "operations" else [milestone.id for milestone in scenario.cycle.milestones]
    milestones = {own.milestone(id, milestone): change for own, id, change in changes for milestone in of_each}
    meetings = (
        {} if former is None else dict(_meetings(former.scenario, scenario, channel.party, uids, plan.as_of.date()))
    )
    off = {event.uid: event for event in shown if event.status == "CANCELLED"}
    since = {} if former is None or not off else dict(_since(former, plan, scenario, channel, uids, off))
    return EntryNews(scenario, words, operations, milestones, meetings, since)


def _meetings(
    before: Scenario, scenario: Scenario, party: Party, uids: Uids, today: date
) -> Iterator[tuple[str, ChangeClause]]:
    """The change of each meeting to come, by UID. As many of its dates as go and come are moved."""
    was, now = ({meeting.id: meeting for meeting in year.cycle.meetings} for year in (before, scenario))
    for id in {**was, **now} if before.name == scenario.name else ():
        old, new = was.get(id), now.get(id)
        was_asked, is_asked_now = old and is_asked(before, old, party), new and is_asked(scenario, new, party)
        known = {*before.meeting_days(old)} if old and was_asked else set[date]()
        there = {*scenario.meeting_days(new)} if new and is_asked_now else set[date]()
        gone, come = (sorted(day for day in days if day >= today) for days in (known - there, there - known))
        off = ChangeClause("called-off", Message("the meeting is called off"))
        off = off if is_asked_now or not new else ChangeClause("out", Message("you are no longer invited"))
        on = ChangeClause("new", Message("new meeting"))
        on = on if was_asked or not old else ChangeClause("joins", Message("you are invited now"))
        said = dict.fromkeys(gone, off) | dict.fromkeys(come, on)
        for first, then in zip(gone, come, strict=False):
            moved = Message("moved from {old} to {new}", {"old": first, "new": then})
            said[first] = said[then] = ChangeClause("moved", moved)
        if old and new and (place := another_meet(old.meet, new.meet)):
            said |= dict.fromkeys(known & there, ChangeClause("meet", place))
        yield from ((uids.meeting(id, day), clause) for day, clause in said.items())


def _since(
    former: FormerPlan, plan: Plan, scenario: Scenario, channel: Channel, uids: Uids, off: Mapping[str, Event]
) -> Iterator[tuple[str, Message]]:
    if former.scenario.name != scenario.name:
        return
    for id in {**former.placed, **plan.placed}:
        was, now = former.placed.get(id), plan.placed.get(id)
        if was == now or seen(former.scenario, channel.party, was) or seen(scenario, channel.party, now):
            continue
        dates = [off[uid] for number in range(1, MOST_DAYS + 1) if (uid := uids.operation(id, number)) in off]
        left = _left(former.scenario, plan, channel.party, id, dates)
        said = None if left is None else goes_on(former, scenario, plan, channel.party, left)
        if said is not None:
            yield from ((event.uid, said) for event in dates)


def _left(scenario: Scenario, plan: Plan, party: Party, id: str, shown: Sequence[Event]) -> Placement | None:
    """The place of the operation when the party left it: at the time that its calendar still shows."""
    if not shown or id not in scenario.operations:
        return None
    starts = {event.starts for event in shown}
    before = [place for place in places_before(plan, id) if scenario.moments(place.slot)[0] in starts]
    served = (placement for placement in before if party.kind != "police" or placement.police == party.id)
    return next(served, next(iter(before), None))


def _changes(
    former: FormerPlan, plan: Plan, scenario: Scenario, channel: Channel
) -> Iterator[tuple[Uids, str, PartyChange]]:
    """The changes by operation, with its events' UIDs. In a plan of another name an id means another operation."""
    if former.scenario.name != scenario.name:
        nothing = replace(plan, placements=(), base=None)
        yield from _of_one_name(former, nothing, scenario, channel, Uids.of(former.scenario.name))
        former = FormerPlan(former.scenario, {})
    yield from _of_one_name(former, plan, scenario, channel, Uids.of(scenario.name))


def _of_one_name(
    former: FormerPlan, plan: Plan, scenario: Scenario, channel: Channel, uids: Uids
) -> Iterator[tuple[Uids, str, PartyChange]]:
    for id in {**former.placed, **plan.placed}:
        change = party_change(former, scenario, plan, channel.party, id)
        if change is not None:
            yield uids, id, change
