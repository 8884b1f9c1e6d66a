"""Live the year of goteborg-2027 to the end of September, and write down what was entered, the same for the same seed.

Each file in year/ is what was entered at the moment that its name tells, for `arshjul replan --changes`; a folder of
the same name is the scenario as it was edited then, for `--scenario`. An outcome hangs on where the plan had put the
operation, so the year is lived through with arshjul itself: what the commands work out, without the files that they
render. It takes a minute. It begins from first/, the plan of 1 December with its scenario, made by `arshjul plan
. -o FOLDER --as-of 2026-12-01T09:00` and kept, since of equal plans a later solver may find another. Run it anew when
that or the scenario has changed, or a replan of the year finds another of the same value. Drawn: happenings.py,
learning.py and edits.py say what is assumed;
together.py what the parties tell each other.
"""

import argparse
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from edits import EDITS
from happenings import CHANGES, SettledYear, obstacles, outcomes, returned_shifts
from learning import LearningYear
from together import told
from withdrawals import withdrawals
from writing import lines, write

from arshjul.errors import InputError, Refused
from arshjul.year.domain.retired_parties import with_former
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.changes_json import place_mapping
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from arshjul.year.formats.plan.plan_json import plan_mapping
from arshjul.year.formats.reading import read_entries, read_scenario
from arshjul.year.formats.scenario.scenario_json import scenario_mapping
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.places.finder import StandingPlan, moving_nothing
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.replan import replan_from

HERE = Path(__file__).resolve().parent
YEAR = HERE / "year"
SEED = 54
PLANNED, END = datetime(2026, 12, 1, 9), datetime(2027, 9, 30, 16)
"""Thirty-eight withdrawals, all of them by the end of September."""
DAY_BEGINS, DAY_ENDS = time(7), time(16, 30)
EFFORT = Effort(60)
OPTION = "balanced"
"""What `replan` chooses."""
CONFIRMED_DAYS = 14
MOST_SLOTS = 5
HEAD = "Made by scenarios/goteborg-2027/live.py: change that, not this."

Entries = dict[str, list[Any]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, live the year, and write its folder anew."""
    parser = argparse.ArgumentParser(description="Write what was entered in a lived year of goteborg-2027.")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help="another seed is another year (default 54)")
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="write this year there, and nothing else")
    given = parser.parse_args(arguments)
    if given.output is None and given.seed != SEED:
        parser.error("another year needs a folder of its own: -o FOLDER")
    if given.output is not None and given.output.exists():
        parser.error(f"{given.output} is there already")
    year: Path = (given.output or YEAR).resolve()
    new = year.with_name(f"{year.name}-new")
    shutil.rmtree(new, ignore_errors=True)
    Living(new, given.seed).whole_year()
    shutil.rmtree(year, ignore_errors=True)
    new.rename(year)


class Living:
    """The scenario and the plan of the year as they are now, and where its entries are written."""

    def __init__(self, year: Path, seed: int) -> None:
        first = read_plan_folder(HERE / "first")
        self._scenario, self._plan = first.scenario, first.plan
        self._year = year
        self._seed = seed
        year.mkdir(parents=True)
        self._known: dict[str, dict[str, Any]] = {}
        self._told: dict[str, date] = {}
        self._returned: list[dict[str, Any]] = []
        self._learning = LearningYear(seed)
        self._obstacles = 0
        self._lived = PLANNED.date()

    def whole_year(self) -> None:
        """All that comes after the first plan."""
        drawn = withdrawals(Random(f"{self._seed}/lived"), END.date() - timedelta(days=1))
        news: dict[datetime, list[dict[str, Any]]] = {}
        for one in drawn:
            news.setdefault(answered(datetime.fromisoformat(one["reported"])), []).append(one)
        moments = sorted({moment for moment in (*news, *CHANGES, *EDITS, END) if moment <= END})
        for moment in moments:
            self._step(moment, news.get(moment, []))

    def _step(self, as_of: datetime, reported: list[dict[str, Any]]) -> None:
        rng = Random(f"{self._seed}/year/{as_of}")
        entries = self._entries(as_of, reported, rng)
        learnt = self._learning.learnt(entries["outcomes"], self._settled(as_of).operations, as_of)
        hindered = obstacles(self._settled(as_of), entries["outcomes"], self._obstacles, self._seed)
        self._obstacles += len(hindered)
        said = told(self._lived, as_of.date())
        self._lived = as_of.date()
        name = self._year / f"{as_of:%Y-%m-%dT%H%M}"
        if as_of in EDITS:
            EDITS[as_of](self._settled(as_of).plan, name)
        draw = CHANGES.get(as_of)
        for change in [None] if draw is None else draw(self._settled(as_of), rng):
            there = {**entries, **(change or {}), **learnt, "obstacles": hindered, **said}
            text = "".join(lines(kind, listed) for kind, listed in there.items() if listed)
            file = name.with_suffix(".yaml")
            write(file, HEAD, text or "outcomes: []\n")
            try:
                self._replan(as_of, file, name)
            except (InputError, Refused):
                if change is None:
                    raise
                continue
            return
        raise RuntimeError(f"{as_of}: nothing that was drawn can be entered")

    def _entries(self, as_of: datetime, reported: list[dict[str, Any]], rng: Random) -> Entries:
        """What has come in: withdrawals, what is given back of them, how operations went."""
        for one in reported:
            self._known[one["id"]] = one
            self._told[one["id"]] = as_of.date()
        went = outcomes(self._settled(as_of), reported, rng)
        earlier = [one for one in self._known.values() if one not in reported]
        back = returned_shifts(earlier, self._returned, as_of, rng)
        self._returned += back
        still = []
        for id, one in self._known.items():
            if one.get("until_further_notice") and (as_of.date() - self._told[id]).days >= CONFIRMED_DAYS:
                self._told[id] = as_of.date()
                still.append({"withdrawal": id})
        return {"outcomes": went, "withdrawals": reported, "given_back": back, "still": still}

    def _settled(self, as_of: datetime) -> SettledYear:
        plan = plan_mapping(self._plan, self._scenario, "", words(self._scenario.language))
        return SettledYear(plan, scenario_mapping(self._scenario), as_of, self._slots)

    def _slots(self, operation: str) -> list[Mapping[str, Any]]:
        """The best other slots of an operation for which nothing else must move."""
        standing = StandingPlan.of(self._scenario, self._plan, None, frozenset({operation}))
        return [place_mapping(one.placement) for one in moving_nothing(standing.problem(), operation)[:MOST_SLOTS]]

    def _replan(self, as_of: datetime, entries: Path, scenario: Path) -> None:
        given = read_scenario(scenario).scenario if scenario.is_dir() else None
        named = self._scenario if given is None else with_former(self._scenario, given)
        asked = read_entries((entries,), named, self._plan.entries)
        begun = replan_input(self._scenario, self._plan, asked, as_of.replace(tzinfo=self._scenario.zone), given)
        made = replan_from(begun, self._plan, EFFORT)
        self._scenario, self._plan = made.scenario, made.options[OPTION]


def answered(reported: datetime) -> datetime:
    """When somebody answers a report: twenty minutes later, or the next morning."""
    if reported.time() < DAY_BEGINS:
        return datetime.combine(reported, DAY_BEGINS)
    if reported.time() > DAY_ENDS:
        return datetime.combine(reported + timedelta(days=1), DAY_BEGINS)
    return reported + timedelta(minutes=20)


if __name__ == "__main__":
    main()
