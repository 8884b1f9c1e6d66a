"""The ladder of a replan: rungs that each look for a better plan with more operations free, until one is proven.

To add a rung: a class with `improve`, and its place in `replan.rungs_of`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from arshjul.board import Choice
from arshjul.planning.effort import Effort
from arshjul.planning.problem import PlanningProblem
from arshjul.solver import Solution


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
        """The plan as a choice on the board of another problem, where each of its placements has an option too."""
        choice = self.solution.choice
        if problem is self.problem or choice is None:
            return choice
        here, there = self.problem.builder, problem.builder
        picks = zip(here.modes, choice, strict=True)
        return [None if pick is None else there.option(here.placement(id, pick)) for id, pick in picks]


class Rung(Protocol):
    """A way to find a plan for an option, and perhaps to prove that none is better."""

    def improve(self, option: str, answers: Sequence[Answer], effort: Effort) -> Answer:
        """A better plan than the last of the answers, or that one again, proven or not.

        `answers` are all so far in order: those to earlier options, then those to this one.
        """
        ...


def climb(rungs: Iterable[Rung], option: str, answers: Sequence[Answer], effort: Effort) -> list[Answer]:
    """The answers, followed by those of the rungs to one more option: the last is best, and a proof ends the climb."""
    started, climbed = perf_counter(), [*answers]
    for rung in rungs:
        climbed.append(rung.improve(option, climbed, effort.since(started)))
        if climbed[-1].proven:
            break
    return climbed
