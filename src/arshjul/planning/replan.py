"""What was planned, less what was withdrawn: three ways to mend the year, each proven.

Replanning is planning with another scenario: the same rules, board, solver and verifier, with the
old plan as the base. The fast way comes first: hold everything that is not hit and settle the hit
operations on what is left. A count of what must change at the least then often proves that no other
plan does better; only where it does not is the whole year opened.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

from arshjul import solver
from arshjul.domain.amended import amended, given_causes, unsettled
from arshjul.domain.amendment import Amendments
from arshjul.domain.hit import hit
from arshjul.domain.plan import Base, Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import UNKNOWN_END_DAYS
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import InputError, Message
from arshjul.planning import repair
from arshjul.planning.judge import context_of
from arshjul.planning.plan import Effort, plan_of
from arshjul.planning.reasons import PlanningProblem, with_former_reasons
from arshjul.planning.verify import breaches
from arshjul.rules import builder_of
from arshjul.rules.objectives import ALL_LEVELS, REPLAN_LEVELS


@dataclass(frozen=True, slots=True)
class Start:
    """Where a replan starts. `scenario` is the one as read, amended; `withdrawals` are all that were reported."""

    scenario: Scenario
    context: ReplanContext
    withdrawals: tuple[Withdrawal, ...]


@dataclass(frozen=True, slots=True)
class Replanned:
    """The options of a replan by id, what they start from, and how long each took."""

    scenario: Scenario
    context: ReplanContext
    options: Mapping[str, Plan]
    seconds: Mapping[str, float]


def start(scenario: Scenario, plan: Plan, amendments: Amendments, as_of: datetime) -> Start:
    """What is left of the offers, what was hit, and which pins have yielded.

    An operation that the coordinator pins elsewhere, or an agency asks away from its date, counts as
    hit. InputError where `as_of` lies before the plan's own or before a report, where the plan breaks
    a rule, or where an operation is cancelled that has begun.
    """
    _refuse_moment(plan, amendments, as_of)
    broken = breaches(context_of(scenario, plan), plan)
    if broken:
        texts = [breach.text for breach in broken]
        raise InputError(Message("The plan to start from breaks rules: {wrong}.", {"wrong": texts}))
    new = amended(scenario, amendments)
    reported = tuple(replace(withdrawal, answered=plan.revision + 1) for withdrawal in amendments.withdrawals)
    known = (*_with_ends(new, plan.withdrawals, plan.as_of), *_with_ends(new, reported, as_of))
    left = new.after(known, as_of.date())
    placed = {id: placement for id, placement in plan.placed.items() if id in new.operations}
    begun = {id for id, placement in plan.placed.items() if scenario.moments(placement.slot)[0] < as_of}
    lost = (hit(left, placed.values(), as_of) | unsettled(amendments, placed)) - begun
    if gone := sorted(begun & set(amendments.cancelled)):
        raise InputError(Message("{operations} cannot be cancelled: it has begun.", {"operations": gone}))
    _refuse_past_pins(scenario, amendments, begun, as_of)
    pinned_anew = {pin.operation for pin in amendments.pinned}
    yielding = {id for id in lost if new.operations[id].fixed is not None}
    unpinned = frozenset(((plan.unpinned & new.operations.keys()) | yielding) - pinned_anew)
    base = Base(plan.revision, as_of, placed, lost, given_causes(new, amendments, placed))
    return Start(new, ReplanContext.of(left, base, unpinned), known)


def _with_ends(scenario: Scenario, withdrawals: Iterable[Withdrawal], as_of: datetime) -> Iterator[Withdrawal]:
    """The withdrawals, each unknown end taken as seen from that moment, unless it was taken before."""
    days = scenario.settings[UNKNOWN_END_DAYS]
    for withdrawal in withdrawals:
        until = None if withdrawal.last is not None else withdrawal.ends(as_of.date(), days)
        yield replace(withdrawal, until=until)


def _refuse_past_pins(scenario: Scenario, amendments: Amendments, begun: set[str], as_of: datetime) -> None:
    for pin in amendments.pinned:
        values = {"operation": pin.operation, "day": pin.slot.day, "as_of": as_of}
        if pin.operation in begun:
            raise InputError(Message("{operation} cannot be pinned: it has begun.", values))
        if scenario.moments(pin.slot)[0] <= as_of:
            raise InputError(Message("{operation} cannot be pinned to {day}: that is before {as_of}.", values))


def _refuse_moment(plan: Plan, amendments: Amendments, as_of: datetime) -> None:
    if as_of < plan.as_of:
        text = Message("The moment {as_of} lies before the plan's own, {plans}.", {"as_of": as_of, "plans": plan.as_of})
        raise InputError(text)
    for withdrawal in amendments.withdrawals:
        if withdrawal.reported > as_of:
            raise InputError(
                Message(
                    "Withdrawal {id} was reported {reported}, after the moment {as_of} of the replan.",
                    {"id": withdrawal.id, "reported": withdrawal.reported, "as_of": as_of},
                )
            )


def replan(
    scenario: Scenario,
    plan: Plan,
    amendments: Amendments,
    as_of: datetime,
    effort: Effort,
    options: tuple[str, ...] = tuple(REPLAN_LEVELS),
) -> Replanned:
    """The options asked for. `scenario` is the one as read, without withdrawals."""
    begun = start(scenario, plan, amendments, as_of)
    context = begun.context
    small = _problem(repair.small(context))
    full: PlanningProblem | None = None
    made, seconds = {}, {}
    for option in options:
        started = perf_counter()
        mended = repair.mend(context, small, option, effort.limit_s, effort.seed)
        problem, solution = small, mended.solution
        if not mended.proven:
            full = problem = full or _problem(context)
            board = replace(full.board, levels=REPLAN_LEVELS[option])
            solution = solver.solve(
                board,
                limit_s=effort.limit_s,
                seed=effort.seed,
                start=_on(full, small, mended.solution),
                progress=effort.progress,
            )
        new = plan_of(problem, solution, as_of, named=problem is small, limit_s=effort.limit_s)
        made[option] = replace(
            new,
            unplaced=tuple(with_former_reasons(context, plan, out) for out in new.unplaced),
            withdrawals=begun.withdrawals,
            unpinned=context.unpinned,
            revision=plan.revision + 1,
            option=option,
        )
        seconds[option] = perf_counter() - started
    return Replanned(begun.scenario, context, made, seconds)


def _problem(context: ReplanContext) -> PlanningProblem:
    builder = builder_of(context)
    return PlanningProblem(context, builder, builder.board(ALL_LEVELS))


def _on(full: PlanningProblem, small: PlanningProblem, solution: solver.Solution) -> list[int | None] | None:
    """The small board's answer as a choice on the full one; None where there is no answer."""
    if solution.choice is None:
        return None
    picks = zip(small.builder.modes, solution.choice, strict=True)
    return [None if pick is None else full.builder.option(small.builder.placement(id, pick)) for id, pick in picks]
