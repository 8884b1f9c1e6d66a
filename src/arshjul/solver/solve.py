"""The entrance of the solver: a board in, a checked solution out.

The board becomes a MILP, which presolve reduces and which separates into independent components. The supervisor has
those searched, and the board's own arithmetic checks the result before it is returned.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from arshjul.board import Board, Choice, evaluate
from arshjul.errors import EngineFault, InputError, Message
from arshjul.solver.certificate import certified
from arshjul.solver.interruption import interruptible
from arshjul.solver.model.components import Component, independent_components
from arshjul.solver.model.construction import improved
from arshjul.solver.model.guards import guard_restrictions
from arshjul.solver.model.milp import Model
from arshjul.solver.model.orders import SharedModel
from arshjul.solver.parallel.executors import check
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.status import LevelStatus, SearchResult
from arshjul.solver.solution import Disagreement, LevelResult, Progress, Solution, Status, Stop
from arshjul.solver.supervisor.context import SolveContext
from arshjul.solver.supervisor.supervisor import WARM_S, solve_components
from arshjul.solver.supervisor.totals import CombinedStatus, RunningTotals

LONGEST_S = 1_000_000
"""The longest time limit in seconds, eleven days; clocks take no more than some years."""

MOST_SEED = 2**31 - 1
"""The largest seed: engines keep one in 32 bits."""


class StopFlag(Protocol):
    """A flag that ends a solve once it is set: `threading.Event` is one."""

    def is_set(self) -> bool:
        """True once the solve should end."""
        ...


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
    floors: Mapping[str, int] | None = None,
) -> Solution:
    """The best choice on a board, its levels decided in order, each proven before the next if time allows.

    `start` is a choice to begin from. Ctrl-C, `stop` or the limit end the solve with the best choice so far and true
    bounds. `certify` lets the other engine prove every level too, or that there is no choice, and keeps a share of the
    time for that; `certifying` is called when that begins, with its most seconds. `executor` says where several large
    components are solved: see `executors`. `shared` is the model of a board that differs only in its levels, and has
    all of these; `floors` are bounds of its levels that hold for the best choice, and for `start`. The same board and
    seed give the same choice when every level is proven.

    InputError: a board with numbers too large for any engine, a limit or seed out of range, no such executor. NoAnswer:
    a cluster that is not there. Disagreement: engines contradict each other.
    """
    has_levels = bool(board.levels)
    if not has_levels:  # one level without a cost is equivalent: anything that meets the hard constraints
        board, progress = replace(board, levels=("",)), None
    _refuse(limit_s, seed)
    began = time.monotonic()
    check(executor, params.supervisor.connect_s)
    deadline = began + limit_s * (1 - params.supervisor.certify_share if certify else 1)
    context = SolveContext(deadline, seed, executor=executor, params=params)
    if board.first_column[-1] > params.sizes.local:
        context.own_pool()  # its process imports its engines while the model is made here
    try:
        model = (shared or SharedModel(board, params)).ordered(board.levels, floors)
        with interruptible() as interrupted:  # before this there is nothing to keep, and Ctrl-C acts as usual
            asked = _asked(stop)

            def halt() -> bool:
                return interrupted.is_set() or asked()

            context.halt = halt
            if model.impossible:
                solution = _nothing(board, "infeasible", "counting")
            else:
                components = _components(model, params)
                combined = CombinedStatus(components, len(board.levels))
                watch = _Watch(board, model, combined, progress, began)
                context.tell, context.found = watch.heard, watch.found
                done = solve_components(
                    components, _starts(board, model, components, start, context.over, params), context
                )
                solution = _solution(board, model, components, combined, done)
                solution = replace(solution, stopped_by=_stop(solution, done, deadline - WARM_S, halt()))
            if certify and solution.status != "unknown":
                if certifying is not None and _is_proof(solution):
                    certifying(max(0.0, began + limit_s - time.monotonic()))
                solution = certified(board, solution, began + limit_s, halt)
    except Disagreement:
        raise
    except EngineFault as fault:
        raise Disagreement(fault.message, board) from fault
    finally:
        context.close()
    return solution if has_levels else replace(solution, levels=())


def _is_proof(solution: Solution) -> bool:
    """True if the solution has anything that a second engine can confirm."""
    return solution.status == "infeasible" or solution.levels[0].proven


def _refuse(limit_s: float, seed: int) -> None:
    """InputError if clocks or engines do not accept these numbers."""
    if not limit_s <= LONGEST_S:
        values = {"given": limit_s, "most": LONGEST_S}
        raise InputError(Message("A time limit of {given} seconds is too long: at most {most}.", values))
    if not 0 <= seed <= MOST_SEED:
        raise InputError(Message("The seed {given} is not within 0 to {most}.", {"given": seed, "most": MOST_SEED}))


def _components(model: Model, params: SolveParams) -> list[Component]:
    """The model's components. InputError if one may have numbers that engines get wrong."""
    components = independent_components(model)
    for component in components:
        if len(component.model.picks) > params.sizes.small:  # smaller ones are never restricted
            guard_restrictions(component.model)
    return components


def _asked(stop: Callable[[], bool] | StopFlag | None) -> Callable[[], bool]:
    if stop is None:
        return lambda: False
    return stop if callable(stop) else stop.is_set


def _starts(
    board: Board,
    model: Model,
    components: list[Component],
    start: Choice | None,
    halt: Callable[[], bool],
    params: SolveParams,
) -> list[list[int] | None] | None:
    """Each component's values of a given choice; None: there is none, it breaks the board, or it was removed."""
    if start is None or len(start) != len(board.activities) or evaluate(board, start).broken:
        return None
    values = model.values(start)
    if values is None:
        return None
    own = [(component.model, component.local(values)) for component in components]
    # A large model is improved far more by its LP than by single moves.
    return [improved(model, kept, halt) if len(model.picks) <= params.sizes.small else kept for model, kept in own]


class _Watch:
    """Sums the components' reports, and passes the sums on as progress of the whole."""

    def __init__(
        self,
        board: Board,
        model: Model,
        combined: CombinedStatus,
        progress: Callable[[Progress], None] | None,
        began: float,
    ) -> None:
        self.board = board
        self.constants = model.constants
        self.tally = RunningTotals(combined)
        self.worths: dict[int, Sequence[int]] = {}
        self.worth = list(model.constants)
        self.progress = progress
        self.began = began

    def found(self, component: int, worth: Sequence[int]) -> None:
        """Takes in the values of a component's new best plan on all levels.

        One that begins again finds plans anew that are worse than what it had, which is kept meanwhile.
        """
        before = self.worths.get(component)
        if before is not None and [*worth] >= [*before]:
            return
        self.worths[component] = worth
        before = before or [0] * len(worth)
        self.worth = [total - old + new for total, old, new in zip(self.worth, before, worth, strict=True)]

    def heard(self, component: int, level: int, status: LevelStatus) -> None:
        """Takes in a component's new status and reports that of the whole."""
        if self.progress is None:
            return
        value, bound = self.tally.hear(component, level, status)
        above = self.constants[level]
        value = None if value is None else value + above
        values = tuple(self.worth) if len(self.worths) == len(self.tally.statuses) else ()
        self.progress(Progress(self.board.levels[level], value, bound + above, time.monotonic() - self.began, values))


def _solution(
    board: Board, model: Model, components: list[Component], combined: CombinedStatus, done: list[SearchResult]
) -> Solution:
    """The components' results combined, and judged by the board's arithmetic."""
    if proofs := [result.impossible_by for result in done if result.impossible]:
        return _nothing(board, "infeasible", *proofs)
    ones: list[int] = []
    for component, result in zip(components, done, strict=True):
        if result.ones is None:
            return _nothing(board, "unknown")
        ones += [component.variables[v] for v in result.ones]
    values = [0] * len(model.uppers)
    for v in ones:
        values[v] = 1
    choice = tuple(model.choice(values))
    judged = evaluate(board, choice)
    if judged.broken:
        raise EngineFault(Message("A solution does not keep the board that it was made for."))
    levels = []
    for number, at in enumerate(combined.levels([result.statuses for result in done])):
        level = board.levels[number]
        value = judged.values[level]
        claimed = model.constants[number] + sum(s.value or 0 for s in at)
        bound = model.constants[number] + sum(s.bound for s in at)
        if any(s.value is None for s in at):  # time ran out before this level was begun
            claimed = value
        # A later level may have improved one that was cut off by the clock, but never a proven one.
        if not bound <= value <= claimed:
            figures = {"level": level, "value": value, "claimed": claimed, "bound": bound}
            raise EngineFault(
                Message(
                    "Level {level}: a solution worth {value} is claimed to be worth {claimed}, at best {bound}.",
                    figures,
                )
            )
        by = _proofs(at) if value == bound else ()
        levels.append(LevelResult(level, value, bound, max((s.seconds for s in at), default=0.0), by))
    return Solution("optimal" if all(level.proven for level in levels) else "feasible", tuple(levels), choice)


def _stop(solution: Solution, done: list[SearchResult], late: float, asked: bool) -> Stop:
    """Why the search ended; a component that gave up takes precedence over time running out."""
    if solution.status in ("optimal", "infeasible"):
        return "proof"
    if asked:
        return "asked"
    return "engines" if any(result.gave_up for result in done) or time.monotonic() < late - 0.1 else "limit"


def _proofs(statuses: list[LevelStatus]) -> tuple[str, ...]:
    """The names of what proved the components; counting only if it proved all of them."""
    names = dict.fromkeys(name for status in statuses for name in status.by)
    return tuple(name for name in names if name != "counting") or ("counting",)


def _nothing(board: Board, status: Status, *proved_by: str) -> Solution:
    levels = tuple(LevelResult(level, None, None) for level in board.levels)
    return Solution(status, levels, None, tuple(dict.fromkeys(proved_by)))
