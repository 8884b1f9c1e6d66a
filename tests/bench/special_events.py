"""Special events of years that nobody here made: their cases, and the best values that are known of each.

The twelve lie beside the project, with the generator of more: `make_bursts.py YEAR/scenario YEAR/plan.json SEED... -o
FOLDER/YEAR > FOLDER/YEAR.tsv` makes a folder of further cases of the same years.
"""

import csv
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.plan.plan_json import plan_of
from arshjul.year.formats.reading import read_entries, read_scenario
from arshjul.year.planning.replan.input import ReplanInput, replan_input
from tests.bench.on_the_way import Values

YEARS = Path(__file__).parents[3] / "shared" / "bench" / "bursts"
NAMES = ("year-1", "year-2", "year-3")
BEST = Path(__file__).with_name("special_events.tsv")


@dataclass(frozen=True, slots=True)
class Case:
    """A special event of one of the years: its seed, the moment from which it is known, and its withdrawals."""

    year: str
    seed: str
    as_of: str
    withdrawals: Path

    @property
    def name(self) -> str:
        """As in `year-1 25`."""
        return f"{self.year} {self.seed}"

    def given(self) -> tuple[ReplanInput, Plan]:
        """What the replan starts from."""
        scenario, plan = _planned(self.year)
        entries = read_entries([self.withdrawals], scenario)
        return replan_input(
            scenario, plan, entries, datetime.fromisoformat(self.as_of).replace(tzinfo=scenario.zone)
        ), plan


@cache
def _planned(year: str) -> tuple[Scenario, Plan]:
    scenario = read_scenario(YEARS / year / "scenario").scenario
    return scenario, plan_of(json.loads((YEARS / year / "plan.json").read_text()), scenario)


def cases(folder: Path) -> list[Case]:
    """Those of `cases.tsv` and YEAR/withdrawals, or those of each YEAR.tsv and YEAR, as the generator prints them."""
    if (table := folder / "cases.tsv").exists():
        rows = [line.split() for line in table.read_text().splitlines()[1:]]
        return [Case(y, seed, as_of, folder / y / "withdrawals" / f"{seed}.yaml") for y, seed, as_of, _ in rows]
    found = []
    for printed in sorted(folder.glob("*.tsv")):
        for line in printed.read_text().splitlines():
            seed, as_of, _ = line.split()
            found.append(Case(printed.stem, seed, as_of, folder / printed.stem / f"{seed}.yaml"))
    return found


class BestKnown:
    """The best values that are known of each case and option, and whether they are proven; kept in a file.

    The year itself, as a first plan, is a case with the option `plan`.
    """

    COLUMNS = ("case", "option", "values", "proven")

    def __init__(self, file: Path) -> None:
        self.file = file
        self.known: dict[tuple[str, str], tuple[Values, bool]] = {}
        if file.exists():
            with file.open(newline="") as lines:
                for row in csv.DictReader(lines, delimiter="\t"):
                    values = tuple(map(int, row["values"].split(",")))
                    self.known[row["case"], row["option"]] = values, row["proven"] == "yes"

    def take(self, case: str, option: str, values: Values, *, is_proven: bool) -> Values:
        """The best known values now. ArithmeticError: these contradict a proof, or are wrongly said to be proven."""
        before, was_proven = self.known.get((case, option), (values, is_proven))
        if (values < before and was_proven) or (before < values and is_proven):
            raise ArithmeticError(f"{case}, {option}: {values} where {before} is known, and one of them is proven")
        best, proven = min(values, before), is_proven or was_proven
        if self.known.get((case, option)) != (best, proven):
            self.known[case, option] = best, proven
            self._keep()
        return best

    def _keep(self) -> None:
        rows = [
            (case, option, ",".join(map(str, values)), "yes" if proven else "no")
            for (case, option), (values, proven) in sorted(self.known.items(), key=_place)
        ]
        with self.file.open("w", newline="") as lines:
            csv.writer(lines, delimiter="\t", lineterminator="\n").writerows([self.COLUMNS, *rows])


def _place(row: tuple[tuple[str, str], Any]) -> tuple[str, int, str]:
    """By year, seed and option."""
    (case, option), _ = row
    year, _, seed = case.partition(" ")
    return year, int(seed or 0), option
