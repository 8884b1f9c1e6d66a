"""What an engine is: it minimises one level of a model, under the locked values of those before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from arshjul.errors import InputError, Message
from arshjul.solver.model import Line, Model

Lock = tuple[int, int]
"""A level's number, and the value that it must not exceed any more."""

SIZE_LIMIT = 2**31
"""Coefficients from here on have given certified wrong optima in CP-SAT 9.15 (issue 5293)."""

SUM_LIMIT = 2**52
"""Sums from here on are no longer whole in floating point, in which engines tell bounds."""


@dataclass(slots=True)
class Task:
    """One level to be minimised.

    `start` are values of all variables to begin from; `bound`: the level is known not to be below
    it. `effort` limits the work in the engine's own deterministic seconds, `limit_s` in real ones.
    `prove`: a better bound is worth more than a better plan. `by_kind`: see `kinds`; where the LP is
    hard, a search without them finds plans sooner. `any_plan`: the first plan is good enough.
    """

    level: int
    locks: Sequence[Lock] = ()
    start: list[int] | None = None
    bound: int | None = None
    limit_s: float = 60.0
    effort: float | None = None
    seed: int = 0
    prove: bool = False
    by_kind: bool = True
    any_plan: bool = False


@dataclass(slots=True)
class Outcome:
    """What an engine says, values with their excesses made small: nobody has checked it yet.

    `effort` are the deterministic seconds that it took, where the engine knows them.
    """

    status: Literal["optimal", "feasible", "infeasible", "unknown"]
    values: list[int] | None = None
    bound: int | None = None
    effort: float = 0.0


Report = Callable[[list[int] | None, int | None], None]
"""Is told of better values of all variables, or of a better bound, as they come."""


class Engine(Protocol):
    """Holds one model, and solves its levels one after the other."""

    name: str

    def minimise(self, task: Task, report: Report) -> Outcome:
        """Minimises the task's level. Calls `report` from whatever thread it likes."""
        ...

    def stop(self) -> None:
        """Asks a running `minimise` to end soon; called from another thread or from `report`."""
        ...


def rows_of(model: Model, locks: Sequence[Lock]) -> list[Line]:
    """All lines of the LP but the sets: hard ones, soft ones with their excess, locks."""
    locked = [Line(model.costs[level], value - model.constants[level]) for level, value in locks]
    return [*model.lines, *(soft.line for soft in model.softs), *locked]


def guard_sizes(model: Model) -> None:
    """Refuses a model whose numbers or sums an engine may get wrong, as InputError.

    The reader of board files keeps each number below 2^31; what presolve makes of them, as prices x excess,
    may pass it.
    """
    lines = [line.terms for line in (*model.lines, *(soft.line for soft in model.softs))]
    _guard(max((abs(c) for terms in (*lines, *model.costs) for c in terms.values()), default=0), SIZE_LIMIT)
    uppers = model.uppers
    _guard(max(sum(abs(c) * uppers[v] for v, c in terms.items()) for terms in ({}, *lines, *model.costs)), SUM_LIMIT)


def guard_restrictions(model: Model) -> None:
    """Refuses a model that has, or may have in a restriction of it, what `guard_sizes` refuses.

    A restriction may come to charge a variable itself for all that it adds to priced lines, and it takes
    a line's least coefficient off the others.
    """
    guard_sizes(model)
    charges: list[dict[int, int]] = [dict(costs) for costs in model.costs]
    for soft in model.softs:
        own = {v: c for v, c in soft.line.terms.items() if v != soft.excess}
        span = _span(own)
        for charge, price in zip(charges, soft.prices, strict=True):
            if price:
                for v in own:
                    charge[v] = abs(charge.get(v, 0)) + price * span
    worst = (max(map(abs, charge.values()), default=0) for charge in charges)
    _guard(max((*worst, *(_span(line.terms) for line in model.lines))), SIZE_LIMIT)


def _span(terms: dict[int, int]) -> int:
    return max((0, *terms.values())) - min((0, *terms.values()))


def _guard(size: int, limit: int) -> None:
    if size >= limit:
        raise too_large(size, limit)


def too_large(size: int, limit: int) -> InputError:
    """What is raised where numbers pass what can be reckoned exactly."""
    text = Message(
        "Costs, prices and coefficients come to {size} where they meet: below {limit} they can be solved safely. "
        "Give them in larger units.",
        {"size": size, "limit": limit},
    )
    return InputError(text)
