"""The lived year of goteborg-2027, as it lies beside the scenario: its moments, and the plan after each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arshjul.year.domain.plan import Plan
from arshjul.year.domain.retired_parties import with_former
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from arshjul.year.formats.reading import read_entries, read_scenario
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.replan import replan_from

SCENARIO = Path(__file__).parents[1] / "scenarios" / "goteborg-2027"
YEAR = SCENARIO / "year"
FIRST = SCENARIO / "first"
"""The first plan as it was made on 1 December: of equal ones a later solver may find another, with another year."""
EFFORT = Effort(60)
OPTION = "balanced"


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was entered, the file that holds it, and the scenario as it was edited then."""

    as_of: datetime
    entries: Path
    scenario: Path | None


@dataclass(frozen=True, slots=True)
class Lived:
    """The scenario and the plan as they are after a moment."""

    scenario: Scenario
    plan: Plan


def moments() -> list[Moment]:
    """All that was entered, in order."""
    return [
        Moment(datetime.fromisoformat(file.stem), file, file.with_suffix("") if file.with_suffix("").is_dir() else None)
        for file in sorted(YEAR.glob("*.yaml"))
    ]


def lived(entered: Sequence[Moment], options: tuple[str, ...] = (OPTION,)) -> Iterator[Lived]:
    """The first plan, and what becomes of it moment by moment; nothing is rendered or written.

    `options` are those that are worked out, of which one is chosen: of equal plans, another may then be found.
    """
    first = read_plan_folder(FIRST)
    now = Lived(first.scenario, first.plan)
    yield now
    for moment in entered:
        now = after(now, moment, options)
        yield now


def after(now: Lived, moment: Moment, options: tuple[str, ...] = (OPTION,)) -> Lived:
    """The plan after what was entered then."""
    given = None if moment.scenario is None else read_scenario(moment.scenario).scenario
    named = now.scenario if given is None else with_former(now.scenario, given)
    asked = read_entries((moment.entries,), named, now.plan.entries)
    as_of = moment.as_of.replace(tzinfo=now.scenario.zone)
    begun = replan_input(now.scenario, now.plan, asked, as_of, given)
    made = replan_from(begun, now.plan, EFFORT, options)
    return Lived(made.scenario, made.options[OPTION])
