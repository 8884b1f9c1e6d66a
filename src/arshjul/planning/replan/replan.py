"""Replans a year after withdrawals: three options, each proven.

Replanning is planning with another scenario: the same rules, board, solver and verifier, with the old plan as the base.
The fast way comes first: hold everything that is not hit and settle the hit operations on what is left. Counting the
changes that no plan can avoid then often proves that no other plan is better; if it does not, the operations that could
make room are opened, and at last the whole year.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

from arshjul.domain.entries.entries import Choice, Entries
from arshjul.domain.plan import Plan, Reason, Unplaced
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import Filling
from arshjul.planning.bindings import rebound, standing
from arshjul.planning.check.pinned_together import pinned_together
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import as_it_stands, in_another_order, plan_of
from arshjul.planning.places.reasons import with_former_reasons
from arshjul.planning.replan.held import Held
from arshjul.planning.replan.input import ReplanInput, replan_input
from arshjul.planning.replan.ladder import Answer, WholeYear, climb
from arshjul.planning.replan.opened import Opened
from arshjul.planning.replan.undo import with_former_bindings
from arshjul.planning.replan.ways import with_shared_proofs
from arshjul.planning.verify.verify import values
from arshjul.rules.objectives import REPLAN_LEVELS
from arshjul.rules.told_causes import kept


@dataclass(frozen=True, slots=True)
class ReplanOptions:
    """The options of a replan by id, their context, and the seconds for each."""

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
    """The options asked for, of a replan of `plan` from this input."""
    stays = given.context.unsettled == frozenset()
    made, seconds = {}, {}
    plans = _as_it_stands(given, options) if stays else _climbed(given, effort, options)
    for option, new, climb_s in plans:
        started = perf_counter()
        made[option] = _entered(given, plan, option, new)
        seconds[option] = climb_s + perf_counter() - started
    return ReplanOptions(given.scenario, given.context, with_shared_proofs(made), seconds, given.doubtful)


Made = tuple[str, Plan, float]
"""An option, its plan, and the seconds that it took."""


def _as_it_stands(given: ReplanInput, options: Sequence[str]) -> Iterator[Made]:
    """The unchanged plan, which is the best for each option if nothing is to be settled."""
    orders = {option: REPLAN_LEVELS[option] for option in options}
    for option, plan in as_it_stands(given.context, given.as_of, orders).items():
        yield option, plan, 0.0


def _climbed(given: ReplanInput, effort: Effort, options: Sequence[str]) -> Iterator[Made]:
    """The plan of each option: that of the rung that proves it, else the best of all that were found, for whichever.

    Options with equal values share the plan of the first: that they are other plans would be chance.
    """
    rungs = rungs_of(given.context)
    answers: list[Answer] = []
    climbed: dict[str, tuple[Answer, float]] = {}
    for option in options:
        started = perf_counter()
        answers = climb(rungs, option, answers, effort)
        climbed[option] = answers[-1], perf_counter() - started
    known: list[tuple[Mapping[str, int | None], Plan]] = []
    for option, (answer, seconds) in climbed.items():
        started = perf_counter()
        best = answer if answer.proven else rungs[-1].best_of(option, answer, answers)
        problem, solution = best.problem, best.solution
        wanted = solution.values().items()
        same = next((plan for worth, plan in known if wanted <= worth.items()), None)
        if same is not None and solution.choice is not None:
            plan = in_another_order(problem, same, solution, best.named, effort.bare)
        else:
            plan = plan_of(problem, solution, given.as_of, best.named, effort.limit_s, effort.bare)
            known.append(({**values(problem.context, plan, plan.prices), **solution.values()}, plan))
        yield option, plan, seconds + perf_counter() - started


def rungs_of(context: ReplanContext) -> tuple[Held, Opened, WholeYear]:
    """The rungs, each with more operations free than the one before."""
    return Held(context), Opened(context), WholeYear(context)


def _entered(given: ReplanInput, plan: Plan, option: str, new: Plan) -> Plan:
    """The new plan as the option's revision of the old one, with all entries."""
    as_of, revision = given.as_of, plan.revision + 1
    unplaced = tuple(with_former_reasons(given.context, plan, out) for out in _with_locks(given.context, new.unplaced))
    former = with_former_bindings(plan, given.entries.of_revision(revision), given.context.history)
    stays = standing(given.scenario, former, new.placed, as_of)
    bound, freed = rebound(plan, stays)
    filled = (Filling(bound, freed, reported=as_of, revision=revision),) if bound or freed else ()
    chosen = Entries((Choice(option, reported=as_of, revision=revision), *filled))
    return replace(
        new,
        unplaced=unplaced,
        bindings=stays.bindings,
        given=given.given,
        revision=revision,
        option=option,
        causes=given.finder.all(new.placed),
        earlier=kept(given.former, plan),
        first_as_of=plan.first_made,
        entries=given.entries.and_then(chosen),
    )


def _with_locks(context: ReplanContext, unplaced: Sequence[Unplaced]) -> Iterator[Unplaced]:
    """With a reason before all others for what has no place since one is locked where not all can be."""
    locked = context.demands.pinned
    found = [*pinned_together(context, locked)] if locked and unplaced else []
    for out in unplaced:
        there = [one for one in found if out.operation in one.operations]
        own = [Reason(one.rule, 1, one.reason(out.operation, is_locked=out.operation in locked)) for one in there]
        yield replace(out, reasons=(*own, *out.reasons))
