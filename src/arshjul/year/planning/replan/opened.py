"""The second rung: finds which operations may move at all in a plan as good as the best known.

On the *relaxed* board each held operation may also leave, at the price of a change and without a new place. Every plan
of the whole year has a counterpart there that costs no more, so a bound of the relaxed board is one of the year. An
operation that leaves in no choice as good as the best plan so far (reduced-cost fixing) stays in every plan as good.
Only the others are opened. If there are none, that plan is the best of all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter

from arshjul import solver
from arshjul.solver import ReducedCosts, Solution
from arshjul.solver.board import Activity, Costs
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.problem import PlanningProblem, laid_out
from arshjul.year.planning.replan.ladder import Answer
from arshjul.year.rules import HARD
from arshjul.year.rules.objectives import MUSTS, REPLAN_LEVELS, of_change

ROUNDS = 3
"""The most times that more operations are opened, before the whole year is."""
MOST_MOVERS = 40
"""The most operations opened at once: if more may move, a better plan is looked for first."""
WORTH = "worth"

Options = Mapping[int, Sequence[int]]

TYING = frozenset(rule.id for rule in HARD if not rule.hereditary)
"""Rules that a plan may break by losing an operation: the relaxed board lacks their rows about held operations."""


class Opened:
    def __init__(self, context: ReplanContext) -> None:
        self.context = context
        self.boards: dict[frozenset[str], PlanningProblem] = {}

    def improve(self, option: str, answers: Sequence[Answer], effort: Effort) -> Answer:
        """The best that moves few operations that were not hit; the last answer again if none is better."""
        answer, started, opened = answers[-1], perf_counter(), self.context.unsettled
        if answer.solution.status != "optimal":
            return answer
        problem = answer.problem
        for n in range(ROUNDS):
            relaxed = Relaxed(self.context, problem, opened, option, answer.solution)
            costs = solver.reduced_costs(relaxed.board, effort.since(started).limit_s)
            if costs is None:
                break
            if n:
                found = _best(problem, option, relaxed, costs, relaxed.worth(answer.solution), effort.since(started))
                if found is None:
                    break
                answer = Answer(problem, found)
            worth = relaxed.worth(answer.solution)
            movers = relaxed.movers(costs, worth)
            if not movers:
                return replace(answer, proven=True)
            are_all = len(movers) <= MOST_MOVERS
            more = movers if are_all else relaxed.helpful(costs)
            if not 0 < len(more) <= MOST_MOVERS:
                break
            opened = self.context.with_tied(opened | more)
            problem = self._board(opened)
            if are_all:
                solution = _solved(problem, option, relaxed, relaxed.options(costs, worth), effort.since(started))
                if solution.status == "optimal":
                    return Answer(problem, solution, proven=True)
                break
        return answer

    def _board(self, opened: frozenset[str]) -> PlanningProblem:
        if opened not in self.boards:
            held = self.context.scenario.operations.keys() - opened
            self.boards[opened] = laid_out(self.context.holding(frozenset(held)))
        return self.boards[opened]


def _best(
    problem: PlanningProblem, option: str, relaxed: "Relaxed", costs: ReducedCosts, worth: int, effort: Effort
) -> Solution | None:
    """One of `worth` is known; None: not found in time. Options that a plan near the bound can take come first."""
    started, most = perf_counter(), min(worth, costs.bound + max(relaxed.weights.values()))
    while True:
        solution = _solved(problem, option, relaxed, relaxed.options(costs, most), effort.since(started))
        if solution.status == "optimal" and relaxed.worth(solution) <= most:
            return solution
        if most == worth or solution.status not in ("optimal", "infeasible"):
            return None
        most = worth if solution.status == "infeasible" else min(worth, relaxed.worth(solution))


def _solved(problem: PlanningProblem, option: str, relaxed: "Relaxed", options: Options, effort: Effort) -> Solution:
    return problem.solved(REPLAN_LEVELS[option], options, relaxed.required, effort.limit_s, effort.seed)


class Relaxed:
    """A board whose held operations may leave, for plans of an option that are compared with a solution of it.

    Its one level sums those that decide which operations move. If musts are not among these, none may be left out:
    they are `required`.
    """

    def __init__(
        self, context: ReplanContext, problem: PlanningProblem, opened: frozenset[str], option: str, solution: Solution
    ) -> None:
        levels = _compared(option, solution)
        staying = {*opened, *context.history, *context.frozen, *context.settled_places}
        movable = {id: context.scenario.operations[id] for id in context.before if id not in staying}
        self.movable = {problem.builder.number[id]: id for id in movable}
        prices = {problem.builder.number[id]: of_change(context, operation) for id, operation in movable.items()}
        board = problem.board
        musts = (
            n
            for n, activity in enumerate(board.activities)
            if activity.unplaced is not None and activity.unplaced.get(MUSTS)
        )
        self.required = frozenset() if MUSTS in levels else frozenset(musts)
        out: Mapping[int, Costs | None] = {**dict.fromkeys(self.required), **prices}
        activities = [
            replace(activity, unplaced=out.get(n, activity.unplaced)) for n, activity in enumerate(board.activities)
        ]
        held = {board.first_column[n] for n in prices}
        self.weights = _weights(activities, levels)
        self.prices = {n: self._summed(price) for n, price in prices.items()}
        self.board = replace(
            board,
            levels=(WORTH,),
            activities=[self._on_one_level(activity) for activity in activities],
            lags=[lag for lag in board.lags if not {lag.before, lag.after} & prices.keys()],
            rows=[
                row
                for row in board.rows
                if row.over is None and (row.rule not in TYING or held.isdisjoint(row.columns))
            ],
        )

    def worth(self, solution: Solution) -> int:
        return sum(self.weights[level.id] * (level.value or 0) for level in solution.levels if level.id in self.weights)

    def movers(self, costs: ReducedCosts, worth: int) -> frozenset[str]:
        return frozenset(id for n, id in self.movable.items() if costs.least((n, None)) <= worth)

    def options(self, costs: ReducedCosts, worth: int) -> dict[int, list[int]]:
        activities = self.board.activities
        return {
            n: [option for option, _ in enumerate(activity.options) if costs.least((n, option)) <= worth]
            for n, activity in enumerate(activities)
            if len(activity.options) > 1
        }

    def helpful(self, costs: ReducedCosts) -> frozenset[str]:
        """The operations whose leaving gains something, though perhaps less than the price of their change."""
        return frozenset(id for n, id in self.movable.items() if costs.least((n, None)) < costs.bound + self.prices[n])

    def _summed(self, costs: Costs) -> int:
        return sum(weight * costs.get(level, 0) for level, weight in self.weights.items())

    def _on_one_level(self, activity: Activity) -> Activity:
        return replace(
            activity,
            options=[replace(option, costs={WORTH: self._summed(option.costs)}) for option in activity.options],
            unplaced=None if activity.unplaced is None else {WORTH: self._summed(activity.unplaced)},
        )


def _compared(option: str, solution: Solution) -> Sequence[str]:
    """Without musts if none is left out, and so none may be: their weight would make the LP less precise."""
    musts, *levels, _ = REPLAN_LEVELS[option]
    return (musts, *levels) if solution.values()[musts] else levels


def _weights(activities: Sequence[Activity], levels: Sequence[str]) -> dict[str, int]:
    """The weight of a unit of each level: more than the largest sum of all levels after it."""
    weights, weight = {}, 1
    for level in reversed(levels):
        weights[level] = weight
        weight *= 1 + sum(
            max((costs.get(level, 0) for costs in _all_costs(activity)), default=0) for activity in activities
        )
    return weights


def _all_costs(activity: Activity) -> list[Costs]:
    unplaced = [] if activity.unplaced is None else [activity.unplaced]
    return [*(option.costs for option in activity.options), *unplaced]
