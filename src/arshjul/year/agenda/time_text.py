"""A place and a time in words: those of a placement, of a slot, and of an event."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from arshjul.errors import Message
from arshjul.year.agenda.entry import Event
from arshjul.year.agenda.party import name_of
from arshjul.year.domain.calendar import Shift, Slot
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meet
from arshjul.year.texts import FirstToLast


def hours(shift: Shift) -> str:
    return f"{shift.start:%H:%M}–{shift.end:%H:%M}"


def placed_when(scenario: Scenario, placement: Placement) -> Message:
    return when_said(scenario, placement.slot, scenario.last_day(placement))


def place_said(scenario: Scenario, placement: Placement) -> Message:
    """Date, hours, unit and the agencies chosen; unknown ones by id."""
    return with_staffing(scenario, placement, placed_when(scenario, placement))


def with_staffing(scenario: Scenario, placement: Placement, when: Message) -> Message:
    ids = (*((placement.police,) if placement.police is not None else ()), *placement.any_of)
    names = ", ".join(name_of(scenario, id) for id in ids)
    return Message("{when} ({unit})", {"when": when, "unit": names}) if names else when


def when_said(scenario: Scenario, slot: Slot, last: date | None = None) -> Message:
    """The date, or those up to the last, with the hours; a shift that the scenario does not know has none."""
    shift = next((known for known in scenario.shifts if known.id == slot.shift), None)
    day = Message("{day}", {"day": slot.day})
    if last is not None and last > slot.day:
        day = Message("{dates}", {"dates": FirstToLast(slot.day, last)})
    if shift is None:
        return day
    return Message("{day} {hours}", {"day": day, "hours": hours(shift)})


def meet_said(meet: Meet) -> Message:
    if meet.at is None:
        return Message("{place}", {"place": meet.place})
    return Message("{at} {place}", {"at": f"{meet.at:%H:%M}", "place": meet.place})


def time_said(event: Event, zone: ZoneInfo) -> Message:
    starts, ends = event.starts, event.ends
    if not isinstance(starts, datetime) or not isinstance(ends, datetime):
        return Message("{day}", {"day": event.day})
    said = f"{starts.astimezone(zone):%H:%M}–{ends.astimezone(zone):%H:%M}"
    return Message("{day} {hours}", {"day": event.day, "hours": said})
