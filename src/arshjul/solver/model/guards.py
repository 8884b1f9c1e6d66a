"""Refuses models whose numbers engines are known to get wrong."""

from arshjul.errors import InputError, Message
from arshjul.solver.model.milp import Model

SIZE_LIMIT = 2**31
"""Coefficients from here on have given certified wrong optima in CP-SAT 9.15 (issue 5293)."""

SUM_LIMIT = 2**52
"""Sums from here on are no longer whole in floating point, in which engines tell bounds."""


def guard_sizes(model: Model) -> None:
    """Refuses a model whose numbers or sums an engine may get wrong, as InputError.

    The reader of board files keeps each number below 2^31; what presolve makes of them, as prices x excess,
    may pass it.
    """
    lines = [line.terms for line in (*model.constraints, *(soft.line for soft in model.soft_constraints))]
    sized = [(terms, _largest(terms)) for terms in (*lines, *model.costs) if terms]
    _guard(max((size for _, size in sized), default=0), SIZE_LIMIT)
    uppers, most = model.uppers, max(model.uppers, default=0)
    for terms, size in sized:
        if len(terms) * size * most >= SUM_LIMIT:  # only then can the sum be
            _guard(sum(abs(c) * uppers[v] for v, c in terms.items()), SUM_LIMIT)


def guard_restrictions(model: Model) -> None:
    """Refuses a model that has, or may have in a restriction of it, what `guard_sizes` refuses.

    A restriction may come to charge a variable itself for all that it adds to priced constraints, and it takes
    a constraint's least coefficient off the others.
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


def _largest(terms: dict[int, int]) -> int:
    most, least = max(terms.values()), min(terms.values())
    return max(most, -least)


def _span(terms: dict[int, int]) -> int:
    return max(0, max(terms.values(), default=0)) - min(0, min(terms.values(), default=0))


def _guard(size: int, limit: int) -> None:
    if size >= limit:
        raise too_large(size, limit)


def too_large(size: int, limit: int) -> InputError:
    """The error for numbers beyond what can be computed exactly."""
    text = Message(
        "Costs, prices and coefficients come to {size} where they meet: below {limit} they can be solved safely. "
        "Give them in larger units.",
        {"size": size, "limit": limit},
    )
    return InputError(text)
