"""What the police could lend in 2027 at the most, and what of it they cannot."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS = (date(2027, 1, 1), date(2027, 1, 6), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 6))
"""Sweden's public holidays of 2027 that fall on a weekday (law 1989:253)."""


@dataclass(frozen=True, order=True)
class Offer:
    """Officers of one unit in one slot."""

    unit: str
    day: date
    shift: str
    officers: int


def weekday(day: date) -> str:
    """`mon` to `sun`."""
    return WEEKDAYS[day.weekday()]


def open_days(calendar: dict[str, Any]) -> list[date]:
    """The dates of 2027 on which an operation may be struck."""
    year = (date(2027, 1, 1) + timedelta(days=n) for n in range(365))
    return [
        day
        for day in year
        if day not in HOLIDAYS
        and weekday(day) not in calendar["closed_weekdays"]
        and not any(_holds(closed, day) for closed in calendar["closed"])
    ]


def offers(police: Iterable[dict[str, Any]], days: Sequence[date], shifts: Sequence[str]) -> list[Offer]:
    """Every slot in which a unit offers officers: by unit, then day, then shift."""
    every = (
        Offer(unit["id"], day, shift, _officers(unit["officers"], day, shift))
        for unit in police
        for day in days
        for shift in shifts
    )
    return [offer for offer in every if offer.officers]


def taken_back(every: Sequence[Offer], share: float, kept: Collection[Offer], rng: Random) -> list[Offer]:
    """A drawn `share` of the offers, none of those `kept`.

    From the same seed a larger share holds all of a smaller one: a tighter year has no offer that a wider one lacks.
    """
    drawn = [(rng.random(), offer) for offer in every]
    free = sorted((key, offer) for key, offer in drawn if offer not in kept)
    return sorted(offer for _, offer in free[: round(share * len(every))])


def zero_lines(unit: str, every: Sequence[Offer], taken: Collection[Offer]) -> list[dict[str, Any]]:
    """Availability lines that take one unit's offers back: one for each unbroken run of a weekday's shift, by date."""
    lines = []
    for day_of_week, shift in dict.fromkeys((weekday(offer.day), offer.shift) for offer in every if offer.unit == unit):
        run: list[date] = []
        same = [
            offer for offer in every if offer.unit == unit and (weekday(offer.day), offer.shift) == (day_of_week, shift)
        ]
        for offer in [*same, None]:
            if offer in taken and offer is not None:
                run.append(offer.day)
            elif run:
                lines.append(_zero_line(run, shift))
                run = []
    return sorted(lines, key=lambda line: (line["from"], line["shift"]))


def _zero_line(run: list[date], shift: str) -> dict[str, Any]:
    only = {"weekdays": [weekday(run[0])]} if len(run) > 1 else {}
    return {"from": run[0], "to": run[-1], **only, "shift": shift, "officers": 0}


def _officers(lines: Iterable[dict[str, Any]], day: date, shift: str) -> int:
    officers = 0
    for line in lines:
        if (
            weekday(day) in line.get("weekdays", WEEKDAYS)
            and shift == line.get("shift", shift)
            and line.get("from", day) <= day <= line.get("to", day)
        ):
            officers = line["officers"]
    return officers


def _holds(closed: date | dict[str, date], day: date) -> bool:
    if isinstance(closed, date):
        return closed == day
    return closed["from"] <= day <= closed["to"]
