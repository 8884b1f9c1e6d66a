"""Refuses models whose numbers engines are known to get wrong."""

from arshjul.errors import InputError, Message
from arshjul.solver.model.milp import Model, rows_of

SIZE_LIMIT = 2**31
"""Coefficients of this size or more have given certified wrong optima in CP-SAT 9.15 (issue 5293)."""
SUM_LIMIT = 2**52
"""Sums of this size or more are not whole in floating point, in which engines give bounds."""


def guard_sizes(model: Model) -> None:
    """InputError if the model has numbers or sums that an engine may get wrong.

    The reader of board files keeps each number below 2^31; presolve may exceed that, as with prices x excess.
    """
    lines = [row.terms for row in rows_of(model)]
    sized = [(terms, max(map(abs, terms.values()))) for terms in (*lines, *model.costs) if terms]
    _guard(max((size for _, size in sized), default=0), SIZE_LIMIT)
    uppers, most = model.uppers, max(model.uppers, default=0)
    for terms, size in sized:
        if len(terms) * size * most >= SUM_LIMIT:  # only then can the sum be too large
            _guard(sum(abs(c) * uppers[v] for v, c in terms.items()), SUM_LIMIT)


def guard_restrictions(model: Model) -> None:
    """InputError if the model, or a restriction of it, may have numbers that `guard_sizes` refuses.

    A restriction may charge a variable for all that it adds to priced constraints, and it subtracts a constraint's
    least coefficient from the others.
    """
    guard_sizes(model)
    charges: list[dict[int, int]] = [dict(costs) for costs in model.costs]
    for soft in model.soft_constraints:
        own = {v: c for v, c in soft.line.terms.items() if v != soft.excess}
        span = _span(own)
        for charge, price in zip(charges, soft.prices, strict=True):
            if price:
                for v in own:
                    charge[v] = abs(charge.get(v, 0)) + price * span
    worst = (max(map(abs, charge.values()), default=0) for charge in charges)
    _guard(max((*worst, *(_span(line.terms) for line in model.constraints))), SIZE_LIMIT)


def largest(model: Model) -> int:
    """The largest coefficient, cost or price of a model, whatever its sign."""
    all_terms = (*(row.terms for row in rows_of(model)), *model.costs)
    return max((max(map(abs, terms.values())) for terms in all_terms if terms), default=0)


def _span(terms: dict[int, int]) -> int:
    return max(0, max(terms.values(), default=0)) - min(0, min(terms.values(), default=0))


def _guard(size: int, limit: int) -> None:
    if size >= limit:
        raise too_large(size, limit)


def too_large(size: int, limit: int) -> InputError:
    """The error for numbers too large for exact computation."""
    text = Message(
        "Costs, prices and coefficients come to {size} where they meet: below {limit} they can be solved safely. "
        "Give them in larger units.",
        {"size": size, "limit": limit},
    )
    return InputError(text)
