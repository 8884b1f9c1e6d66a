"""The history of feeds: what each says, kept from one revision to the next (feeds.json).

A feed cannot know from the plan alone what is new in it, so what it is to say is compared with what it
said. One comparison serves a moved time, a new word, a party that left, an operation that lost its
place or came back, and the cancelled one whose 30 days are over. The history of a feed holds what that
feed said and nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from arshjul.agenda.entry import Event, FeedEntry, News, Stamps
from arshjul.agenda.part_change import Former
from arshjul.agenda.uid import Uids

CANCELLED_DAYS = 30
"""How long after its old date a cancelled event stays (docs/formats.md#feeds)."""


NEWS_DAYS = 30
"""How long an event says first what has become of it; one that is called off, as long as it is shown."""

Tells = Callable[[Event | None, Event, datetime], News | None]
"""What becomes of an event at a moment, from how it was (None: not there) and how it is; None for nothing.

Of one that is called off it is asked each time: what was said then may hold no more.
"""


@dataclass(frozen=True, slots=True)
class FeedState:
    """The entries of one feed, ascending by uid; and the stamps of those that it no longer has.

    The latter so that an operation that comes back goes on counting where it stopped: a calendar
    which kept the old event takes no lower sequence for news.
    """

    entries: tuple[FeedEntry, ...] = ()
    gone: Mapping[str, Stamps] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeedHistory:
    """The state of every feed by its name, and the plan of which they tell. Empty before the first plan.

    The plan is kept elsewhere: who reads the history has to say which it is.
    """

    feeds: Mapping[str, FeedState] = field(default_factory=dict)
    plan: Former | None = field(default=None, compare=False)

    def renamed(self, old: Uids, new: Uids) -> "FeedHistory":
        """The same of a plan that has another name: without the feeds whose UIDs hide it, as those are others then."""
        feeds = {name: _renamed(said, old, new) for name, said in self.feeds.items() if "@" not in name}
        return replace(self, feeds=feeds)

    def of(self, feed: str) -> FeedState:
        """The last state of that feed; empty where it is new."""
        return self.feeds.get(feed, FeedState())


def _renamed(said: FeedState, old: Uids, new: Uids) -> FeedState:
    def name(uid: str) -> str:
        entry, at, host = uid.rpartition("@")
        return f"{entry}{at}{new.host if host == old.host else host}"

    entries = (replace(one, event=replace(one.event, uid=name(one.event.uid))) for one in said.entries)
    gone = {name(uid): stamps for uid, stamps in said.gone.items()}
    return FeedState(tuple(sorted(entries, key=lambda one: one.event.uid)), dict(sorted(gone.items())))


def no_news(old: Event | None, new: Event, moment: datetime) -> None:
    """For a feed that tells only what is, not what has become of it."""


def say(
    events: Iterable[Event],
    note: Event,
    before: FeedState,
    as_of: datetime,
    news: Tells = no_news,
    language: str = "sv",
) -> FeedState:
    """The feed's state now, with its stamps. `as_of` is the plan's, in the plan's zone.

    What is unchanged keeps its stamps. What is no longer there is called off, and stays so until
    30 days after its old date. What has changed says so first, in the words of `news`: for 30 days, unless something
    later replaces it, or, where it is called off, for as long as it is shown. A feed with nothing in it says the note,
    which goes as soon as there is something: nothing is called off by that.
    """
    moment = as_of.astimezone(UTC).replace(microsecond=0)
    old = {entry.event.uid: entry for entry in before.entries}
    now = {event.uid: event for event in events}
    lost = {uid: entry.without_news for uid, entry in old.items() if uid not in now and uid != note.uid}
    called_off = {uid: event.cancelled(language) for uid, event in lost.items() if _still_told(event.day, as_of.date())}
    if not now and not called_off:
        called_off[note.uid] = note
    now |= called_off
    gone = {**before.gone, **{uid: entry.stamps for uid, entry in old.items()}}
    entries = tuple(_entry(now[uid], old.get(uid), before.gone.get(uid), moment, news) for uid in sorted(now))
    return FeedState(entries, {uid: gone[uid] for uid in sorted(gone.keys() - now.keys())})


def without_former_names(before: FeedState, uids: Uids, as_of: datetime) -> FeedState:
    """The state of a feed, without UIDs of another form that were called off 30 days ago.

    Where UIDs get another form, the old events are called off and the same ones come under new names.
    The old names may tell what the new ones hide, so they do not stay until the events are over.
    """
    latest = as_of - timedelta(days=CANCELLED_DAYS)
    entries = tuple(
        entry
        for entry in before.entries
        if uids.has_form(entry.event.uid) or entry.event.status != "CANCELLED" or entry.stamps.changed >= latest
    )
    return FeedState(entries, {uid: stamps for uid, stamps in before.gone.items() if uids.has_form(uid)})


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
    # A clock that was set back must not take a stamp back with it: Apple's calendar goes by dates.
    changed = max(moment, stamps.changed)
    return FeedEntry(event, Stamps(stamps.sequence + another, stamps.created, changed), news)


def _news(event: Event, old: FeedEntry | None, moment: datetime, tells: Tells) -> tuple[News, ...]:
    """All that has happened of late and still holds, the newest first."""
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
    """True if something has become of it; that it has come near is nothing."""
    if (was.starts, was.ends, was.description) != (now.starts, now.ends, now.description):
        return True
    return (was.status, now.status).count("CANCELLED") == 1
