"""From a scenario to a proven plan that is checked before it is returned; or to its bare board, without names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul import solver
from arshjul.errors import EngineFault, Message, NoAnswer
from arshjul.solver import Solution
from arshjul.solver.board import Activity, Board, Costs, Option
from arshjul.year.domain.level import BY_COUNT, Level
from arshjul.year.domain.plan import Plan, Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.places.reasons import all_unplaced, looks_within
from arshjul.year.planning.problem import PlanningProblem
from arshjul.year.planning.verify import Verdict, claims, prices, verify
from arshjul.year.rules import BY_ID, builder_of
from arshjul.year.rules.builder import QUALITY
from arshjul.year.rules.objectives import ALL_LEVELS, PLAN_LEVELS


@dataclass(frozen=True, slots=True)
class PlanResult:
    """`seconds` by level, for messages only: one that is not proven has none, since it was cut off."""

    plan: Plan
    context: ReplanContext
    seconds: dict[str, float]


def make_plan(scenario: Scenario, as_of: datetime, effort: Effort) -> PlanResult:
    context = ReplanContext.of(scenario, as_of=as_of)
    builder = builder_of(context)
    board = builder.board(PLAN_LEVELS)
    solution = solver.solve(
        board,
        limit_s=effort.limit_s,
        seed=effort.seed,
        progress=effort.progress,
        certify=effort.certify,
        certifying=effort.certifying,
    )
    plan = plan_of(PlanningProblem(context, builder, board), solution, as_of, effort, named=effort.certify)
    return PlanResult(plan, context, {level.id: level.seconds for level in solution.levels if level.proven})


def plan_of(problem: PlanningProblem, solution: Solution, as_of: datetime, effort: Effort, *, named: bool) -> Plan:
    """The plan that a solution represents, with joins, reasons and prices, and verified: EngineFault if it is refused.

    `named`: levels name the engine that proved them; if engines race, that is random and so is omitted. The time limit
    also bounds the search for reasons.
    """
    if solution.choice is None and solution.status == "infeasible":
        text = Message(
            "The solver says that no plan exists, though every operation may stay unplaced. The error is ours."
        )
        raise solver.Disagreement(text, problem.board)
    if solution.choice is None:
        raise NoAnswer(Message("No plan within the time limit: give more time."))
    problem = replace(problem, choice=solution.choice)
    context, builder = problem.context, problem.builder
    places, planned = builder.placements(solution.choice), context.scenario.planned
    placements = context.joined(place for place in places.values() if place is not None)
    left_out = [id for id, place in places.items() if place is None and id in planned]
    levels = _levels(solution, named)
    if effort.bare:
        return Plan(as_of, placements, tuple(map(Unplaced, left_out)), levels, base=context.base)
    reasons = all_unplaced(problem, left_out, looks_within(effort.limit_s))
    plan = Plan(as_of, placements, reasons, levels, base=context.base)
    plan = replace(plan, prices=prices(context, plan))
    return _passing(plan, verify(context, plan, plan.prices))


def in_another_order(context: ReplanContext, plan: Plan, solution: Solution, *, named: bool, bare: bool) -> Plan:
    """The plan as one that is worth as much as the solution; only its levels differ, and are checked."""
    plan = replace(plan, levels=_levels(solution, named))
    return plan if bare else _passing(plan, Verdict(claims=claims(context, plan, plan.prices)))


def as_it_stands(context: ReplanContext, as_of: datetime, orders: Mapping[str, Sequence[str]]) -> dict[str, Plan]:
    """Since no plan changes less, it is the best: 0 on every level but the quality, which its prices make."""
    plan = Plan(as_of, context.as_it_stands, (), base=context.base)
    plan = replace(plan, prices=prices(context, plan))
    value = {QUALITY: sum(price.points for price in plan.prices)}
    made = {
        name: replace(plan, levels=tuple(Level(id, value.get(id, 0), value.get(id, 0), (BY_COUNT,)) for id in levels))
        for name, levels in orders.items()
    }
    first = next(iter(made.values()))  # the others differ only in the order of their levels
    _passing(first, verify(context, first, first.prices))
    return made


def _levels(solution: Solution, named: bool) -> tuple[Level, ...]:
    return tuple(
        Level(level.id, level.value, level.bound, tuple(level.proved_by) if named else ())
        for level in solution.levels
        if level.value is not None
    )


def _passing(plan: Plan, verdict: Verdict) -> Plan:
    if not verdict.clean:
        wrong = [breach.text for breach in verdict.breaches] + list(verdict.claims)
        raise EngineFault(Message("The plan does not pass its own check: {wrong}", {"wrong": wrong}))
    return plan


Demand = Mapping[str, Sequence[int]]


def bare_board(scenario: Scenario) -> Board:
    return bare(builder_of(ReplanContext.of(scenario)).board(PLAN_LEVELS))


def bare(board: Board) -> Board:
    """Only rules and levels of arshjul keep their ids. Costs on levels that the board lacks are left out."""
    levels = _numbered(board.levels, "level", ALL_LEVELS)
    rules = _numbered((row.rule for row in board.rows), "rule", BY_ID)
    resources = _numbered(board.capacities, "r")
    demands: dict[int, Demand] = {}

    def costs(given: Costs) -> Costs:
        return {levels[level]: cost for level, cost in given.items() if level in levels}

    def demand(given: Demand) -> Demand:
        """One new mapping for each old one: dozens of options share a mapping, and keep sharing it."""
        if id(given) not in demands:
            demands[id(given)] = {resources[name]: amounts for name, amounts in given.items()}
        return demands[id(given)]

    def option(given: Option) -> Option:
        return Option(given.start, demand(given.demand), costs(given.costs), given.length)

    def activity(number: int, given: Activity) -> Activity:
        unplaced = None if given.unplaced is None else costs(given.unplaced)
        return Activity(f"a{number}", [option(choice) for choice in given.options], unplaced)

    return replace(
        board,
        levels=tuple(levels.values()),
        capacities={resources[name]: capacity for name, capacity in board.capacities.items()},
        activities=[activity(number, one) for number, one in enumerate(board.activities)],
        rows=[
            replace(row, rule=rules[row.rule], about=str(number), over=None if row.over is None else costs(row.over))
            for number, row in enumerate(board.rows)
        ],
    )


def _numbered(names: Iterable[str], word: str, known: Iterable[str] = ()) -> dict[str, str]:
    kept = set(known)
    return {name: name if name in kept else f"{word}{number}" for number, name in enumerate(dict.fromkeys(names))}
