"""A place and a time in words: those of a placement, of a slot, and of an event."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from arshjul.agenda.entry import Event
from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Placement
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Meet
from arshjul.errors import Message
from arshjul.texts import FirstToLast


def placed_when(scenario: Scenario, placement: Placement) -> Message:
    """The date, or the first and the last of several, with the hours."""
    return when_said(scenario, placement.slot, scenario.last_day(placement))


def place_said(scenario: Scenario, placement: Placement) -> Message:
    """Date, hours, unit and the agencies chosen; unknown ones by id."""
    return with_staffing(scenario, placement, placed_when(scenario, placement))


def with_staffing(scenario: Scenario, placement: Placement, when: Message) -> Message:
    """A time, with the unit and the agencies chosen from the groups."""
    ids = (*((placement.police,) if placement.police is not None else ()), *placement.any_of)
    parties = scenario.parties
    names = ", ".join(parties[id].name if id in parties else id for id in ids)
    return Message("{when} ({unit})", {"when": when, "unit": names}) if names else when


def when_said(scenario: Scenario, slot: Slot, last: date | None = None) -> Message:
    """The date, or those up to the last, with the hours; a shift that the scenario does not know has none."""
    shift = next((known for known in scenario.shifts if known.id == slot.shift), None)
    day = Message("{day}", {"day": slot.day})
    if last is not None and last > slot.day:
        day = Message("{dates}", {"dates": FirstToLast(slot.day, last)})
    if shift is None:
        return day
    return Message("{day} {hours}", {"day": day, "hours": f"{shift.start:%H:%M}–{shift.end:%H:%M}"})


def meet_said(meet: Meet) -> Message:
    """Where all meet, after the clock time if one is given."""
    if meet.at is None:
        return Message("{place}", {"place": meet.place})
    return Message("{at} {place}", {"at": f"{meet.at:%H:%M}", "place": meet.place})


def time_said(event: Event, zone: ZoneInfo) -> Message:
    """The date of an event, and its hours if it has any."""
    starts, ends = event.starts, event.ends
    if not isinstance(starts, datetime) or not isinstance(ends, datetime):
        return Message("{day}", {"day": event.day})
    hours = f"{starts.astimezone(zone):%H:%M}–{ends.astimezone(zone):%H:%M}"
    return Message("{day} {hours}", {"day": event.day, "hours": hours})
