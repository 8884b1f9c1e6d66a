"""The ladder of a replan: rungs that each look for a better plan with more operations free, until one is proven.

The first and the last are here. The last is the year with nothing held. The first holds everything that is neither hit,
nor unplaced, nor tied to such an operation; the rest is a small board. Its best answer is the best of all if counting
shows that no plan does with less: of the operations that share a unit's officers at a slot, some must go until the
remaining officers suffice for the others (`least_changes`); an operation without any possible slot stays out
(`least_unplaced`). A plan with that least number of changes changes only hit operations, so the lower levels are
settled on the small board too.

To add a rung: a class with `improve`, and its place in `replan.rungs_of`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter
from typing import Protocol

from arshjul import solver
from arshjul.solver import Floor, Progress, SharedModel, Solution
from arshjul.solver.board import Choice, evaluate
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.level import BY_COUNT
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.problem import PlanningProblem, laid_out
from arshjul.year.rules import objectives, possible
from arshjul.year.rules.objectives import REPLAN_LEVELS


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
        places = self.problem.builder.placements(choice).values()
        return [None if place is None else problem.builder.option(place) for place in places]


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
        return min((choice for choice in choices if choice is not None), key=worth, default=None)


def _floors(answers: Iterable[Answer]) -> list[Floor]:
    """The bound of each answer's second level that holds for the whole year, below the musts that it leaves out."""
    floors: dict[str, Floor] = {}
    for answer in answers:
        musts, second = answer.solution.levels[:2]
        is_of_the_year = answer.proven or not answer.problem.context.held
        if is_of_the_year and musts.value is not None and second.bound is not None:
            floors[second.id] = Floor(second.id, second.bound, musts.id, musts.value)
    return [*floors.values()]


class Held:
    """The year with all held that need not move: one small board, and one model, for all options."""

    def __init__(self, context: ReplanContext) -> None:
        self.context = context

    @cached_property
    def problem(self) -> PlanningProblem:
        return laid_out(self.context.holding_the_rest())

    @cached_property
    def model(self) -> SharedModel:
        return SharedModel(self.problem.board)

    def improve(self, option: str, answers: Sequence[Answer], effort: Effort) -> Answer:  # noqa: ARG002 - it is first
        """With a proof if counting shows that it is the best of all; if not, `progress` hears of it at once."""
        started = perf_counter()
        board = replace(self.problem.board, levels=objectives.REPLAN_LEVELS[option])
        solution = solver.solve(board, limit_s=effort.limit_s, seed=effort.seed, shared=self.model)
        proven = self._counted(option, solution)
        if proven is not None:
            return Answer(self.problem, proven, proven=True, named=True)
        if effort.progress is not None and solution.choice is not None:
            values = tuple(level.value for level in solution.levels if level.value is not None)
            values = values if len(values) == len(solution.levels) else ()  # 0 would be the best there is
            for level in solution.levels:  # it keeps every rule, but nothing is proven of it
                effort.progress(Progress(level.id, level.value, None, perf_counter() - started, values))
        return Answer(self.problem, solution, named=True)

    def _counted(self, option: str, solution: Solution) -> Solution | None:
        """The solution as proven by counting; None if counting does not prove it."""
        if solution.choice is None or solution.status != "optimal":
            return None
        levels, value = objectives.REPLAN_LEVELS[option], {level.id: level.value or 0 for level in solution.levels}
        places = self.problem.builder.placements(solution.choice)
        musts, points = least_unplaced(self.context, [id for id, place in places.items() if place is None])
        counted = {objectives.MUSTS: musts, objectives.CHANGES: least_changes(self.context)}
        if objectives.BALANCE in levels:
            # A plan that moves others to place more pays at least change_points for each.
            by_moving = points + self.context.scenario.objective.change_points
            counted[objectives.BALANCE] = min(value[objectives.BALANCE], by_moving)
        if levels[1] == objectives.POINTS:  # before any change is counted
            counted[objectives.POINTS] = points
        if any(value[level] > least for level, least in counted.items() if level in value):
            return None
        return replace(
            solution,
            levels=tuple(
                replace(level, proved_by=(BY_COUNT,)) if level.id in counted else level for level in solution.levels
            ),
        )


def least_changes(context: ReplanContext) -> int:
    """The least number of placed operations that must change, whatever else is done.

    First those that cannot stay even alone. Then, among the rest, at each unit and slot as many as its officers, or
    designated officers, do not suffice for; then the same for the teams of each agency and slot. No operation is
    counted twice.
    """
    base, scenario = context.base, context.scenario
    if base is None:
        return 0
    must = {id for id in base.hit if not _can_stay(context, id)}
    lent: dict[tuple[str, Slot], dict[str, int]] = defaultdict(dict)
    designated: dict[tuple[str, Slot], set[str]] = defaultdict(set)
    sent: dict[tuple[str, Slot], list[tuple[str, int]]] = defaultdict(list)
    for id in sorted(base.hit - must):
        placement, operation = base.placements[id], scenario.operations[id]
        for slot in operation.slots(placement.slot):
            for unit, officers in operation.lent(placement.police).items():
                lent[unit, slot][id] = officers
            if placement.police is not None and operation.designated == "require":
                designated[placement.police, slot].add(id)
            for agency, teams in operation.sent(placement.any_of).items():
                sent[agency, slot].append((id, teams))
    least, counted = len(must), set(must)
    for (unit, slot), amounts in lent.items():
        offer = scenario.police_offer(unit, slot)
        open_ = {id: officers for id, officers in amounts.items() if id not in counted}
        too_many = _must_go([*open_.values()], offer.officers)
        without = _must_go([1 for id in open_ if id in designated[unit, slot]], offer.designated)
        if too_many or without:
            least += max(too_many, without)
            counted.update(open_)
    for (agency, slot), teams_of in sent.items():
        left = [(id, teams) for id, teams in teams_of if id not in counted]
        too_many = _must_go([teams for _, teams in left], scenario.agencies[agency].offer(slot))
        if too_many:
            least += too_many
            counted.update(id for id, _ in left)
    return least


def _can_stay(context: ReplanContext, id: str) -> bool:
    old = context.old(id)
    if old is None:
        return False
    slots = possible(context, context.scenario.operations[id]).get(old.staffing, 0)
    return bool(slots & context.slots.grid.single(old.slot))


def least_unplaced(context: ReplanContext, out: Iterable[str]) -> tuple[int, int]:
    """The musts, and the points, of those that have no possible slot. Reserves stay out too, and cost nothing."""
    planned = context.scenario.planned
    never = [planned[id] for id in out if id in planned and not any(possible(context, planned[id]).values())]
    points = context.scenario.objective.priority_points
    return sum(operation.is_must for operation in never), sum(points[operation.priority] for operation in never)


def _must_go(needs: list[int], left: int) -> int:
    excess, gone = sum(needs) - left, 0
    for need in sorted(needs, reverse=True):
        if excess <= 0:
            break
        excess -= need
        gone += 1
    return gone
