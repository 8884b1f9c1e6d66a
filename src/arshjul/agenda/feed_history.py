"""The history of feeds: the entries of each, kept from one revision to the next (feeds.json).

A plan alone does not tell what is new in a feed, so the feed's entries are compared with its earlier ones. One
comparison serves a moved time, a changed text, a party that left, an operation that lost its place or came back, and
the cancelled one whose 30 days are over. The history of a feed holds what that feed showed and nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from arshjul.agenda.entry import Event, FeedEntry, News, Stamps
from arshjul.agenda.part_change import Former
from arshjul.agenda.uid import Uids

CANCELLED_DAYS = 30
"""The days after its old date for which a cancelled event stays (docs/formats.md#feeds)."""


NEWS_DAYS = 30
"""The days for which an event begins with its news; a cancelled one does as long as it is shown."""

Tells = Callable[[Event | None, Event, datetime], News | None]
"""Gives the news of an event at a moment, from its old state (None: not there) and its new one; None for no news.

It is called every time for a cancelled event, since earlier news may no longer hold.
"""
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
    plan: Former | None = field(default=None, compare=False)

    def renamed(self, old: Uids, new: Uids) -> "FeedHistory":
        """The history for a plan that was renamed: without the feeds with hidden UIDs, which change entirely."""
        feeds = {name: _renamed(said, old, new) for name, said in self.feeds.items() if "@" not in name}
        return replace(self, feeds=feeds)

    def of(self, feed: str) -> FeedState:
        return self.feeds.get(feed, FeedState())


def _renamed(said: FeedState, old: Uids, new: Uids) -> FeedState:
    def name(uid: str) -> str:
        entry, at, host = uid.rpartition("@")
        return f"{entry}{at}{new.host if host == old.host else host}"

    entries = (replace(one, event=replace(one.event, uid=name(one.event.uid))) for one in said.entries)
    gone = {name(uid): stamps for uid, stamps in said.gone.items()}
    return FeedState(tuple(sorted(entries, key=lambda one: one.event.uid)), dict(sorted(gone.items())))


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
    recent = (calls_off(event) for event in lost.values() if _still_told(event.day, as_of.date()))
    called_off = {event.uid: event for event in recent if event is not None}
    if not now and not called_off:
        called_off[note.uid] = note
    now |= called_off
    gone = {**before.gone, **{uid: entry.stamps for uid, entry in old.items()}}
    entries = tuple(_entry(now[uid], old.get(uid), before.gone.get(uid), moment, news) for uid in sorted(now))
    return FeedState(entries, {uid: gone[uid] for uid in sorted(gone.keys() - now.keys())})


def _still_told(old_day: date, today: date) -> bool:
    return today <= old_day + timedelta(days=CANCELLED_DAYS)


def _entry(bare: Event, old: FeedEntry | None, gone: Stamps | None, moment: datetime, tells: Tells) -> FeedEntry:
    """The event with its stamps: sequence + 1 for another time or status, not for other words."""
    news = _news(bare, old, moment, tells)
    event = replace(bare, description="\n".join((*(one.text for one in news), bare.description)))
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
    before = tuple(one for one in before if moment <= one.since + timedelta(days=NEWS_DAYS))
    if told is None:
        return before
    return (told, *(held for one in before if (held := one.beside(told)) is not None))


def _differs(was: Event, now: Event) -> bool:
    """True if the event has changed; a date that has become certain is no change."""
    if (was.starts, was.ends, was.summary, was.description) != (now.starts, now.ends, now.summary, now.description):
        return True
    return (was.status, now.status).count("CANCELLED") == 1
