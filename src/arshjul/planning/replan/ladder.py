"""The ladder of a replan: rungs that each look for a better plan with more operations free, until one is proven.

Its last rung is here: the year with nothing held.

To add a rung: a class with `improve`, and its place in `replan.rungs_of`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter
from typing import Protocol

from arshjul import solver
from arshjul.board import Choice, evaluate
from arshjul.domain.replan_context import ReplanContext
from arshjul.planning.effort import Effort
from arshjul.planning.problem import PlanningProblem, laid_out
from arshjul.rules.objectives import REPLAN_LEVELS
from arshjul.solver import Floor, SharedModel, Solution


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan for an option: the board that it was found on, and its solution there.

    `proven`: no plan of the whole year is better, on any level. `named`: the engine that proved each level is always
    the same, and so may be named; if engines race it is random.
    """

    problem: PlanningProblem
    solution: Solution
    proven: bool = False
    named: bool = False

    def choice_on(self, problem: PlanningProblem) -> Choice | None:
        choice = self.solution.choice
        if problem is self.problem or choice is None:
            return choice
        here, there = self.problem.builder, problem.builder
        picks = zip(here.modes, choice, strict=True)
        return [None if pick is None else there.option(here.placement(id, pick)) for id, pick in picks]


class Rung(Protocol):
    def improve(self, option: str, answers: Sequence[Answer], effort: Effort) -> Answer:
        """Better than the last answer, or that one again. `answers` are all so far in order, to earlier options too."""
        ...


def climb(rungs: Iterable[Rung], option: str, answers: Sequence[Answer], effort: Effort) -> list[Answer]:
    """The answers, followed by those of the rungs to one more option: the last is best, and a proof ends the climb."""
    started, climbed = perf_counter(), [*answers]
    for rung in rungs:
        climbed.append(rung.improve(option, climbed, effort.since(started)))
        if climbed[-1].proven:
            break
    return climbed


class WholeYear:
    """The whole year. All options are orders of the same levels on one board, so it is translated and simplified once.

    Earlier options help the next: their plans are starts, and their proven bounds are floors.
    """

    def __init__(self, context: ReplanContext) -> None:
        self.context = context

    @cached_property
    def problem(self) -> PlanningProblem:
        return laid_out(self.context)

    @cached_property
    def model(self) -> SharedModel:
        return SharedModel(self.problem.board)

    def improve(self, option: str, answers: Sequence[Answer], effort: Effort) -> Answer:
        levels = REPLAN_LEVELS[option]
        solution = solver.solve(
            replace(self.problem.board, levels=levels),
            limit_s=effort.limit_s,
            seed=effort.seed,
            start=self._best(answers, levels),
            progress=effort.progress,
            shared=self.model,
            floors=_floors(answers),
        )
        return Answer(self.problem, solution, proven=solution.status == "optimal")

    def best_of(self, option: str, answer: Answer, answers: Iterable[Answer]) -> Answer:
        levels = REPLAN_LEVELS[option]
        best = self._best((answer, *answers), levels)
        if best is None:
            return answer
        values = evaluate(self.problem.board, best).values
        if answer.solution.choice is not None and [level.value for level in answer.solution.levels] <= [
            values[level] for level in levels
        ]:
            return answer
        solution = answer.solution.told_of(tuple(best), values)
        if solution.contradiction is not None:
            solver.report(solver.Disagreement(solution.contradiction, self.problem.board))
        return Answer(self.problem, solution)

    def _best(self, answers: Iterable[Answer], levels: Sequence[str]) -> Choice | None:
        def worth(choice: Choice) -> list[int]:
            values = evaluate(self.problem.board, choice).values
            return [values[level] for level in levels]

        choices = (answer.choice_on(self.problem) for answer in answers)
        return min((one for one in choices if one is not None), key=worth, default=None)


def _floors(answers: Iterable[Answer]) -> list[Floor]:
    """The bound of each answer's second level that holds for the whole year, below the musts that it leaves out."""
    floors: dict[str, Floor] = {}
    for answer in answers:
        musts, second = answer.solution.levels[:2]
        is_of_the_year = answer.proven or not answer.problem.context.held
        if is_of_the_year and musts.value is not None and second.bound is not None:
            floors[second.id] = Floor(second.id, second.bound, musts.id, musts.value)
    return [*floors.values()]
