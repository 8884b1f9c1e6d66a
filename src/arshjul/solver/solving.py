"""Solver entry point: board in, checked solution out.

The board becomes a MILP, which presolve reduces and which separates into independent components. The supervisor has
those searched, and the board's own arithmetic checks the sum of their results.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from arshjul.errors import EngineFault, InputError, Message
from arshjul.solver.board import Board, Choice, evaluate
from arshjul.solver.certificate import certified
from arshjul.solver.model.components import Component, independent_components
from arshjul.solver.model.evaluation import greedy, improved
from arshjul.solver.model.milp import Model, ModelIndex, guard_restrictions
from arshjul.solver.model.translation import Floor, SharedModel
from arshjul.solver.parallel.executors import check, never
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.known import COUNTING, Known, SearchResult, counted
from arshjul.solver.solution import Disagreement, LevelResult, Progress, Solution, Status, Stop, report
from arshjul.solver.supervisor.supervisor import WARM_S, SolveContext, Starts, solve_components

LONGEST_S = 1_000_000
"""The longest time limit in seconds, eleven days; clocks take no more than some years."""
MOST_SEED = 2**31 - 1
"""The largest seed: engines keep one in 32 bits."""


class StopFlag(Protocol):
    """A flag that ends a solve once it is set: `threading.Event` is one."""

    def is_set(self) -> bool: ...


def solve(  # noqa: PLR0913 - the door has every switch
    board: Board,
    *,
    limit_s: float = 60,
    seed: int = 0,
    start: Choice | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | StopFlag | None = None,
    certify: bool = False,
    certifying: Callable[[float], None] | None = None,
    executor: str = "processes",
    params: SolveParams = DEFAULT,
    shared: SharedModel | None = None,
    floors: Sequence[Floor] = (),
) -> Solution:
    """The best choice on a board, its levels decided in order, each proven before the next if time allows.

    `start` is a choice to begin from. Ctrl-C, `stop` or the limit end the solve with the best choice so far and true
    bounds. `certify` lets the other engine prove every level too, or that there is no choice, and keeps a share of the
    time for that; `certifying` is called when that begins, with its most seconds. `executor` says where several large
    components are solved: see `executors`. `shared` is the model of a board that differs only in its levels, and has
    all of these; `floors` are what other orders of them proved, of use where they hold for the `start`. The same board
    and seed give the same choice when every level is proven.

    InputError: a board with numbers too large for any engine, a limit or seed out of range, no such executor. NoAnswer:
    a cluster that is not there. Disagreement: engines contradict each other, and no choice is known that keeps the
    board; with one, that is the solution, and the contradiction is logged as an error.
    """
    if not (has_levels := bool(board.levels)):  # one level without a cost is equivalent: anything that is allowed
        board, progress = replace(board, levels=("",)), None
    _refuse(limit_s, seed)
    began = time.monotonic()
    check(executor, params.supervisor.connect_s)
    deadline = began + limit_s * (1 - params.supervisor.certify_share if certify else 1)
    context = SolveContext(deadline, seed, executor=executor, params=params)
    if board.first_column[-1] > params.sizes.local:
        context.own_pool()  # its process imports its engines while the model is made here
    try:
        begun = None if start is None or len(start) != len(board.activities) else evaluate(board, start)
        if begun is None or begun.broken:
            begun = start = None
        kept = [floor for floor in floors if floor.holds(board.levels, begun.values if begun else None)]
        model = (shared or SharedModel(board, params)).ordered(board.levels, kept)
        with interruptible() as interrupted:  # before this there is nothing to keep, and Ctrl-C acts as usual
            asked = never if stop is None else stop if callable(stop) else stop.is_set
            context.halt = lambda: interrupted.is_set() or asked()
            solution = _searched(board, model, start, progress, began, context)
            if certify and solution.status != "unknown":
                has_proof = solution.status == "infeasible" or solution.levels[0].proven
                if certifying is not None and has_proof:
                    certifying(max(0.0, began + limit_s - time.monotonic()))
                solution = certified(board, solution, began + limit_s, context.halt)
    except Disagreement:
        raise
    except EngineFault as fault:
        raise Disagreement(fault.message, board) from fault
    finally:
        context.close()
    if solution.contradiction is not None:
        report(Disagreement(solution.contradiction, board))
    return solution if has_levels else replace(solution, levels=())


def _searched(
    board: Board,
    model: Model,
    start: Choice | None,
    progress: Callable[[Progress], None] | None,
    began: float,
    context: SolveContext,
) -> Solution:
    if model.impossible:
        return _nothing(board, "infeasible", COUNTING)
    whole = BoardModel(board, model, independent_components(model))
    for component in whole.components:
        if len(component.model.picks) > context.params.sizes.small:  # smaller ones are never restricted
            guard_restrictions(component.model)
    if progress is not None:
        context.tell = whole.teller(progress, began)
    starts = whole.starts(start, context.over, context.params)
    try:
        done = solve_components(whole.components, starts, context)
        solution = whole.solution(done)
    except EngineFault as fault:
        return whole.unproven(starts, fault, context.over)
    return replace(solution, stopped_by=_stop(solution, done, context.deadline - WARM_S, context.halt()))


def _refuse(limit_s: float, seed: int) -> None:
    if not limit_s <= LONGEST_S:
        values = {"given": limit_s, "most": LONGEST_S}
        raise InputError(Message("The time limit {given} s is too long: at most {most}.", values))
    if not 0 <= seed <= MOST_SEED:
        raise InputError(Message("The seed {given} is not within 0 to {most}.", {"given": seed, "most": MOST_SEED}))


class BoardModel:
    def __init__(self, board: Board, model: Model, components: list[Component]) -> None:
        self.board = board
        self.model = model
        self.components = components

    def teller(self, progress: Callable[[Progress], None], began: float) -> Callable[[int, int, Known], None]:
        """Sums the components' reports, and passes the sums on as progress of the whole."""
        levels, constants = self.board.levels, self.model.constants
        totals = ComponentSums([counted(component.model) for component in self.components], len(levels))

        def tell(component: int, level: int, known: Known) -> None:
            totals.hear(component, known)
            found = [totals.value(number) for number in range(len(levels))]
            values = tuple(value + above for value, above in zip(found, constants, strict=True) if value is not None)
            value, bound = (values[level] if values else None), totals.bound(level) + constants[level]
            progress(Progress(levels[level], value, bound, time.monotonic() - began, values))

        return tell

    def starts(self, start: Choice | None, halt: Callable[[], bool], params: SolveParams) -> Starts | None:
        """Each component's plan of a choice that keeps the board; None: there is none, or it was removed."""
        found = None if start is None else ModelIndex(self.model).ones(enumerate(start))
        if found is None:
            return None
        taken = set(found)
        own = [(component.model, component.local(taken)) for component in self.components]
        # A large model is improved far more by its LP than by single moves.
        return [improved(small, ones, halt) if len(small.picks) <= params.sizes.small else ones for small, ones in own]

    def solution(self, done: list[SearchResult]) -> Solution:
        """The components' results combined, and judged by the board's arithmetic."""
        board = self.board
        if proofs := [result.impossible_by for result in done if result.impossible_by]:
            return _nothing(board, "infeasible", *proofs)
        known = [result.known for result in done]
        fault = next((part.contradiction for part in known if part.contradiction is not None), None)
        if any(part.plan is None for part in known):
            if fault is not None:
                raise EngineFault(fault)
            return _nothing(board, "unknown")
        choice = self.choice([part.plan.ones for part in known if part.plan is not None])
        judged = evaluate(board, choice)
        if judged.broken:
            raise EngineFault(Message("A solution breaks its own board. The error is ours."))
        values = [judged.values[level] for level in board.levels]
        totals = ComponentSums(known, len(values))
        fault = fault or self._fault(values, totals)
        if fault is not None:
            totals = ComponentSums([part.contradicted(fault) for part in known], len(values))
        levels = []
        for number, (level, value) in enumerate(zip(board.levels, values, strict=True)):
            bound: int | None = self.model.constants[number] + totals.bound(number)
            if fault is not None and (bound or 0) > value:  # what counting says is wrong too
                bound = None
            seconds = max((result.seconds[number] for result in done if number < len(result.seconds)), default=0.0)
            levels.append(LevelResult(level, value, bound, seconds, totals.by(number) if value == bound else ()))
        is_proven = all(level.proven for level in levels)
        return Solution("optimal" if is_proven else "feasible", tuple(levels), choice, contradiction=fault)

    def unproven(self, starts: Starts | None, fault: EngineFault, halt: Callable[[], bool]) -> Solution:
        """The start, or a constructed choice, after a fault. Disagreement: neither is there and keeps the board."""
        plans = [greedy(component.model, halt) for component in self.components] if starts is None else starts
        choice = self.choice([ones for ones in plans if ones is not None])
        judged = evaluate(self.board, choice)
        if judged.broken or any(ones is None for ones in plans):
            raise Disagreement(fault.message, self.board) from fault
        levels = tuple(LevelResult(level, judged.values[level], None) for level in self.board.levels)
        return Solution("feasible", levels, choice, stopped_by="engines", contradiction=fault.message)

    def choice(self, plans: Sequence[Sequence[int]]) -> Choice:
        chosen: list[int | None] = [None] * len(self.model.sets)
        for component, ones in zip(self.components, plans, strict=False):
            for v in ones:
                activity, option = self.model.picks[component.variables[v]]
                chosen[activity] = option
        return tuple(chosen)

    def _fault(self, values: Sequence[int], totals: "ComponentSums") -> Message | None:
        """The fault if the board's arithmetic refutes a bound, or what the components claim to be worth."""
        for number, value in enumerate(values):
            claimed = self.model.constants[number] + (totals.value(number) or 0)
            bound = self.model.constants[number] + totals.bound(number)
            if not bound <= value <= claimed:
                figures = {"level": self.board.levels[number], "value": value, "claimed": claimed, "bound": bound}
                return Message(
                    "Level {level}: a solution of {value} claims {claimed}, bound {bound}. The error is ours.",
                    figures,
                )
        return None


def _stop(solution: Solution, done: list[SearchResult], late: float, asked: bool) -> Stop:
    """Why the search ended; a component that gave up takes precedence over time running out."""
    if solution.status in ("optimal", "infeasible"):
        return "proof"
    if solution.contradiction is not None:
        return "engines"
    if asked:
        return "asked"
    return "engines" if any(result.gave_up for result in done) or time.monotonic() < late - 0.1 else "limit"


def _nothing(board: Board, status: Status, *proved_by: str) -> Solution:
    levels = tuple(LevelResult(level, None, None) for level in board.levels)
    return Solution(status, levels, None, tuple(dict.fromkeys(proved_by)))


class ComponentSums:
    """Sums of each level over all components, updated as their searches learn more: thousands report several times.

    Values add up. Bounds add up only while cuts do: each component is cut at its own value of a level, the whole only
    at the sum. If one component is not proven, another might give way to it, so the later bounds of those others no
    longer hold, unless they suppose nothing.
    """

    def __init__(self, known: Sequence[Known], levels: int) -> None:
        everyone = range(len(known))
        self.levels = levels
        self.known = list(known)
        self.values = [0] * levels
        self.own = [sum(part.bound(level).least for part in known) for level in range(levels)]
        self.free = [sum(_free(part, level) for part in known) for level in range(levels)]
        self.without_plan = set(everyone)
        self.unproven = [set(everyone) for _ in range(levels)]
        self.unfree = [set(everyone) for _ in range(levels)]
        for component, part in enumerate(known):
            self._count(component, part)

    def hear(self, component: int, known: Known) -> None:
        before, self.known[component] = self.known[component], known
        for level in range(self.levels):
            self.own[level] += known.bound(level).least - before.bound(level).least
            self.free[level] += _free(known, level) - _free(before, level)
            self.values[level] -= before.value(level) or 0
        self._count(component, known)

    def _count(self, component: int, known: Known) -> None:
        (self.without_plan.add if known.plan is None else self.without_plan.discard)(component)
        for level in range(self.levels):
            value = known.value(level)
            self.values[level] += value or 0
            for members, is_in in (
                (self.unproven[level], not known.proven(level)),
                (self.unfree[level], value is None or value > _free(known, level)),
            ):
                (members.add if is_in else members.discard)(component)

    def value(self, level: int) -> int | None:
        """The value of a level in the best plan of the whole; None: a component has no plan."""
        return None if self.without_plan else self.values[level]

    def bound(self, level: int) -> int:
        """The greatest bound of a level that holds for the best plan of the whole."""
        loose = self._loose(level)
        if not loose:
            return self.own[level]
        if len(loose) > 1:
            return self.free[level]
        (component,) = loose
        known = self.known[component]
        return self.free[level] - _free(known, level) + known.bound(level).least

    def by(self, level: int) -> tuple[str, ...]:
        """The one proof of that bound: `a+b` where each proved some components, counting only if it proved all."""
        loose = self._loose(level)
        values = [None if loose <= {component} else () for component in range(len(self.known))]
        names = dict.fromkeys(known.bound(level, own).by for known, own in zip(self.known, values, strict=True))
        return ("+".join(name for name in names if name != COUNTING) or COUNTING,)

    def _loose(self, level: int) -> set[int]:
        """The components that may be worse on a level before than in the best plan: two of them stand for all.

        A component's own bound holds as long as every *other* one is proven on all earlier levels.
        """
        loose: set[int] = set()
        for earlier in range(level):
            more = self.unfree[earlier] if loose else self.unproven[earlier]
            loose = loose | (more if len(more) <= 2 else set(list(more)[:2]))
            if len(loose) > 1:
                break
        return loose


def _free(known: Known, level: int) -> int:
    return known.bound(level, ()).least


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """The first Ctrl-C only sets the event; a second one acts as usual."""
    event = threading.Event()
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or usual is not signal.default_int_handler:
        yield event
        return

    def note(_number: int, _frame: object) -> None:
        event.set()
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, note)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, usual)
