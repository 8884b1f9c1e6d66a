"""Neighbourhoods searched by several hands at once, each from the same plan on its own for a while.

What each hand found is put together: the best one's moves, and of the others' those that still
better the plan. Where a board is large they meet in different corners; where it is small they come
to different plans, and from what these take CP-SAT makes one that is better than either.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from arshjul.solver.engines.engine import Task
from arshjul.solver.modelling.model import View
from arshjul.solver.search.ground import Ground
from arshjul.solver.search.hands import Hands, Hold
from arshjul.solver.search.ledger import Ledger, Move
from arshjul.solver.search.neighbourhood import Neighbourhood, Pace

ROUND = 4.0
"""Deterministic seconds for which each hand goes on alone."""

MIXING = 1.0
"""The same for making one plan of theirs."""

BREADTH = 10
"""Variables beside that each set in which the plans differ may take on average."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a hand is asked: from where, how it went about it last time, its random numbers, and for how long."""

    present: list[int]
    pace: Pace
    seed: str
    budget: float
    limit_s: float


@dataclass(frozen=True, slots=True)
class Return:
    """What it brings: moves that bettered the plan one after the other, to which value, and what it learnt."""

    found: list[list[Move]]
    value: int
    pace: Pace

    def plan(self, base: Sequence[int]) -> list[int]:
        """The plan that it came to from that one."""
        plan = list(base)
        for moves in self.found:
            for s, v in moves:
                plan[s] = v
        return plan


class Expedition:
    """Rounds from one plan of a ground, which gets better and keeps every line and lock."""

    def __init__(self, ground: Ground, hands: Hands, present: Sequence[int]) -> None:
        self.ground = ground
        self.hands = hands
        self.ledger = Ledger(ground.restrictor, present)
        self.paces = [Pace() for _ in range(hands.count)]
        self.rounds = 0
        self.sent = False

    @property
    def value(self) -> int:
        """What the level costs now."""
        return self.ledger.totals[self.ground.level]

    @property
    def present(self) -> list[int]:
        """The variable that each set takes now."""
        return list(self.ledger.present)

    def round(self, budget: float, limit_s: float) -> None:
        """Lets each hand search for that effort, and puts together what they bring."""
        errands = [
            Errand(self.present, pace, f"{self.ground.seed}.{self.rounds}.{hand}", budget, limit_s)
            for hand, pace in enumerate(self.paces)
        ]
        self.rounds += 1
        base = self.present
        returns = self._sent(errands)
        for hand, back in enumerate(returns):
            if back is not None:
                self.paces[hand] = back.pace
        found = sorted((back for back in returns if back is not None and back.found), key=lambda back: back.value)
        for back in found:
            for moves in back.found:
                self.ledger.bettered(moves, self.ground.level, self.ground.locks)
        if len(found) > 1:
            self.mix([back.plan(base) for back in found], limit_s)

    def mix(self, plans: list[list[int]], limit_s: float) -> None:
        """Makes one plan of the present one and others, with some choice beside where they differ."""
        ground, present = self.ground, self.present
        plans = [present, *plans]
        differ = {s for s, taken in enumerate(zip(*plans, strict=True)) if len(set(taken)) > 1}
        small = ground.mixed({v for plan in plans for v in plan}, differ, BREADTH)
        start = View(small).of(ground.model.picks[v] for v in present)
        task = Task(ground.level, ground.locks, start, None, limit_s, MIXING, ground.seed)
        outcome = self.hands.hold.minimise(small, task)
        if outcome.values is not None:
            moves = self.ledger.moves(ground.ones(small, outcome.values))
            self.ledger.bettered(moves, ground.level, ground.locks)

    def _sent(self, errands: list[Errand]) -> list[Return | None]:
        """What comes back; the ground goes along only where it is not known yet."""
        key, ground = self.ground.key, self.ground
        returns = self.hands.each([(searched, (key, None if self.sent else ground, errand)) for errand in errands])
        missing = [hand for hand, back in enumerate(returns) if back == UNKNOWN]
        again = self.hands.each([(searched, (key, ground, errands[hand])) for hand in missing])
        for hand, back in zip(missing, again, strict=True):
            returns[hand] = back
        self.sent = not missing  # else a worker is new, and may be asked next
        return returns


UNKNOWN = "unknown ground"

_known: dict[str, Ground] = {}
"""The ground that this process searched last: sending and taking apart a large one takes seconds."""


def searched(hold: Hold, key: str, ground: Ground | None, errand: Errand) -> Return | str:
    """A hand's work; `UNKNOWN` where the ground is neither given nor the last one."""
    if ground is not None:
        _known.clear()
        _known[key] = ground
    if (known := _known.get(key)) is None:
        return UNKNOWN
    pace = replace(errand.pace, sizes=list(errand.pace.sizes), breadths=list(errand.pace.breadths))
    around = Neighbourhood(known, errand.present, pace, Random(errand.seed), hold)
    found = around.run(errand.budget, errand.limit_s)
    return Return(found, around.value, pace)
