"""A year of withdrawals: how often and how long the police take officers back, drawn.

Sourced: that they come in bursts, late and without an end date (Riksrevisionen, 2023), and about 4.7 special events a
year and region (decisions of 2015-2021, tn.se), of which two take officers from here. Assumed: every other number.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

FIRST_DAY, LAST_DAY = date(2027, 1, 11), date(2027, 12, 18)
LOCAL = {"lpo-city": 3, "lpo-nordost": 3, "lpo-hisingen": 3, "lpo-syd": 1}
UNITS = [*LOCAL, "granspolisen"]
SHIFT_STARTS = (time(9), time(16), time(20))
N_SHOOTINGS, N_SPECIAL_EVENTS, N_MATCHES = 30, 2, 6
"""Shootings and accidents, special events, matches and demonstrations."""
SPECIAL_EVENT_DAYS = (14, 7)


def withdrawals(rng: Random, last: date) -> list[dict[str, Any]]:
    """The withdrawals of a year, in order of report. None begins after `last`.

    A special event stands twice under its id: when it begins, without an end, and when its officers are given back.
    """
    drawn = [
        *_shootings(N_SHOOTINGS, rng, last),
        *_special_events(N_SPECIAL_EVENTS, rng, last),
        *_matches(N_MATCHES, rng, last),
    ]
    drawn.sort(key=_when)
    log: list[dict[str, Any]] = []
    for n, withdrawal in enumerate(drawn, start=1):
        ended = withdrawal.pop("ended", None)
        log.append({"id": f"W-{n:03d}", **withdrawal})
        if ended is not None:
            log.append(_given_back(log[-1], ended))
    return sorted(log, key=_when)


def _given_back(event: dict[str, Any], last: date) -> dict[str, Any]:
    """The same withdrawal with its end, told on its last day in the afternoon."""
    told = datetime.combine(last, time(15)).isoformat(timespec="minutes")
    given_back = {"id": event["id"], "reported": told, "police": event["police"], "from": event["from"], "to": last}
    return {**given_back, "cause": event["cause"]}


def _when(withdrawal: dict[str, Any]) -> tuple[str, date]:
    return withdrawal["reported"], withdrawal["from"]


def _shootings(n: int, rng: Random, last: date) -> list[dict[str, Any]]:
    """Shootings and big accidents: one to three days, hours' notice.

    They come in bursts: every other shooting answers an earlier one within ten days, in the same area.
    """
    drawn: list[dict[str, Any]] = []
    unanswered: list[dict[str, Any]] = []
    for _ in range(n):
        accident = rng.random() < 0.3
        units = _shooting_units(rng)
        day = _any_day(rng, last)
        answers = not accident and len(unanswered) > 0 and rng.random() < 0.5
        if answers:
            earlier = rng.choice(unanswered)
            units = list(dict.fromkeys([earlier["police"][0], *units]))
            day = min(earlier["from"] + timedelta(days=rng.randint(1, 10)), last)
        drawn.append(
            {
                "reported": _hours_before(datetime.combine(day, rng.choice(SHIFT_STARTS)), 8, rng),
                "police": units,
                "from": day,
                "to": day + timedelta(days=rng.choice((1, 1, 2, 3)) - 1),
                "cause": "accident" if accident else "shooting",
            }
        )
        if not accident and not answers:
            unanswered.append(drawn[-1])
    return drawn


def _shooting_units(rng: Random) -> list[str]:
    """The area where it happened, where there is one, and those that send officers there."""
    while True:
        own = rng.choices(list(LOCAL), weights=list(LOCAL.values())) if rng.random() < 0.8 else []
        if units := own + [unit for unit in UNITS if unit not in own and rng.random() < 0.25]:
            return units


def _special_events(n: int, rng: Random, last: date) -> list[dict[str, Any]]:
    """Special events, reported without an end; the first is in September and October, and long."""
    drawn = []
    for k in range(n):
        days = SPECIAL_EVENT_DAYS[k % len(SPECIAL_EVENT_DAYS)]
        day = date(2027, 9, 6) + timedelta(days=rng.randint(0, 21)) if k == 0 else _any_day(rng, last)
        ended = min(day + timedelta(days=days - 1), LAST_DAY)
        drawn.append(
            {
                "reported": _hours_before(datetime.combine(day, SHIFT_STARTS[0]), 24, rng),
                "police": _hit(dict.fromkeys(UNITS, 0.6), rng),
                "from": day,
                "until_further_notice": True,
                "cause": "special-event",
                "ended": ended,
            }
        )
    return drawn


def _matches(n: int, rng: Random, last: date) -> list[dict[str, Any]]:
    """Matches and demonstrations: one day, known days ahead."""
    drawn = []
    for _ in range(n):
        day = _any_day(rng, last)
        told = datetime.combine(
            day - timedelta(days=rng.randint(2, 21)), time(8 + rng.randint(0, 8), 15 * rng.randint(0, 3))
        )
        drawn.append(
            {
                "reported": max(told, datetime(2027, 1, 4, 8)).isoformat(timespec="minutes"),
                "police": _hit({unit: 0.5 if unit == "lpo-city" else 0.3 for unit in UNITS}, rng),
                "from": day,
                "to": day,
                "cause": rng.choice(("match", "demonstration")),
            }
        )
    return drawn


def _hit(chances: dict[str, float], rng: Random) -> list[str]:
    """The units that are hit; drawn again until there is one."""
    while True:
        if units := [unit for unit, chance in chances.items() if rng.random() < chance]:
            return units


def _any_day(rng: Random, last: date) -> date:
    return FIRST_DAY + timedelta(days=rng.randint(0, (last - FIRST_DAY).days))


def _hours_before(moment: datetime, hours: int, rng: Random) -> str:
    return (moment - timedelta(minutes=5 * rng.randint(0, hours * 12))).isoformat(timespec="minutes")
