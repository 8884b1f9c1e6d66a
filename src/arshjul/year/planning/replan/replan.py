"""Replans a year after withdrawals: three options, each proven.

Replanning is planning with another scenario: the same rules, board, solver and verifier, with the old plan as the base.
The fast way comes first: hold everything that is not hit and settle the hit operations on what is left. Counting the
changes that no plan can avoid then often proves that no other plan is better; if it does not, the operations that could
make room are opened, and at last the whole year.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from time import perf_counter

from arshjul.errors import Message
from arshjul.year.domain.entries.entries import Choice, Entries
from arshjul.year.domain.level import Level
from arshjul.year.domain.plan import Plan, Reason, Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import Filling
from arshjul.year.planning.check.pinned_together import pinned_together
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.fill import rebound, standing
from arshjul.year.planning.places.reasons import with_former_reasons
from arshjul.year.planning.plan import as_it_stands, in_another_order, plan_of
from arshjul.year.planning.replan.input import ReplanInput, replan_input
from arshjul.year.planning.replan.ladder import Answer, Held, WholeYear, climb
from arshjul.year.planning.replan.opened import Opened
from arshjul.year.planning.replan.undo import with_former_bindings
from arshjul.year.planning.verify import counted_values, values
from arshjul.year.rules.builder import QUALITY
from arshjul.year.rules.objectives import BALANCE, CHANGES, MUSTS, POINTS, REPLAN_LEVELS
from arshjul.year.rules.told_causes import kept

ALL_ALIKE = Message("All three options are equally good.")
ALIKE_SO_FAR = Message("All three options gave the same plan. A better one may exist.")
ADVANTAGES: Mapping[str, Message] = {
    MUSTS: Message("fewest musts left out, {n} (otherwise {others})"),
    POINTS: Message("fewest priority points left out, {n} (otherwise {others})"),
    CHANGES: Message("fewest operations changed, {n} (otherwise {others})"),
    QUALITY: Message("best quality, {n} penalty points (otherwise {others})"),
}
BOTH_TOGETHER = Message("fewest points for operations left out and unforced changes, {n} (otherwise {others})")
NO_ADVANTAGE = Message("none over the others")


@dataclass(frozen=True, slots=True)
class Way:
    """`advantages`: over another way; empty if it is the only one. `levels`: of its options, proven for each."""

    ids: tuple[str, ...]
    plan: Plan
    advantages: tuple[Message, ...]
    levels: tuple[Level, ...]

    @property
    def is_proven(self) -> bool:
        return all(level.proven for level in self.levels)

    @property
    def alike(self) -> Message:
        return ALL_ALIKE if self.is_proven else ALIKE_SO_FAR

    @property
    def advantage(self) -> Message | None:
        if not self.advantages:
            return None
        return Message("{advantages}", {"advantages": self.advantages})


def ways(scenario: Scenario, options: Mapping[str, Plan]) -> tuple[Way, ...]:
    alike: list[list[str]] = []
    for id, plan in options.items():
        same = next((ids for ids in alike if options[ids[0]].placements == plan.placements), None)
        if same is None:
            alike.append([id])
        else:
            same.append(id)
    firsts = [options[ids[0]] for ids in alike]
    values = [counted_values(scenario, plan.base, plan, plan.prices) for plan in firsts]
    return tuple(
        Way(tuple(ids), plan, _advantages(n, values), _levels([options[id] for id in ids]))
        for n, (ids, plan) in enumerate(zip(alike, firsts, strict=True))
    )


def _advantages(n: int, values: Sequence[Mapping[str, int]]) -> tuple[Message, ...]:
    if len(values) == 1:
        return ()
    for told in (ADVANTAGES, {BALANCE: BOTH_TOGETHER}):
        messages = [_told(text, values[n][level], [way[level] for way in values]) for level, text in told.items()]
        if best := tuple(message for message in messages if message is not None):
            return best
    return (NO_ADVANTAGE,)


def _told(text: Message, value: int, of_all: Sequence[int]) -> Message | None:
    others = sorted({other for other in of_all if other > value})
    if value > min(of_all) or not others:
        return None
    return replace(text, values={"n": value, "others": others})


def _levels(plans: Sequence[Plan]) -> tuple[Level, ...]:
    """Each level with the least bound that the options have for it, the quality last: it is below all the others."""
    found: dict[str, Level] = {}
    for level in (level for plan in plans for level in plan.levels):
        found[level.id] = min(found.get(level.id, level), level, key=_least)
    return tuple(sorted(found.values(), key=lambda level: level.id == QUALITY))


def with_shared_proofs(options: Mapping[str, Plan]) -> Mapping[str, Plan]:
    """The options, each with what another one that has come to the same plan has proven of it."""
    found = {}
    for id, plan in options.items():
        alike = [option for option in options.values() if option.placements == plan.placements]
        known = (_known(level.id, _ids(plan.levels[:n]), alike) for n, level in enumerate(plan.levels))
        found[id] = replace(plan, levels=tuple(known))
    return found


def _known(level: str, above: Set[str], plans: Sequence[Plan]) -> Level:
    """A bound holds for plans as good on the levels above it, in whatever order: so it holds below more of them."""
    return max(
        (
            one
            for plan in plans
            for n, one in enumerate(plan.levels)
            if one.id == level and _ids(plan.levels[:n]) <= above
        ),
        key=_least,
    )


def _ids(levels: Sequence[Level]) -> Set[str]:
    return {level.id for level in levels}


def _least(level: Level) -> float:
    return -inf if level.bound is None else level.bound


@dataclass(frozen=True, slots=True)
class ReplanOptions:
    scenario: Scenario
    context: ReplanContext
    options: Mapping[str, Plan]
    seconds: Mapping[str, float]
    doubtful: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
    stays = given.context.unsettled == frozenset()
    made, seconds = {}, {}
    orders = {option: REPLAN_LEVELS[option] for option in options}
    unchanged = as_it_stands(given.context, given.as_of, orders) if stays else {}  # the best for each option
    plans = ((option, new, 0.0) for option, new in unchanged.items())
    for option, new, climb_s in plans if stays else _climbed(given, effort, options):
        started = perf_counter()
        made[option] = _entered(given, plan, option, new)
        seconds[option] = climb_s + perf_counter() - started
    return ReplanOptions(given.scenario, given.context, with_shared_proofs(made), seconds, given.doubtful)


Made = tuple[str, Plan, float]
"""An option, its plan, and the seconds that it took."""


def _climbed(given: ReplanInput, effort: Effort, options: Sequence[str]) -> Iterator[Made]:
    """Of the rung that proves it, else the best of all found. Options with equal values share the plan of the first:
    that they are other plans would be chance.
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
            plan = in_another_order(problem.context, same, solution, named=best.named, bare=effort.bare)
        else:
            plan = plan_of(problem, solution, given.as_of, effort, named=best.named)
            known.append(({**values(problem.context, plan, plan.prices), **solution.values()}, plan))
        yield option, plan, seconds + perf_counter() - started


def rungs_of(context: ReplanContext) -> tuple[Held, Opened, WholeYear]:
    return Held(context), Opened(context), WholeYear(context)


def _entered(given: ReplanInput, plan: Plan, option: str, new: Plan) -> Plan:
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
    togethers = [*pinned_together(context, locked)] if locked and unplaced else []
    for out in unplaced:
        there = [together for together in togethers if out.operation in together.operations]
        own = [
            Reason(together.rule, 1, together.reason(out.operation, is_locked=out.operation in locked))
            for together in there
        ]
        yield replace(out, reasons=(*own, *out.reasons))
