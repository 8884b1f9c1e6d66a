"""What a replan of a year delivers at the most, with other offers or rules than it has."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from arshjul.domain.entries.entries import Entries
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message, NoAnswer
from arshjul.planning.effort import Effort
from arshjul.planning.places.standing_plan import StandingPlan, fall_backs
from arshjul.planning.replan.input import replan_input
from arshjul.planning.replan.ladder import Answer, climb
from arshjul.planning.replan.replan import rungs_of
from arshjul.rules.objectives import CHANGES, MUSTS, POINTS

DELIVERING = "most-delivered"
LEVELS = (MUSTS, POINTS)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a replan delivers: the operations left out, what that costs on each of `LEVELS`, and how many have moved."""

    left_out: frozenset[str]
    levels: tuple[int, ...]
    moved: int
    proven: bool

    @property
    def out(self) -> int:
        """How many operations are left out."""
        return len(self.left_out)

    def equals(self, other: "Delivered") -> bool:
        """True if it is proven that the other delivers no more."""
        return self.proven and other.proven and self.levels == other.levels


@dataclass(frozen=True, slots=True)
class StandingYear:
    """A plan as it stands at a moment, to be tried with other offers or rules."""

    scenario: Scenario
    plan: Plan
    as_of: datetime

    def as_it_is(self, effort: Effort) -> Delivered:
        """The most that a replan delivers without anything else."""
        if not self.plan.unplaced:
            return Delivered(frozenset(), (0,) * len(LEVELS), 0, proven=True)
        return self.delivered(None, effort)

    def delivered(self, given: Scenario | None, effort: Effort) -> Delivered:
        """The most that a replan with that scenario delivers. KeyboardInterrupt if it is stopped."""
        begun = replan_input(self.scenario, self.plan, Entries(), self.as_of, given, checked=True)
        rungs = rungs_of(begun.context)
        answers = climb(rungs, DELIVERING, [], effort)
        best = answers[-1] if answers[-1].proven else rungs[-1].best_of(DELIVERING, answers[-1], answers)
        if best.solution.stopped_by == "asked":
            raise KeyboardInterrupt
        if best.solution.choice is None:
            raise NoAnswer(Message("There is no plan within the time limit: give it more time."))
        return _delivered(best)

    def gains_nothing(self, usual: Delivered, widest: Scenario, effort: Effort) -> bool:
        """True if even all of it together, in the `widest` scenario, delivers no more than is `usual`."""
        return not usual.out or usual.equals(self.delivered(widest, effort))

    def without_fall_back(self, scenario: Scenario, among: Collection[str] | None = None) -> list[str]:
        """The operations ahead that have no fall-back slot with that scenario's offers."""
        found = fall_backs(StandingPlan.of(scenario, self.plan, self.as_of), among=among)
        return [id for id, slots in found.slots.items() if not slots]


def _delivered(answer: Answer) -> Delivered:
    solution, problem = answer.solution, answer.problem
    values, planned = solution.values(), problem.context.scenario.planned
    picks = zip(problem.builder.modes, solution.choice or (), strict=True)
    are_bounds = not problem.context.held and all(level.proven for level in solution.levels if level.id in LEVELS)
    return Delivered(
        left_out=frozenset(id for id, pick in picks if pick is None and id in planned),
        levels=tuple(values[level] or 0 for level in LEVELS),
        moved=values[CHANGES] or 0,
        proven=answer.proven or are_bounds,
    )
