"""`make bench-today`: seconds that `today` takes in process, for 300 operations on the morning of a withdrawal.

Göteborg's year three times over, side by side in areas of their own and sharing the agencies, whose teams are
three times as many; cut to 300 operations. What is measured is all that the command does but start Python and print.
"""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from arshjul.actions.folder.today import today
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Agency, PoliceUnit
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Settings
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import plan_bytes, scenario_bytes
from arshjul.formats.reading.scenario import read_scenario
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import make_plan

SCENARIO = Path(__file__).parents[2] / "scenarios" / "goteborg-2027"
REGIONS, OPERATIONS, GOAL_S, RUNS = 3, 300, 1.0, 5
PLANNED, MORNING = datetime(2026, 12, 1, 9), datetime(2027, 3, 16, 7)
WITHDRAWAL = """
withdrawals:
  - {id: W-1, reported: "2027-03-16T06:30", police: [lpo-city.1], from: 2027-03-16, to: 2027-03-19, cause: shooting}
"""


def region(scenario: Scenario, n: int) -> tuple[dict[str, PoliceUnit], dict[str, Operation]]:
    """The units and operations of one more region."""

    def own(id: str) -> str:
        return f"{id}.{n}"

    units = {
        own(unit.id): replace(unit, id=own(unit.id), areas=tuple(map(own, unit.areas)))
        for unit in scenario.police.values()
    }
    operations = {
        own(o.id): replace(
            o,
            id=own(o.id),
            area=own(o.area),
            police=None if o.police is None else tuple(map(own, o.police)),
            after=None if o.after is None else replace(o.after, operation=own(o.after.operation)),
            same_slot_as=None if o.same_slot_as is None else own(o.same_slot_as),
            not_same_day_as=tuple(map(own, o.not_same_day_as)),
        )
        for o in scenario.operations.values()
    }
    return units, operations


def larger(agency: Agency) -> Agency:
    """The agency with as many more teams as there are regions."""
    return replace(
        agency,
        teams=tuple(replace(line, teams=line.teams * REGIONS) for line in agency.teams),
        staff_teams=agency.staff_teams * REGIONS,
        team_shifts_per_week=None if agency.team_shifts_per_week is None else agency.team_shifts_per_week * REGIONS,
        team_shifts_per_month=None if agency.team_shifts_per_month is None else agency.team_shifts_per_month * REGIONS,
    )


def year(folder: Path = SCENARIO) -> Scenario:
    """Three hundred operations, made of a city's scenario three times over."""
    one = read_scenario(folder).scenario
    police: dict[str, PoliceUnit] = {}
    operations: dict[str, Operation] = {}
    for n in range(1, REGIONS + 1):
        units, theirs = region(one, n)
        police |= units
        operations |= theirs
    kept = dict(list(operations.items())[:OPERATIONS])
    given = {key: n * REGIONS if key.startswith("operations_per_") else n for key, n in one.settings.given.items()}
    return replace(
        one,
        areas={
            f"{id}.{n}": replace(area, id=f"{id}.{n}", neighbours=())
            for n in range(1, REGIONS + 1)
            for id, area in one.areas.items()
        },
        police=police,
        agencies={id: larger(agency) for id, agency in one.agencies.items()},
        operations=kept,
        settings=Settings(given),
    )


def main() -> int:
    """Plans the year, not to the end, and asks for the morning's note."""
    scenario = year()
    made = make_plan(scenario, PLANNED.replace(tzinfo=scenario.zone), Effort(limit_s=20))
    with TemporaryDirectory() as home:
        folder, withdrawals = Path(home) / "plan", Path(home) / "withdrawals.yaml"
        folder.mkdir()
        whole = scenario_bytes(scenario)
        (folder / "scenario.json").write_bytes(whole)
        (folder / "plan.json").write_bytes(plan_bytes(made.plan, scenario, whole, words(scenario.language)))
        withdrawals.write_text(WITHDRAWAL)
        seconds, busy = [], []
        for _ in range(RUNS):
            started, began = perf_counter(), process_time()
            found = today(folder, withdrawals, MORNING, lambda _: None)
            seconds.append(perf_counter() - started)
            busy.append(process_time() - began)
    ways_out = sum(len(hit.ways_out) for hit in found.hit)
    told = f"{len(made.plan.placements)} placed, {len(found.hit)} hit, {ways_out} ways out"
    taken = f"{median(seconds):.2f} s ({median(busy):.2f} s of them at work)"
    print(f"today: {told}; median of {RUNS}: {taken}, goal {GOAL_S} s")  # noqa: T201
    return int(median(seconds) > GOAL_S)


if __name__ == "__main__":
    sys.exit(main())
