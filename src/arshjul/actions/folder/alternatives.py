"""alternatives: the best other slots of an operation."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arshjul.actions.folder.plan_reading import is_sound, opened
from arshjul.actions.folder.reading import Speak, moment_in
from arshjul.domain.scenario import Scenario
from arshjul.planning.places.explain import known
from arshjul.planning.places.finder import Alternative, moving_nothing, moving_one, moving_two
from arshjul.planning.places.standing_plan import StandingPlan


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The slots found: those that move nothing else, then one other, then two; and whether the plan is sound."""

    scenario: Scenario
    found: tuple[Alternative, ...]
    sound: bool


def alternatives(folder: Path, operation: str, as_of: datetime | None, most: int, speak: Speak) -> Alternatives:
    """At most `most` slots of each kind."""
    read = opened(folder, speak)
    known(read.scenario, operation)
    seen = None if as_of is None else moment_in(read.scenario, as_of)
    problem = StandingPlan.of(read.scenario, read.plan, seen, frozenset({operation})).problem()
    free, one = moving_nothing(problem, operation), moving_one(problem, operation)
    closed = {alternative.placement.slot for alternative in (*free, *one)}
    two = moving_two(problem, operation, closed) if len(closed) < most else None
    slots = (*free[:most], *one[:most], *([two] if two else []))
    return Alternatives(read.scenario, slots, is_sound(read))
