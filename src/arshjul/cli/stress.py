"""stress: how a plan stands against ordinary years of withdrawals."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.console import Console, ProgressLine, answering
from arshjul.cli.options import AsOf, Commands, Debug, Folder, Json, Limit, Seed, moment_or_now, say
from arshjul.cli.replanning import Choice
from arshjul.errors import Message
from arshjul.texts import counted

if TYPE_CHECKING:
    from arshjul.actions.stress import StressTest
    from arshjul.planning.stress import Estimate, Stressed, Totals
    from arshjul.planning.withdrawal_rates import Rates

Years = Annotated[int, typer.Option("--years", min=2, max=10_000, metavar="N", help=say("So many years are drawn."))]
History = Annotated[
    list[Path] | None,
    typer.Option(
        "--history", metavar="FOLDER", help=say("A plan folder of an earlier year, to learn from; repeatable.")
    ),
]
Compare = Annotated[
    bool,
    typer.Option(
        "--compare", help=say("Let plans with a reserve week and with risk-priced dates meet the same years.")
    ),
]
Most = Annotated[int, typer.Option("--most", min=0, max=5000, metavar="N", help=say("So many operations at most."))]


def stress(
    folder: Folder,
    years: Years = 20,
    seed: Seed = 0,
    as_of: AsOf = None,
    choose: Choice = "balanced",
    history: History = None,
    compare: Compare = False,
    most: Most = 10,
    time_limit: Limit = 20,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    with answering(as_json, debug) as console:
        from arshjul.actions.stress import DrawnYears as Drawn
        from arshjul.actions.stress import stress as stressed
        from arshjul.planning.plan import Effort

        line = ProgressLine(console)

        def lived(n: int, of: int) -> None:
            line.show(Message("years lived: {n} of {all}", {"n": n, "all": of}))

        effort = Effort(time_limit)
        drawn = Drawn(years, seed, moment_or_now(as_of), choose, tuple(history or ()), compare)
        found = stressed(folder, drawn, effort, console.speak, lived)
        line.clear()
        if as_json:
            plans = {name: _mapping(plan) for name, plan in found.plans.items()}
            rates = [_rates(one) for one in found.rates]
            above = {name: _totals_mapping(one) for name, one in found.differences.items()}
            asked = {"years": years, "seed": seed, "option": choose}
            console.json({**asked, "rates": rates, "plans": plans, "differences": above})
            return
        _show(console, found, years, most)


def _show(console: Console, found: "StressTest", years: int, most: int) -> None:
    from arshjul.agenda.cause import KINDS
    from arshjul.planning.withdrawal_rates import built_on

    words = console.words
    console.data(words("{n} years drawn; {basis}:", n=years, basis=built_on(found.rates)))
    for rates in found.rates:
        values = {
            "cause": KINDS.get(rates.kind.cause, Message("other causes")),
            "a_year": rates.per_year,
            "basis": built_on([rates]),
        }
        console.data("  " + words("{cause}: {a_year} a year ({basis})", **values))
    for name, plan in found.plans.items():
        console.data(words.say(_title(found, name)))
        for line in _totals(plan, found.differences.get(name)):
            console.data("  " + words.say(line))
    plan = found.plans["as-is"]
    console.data(words("Changes a year by party, and those told under 14 days before:"))
    for party, moves in sorted(plan.moves.items(), key=lambda item: (-item[1].mean, item[0])):
        if moves.mean:
            known = found.scenario.parties[party]
            console.data(f"  {known.name}: {words.say(_range(moves))}; {words.say(_range(plan.short[party]))}")
    if most:
        console.data(words("Least sure to be held on their first date, of a hundred years:"))
    unsure = sorted(plan.operations.items(), key=lambda item: (item[1].mean, item[0]))
    for operation, chance in unsure[:most]:
        console.data(f"  {operation} {_percent(chance)}")


def _title(found: "StressTest", name: str) -> Message:
    from arshjul.planning.braced import reserve_week

    if name == "reserve-week":
        return Message("With the week from {day} kept in reserve:", {"day": reserve_week(found.scenario).first})
    if name == "risk-priced":
        return Message("With dates priced by their risk:")
    return Message("The plan as it is:")


def _totals(plan: "Stressed", above: "Totals | None") -> Iterator[Message]:
    one = plan.totals
    held = {"n": _range(one.held), "all": plan.placed}
    yield _beside(Message("held on the first date: {n} of {all}", held), None if above is None else above.held)
    yield _beside(Message("changes a year: {n}", {"n": _range(one.changed)}), None if above is None else above.changed)
    short = Message("changes a year told under 14 days before: {n}", {"n": _range(one.short_changes)})
    yield _beside(short, None if above is None else above.short_changes)
    points = Message("points of what is placed at the end: {n}", {"n": _range(one.points)})
    yield _beside(points, None if above is None else above.points)
    if plan.proven < plan.answered:
        yield counted(
            plan.answered - plan.proven,
            "one answer of {all} is not proven to be the best",
            "{n} answers of {all} are not proven to be the best",
            all=plan.answered,
        )


def _beside(figure: Message, above: "Estimate | None") -> Message:
    """The figure, and by how much it is above that of the plan as it is."""
    if above is None:
        return figure
    return Message("{figure}; difference: {above}", {"figure": figure, "above": _range(above)})


def _range(one: "Estimate") -> Message:
    """The mean, and between which values it lies with 95 %."""
    return Message("{mean} (95 %: {low} to {high})", {"mean": one.mean, "low": one.low, "high": one.high})


def _percent(one: "Estimate") -> str:
    return f"{round(100 * one.mean)} % ({round(100 * one.low)}-{round(100 * one.high)})"


def _mapping(plan: "Stressed") -> dict[str, object]:
    return {
        "placed": plan.placed,
        **_totals_mapping(plan.totals),
        "answered": plan.answered,
        "proven": plan.proven,
        "operations": {id: _estimate(one) for id, one in plan.operations.items()},
        "parties": {
            id: {"changes": _estimate(one), "short_notices": _estimate(plan.short[id])}
            for id, one in plan.moves.items()
        },
    }


def _totals_mapping(totals: "Totals") -> dict[str, object]:
    return {
        "held": _estimate(totals.held),
        "changes": _estimate(totals.changed),
        "short_notices": _estimate(totals.short_changes),
        "points": _estimate(totals.points),
    }


def _estimate(one: "Estimate") -> dict[str, float]:
    return {"mean": round(one.mean, 4), "low": round(one.low, 4), "high": round(one.high, 4)}


def _rates(one: "Rates") -> dict[str, object]:
    return {
        "cause": one.kind.cause,
        "withdrawals": one.withdrawals,
        "per_year": round(one.per_year, 3),
        "days": round(1 / one.ends, 2),
        "notice_hours": round(one.notice_hours, 1),
        "units": {id: round(share, 3) for id, share in one.units.items()},
        "shifts": {id: round(share, 3) for id, share in one.shifts.items()},
        "weekdays": [round(times, 3) for times in one.weekdays],
        "months": [round(times, 3) for times in one.months],
    }


commands: Commands = {"stress": (stress, say("How the plan stands against ordinary years of withdrawals."))}
