"""Units that are without officers now or soon, by the withdrawals that the plan has answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from arshjul.domain.calendar import Slot
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import UNKNOWN_END_DAYS
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import Message
from arshjul.planning.today.today import AHEAD_DAYS
from arshjul.texts import counted

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
