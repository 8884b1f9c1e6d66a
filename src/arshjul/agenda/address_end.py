"""The calendar entry that warns that the calendar's address soon ends."""

from datetime import date, datetime, timedelta, tzinfo

from arshjul.agenda.channel import Channel
from arshjul.agenda.entry import Event, FeedEntry, Stamps
from arshjul.agenda.view import uids_of
from arshjul.domain.scenario import Scenario
from arshjul.texts import Words


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
