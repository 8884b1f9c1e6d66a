"""stress: how a plan fares in simulated years of withdrawals."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import Option, command
from arshjul.cli.console import Console
from arshjul.cli.options import AsOf, Choice, Executor, Folder, History, Limit, Seed
from arshjul.errors import Message
from arshjul.year.domain.history.stress_figures import not_best

if TYPE_CHECKING:
    from arshjul.year.domain.history.rates import Rates
    from arshjul.year.domain.history.stress_figures import Estimate, Stressed
    from arshjul.year.domain.scenario import Scenario
    from arshjul.year.folder.stress import StressTest
    from arshjul.year.texts import Words

_OFTEN = 1.25
"""A share is worth mentioning from this multiple of the mean."""
_DAYS_FROM_HOURS = 48
"""Longer times are given in days."""
_FEW_YEARS = 10
"""Assumed: with fewer years, no interval can be given."""
_BAR = 20
"""The width of the progress bar."""


@command("stress", "Simulate years of withdrawals.", solves=True)
def stress(
    console: Console,
    folder: Folder,
    years: Annotated[int, Option("--years N", "Number of years simulated.", min=2, max=10_000)] = 20,
    seed: Seed = 0,
    as_of: AsOf = None,
    choose: Choice = "balanced",
    history: History = None,
    most: Annotated[int, Option("--most N", "Most operations shown.", min=0, max=5000)] = 10,
    time_limit: Limit = 20,
    executor: Executor = "processes",
) -> None:
    from arshjul.year.folder.stress import DrawnYears, keep, stress
    from arshjul.year.formats.schema.declared import mapping
    from arshjul.year.planning.effort import Effort

    def lived(n: int, of: int) -> None:
        bar = "█" * (_BAR * n // of) + "░" * (_BAR - _BAR * n // of)
        console.show_progress(Message("{bar} {n} of {all} years simulated", {"bar": bar, "n": n, "all": of}))

    effort = Effort(time_limit)
    drawn = DrawnYears(years, seed, as_of, choose, tuple(history or ()), executor)
    test = stress(folder, drawn, effort, console.speak, lived)
    console.talk(*test.warnings)
    if test.figures.years < years:
        values = {"n": test.figures.years, "all": years}
        console.talk(Message("Stopped early: {n} of {all} years simulated.", values))
    if test.figures.years < _FEW_YEARS:
        values = {"n": _FEW_YEARS}
        console.talk(Message("Fewer than {n} years may mislead: simulate more with --years.", values))
    is_told = console.answered({**mapping(test.figures), "rates": [_rates(rate) for rate in test.rates]})
    if not is_told:
        _show(console, test, most)
    keep(test, effort)
    if not is_told:
        console.talk(Message("The figures are in {folder}: open plan.html.", {"folder": str(folder)}))


def _show(console: Console, found: "StressTest", most: int) -> None:
    from arshjul.year.agenda.cause import KINDS
    from arshjul.year.domain.history.rates import built_on

    basis, n = built_on(found.rates), found.figures.years
    console.data(Message("{n} years simulated; {basis}:", {"n": n, "basis": basis}))
    is_learnt = any(rates.days for rates in found.rates)  # otherwise the heading gives the common basis
    for rates in found.rates:
        values = {
            "cause": KINDS.get(rates.kind.cause, Message("other causes")),
            "a_year": _range(rates.a_year),
            "basis": built_on([rates]),
        }
        said = Message("{cause}: {a_year} a year ({basis})", values)
        console.data(said if is_learnt else Message("{cause}: {a_year} a year", values), indent="  ")
        console.data(*_learnt(console.words, found.scenario, rates), indent="    ")
    plan = found.figures.outcome
    console.sections([(Message("In a year:"), _totals(found.scenario, plan))])
    console.data(Message("Changes a year by party, and with under 14 days' notice:"))
    for party, one in sorted(plan.parties.items(), key=lambda item: (-item[1].changes.mean, item[0])):
        if one.changes.mean:
            ranges = console.words.say(_range(one.changes)), console.words.say(_range(one.short_notices))
            console.data(f"  {found.scenario.parties[party].name}: {'; '.join(ranges)}")
    if most:
        console.data(Message("Least likely to keep their first date, in percent of the years:"))
    unsure = sorted(plan.operations.items(), key=lambda item: (item[1].mean, item[0]))
    console.data(*(f"{operation} {_percent(chance)}" for operation, chance in unsure[:most]), indent="  ")


def _learnt(words: "Words", scenario: "Scenario", rates: "Rates") -> Iterator[Message]:
    """The mean length and notice of a withdrawal; its units and times, if a log shows any pattern."""
    lasts, hours = 1 / rates.ends, rates.notice_hours
    if hours > _DAYS_FROM_HOURS:
        values = {"days": lasts, "before": hours / 24}
        yield Message("lasts {days} days, notice {before} days, on average", values)
    else:
        yield Message("lasts {days} days, notice {hours} hours, on average", {"days": lasts, "hours": hours})
    if not rates.withdrawals:
        return
    units = {scenario.police[id].name: share for id, share in rates.units.items()}
    shifts = {scenario.shift(id).name: share for id, share in rates.shifts.items()}
    said = {"units": _percents(units), "shifts": _percents(shifts)}
    yield Message("takes officers of {units}; shifts: {shifts}", said)
    days = {words.weekday(date(2024, 1, n + 1)): times for n, times in enumerate(rates.weekdays)}  # from a Monday
    months = {words.month(date(2024, n + 1, 1)): times for n, times in enumerate(rates.months)}
    often = [
        Message("{when} {times} times", {"when": when, "times": times})
        for when, times in (*_most(days), *_most(months))
        if times >= _OFTEN
    ]
    if often:
        yield Message("begins more often than average: {when}", {"when": often})


def _percents(shares: Mapping[str, float]) -> list[str]:
    return [f"{name} {round(100 * share)} %" for name, share in _most(shares)]


def _most(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    """The shares, largest first."""
    return sorted(shares.items(), key=lambda item: -item[1])


def _totals(scenario: "Scenario", plan: "Stressed") -> Iterator[Message]:
    one, points = plan.totals, scenario.objective.priority_points
    yield Message("first date kept: {n} of {all}", {"n": _range(one.held), "all": plan.placed})
    yield Message("changes a year: {n}", {"n": _range(one.changes)})
    yield Message("changes a year with under 14 days' notice: {n}", {"n": _range(one.short_notices)})
    most = sum(points[operation.priority] for operation in scenario.planned.values())
    yield Message("priority points placed at the end: {n} of {all}", {"n": _range(one.points), "all": most})
    if plan.proven < plan.answered:
        yield not_best(plan.answered - plan.proven, plan.answered)


def _range(one: "Estimate") -> Message:
    """The mean, and its interval with 95 %."""
    return Message("{mean} (95 %: {low} to {high})", {"mean": one.mean, "low": one.low, "high": one.high})


def _percent(one: "Estimate") -> str:
    return f"{round(100 * one.mean)} % ({round(100 * one.low)}–{round(100 * one.high)})"


def _rates(one: "Rates") -> dict[str, object]:
    return {
        "cause": one.kind.cause,
        "withdrawals": one.withdrawals,
        "per_year": round(one.per_year, 3),
        "per_year_low": round(one.a_year.low, 3),
        "per_year_high": round(one.a_year.high, 3),
        "days": round(1 / one.ends, 2),
        "notice_hours": round(one.notice_hours, 1),
        "units": {id: round(share, 3) for id, share in one.units.items()},
        "shifts": {id: round(share, 3) for id, share in one.shifts.items()},
        "weekdays": [round(times, 3) for times in one.weekdays],
        "months": [round(times, 3) for times in one.months],
    }
