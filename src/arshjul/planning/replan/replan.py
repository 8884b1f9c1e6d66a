"""Replans a year after withdrawals: three options, each proven.

Replanning is planning with another scenario: the same rules, board, solver and verifier, with the
old plan as the base. The fast way comes first: hold everything that is not hit and settle the hit
operations on what is left. A count of what must change at the least then often proves that no other
plan does better; where it does not, those are opened who could make room, and at last the whole year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

from arshjul.board import Choice as Picks
from arshjul.domain.entries.entries import Choice, Entries
from arshjul.domain.entries.filling import Filling
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.planning.bindings import Standing, standing
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import as_it_stands, in_another_order, plan_of
from arshjul.planning.places.reasons import with_former_reasons
from arshjul.planning.replan import repair
from arshjul.planning.replan.input import ReplanInput, replan_input
from arshjul.planning.replan.nearby import Nearby
from arshjul.planning.replan.whole_year import WholeYear, laid_out
from arshjul.rules.objectives import REPLAN_LEVELS
from arshjul.rules.told_causes import kept
from arshjul.solver import Progress, SharedModel, Solution


@dataclass(frozen=True, slots=True)
class ReplanOptions:
    """The options of a replan by id, what they start from, and how long each took."""

    scenario: Scenario
    context: ReplanContext
    options: Mapping[str, Plan]
    seconds: Mapping[str, float]
    doubtful: tuple[str, ...] = ()


def replan(
    scenario: Scenario,
    plan: Plan,
    entered: Entries,
    as_of: datetime,
    effort: Effort,
    options: tuple[str, ...] = tuple(REPLAN_LEVELS),
) -> ReplanOptions:
    """The options asked for. `scenario` is the one as read, without withdrawals."""
    return replan_from(replan_input(scenario, plan, entered, as_of), plan, effort, options)


def replan_from(
    given: ReplanInput, plan: Plan, effort: Effort, options: tuple[str, ...] = tuple(REPLAN_LEVELS)
) -> ReplanOptions:
    """The options asked for, of what a replan of the plan starts from."""
    context = given.context
    if not repair.free(context):
        started = perf_counter()
        orders = {option: REPLAN_LEVELS[option] for option in options}
        made = {o: _entered(given, plan, o, new) for o, new in as_it_stands(context, given.as_of, orders).items()}
        seconds = dict.fromkeys(options, (perf_counter() - started) / len(options))
    else:
        made, seconds = _solved(given, plan, effort, options)
    return ReplanOptions(given.scenario, context, made, seconds, given.doubtful)


def _solved(
    given: ReplanInput, plan: Plan, effort: Effort, options: tuple[str, ...]
) -> tuple[dict[str, Plan], dict[str, float]]:
    """The options where something is to be placed, and the seconds that each took."""
    context = given.context
    small = laid_out(repair.small(context))
    nearby, year = Nearby(context, small), WholeYear(context)
    shared = SharedModel(small.board)
    made, seconds = {}, {}
    known: dict[tuple[int, Picks | None], Plan] = {}
    for option in options:
        started = perf_counter()
        settled = repair.settle(context, small, shared, option, effort.limit_s, effort.seed)
        problem = small
        if not settled.proven:
            _tell(settled.solution, started, effort)
            if settled.solution.status == "optimal":
                problem, settled = nearby.settle(option, settled, effort.since(started))
        year.take(problem, settled)
        solution = settled.solution
        if not settled.proven:
            problem, solution = year.problem, year.solve(option, effort.since(started))
        same = id(problem), solution.choice
        if same in known:
            new = in_another_order(problem, known[same], solution, problem is small, effort.bare)
        else:
            new = plan_of(problem, solution, given.as_of, problem is small, effort.limit_s, effort.bare)
            known[same] = new
        made[option] = _entered(given, plan, option, new)
        seconds[option] = perf_counter() - started
    return made, seconds


def _entered(given: ReplanInput, plan: Plan, option: str, new: Plan) -> Plan:
    """The new plan as the option's revision of the old one, with all that has been entered."""
    stays = standing(given.scenario, plan, new.placed, given.as_of)
    return replace(
        new,
        unplaced=tuple(with_former_reasons(given.context, plan, out) for out in new.unplaced),
        entries=given.entries.and_then(
            Entries(choices=(_choice(option, plan, given),), fillings=_freed(stays, plan, given))
        ),
        bindings=stays.bindings,
        unpinned=given.context.unpinned,
        revision=plan.revision + 1,
        option=option,
        earlier=kept(given.former, plan),
        causes=given.finder.all(new.placed),
    )


def _tell(first: Solution, started: float, effort: Effort) -> None:
    """Tells an answer that is there at once: it keeps every rule, and nothing is proven of it."""
    if effort.progress is not None and first.choice is not None:
        for level in first.levels:
            effort.progress(Progress(level.id, level.value, None, perf_counter() - started))


def _choice(option: str, plan: Plan, given: ReplanInput) -> Choice:
    return Choice(option, reported=given.as_of, revision=plan.revision + 1)


def _freed(stays: Standing, plan: Plan, given: ReplanInput) -> tuple[Filling, ...]:
    """That objects became free, where any did."""
    if not stays.freed:
        return ()
    return (Filling({}, stays.freed, reported=given.as_of, revision=plan.revision + 1),)
