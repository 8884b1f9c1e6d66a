"""Knowledge of a model: the best plan, and bounds that each say which cuts they suppose.

A pass that is resumed, another order of the levels, another engine and another process all prove bounds under cuts of
their own. Their knowledge is joined here and nowhere else: a bound holds for a plan that keeps every cut it supposes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arshjul.errors import Message
from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.solution import refutation

COUNTING = "counting"
"""The name in `by` of what arithmetic proves without an engine or an LP."""
YET_ONE_IS_KNOWN = Message("An engine proves the problem infeasible, but a plan is known. The error is ours.")


class Impossible(Exception):
    """An engine, named in `by`, proved that nothing meets the hard constraints."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class Incumbent(NamedTuple):
    """The variable that each set takes, in the order of the sets, and what that is worth on each level.

    Only `incumbent_of` makes one, so the values are always those of the variables.
    """

    ones: tuple[int, ...]
    values: tuple[int, ...]


def incumbent_of(index: ModelIndex, ones: Iterable[int]) -> Incumbent:
    """The plan that takes these variables, one of each set, in any order."""
    by_set = tuple(sorted(ones, key=lambda v: index.model.picks[v][0]))
    return Incumbent(by_set, index.worth(by_set))


@dataclass(frozen=True, slots=True)
class Bound:
    """No plan that keeps the cuts `within` is worth less than `least` on the level; `by` proved it.

    `within` are the largest values of the levels before, in order. It may end early, and the bound supposes nothing of
    the levels that it does not name.
    """

    level: int
    least: int
    within: tuple[int, ...] = ()
    by: str = COUNTING

    def holds(self, values: Sequence[int]) -> bool:
        """True for plans of these values, or under cuts at these values."""
        return len(values) >= len(self.within) and keeps(values, self.within)

    @property
    def is_sure(self) -> bool:
        """True if a contradiction leaves it standing: counting alone proved it, and it supposes nothing."""
        return self.by == COUNTING and not self.within

    def covers(self, other: "Bound") -> bool:
        """True if the other bound says no more than this one does."""
        return self.level == other.level and self.least >= other.least and self.holds(other.within)


def keeps(values: Sequence[int], cuts: Sequence[int]) -> bool:
    """True if values of the first levels are at or below the cuts."""
    return all(value <= most for value, most in zip(values, cuts, strict=False))


@dataclass(frozen=True, slots=True)
class Known:
    """The best plan so far, and the bounds of all levels.

    `contradiction`: a plan is worth less than a bound that holds for it, so one of the two is wrong. The plan can be
    checked and stays; of the bounds only those stay that counting alone proves.
    """

    bounds: tuple[Bound, ...]
    plan: Incumbent | None = None
    contradiction: Message | None = None

    def bettered(self, other: "Known") -> "Known":
        """The better of both plans, and all bounds."""
        plans = sorted((known.plan for known in (self, other) if known.plan is not None), key=lambda plan: plan.values)
        joined = Known(tuple(_undominated((*self.bounds, *other.bounds))), plans[0] if plans else None)
        faults = self.contradiction, other.contradiction, *map(joined._refuted_by, plans)
        fault = next((fault for fault in faults if fault is not None), None)
        better = joined if fault is None else joined.contradicted(fault)
        return self if better == self else better

    def contradicted(self, fault: Message) -> "Known":
        """The plan, without any bound that an engine or an LP proved."""
        return Known(tuple(bound for bound in self.bounds if bound.is_sure), self.plan, fault)

    def _refuted_by(self, plan: Incumbent) -> Message | None:
        """The fault if a plan is worth less than a bound that holds for it."""
        for bound in self.bounds:
            value = plan.values[bound.level]
            if value < bound.least and bound.holds(plan.values):
                return refutation(value, bound.least, [bound.by])
        return None

    def bound(self, level: int, values: Sequence[int] | None = None) -> Bound:
        """The greatest bound of a level that holds for these values of the levels before; without any, for the plan."""
        if values is None:
            values = () if self.plan is None else self.plan.values
        holding = (bound for bound in self.bounds if bound.level == level and bound.holds(values))
        return max(holding, key=lambda bound: bound.least)

    def value(self, level: int) -> int | None:
        return None if self.plan is None else self.plan.values[level]

    def proven(self, level: int) -> bool:
        """True if no plan as good on the levels before is better on this one."""
        return self.plan is not None and self.plan.values[level] == self.bound(level).least

    @property
    def is_proven(self) -> bool:
        return self.plan is not None and all(map(self.proven, range(len(self.plan.values))))


def counted(model: Model) -> Known:
    """Knowledge by counting: the sum of each set's cheapest variable, on each level."""
    return Known(tuple(Bound(level, counting_bound(model, level)) for level in range(len(model.costs))))


def _undominated(bounds: Iterable[Bound]) -> Iterator[Bound]:
    """The bounds without those that another one covers, which is sure if they are; of equal ones the first stays."""
    kept: list[Bound] = []
    for bound in sorted(bounds, key=lambda bound: (bound.level, -bound.least, len(bound.within), not bound.is_sure)):
        if not any(other.covers(bound) and (other.is_sure or not bound.is_sure) for other in kept):
            kept.append(bound)
            yield bound


class Knowledge:
    """Knowledge of a running search. `hear` is called with it whenever it grows."""

    def __init__(self, model: Model, hear: Callable[[Known], None] = lambda _known: None) -> None:
        self.index = ModelIndex(model)
        self.known = counted(model)
        self.hear = hear

    def learn(self, other: Known) -> None:
        better = self.known.bettered(other)
        if better is not self.known:
            self.known = better
            self.hear(better)

    def learn_plan(self, ones: Iterable[int]) -> None:
        """Joins a plan that keeps every constraint."""
        self.learn(Known((), incumbent_of(self.index, ones)))

    def learn_bound(self, bound: Bound) -> None:
        self.learn(Known((bound,)))


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Knowledge at the end of a search. `seconds` are those spent on each level.

    `impossible_by` names the engine that proved that there is no plan. `gave_up`: every engine failed, or ended without
    a reason.
    """

    known: Known
    seconds: tuple[float, ...] = ()
    impossible_by: str = ""
    gave_up: bool = False

    @property
    def is_final(self) -> bool:
        return bool(self.impossible_by) or self.known.contradiction is not None or self.known.is_proven


def untied_best(model: Model) -> SearchResult | None:
    """The best plan, in which each set has its cheapest variable, level by level; None if there is a constraint.

    Most operations of a replan are held, so on its small board often nothing is left to be searched.
    """
    if model.constraints or model.soft_constraints:
        return None
    ones = (min(variables, key=lambda v: [costs.get(v, 0) for costs in model.costs]) for variables in model.sets)
    plan = incumbent_of(ModelIndex(model), ones)
    bounds = tuple(Bound(level, value, plan.values[:level]) for level, value in enumerate(plan.values))
    return SearchResult(counted(model).bettered(Known(bounds, plan)))
