"""What was planned, less what was withdrawn: three ways to mend the year, each proven.

Replanning is planning with another scenario: the same rules, board, solver and verifier, with the
old plan as the base. The fast way comes first: hold everything that is not hit and settle the hit
operations on what is left. A count of what must change at the least then often proves that no other
plan does better; only where it does not is the whole year opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

from arshjul import solver
from arshjul.actions import mending
from arshjul.actions.make_plan import Effort, plan_of
from arshjul.actions.reasons import Bench
from arshjul.domain.hit import hit
from arshjul.domain.plan import Base, Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.situation import Situation
from arshjul.domain.withdrawal import Withdrawal, merged
from arshjul.errors import InputError, Message
from arshjul.rules import draft_of
from arshjul.rules.aims import ALL_LEVELS, REPLAN_LEVELS


@dataclass(frozen=True, slots=True)
class Replanned:
    """The options of a replan by id, the situation they answer, and how long each took."""

    situation: Situation
    options: Mapping[str, Plan]
    seconds: Mapping[str, float]


def situation_after(scenario: Scenario, plan: Plan, withdrawals: tuple[Withdrawal, ...], as_of: datetime) -> Situation:
    """Where a replan starts: what is left of the offers, what was hit, and which pins have yielded.

    Raises InputError where `as_of` lies before the plan's own, or before a withdrawal was reported.
    """
    if as_of < plan.as_of:
        text = Message("The moment {as_of} lies before the plan's own, {plans}.", {"as_of": as_of, "plans": plan.as_of})
        raise InputError(text)
    for withdrawal in withdrawals:
        if withdrawal.reported > as_of:
            raise InputError(
                Message(
                    "Withdrawal {id} was reported {reported}, after the moment {as_of} of the replan.",
                    {"id": withdrawal.id, "reported": withdrawal.reported, "as_of": as_of},
                )
            )
    left = scenario.after(merged(plan.withdrawals, withdrawals), as_of.date())
    lost = hit(left, plan.placements, as_of)
    base = Base(plan.revision, as_of, plan.placed, lost)
    return Situation(left, base, plan.unpinned | {id for id in lost if scenario.operations[id].fixed})


def replan(
    scenario: Scenario,
    plan: Plan,
    withdrawals: tuple[Withdrawal, ...],
    as_of: datetime,
    effort: Effort,
    options: tuple[str, ...] = tuple(REPLAN_LEVELS),
) -> Replanned:
    """The options asked for. `scenario` is the one as read, without withdrawals."""
    situation = situation_after(scenario, plan, withdrawals, as_of)
    known = merged(plan.withdrawals, withdrawals)
    small = _bench(mending.small(situation))
    full: Bench | None = None
    made, seconds = {}, {}
    for option in options:
        started = perf_counter()
        bench, solution = small, mending.mend(situation, small, option, effort.limit_s, effort.seed)
        if solution is None:
            full = bench = full or _bench(situation)
            board = replace(full.board, levels=REPLAN_LEVELS[option])
            solution = solver.solve(board, limit_s=effort.limit_s, seed=effort.seed, progress=effort.progress)
        new = plan_of(bench, solution, as_of)
        made[option] = replace(
            new, withdrawals=known, unpinned=situation.unpinned, revision=plan.revision + 1, option=option
        )
        seconds[option] = perf_counter() - started
    return Replanned(situation, made, seconds)


def _bench(situation: Situation) -> Bench:
    draft = draft_of(situation)
    return Bench(situation, draft, draft.board(ALL_LEVELS))
