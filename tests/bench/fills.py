"""`make bench-fill`: years of frames, filled week by week, against a person with a list.

scenarios/goteborg-2027-frames, and five more that its generator draws from other seeds, are planned once; then every
Monday at eight, or every fourth, the objects that have come in are bound. By hand, first come is first served: each in
order of nomination goes to the first frame that takes it, and stays. The last row knows from the beginning what will
come in, which nobody does. The table has the means.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from arshjul.solver import solve
from arshjul.solver.board import Board
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import Bindings, VisitObject, frame_of, stops_taken
from arshjul.year.formats.reading import read_objects, read_scenario
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.fill import fill
from arshjul.year.planning.plan import make_plan
from arshjul.year.rules.fill.fits import FillContext, first_miss
from arshjul.year.rules.fill.quality import filled_builder

SCENARIO = Path(__file__).parents[2] / "scenarios" / "goteborg-2027-frames"
GENERATOR = SCENARIO.parent / "goteborg-2027" / "generate.py"
MORE_SEEDS = range(1, 6)
FIRST, LAST = datetime(2026, 12, 7, 8), datetime(2027, 12, 13, 8)
PLANNED = datetime(2026, 12, 1, 9)


Way = Callable[[Scenario, Plan, Mapping[str, VisitObject]], Bindings]
HEADS = ("visited", "points left out", "musts left out", "empty frames", "stops taken", "interest served, %")


@dataclass(frozen=True, slots=True)
class Filled:
    """A year of frames when it is over. `served`: what visits are worth to those who come, in per cent of all."""

    visited: int
    points: int
    musts: int
    empty: int
    stops: int
    served: float


def year(folder: Path = SCENARIO) -> tuple[Scenario, Plan, dict[str, VisitObject]]:
    """A scenario with its plan and all objects."""
    scenario = read_scenario(folder).scenario
    objects = read_objects(folder, scenario).objects
    made = make_plan(scenario, PLANNED.replace(tzinfo=scenario.zone), Effort(60))
    return scenario, made.plan, objects


def board() -> Board:
    """All objects at once, in the week after the plan: what a filling solves."""
    scenario, plan, objects = year()
    known = replace(scenario, objects=objects)
    return filled_builder(FillContext.of(known, plan.placed, FIRST.replace(tzinfo=scenario.zone))).board()


def mondays(weeks: int) -> Iterator[datetime]:
    """The moments at which objects are bound, so many weeks apart."""
    moment = FIRST
    while moment <= LAST:
        yield moment
        moment += timedelta(weeks=weeks)


def come_in(objects: Mapping[str, VisitObject], moment: datetime) -> dict[str, VisitObject]:
    """Those that have been nominated."""
    return {id: one for id, one in objects.items() if one.nominated_on is None or one.nominated_on <= moment.date()}


def filled_by_us(scenario: Scenario, plan: Plan, objects: Mapping[str, VisitObject], weeks: int) -> Bindings:
    """What `fill` binds over the year."""
    for moment in mondays(weeks):
        found = fill(scenario, plan, come_in(objects, moment), moment.replace(tzinfo=scenario.zone), Effort(60))
        scenario, plan = found.scenario, found.plan
    return plan.bindings


def filled_by_hand(scenario: Scenario, plan: Plan, objects: Mapping[str, VisitObject], weeks: int) -> Bindings:
    """What a person binds over the year."""
    bound: dict[str, tuple[str, ...]] = {}
    for moment in mondays(weeks):
        known = replace(scenario, objects=come_in(objects, moment))
        context = FillContext.of(known, plan.placed, moment.replace(tzinfo=scenario.zone), bound)
        for one in context.waiting:
            there = context.binding(bound)
            frame = next((id for id, frame in context.ahead.items() if first_miss(there, one, frame) is None), None)
            if frame is not None:
                bound = {**bound, frame: (*bound.get(frame, ()), one.id)}
    return bound


def known_in_advance(scenario: Scenario, plan: Plan, objects: Mapping[str, VisitObject]) -> Bindings:
    """The best binding of all objects that keeps their lead times, by one who knows what will come in."""
    context = FillContext.of(replace(scenario, objects=dict(objects)), plan.placed, FIRST.replace(tzinfo=scenario.zone))
    builder = filled_builder(context)
    return builder.bindings(solve(builder.board(), limit_s=60).choice or ())


def counted(scenario: Scenario, plan: Plan, objects: Mapping[str, VisitObject], bindings: Bindings) -> Filled:
    """The year in figures."""
    known = replace(scenario, objects=dict(objects))
    context = FillContext.of(known, plan.placed, LAST.replace(tzinfo=scenario.zone), bindings)
    bound_to = frame_of(bindings)
    out = [one for id, one in objects.items() if id not in bound_to]
    served = worth = 0
    for agency in scenario.agencies:
        worth += sum(one.stake(agency) for one in objects.values())
        there = [objects[id] for id, frame in bound_to.items() if agency in context.frames[frame].coming]
        served += sum(one.stake(agency) for one in there)
    points = scenario.objective.priority_points
    return Filled(
        len(bound_to),
        sum(points[one.priority] for one in out),
        sum(one.must for one in out),
        sum(id not in bindings for id in context.frames),
        stops_taken(objects, bound_to),
        100 * served / worth,
    )


def years(home: Path) -> Iterator[Path]:
    """The folders of the years, drawn there but for the first."""
    yield SCENARIO
    for seed in MORE_SEEDS:
        folder = home / str(seed)
        asked = [sys.executable, str(GENERATOR), "--frames", "--seed", str(seed), "-o", str(folder)]
        subprocess.run(asked, check=True)
        yield folder


WAYS: Mapping[str, Way] = {
    "every week, first come, first served": partial(filled_by_hand, weeks=1),
    "every week, `fill`": partial(filled_by_us, weeks=1),
    "every fourth week, first come, first served": partial(filled_by_hand, weeks=4),
    "every fourth week, `fill`": partial(filled_by_us, weeks=4),
    "all known in advance": known_in_advance,
}


def main() -> int:
    """Prints the table."""
    found: dict[str, list[Filled]] = {name: [] for name in WAYS}
    with TemporaryDirectory() as home:
        for folder in years(Path(home)):
            given = year(folder)
            for name, way in WAYS.items():
                found[name].append(counted(*given, way(*given)))
    print("| objects are bound | " + " | ".join(HEADS) + " |\n" + "| --- " * (len(HEADS) + 1) + "|")  # noqa: T201
    for name, filled in found.items():
        means = [fmean(column) for column in zip(*map(astuple, filled), strict=True)]
        print(f"| {name} | " + " | ".join(f"{mean:.1f}" for mean in means) + " |")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
