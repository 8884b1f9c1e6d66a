"""Regions that share a little, solved apart: what they share is priced instead of limited.

Each shared line's multiplier is charged to whoever draws on it (Lagrangian decomposition). The
regions are then independent, and what their optima sum to, less what the limits would earn, is a
bound of the whole; it is better than the LP's by all that the regions' own gaps come to. Their
plans are good for the whole too, but for the shared lines that they may pass.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from arshjul.errors import InputError
from arshjul.solver.modelling.duals import Duals, duals
from arshjul.solver.modelling.guards import guard_restrictions
from arshjul.solver.modelling.model import Line, Lock, Model, Soft, rows_of
from arshjul.solver.modelling.parts import Part, part_of
from arshjul.solver.modelling.restrict import Restrictor
from arshjul.solver.search.ground import Ground
from arshjul.solver.search.hands import Hands, Hold
from arshjul.solver.search.level import Search, Sizes
from arshjul.solver.search.regions import regions

GRAIN = 20
"""Prices are whole multiples of 1 / GRAIN of a unit of the level."""

EFFORT = 12.0
"""Deterministic seconds for one region."""

MIXING = 4.0
"""The same for mixing the regions' plans into the present one."""

SHARE = 0.6
"""Of the time that is left, what all regions may take; in turns where they are more than hands."""

BREADTHS = (10, 30, 60)
"""Variables that each set which draws on a shared line may take on average meanwhile; all others keep to the plans."""


@dataclass(slots=True)
class Priced:
    """The regions of a ground's model with one level each, its cost times GRAIN and prices added.

    `earned` is what the limits of all shared lines come to at their prices, in the same unit;
    `sharing` are the sets that draw on such a line.
    """

    regions: list[tuple[Part, Duals]]
    sharing: set[int]
    earned: int

    def bound(self, of_regions: Sequence[int]) -> int:
        """The bound of the whole level that bounds of its regions give."""
        return -(-(sum(of_regions) - self.earned) // GRAIN)


def priced(ground: Ground, multipliers: Sequence[float], apart: Sequence[Sequence[int]]) -> Priced | None:
    """The regions apart, at the prices that these multipliers of `rows_of(model, locks)` say.

    None if prices or costs are too large for an engine.
    """
    model = ground.model
    rows = _sorted(ground, multipliers, apart)
    charges, earned = _charges(ground, rows.shared)
    whole = replace(model, costs=[charges], constants=[0])
    made = []
    for sets, lines, softs in zip(apart, rows.lines, rows.softs, strict=True):
        charged = [replace(one, prices=[charges.get(one.excess, 0)]) for one, _ in softs]
        part = part_of(whole, sets, [line for line, _ in lines], charged)
        weights = [GRAIN * y for _, y in (*lines, *softs)]
        made.append((part, duals(part.model, 0, rows_of(part.model, ()), weights)))
    try:
        for part, _ in made:
            guard_restrictions(part.model)
    except InputError:
        return None
    unlocked = rows.shared[: len(rows.shared) - len(ground.locks)]
    sharing = {model.picks[v][0] for row, _ in unlocked for v in row.terms if v < len(model.picks)}
    return Priced(made, sharing, earned)


@dataclass(frozen=True, slots=True)
class _Rows:
    """All rows of a ground with their multipliers: each region's own, and those that are priced, locks last."""

    lines: list[list[tuple[Line, float]]]
    softs: list[list[tuple[Soft, float]]]
    shared: list[tuple[Line, float]]


def _sorted(ground: Ground, multipliers: Sequence[float], apart: Sequence[Sequence[int]]) -> _Rows:
    model = ground.model
    region_of = {v: k for k, sets in enumerate(apart) for s in sets for v in model.sets[s]}
    rows = _Rows([[] for _ in apart], [[] for _ in apart], [])
    hard, first_lock = len(model.lines), len(model.lines) + len(model.softs)
    for number, (row, multiplier) in enumerate(zip(rows_of(model, ground.locks), multipliers, strict=True)):
        within = {region_of[v] for v in row.terms if v < len(model.picks)}
        if number >= first_lock or len(within) != 1:
            rows.shared.append((row, multiplier))
        elif number < hard:
            rows.lines[within.pop()].append((row, multiplier))
        else:
            rows.softs[within.pop()].append((model.softs[number - hard], multiplier))
    return rows


def _charges(ground: Ground, shared: Sequence[tuple[Line, float]]) -> tuple[dict[int, int], int]:
    """What each variable costs with the prices of shared rows, times GRAIN, and what their limits come to."""
    model, n = ground.model, len(ground.model.picks)
    charges = {v: GRAIN * cost for v, cost in model.costs[ground.level].items()}
    earned = -GRAIN * model.constants[ground.level]
    for row, multiplier in reversed(shared):  # locks first: they raise what an excess costs
        wanted = round(GRAIN * max(0.0, multiplier))
        # at a higher price than an excess costs it would be worth having
        most = min((charges.get(v, 0) // -c for v, c in row.terms.items() if v >= n and c < 0), default=wanted)
        price = max(0, min(wanted, most))
        earned += price * row.at_most
        if price:
            for v, c in row.terms.items():
                charges[v] = charges.get(v, 0) + price * c
    return charges, earned


def search_apart(search: Search, multipliers: Sequence[float]) -> None:
    """Bounds the search's level by the regions of its model, if it has any, and mixes their plans into its own."""
    ground, hands = search.ground, search.hands
    apart = regions(ground.restrictor)
    made = priced(ground, multipliers, apart) if apart else None
    if made is None:
        return
    questions = [Question(part.model, 0, (), proof, ground.seed, GRAIN) for part, proof in made.regions]
    limit_s = SHARE * search.keeper.left() / -(-len(questions) // hands.count)
    answers = hands.each([(searched, (question, limit_s)) for question in questions])
    bounds: list[int] = []
    plan: set[int] = set()
    for (part, proof), answer in zip(made.regions, answers, strict=True):
        bound, ones = (proof.bound, None) if answer is None else answer
        bounds.append(bound)
        plan.update(part.variables[v] for v in ones or ())
    search.proved(made.bound(bounds))
    for breadth in BREADTHS:
        search.mix(plan, made.sharing, breadth, MIXING)


@dataclass(frozen=True, slots=True)
class Question:
    """A search that a hand is asked for, from nothing: what makes its ground."""

    model: Model
    level: int
    locks: Sequence[Lock]
    duals: Duals
    seed: int
    unit: int = 1


def searched(hold: Hold, question: Question, limit_s: float) -> tuple[int, Sequence[int] | None]:
    """A hand's work: the bound, and the variable that each set takes in the best plan, if any is known."""
    hands = Hands()
    hands.hold = hold
    restrictor = Restrictor(question.model)
    ground = Ground(restrictor, question.level, question.locks, question.duals, question.seed, question.unit)
    purse = _Purse(time.monotonic() + limit_s)
    search = purse.search = Search(ground, purse, None, Sizes(small=0), hands, hard=False)
    search.first()
    if search.present is not None:
        search.run()
    return search.own, search.present


class _Purse:
    """Ends a region's search when its effort is spent."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.search: Search | None = None

    def found(self, ones: Sequence[int], value: int) -> None:
        """The search keeps its plan itself."""

    def proved(self, bound: int, by: str) -> None:
        """The search keeps its bound itself."""

    def settled(self) -> bool:
        """Whether the region is proven, or enough was tried."""
        search = self.search
        if search is None or self.left() <= 0:
            return True
        return search.spent >= EFFORT or (search.value is not None and search.value <= search.own)

    def left(self) -> float:
        """Seconds that are left."""
        return max(0.0, self.until - time.monotonic())
