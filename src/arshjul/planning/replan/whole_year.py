"""The year with nothing held, for options of a replan that the small board does not prove.

All options are orders of the same levels on one board, so it is translated and simplified once. What one
option came to serves the next: its plan is one to begin from, and what it proved of its levels is a floor.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from arshjul import solver
from arshjul.board import Choice, evaluate
from arshjul.domain.replan_context import ReplanContext
from arshjul.planning.effort import Effort
from arshjul.planning.problem import PlanningProblem
from arshjul.planning.replan.repair import Settled
from arshjul.rules import builder_of
from arshjul.rules.objectives import ALL_LEVELS, MUSTS, REPLAN_LEVELS
from arshjul.solver import SharedModel, Solution


def laid_out(context: ReplanContext) -> PlanningProblem:
    """The board of a context, with all levels that any option has."""
    builder = builder_of(context)
    return PlanningProblem(context, builder, builder.board(ALL_LEVELS))


class WholeYear:
    """The board of the whole year, and what the options so far came to."""

    def __init__(self, context: ReplanContext) -> None:
        self.context = context
        self.settled: list[tuple[PlanningProblem, Choice]] = []
        self.choices: list[Choice] = []
        self.floors: dict[str, int] = {}

    @cached_property
    def problem(self) -> PlanningProblem:
        """The year on its board."""
        return laid_out(self.context)

    @cached_property
    def model(self) -> SharedModel:
        """Its model."""
        return SharedModel(self.problem.board)

    def take(self, problem: PlanningProblem, settled: Settled) -> None:
        """Takes in what a smaller board came to for an option."""
        if settled.solution.choice is not None:
            self.settled.append((problem, settled.solution.choice))
        if settled.proven:
            self._proved(settled.solution)

    def solve(self, option: str, effort: Effort) -> Solution:
        """The best of all plans by the option's levels."""
        solution = solver.solve(
            replace(self.problem.board, levels=REPLAN_LEVELS[option]),
            limit_s=effort.limit_s,
            seed=effort.seed,
            start=self._start(REPLAN_LEVELS[option]),
            progress=effort.progress,
            shared=self.model,
            floors=self.floors,
        )
        if solution.choice is not None:
            self.choices.append(solution.choice)
        self._proved(solution)
        return solution

    def _proved(self, solution: Solution) -> None:
        """Keeps the bound of the second level: where musts are proven, no plan that leaves out as few is below it.

        Any plan that leaves out more of them is none that another option is after.
        """
        musts, second = solution.levels[:2]
        if musts.id == MUSTS and musts.proven and second.bound is not None:
            self.floors[second.id] = second.bound

    def _start(self, levels: Sequence[str]) -> Choice | None:
        """The plan that is the best one so far by these levels; it leaves out as few musts as any known one."""
        self.choices += [self._on_the_year(problem, choice) for problem, choice in self.settled]
        self.settled.clear()

        def worth(choice: Choice) -> list[int]:
            values = evaluate(self.problem.board, choice).values
            return [values[level] for level in levels]

        return min(self.choices, key=worth, default=None)

    def _on_the_year(self, problem: PlanningProblem, choice: Choice) -> Choice:
        """A choice on a smaller board as one on the board of the whole year."""
        small, full = problem.builder, self.problem.builder
        picks = zip(small.modes, choice, strict=True)
        return [None if pick is None else full.option(small.placement(id, pick)) for id, pick in picks]
