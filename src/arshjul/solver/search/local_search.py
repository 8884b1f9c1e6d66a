"""Local search by ejection: an activity gets a place that it would rather have, and what stands in its way moves.

What stands in the way are activities that draw on the same room (they are ejected), and those that a lag wants to be
elsewhere (they are moved there); these and some others that share a constraint are then placed anew, one after the
other (ruin and recreate: Schrimpf and others 2000). Random numbers come from a seed, so the sequence of plans is the
same each time. No LP and no engine is needed: a second brings some thousand tries.
"""

from collections.abc import Sequence
from random import Random

from arshjul.solver.model.evaluation import NOTHING, IncrementalEvaluator, dearest_first
from arshjul.solver.model.presolve import Restriction

MOST_FORCED = 8
"""The most activities that one try moves to a given place, or that it ejects for these."""
MOST_BESIDE = 6
"""The most others that are placed anew with them."""
TRIES = 20
"""Tries between two looks at what costs something."""
EARLY = 0.5
"""The part of the tries for activities that cost something on a level before the last, if there are any."""


class EjectionSearch:
    """Betters a plan that keeps every constraint, level by level. `best` is the best plan so far."""

    def __init__(self, restriction: Restriction, plan: Sequence[int], seed: int = 0) -> None:
        model = restriction.model
        self.evaluator = IncrementalEvaluator(restriction, plan)
        self.restriction = restriction
        self.random = Random(seed)
        self.rank = {s: k for k, s in enumerate(dearest_first(model))}
        self.worth: list[list[int]] = restriction.columns.costs.T.tolist()
        self.cheapest = [min(self.worth[v] for v in variables) for variables in model.sets]
        self.last = len(model.costs) - 1

    @property
    def best(self) -> list[int]:
        return self.evaluator.present

    @property
    def early_worth(self) -> list[int]:
        """What the plan is worth on the levels before the last."""
        return self.evaluator.totals[: self.last]

    def run(self) -> bool:
        """Makes some tries; returns whether the plan became better."""
        before = list(self.evaluator.totals)
        self._look()
        for _ in range(TRIES):
            self._try()
        return self.evaluator.totals < before

    def _try(self) -> None:
        evaluator, before = self.evaluator, list(self.evaluator.totals)
        s, wishes = self._drawn()
        if not wishes:
            return
        self.old: dict[int, int] = {}
        if not (self._force(s, self.random.choice(wishes)) and self._recreate() and evaluator.totals <= before):
            evaluator.move(list(self.old.items()))

    def _drawn(self) -> tuple[int, list[int]]:
        """A set, and the variables that it may be moved to: they cost no more than its own, or bring an excess down."""
        evaluator, random, worth = self.evaluator, self.random, self.worth
        price: Sequence[int] = [0] * len(evaluator.costs)
        if self.early and random.random() < EARLY:
            s = random.choice(self.early)
        elif self.over and random.random() < self.share:
            line = random.choice(self.over)
            s = random.choice(list(evaluator.holders[line]) or range(len(evaluator.sets)))
            price = evaluator.prices[line - evaluator.first_soft]
        else:
            s = random.choice(self.dear or range(len(evaluator.sets)))
        old = evaluator.present[s]
        most = list(map(sum, zip(worth[old], price, strict=True)))
        return s, [v for v in evaluator.sets[s] if v != old and worth[v] <= most]

    def _look(self) -> None:
        evaluator, worth, last = self.evaluator, self.worth, self.last
        present, rooms, first = evaluator.present, evaluator.rooms, evaluator.first_soft
        # activities that cost more than they might, those of them that do before the last level, and priced excesses
        self.dear = [s for s, v in enumerate(present) if worth[v] > self.cheapest[s]]
        self.early = [s for s in self.dear if worth[present[s]][:last] > self.cheapest[s][:last]]
        self.over = [k for k in range(first, len(rooms)) if rooms[k] < 0 and any(evaluator.prices[k - first])]
        self.share = len(self.over) / (len(self.over) + len(self.dear) or 1)

    def _move(self, s: int, v: int) -> None:
        self.old.setdefault(s, self.evaluator.present[s])
        self.evaluator.move([(s, v)])

    def _force(self, s: int, v: int) -> bool:
        """Moves a set there, and what it meets out of the way or, for a lag, to where it must be; False: in vain."""
        evaluator, random = self.evaluator, self.random
        self._move(s, v)
        forced, ejected = {s}, 0
        while evaluator.short:
            line = min(evaluator.short)
            if in_the_way := [
                h for h in evaluator.holders[line] if h not in forced and evaluator.present[h] != NOTHING
            ]:
                other, place = random.choice(in_the_way), NOTHING
                ejected += 1
            else:
                able = [w for w in self.restriction.members(line) if self._helps(w, line, forced)]
                if not able:
                    return False
                place = random.choice(able)
                other = evaluator.picks[place][0]
                forced.add(other)
            if ejected + len(forced) > MOST_FORCED:
                return False
            self._move(other, place)
        for _ in range(random.randrange(MOST_BESIDE + 1)):
            uses = list(self.restriction.uses(v))
            if uses and (holders := evaluator.holders.get(random.choice(uses))):
                other = random.choice(list(holders))
                if other not in forced and evaluator.present[other] != NOTHING:
                    self._move(other, NOTHING)
        return True

    def _helps(self, w: int, line: int, forced: set[int]) -> bool:
        return self.evaluator.picks[w][0] not in forced and self.restriction.uses(w).get(line, 0) < 0

    def _recreate(self) -> bool:
        """Places anew what is out, each at its best; False: one does not fit any more."""
        evaluator = self.evaluator
        out = [s for s in self.old if evaluator.present[s] == NOTHING]
        if self.random.random() < 0.5:
            out.sort(key=self.rank.__getitem__)
        else:
            self.random.shuffle(out)
        return all(evaluator.move_to_best(s) for s in out) and evaluator.fits()
