"""Lead time and notice: how long before an operation its parties knew of it, and of what was moved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from statistics import median

from arshjul.domain.calendar import Span
from arshjul.domain.history.lived_replans import ToldPlaces
from arshjul.domain.plan import Plan, ReplanRecord
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.report.figures import CARRIED_OUT, DatedOperation, Figure
from arshjul.rules.hard.lead_time import LEAD_TIME_DAYS

SHORT_NOTICE_DAYS = 14
NOTICE = (
    (1, Message("same day")),
    (7, Message("1 to 6 days")),
    (SHORT_NOTICE_DAYS, Message("7 to 13 days")),
    (28, Message("14 to 27 days")),
    (None, Message("28 days or more")),
)
"""The groups of notice in days: each under that many, None: any number."""


def nominated(scenario: Scenario, operations: Iterable[DatedOperation]) -> Iterator[Figure]:
    """Days from nomination to date, if a nomination is given; a date lost beforehand has none."""
    least = scenario.settings[LEAD_TIME_DAYS]
    days = [
        (one.placement.slot.day - one.operation.nominated_on).days
        for one in operations
        if one.operation.nominated_on is not None and one.stood
    ]
    none = Message("lead time: unknown, no nomination dates")
    yield median_figure(days, "lead_time", "median_days", Message("lead time: median days"), none)
    rule = Message("lead time: at least {days} days (the rule), of those with a nomination date", {"days": least})
    yield Figure("at_least_rule", rule, sum(n >= least for n in days), len(days), "lead_time")


def as_told(
    plan: Plan, operations: Sequence[DatedOperation], places: ToldPlaces, told: Mapping[int, datetime]
) -> Iterator[Figure]:
    """`told`: the versions of the plan that told dates, and when; empty: each, when it was made."""
    moments = {**plan.made_at, **told}
    days = list[int]()
    decided, kept = set[str](), set[str]()
    for one in operations:
        id, day = one.operation.id, one.placement.slot.day
        known = [(version, place.slot) for version, place in places.get(id, ()) if place is not None]
        heard = _since(known, one)
        if one.stood and heard in moments and moments[heard].date() <= day:
            days.append((day - moments[heard].date()).days)
        if one.started or one.called_off is not None:
            decided.add(id)
        if one.state in (*CARRIED_OUT, "no-outcome") and (not known or known[0][1].day == day):
            kept.add(id)
    none = Message("days from message to date: unknown, first message not dated")
    yield median_figure(days, "lead_time", "told_days", Message("days from message to date: median"), none)
    label = Message("held on the first date given")
    yield Figure("first_date", label, len(kept), len(decided), "lead_time")


def _since(known: Sequence[tuple[int, object]], one: DatedOperation) -> int:
    """The version that told the time of the operation for the last time; 0 if none did."""
    found, before = 0, None
    for version, slot in known:
        if slot == one.placement.slot and slot != before:
            found = version
        before = slot
    return found


def notices(made: Iterable[ReplanRecord], period: Span) -> list[int]:
    """Days from each replan to the first date that its move touched, if one of its dates lies in the period."""
    moves = [(revision.as_of.date(), move) for revision in made for move in revision.changed if move.is_moved]
    places = [(move.notice_days(at), [place.slot.day for place in (move.old, move.new) if place]) for at, move in moves]
    return [max(0, notice) for notice, dates in places if any(day in period for day in dates)]


def notice_figures(days: Sequence[int]) -> Iterator[Figure]:
    none = Message("notice of moves: no moves")
    yield median_figure(days, "notice", "median_days", Message("notice of moves: median days"), none)
    short = Message("notice of moves: under {days} days", {"days": SHORT_NOTICE_DAYS})
    yield Figure("under_14_days", short, sum(n < SHORT_NOTICE_DAYS for n in days), len(days), "notice")


def by_notice(days: Iterable[int]) -> list[int]:
    found = [0] * len(NOTICE)
    for n in days:
        found[next(place for place, (under, _) in enumerate(NOTICE) if under is None or n < under)] += 1
    return found


def median_figure(days: Sequence[int], part: str, key: str, label: Message, none: Message) -> Figure:
    return Figure(key, label, median(days), part=part) if days else Figure(key, none, None, part=part)


def year_before(period: Span, within: Span) -> Span | None:
    """The same dates a year before; None if they are not all of the plan."""
    found = Span(*(_year_before(day) for day in (period.first, period.last)))
    return found if found.first in within and found.last in within else None


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28) if is_leap_day else day.replace(year=day.year - 1)
