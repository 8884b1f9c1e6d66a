"""A year of three hundred operations, of which large replans are measured.

Göteborg's year three times over, side by side in areas of their own and sharing the agencies, whose teams are
three times as many; cut to 300 operations.
"""

from dataclasses import replace
from pathlib import Path

from arshjul.year.domain.operation import Operation
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Settings
from arshjul.year.formats.reading import read_scenario

SCENARIO = Path(__file__).parents[2] / "scenarios" / "goteborg-2027"
REGIONS, OPERATIONS = 3, 300


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
