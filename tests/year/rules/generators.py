"""Small scenarios drawn from a random source: every rule active, every limit tight.

What is drawn is chosen to stand at edges: periods at the change of the clocks, at the turn of the ISO
year and of months; a rest that a gap between two shifts just leaves or just misses; limits of one or
two. Everything drawn is a scenario that could have been read.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from random import Random
from typing import TypeVar, get_args

from arshjul.year.domain.calendar import Avoided, Calendar, DayKind, Shift, Slot, Span
from arshjul.year.domain.operation import AgencyGroup, FollowUp, Operation, Pin
from arshjul.year.domain.parties import Agency, Area, Matching, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.year.domain.scenario import Scenario, Target
from arshjul.year.domain.settings import LimitException, Objective, Settings
from arshjul.year.rules import SOFT

_Thing = TypeVar("_Thing")


def apart(rng: Random, what: str) -> Random:
    """A source of its own for what is drawn besides: it takes nothing from `rng`, and no new field changes it."""
    copy = Random()
    copy.setstate(rng.getstate())
    return Random(f"{what} {copy.random()}")


# What stands in the middle of a period: a change of the clocks, a turn of the ISO year (2026 has a week
# 53, 2024 ends in week 1 of 2025, 2022 begins in week 52), the end of a month, a leap day.
CLOCKS_CHANGE = (date(2027, 3, 28), date(2027, 10, 31))
EDGES = (
    *CLOCKS_CHANGE, date(2027, 1, 1), date(2024, 12, 30), date(2022, 1, 1),
    date(2027, 2, 28), date(2028, 2, 29), date(2027, 6, 30),
)  # fmt: skip
SHIFTS = (
    Shift("day", "Dag", time(9), time(15)),
    Shift("evening", "Kväll", time(16), time(22)),
    Shift("night", "Natt", time(20), time(2)),
    Shift("late", "Sen", time(22), time(6)),
    Shift("noon", "Middag", time(12), time(18)),
    Shift("early", "Tidig", time(2, 30), time(8)),
    Shift("round", "Dygn", time(8), time(8)),
)
AGENCIES = ("miljo", "skatt", "tillstand")
UNITS = ("lpo-city", "border")


def draw_scenario(rng: Random, n_operations: int, longest: int = 28) -> Scenario:
    """A scenario of so many operations, over at most so many days."""
    edge, n_days = rng.choice(EDGES + CLOCKS_CHANGE), rng.randint(min(longest, 10), longest)
    first = edge - timedelta(days=rng.randint(1, max(n_days - 2, 1)))
    span = Span(first, first + timedelta(days=n_days - 1))
    shifts = tuple(rng.sample(SHIFTS, rng.choice((2, 2, 3))))
    areas = ("city", "nordost")[: rng.randint(1, 2)]
    shell = Scenario(
        name="drawn",
        span=span,
        timezone=rng.choice(("Europe/Stockholm",) * 9 + ("UTC",)),
        language="sv",
        calendar=_calendar(rng, span),
        shifts=shifts,
        areas={id: Area(id, id.title()) for id in areas},
        police={id: _unit(rng, id, span, shifts, areas) for id in UNITS[: rng.choice((1, 2, 2))]},
        agencies={id: _agency(rng, id, span, shifts) for id in AGENCIES[: rng.randint(2, 3)]},
        operations={},
        settings=_settings(rng, span, shifts),
        objective=_objective(rng),
    )
    operations: dict[str, Operation] = {}
    for number in range(n_operations):
        operation = _operation(rng, f"OP-{number}", shell)
        operations[operation.id] = _tied(rng, operation, operations)
    return replace(shell, operations=operations, targets=_targets(apart(rng, "targets"), shell))


def _targets(rng: Random, shell: Scenario) -> tuple[Target, ...]:
    """What is to be reached, now and then."""
    return tuple(
        Target(
            id=f"T-{number}",
            name=f"Mål {number}",
            span=draw_span(rng, shell.span, 12, beyond=2),
            at_least=rng.randint(0, 3),
            sectors=rng.choice((None, None, ("restaurant",))),
            areas=rng.choice((None, None, (rng.choice(tuple(shell.areas)),))),
            programmes=rng.choice((None, None, ("akc", "gvi"))),
            points=rng.choice((None, rng.randint(0, 4))),
        )
        for number in range(rng.choice((0, 0, 1, 2)))
    )


def draw_day(rng: Random, span: Span, beyond: int = 0) -> date:
    """A date of the span, or up to so many days outside it."""
    return span.first + timedelta(days=rng.randint(-beyond, (span.last - span.first).days + beyond))


def draw_span(rng: Random, span: Span, longest: int, beyond: int = 0) -> Span:
    """A few dates that begin in the span, or up to so many days outside it."""
    first = draw_day(rng, span, beyond)
    return Span(first, first + timedelta(days=rng.randint(0, longest)))


def _some(rng: Random, things: Sequence[_Thing], share: float = 0.5) -> tuple[_Thing, ...]:
    return tuple(thing for thing in things if rng.random() < share)


def _weekdays(rng: Random) -> frozenset[int]:
    return frozenset(rng.sample(range(7), rng.randint(4, 6)))


def _calendar(rng: Random, span: Span) -> Calendar:
    closed = tuple(draw_span(rng, span, 2) for _ in range(rng.randint(0, 2)))
    holidays = {draw_day(rng, span): "Helgdag" for _ in range(rng.randint(0, 2))}
    shut = [span_.first for span_ in closed] + list(holidays)
    opened = tuple(Span(day, day) for day in _some(rng, shut))
    return Calendar("SE", frozenset(_some(rng, (5, 6))), closed, opened, holidays)


def with_avoided(rng: Random, scenario: Scenario) -> Scenario:
    """The scenario with dates and kinds of days that had better be avoided, now and then, and what they cost."""
    points = (None, 0, 1, 4)
    dates = [Avoided(draw_span(rng, scenario.span, 3, beyond=2), rng.choice(points)) for _ in range(rng.randint(0, 2))]
    avoid = (*_some(rng, get_args(DayKind)), *dates) if rng.random() < 0.5 else ()
    prices = {**scenario.objective.prices, **({"avoided-day": rng.randint(0, 5)} if rng.random() < 0.6 else {})}
    return replace(
        scenario,
        calendar=replace(scenario.calendar, avoid=avoid),
        objective=replace(scenario.objective, prices=prices),
    )


def _settings(rng: Random, span: Span, shifts: Sequence[Shift]) -> Settings:
    one, other = rng.choice(shifts), rng.choice(shifts)
    # Hours by the clock from the end of one shift to the start of another, one less, or one more.
    gap = (other.start.hour - one.end.hour) % 24 + rng.choice((-1, 0, 0, 0, 1, 1))
    drawn = Settings.of(
        lead_time_days=rng.randint(0, 6),
        sector_spacing_days=rng.choice((0, 1, 2, 3, 5, 8)),
        operations_per_day=rng.choice((None, 1, 2, 3)),
        operations_per_area_per_day=rng.choice((None, 1, 1, 2)),
        operations_per_week=rng.choice((None, None, 2, 3, 4)),
        daily_rest_hours=rng.choice((0, 11, *[max(gap, 1)] * 6)),
        freeze_days=rng.randint(0, 8),
        notice_days=rng.randint(0, 6),
        unknown_end_days=rng.randint(1, 6),
    )
    keys = ("operations_per_day", "operations_per_area_per_day", "operations_per_week")
    return replace(drawn, exceptions=_exceptions(apart(rng, "exceptions"), span, keys))


def _exceptions(rng: Random, span: Span, keys: Sequence[str]) -> tuple[LimitException, ...]:
    """Dates on which limits are others, now and then."""
    n = rng.choice((0, 0, 1, 2))
    limits = [{key: rng.randint(0, 4) for key in rng.sample(keys, rng.randint(1, len(keys)))} for _ in range(n)]
    return tuple(LimitException(draw_span(rng, span, 3, beyond=3), limit) for limit in limits)


def _objective(rng: Random) -> Objective:
    points = {1: rng.randint(5, 12), 2: rng.randint(2, 5), 3: rng.randint(0, 2)}
    rules = (rule.id for rule in SOFT if rule.id != "avoided-day")  # `with_avoided` draws its price
    return Objective(points, rng.randint(0, 5), {id: rng.randint(0, 5) for id in rules if rng.random() < 0.6})


def _matching(rng: Random, span: Span, shifts: Sequence[Shift]) -> Matching:
    when = _plain_matching(rng, span, shifts)
    rare = apart(rng, "dates")
    if rare.random() < 0.15:
        week = draw_day(rare, span).isocalendar().week
        return replace(when, weeks=rare.choice(("odd", "even", frozenset((week, rare.randint(1, 53))))))
    if rare.random() < 0.15:
        return replace(when, nth=frozenset(rare.sample((1, 2, 3, 4, 5, -1, -2, -3, -4, -5), rare.randint(1, 4))))
    return when


def _plain_matching(rng: Random, span: Span, shifts: Sequence[Shift]) -> Matching:
    kind = rng.randrange(4)
    if kind == 0:
        return Matching(shift=rng.choice(shifts).id)
    if kind == 1:
        return Matching(weekdays=_weekdays(rng))
    dates = draw_span(rng, span, 7, beyond=3)
    if kind == 2:
        return Matching(first=dates.first, last=dates.last)
    return Matching(
        _weekdays(rng), rng.choice((None, shifts[0].id)), *rng.choice(((dates.first, None), (None, dates.last)))
    )


def _unit(rng: Random, id: str, span: Span, shifts: Sequence[Shift], areas: Sequence[str]) -> PoliceUnit:
    lines = [OfficerLine(Matching(), rng.choice((2, 3, 4, 4, 5)), rng.choice((None, 1, 1, 2)))]
    for _ in range(rng.choice((0, 0, 1, 2))):
        when, at_most = _matching(rng, span, shifts), rng.random() < 0.5
        lines.append(OfficerLine(when, rng.randint(0, 4), rng.choice((None, 0, 1, 2)), at_most))
    risks = tuple(RiskLine(_matching(rng, span, shifts), rng.randint(0, 5)) for _ in range(rng.randint(0, 3)))
    kind = "local" if id == UNITS[0] else "border"
    served = areas if kind == "border" else rng.choice((areas, areas[:1]))
    drawn = PoliceUnit(
        id, id.upper(), "local" if kind == "local" else "border", tuple(served), "Samordnare", tuple(lines),
        rng.choice((None, rng.randint(2, 8))), risks,
    )  # fmt: skip
    rare = apart(rng, id)
    asked = replace(drawn, ask_days=rare.randint(1, 8)) if rare.random() < 0.2 else drawn
    return replace(asked, on_request=apart(rng, f"request to {id}").random() < 0.1)


def _agency(rng: Random, id: str, span: Span, shifts: Sequence[Shift]) -> Agency:
    lines = [TeamLine(Matching(), rng.choice((1, 2, 2, 3)))]
    for _ in range(rng.choice((0, 0, 1, 2))):
        lines.append(TeamLine(_matching(rng, span, shifts), rng.randint(0, 3), rng.random() < 0.5))
    drawn = Agency(
        id, id.title(), "state", "Planerare", tuple(lines), rng.choice((1, 1, 2, 3)),
        rng.choice((None, None, 1, 2, 3)), rng.choice((None, None, 2, 3, 5)), unit="Tillsyn",
    )  # fmt: skip
    exceptions = _exceptions(apart(rng, id), span, ("team_shifts_per_week", "team_shifts_per_month"))
    return replace(drawn, load_exceptions=exceptions)


def _operation(rng: Random, id: str, shell: Scenario) -> Operation:
    span, agencies = shell.span, tuple(shell.agencies)
    required = {agency: rng.choice((1, 1, 1, 1, 1, 1, 2)) for agency in _some(rng, agencies, 0.45)}
    optional = {agency: rng.choice((1, 1, 2)) for agency in _some(rng, agencies, 0.6) if agency not in required}
    shifts = tuple(shift.id for shift in shell.shifts)
    window = draw_span(rng, Span(span.first, span.last - timedelta(days=3)), 20)
    drawn = Operation(
        id=id,
        title=id,
        programme="akc",
        lead_agency=rng.choice(agencies),
        sector=rng.choice(("restaurant", "restaurant", "vehicle")),
        area=rng.choice(tuple(shell.areas)),
        priority=rng.randint(1, 3),
        must=rng.random() < 0.2,
        officers=rng.choice((0, 1, 2, 2, 3)),
        designated=rng.choice(("none", "none", "prefer", "prefer", "require")),
        police=rng.choice((None, None, _some(rng, tuple(shell.police), 0.9))),
        agencies=required,
        optional_agencies=optional,
        interest={agency: rng.randint(0, 3) for agency in _some(rng, agencies, 0.7)},
        window=rng.choice((None, None, None, window, Span(window.first - timedelta(days=30), window.last))),
        shifts=rng.choice((None, None, None, _some(rng, shifts, 0.9))),
        weekdays=rng.choice((None, None, None, _weekdays(rng))),
        not_on=tuple(draw_span(rng, span, 2, beyond=2) for _ in range(rng.choice((0, 0, 1, 2)))),
        preferred=rng.choice((None, draw_span(rng, span, 4, beyond=rng.choice((10, 90))))),
        nominated_on=rng.choice((None, None, draw_day(rng, span) - timedelta(days=8))),
        fixed=Pin(Slot(draw_day(rng, span), rng.choice(shifts))) if rng.random() < 0.15 else None,
        short_notice=rng.random() < 0.25,
    )
    more = replace(_with_more(apart(rng, id), drawn, agencies), days=_days(apart(rng, f"days of {id}")))
    lent = _lent_besides(apart(rng, f"lent to {id}"), more, tuple(shell.police))
    return replace(lent, spacing_days=_own_spacing(apart(rng, f"spacing of {id}")))


def _own_spacing(rng: Random) -> int | None:
    """A distance of its own, now and then."""
    return rng.choice((0, 0, 1, 2, 4, 9)) if rng.random() < 0.15 else None


def _days(rng: Random) -> int:
    """One date, or now and then several."""
    return rng.choice((2, 2, 2, 3, 5)) if rng.random() < 0.2 else 1


def _lent_besides(rng: Random, operation: Operation, units: Sequence[str]) -> Operation:
    """The operation with officers of another unit besides, now and then; seldom of all, so that none may serve it."""
    if not operation.officers or rng.random() < 0.8:
        return operation
    return replace(operation, police_also={unit: rng.choice((1, 1, 2)) for unit in _some(rng, units)})


def _with_more(rng: Random, operation: Operation, agencies: Sequence[str]) -> Operation:
    """The operation with keys that few have."""
    if rng.random() < 0.05:
        return replace(operation, reserve=True, must=False, fixed=None)
    if operation.officers and rng.random() < 0.3:
        operation = replace(operation, officers_least=rng.randint(1, operation.officers))
    return _with_groups(rng, operation, agencies) if rng.random() < 0.3 else operation


def _with_groups(rng: Random, operation: Operation, agencies: Sequence[str]) -> Operation:
    """The operation with agencies to choose from, none of which has another part in it."""
    free = rng.sample(agencies, rng.randint(1, len(agencies)))
    cut = rng.choice((len(free), len(free), rng.randint(1, len(free))))
    groups = tuple(AgencyGroup(tuple(some), rng.choice((1, 1, 1, 2))) for some in (free[:cut], free[cut:]) if some)
    return replace(
        operation,
        any_of=groups,
        agencies={agency: teams for agency, teams in operation.agencies.items() if agency not in free},
        optional_agencies={a: teams for a, teams in operation.optional_agencies.items() if a not in free},
    )


def _tied(rng: Random, operation: Operation, earlier: dict[str, Operation]) -> Operation:
    """The operation with its ties to those drawn before it: to one of them at the most."""
    if not earlier:
        return operation
    other = earlier[rng.choice(tuple(earlier))]
    kind = rng.randrange(10)
    if kind < 2:
        least = rng.choice((0, 0, 1, 2, 4))
        most = rng.choice((None, least, least + 2, least + 5))
        return replace(operation, after=FollowUp(other.id, least, most))
    if kind < 4:
        others = (other.id, *rng.sample(tuple(earlier), rng.randint(0, 1)))
        if kind == 3:
            return replace(operation, not_same_week_as=others)
        return replace(operation, not_same_day_as=others)
    if kind < 7:
        first = other.same_slot_as or other.id
        sector = other.sector if rng.random() < 0.6 else operation.sector
        return replace(operation, same_slot_as=first, sector=sector, days=other.days)
    return operation
