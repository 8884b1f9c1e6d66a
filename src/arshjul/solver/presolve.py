"""Makes a model small and tight by arithmetic on one line at a time, before any engine sees it.

All of it rests on the sets: of an activity's variables exactly one is 1, so a line gets from each
set one of its coefficients (0 where a variable is missing), and what a line can reach is the sum
of each set's least or greatest. Nothing here cuts away the last best choice of any level.
"""

from collections import Counter, defaultdict
from math import gcd

from arshjul.solver.model import Line, Model, Soft


def simplify(model: Model) -> Model:
    """The model with impossible, equal and dominated options and idle lines gone, and lines tightened."""
    work = _Work(model)
    work.run()
    return work.packed()


class _Work:
    """A model being simplified. Lines are held in *lifted* form: every set's least coefficient is 0."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.sets = [list(variables) for variables in model.sets]
        self.owner = {v: s for s, variables in enumerate(self.sets) for v in variables}
        self.gone: set[int] = set()
        self.impossible = model.impossible or not all(self.sets)
        self.costs = [dict(costs) for costs in model.costs]
        self.constants = list(model.constants)
        self.lines: list[Line] = []
        self.softs: list[Soft] = []

    def run(self) -> None:
        lines = [self._lifted(line) for line in _distinct(self.model.lines)]
        softs = [Soft(self._lifted(soft.line), soft.prices) for soft in self.model.softs]
        while True:
            before = len(self.gone)
            lines = [tight for line in lines if (tight := self._tightened(line)) is not None]
            if self.impossible or len(self.gone) == before:
                break
            self.sets = [[v for v in variables if v not in self.gone] for variables in self.sets]
            if not all(self.sets):
                self.impossible = True
                break
            lines = [self._lifted(line) for line in lines]
            softs = [Soft(self._lifted(soft.line), soft.prices) for soft in softs]
        self.lines = lines
        self.softs = [soft for soft in softs if self._softened(soft)]

    def _by_set(self, line: Line) -> dict[int, list[int]]:
        members: dict[int, list[int]] = defaultdict(list)
        for variable in line.terms:
            members[self.owner[variable]].append(variable)
        return members

    def _lifted(self, line: Line) -> Line:
        """The same line with each set's least coefficient moved into `at_most`."""
        terms = {v: c for v, c in line.terms.items() if v not in self.gone}
        at_most = line.at_most
        for s, members in self._by_set(Line(terms, 0)).items():
            whole = len(members) == len(self.sets[s])
            least = min(terms[v] for v in members) if whole else min(0, *(terms[v] for v in members))
            if least:
                at_most -= least
                for v in self.sets[s]:
                    c = terms.get(v, 0) - least
                    if c:
                        terms[v] = c
                    else:
                        terms.pop(v, None)
        return Line(terms, at_most)

    def _tightened(self, line: Line) -> Line | None:
        """A lifted line after the cuts of one round; None if it forbids nothing any more."""
        if line.at_most < 0:
            self.impossible = True
            return None
        for v, c in list(line.terms.items()):
            if c > line.at_most or v in self.gone:
                self.gone.add(v)
                del line.terms[v]
        greatest = {s: max(line.terms[v] for v in vs) for s, vs in self._by_set(line).items()}
        most = sum(greatest.values())
        if most <= line.at_most:
            return None
        self._strengthen(line, greatest, most)
        return line

    def _strengthen(self, line: Line, greatest: dict[int, int], most: int) -> None:
        """Smaller numbers with the same 0/1 points: what the others cannot use up is taken off both sides."""
        members = self._by_set(line)
        for s, top in greatest.items():
            spare = line.at_most - (most - top)
            if spare > 0:
                for v in members[s]:
                    if line.terms[v] > spare:
                        line.terms[v] -= spare
                    else:
                        del line.terms[v]
                line.at_most -= spare
                most -= spare
        line.at_most = _reachable(line, self._by_set(line))
        divisor = gcd(*line.terms.values())
        if divisor > 1:
            line.terms = {v: c // divisor for v, c in line.terms.items()}
            line.at_most //= divisor

    def _softened(self, soft: Soft) -> bool:
        """Moves what is always exceeded into costs and constants; False if no excess is left to choose."""
        line, prices = soft.line, soft.prices
        if line.at_most < 0:
            self._fold(prices, None, -line.at_most)
            line.at_most = 0
        for v, c in list(line.terms.items()):
            if c > line.at_most:
                self._fold(prices, v, c - line.at_most)
                if line.at_most:
                    line.terms[v] = line.at_most
                else:
                    del line.terms[v]
        greatest = {s: max(line.terms[v] for v in vs) for s, vs in self._by_set(line).items()}
        soft.excess = sum(greatest.values()) - line.at_most  # for now its upper bound
        return soft.excess > 0

    def _fold(self, prices: list[int], variable: int | None, units: int) -> None:
        for level, price in enumerate(prices):
            if variable is None:
                self.constants[level] += price * units
            elif price:
                self.costs[level][variable] = self.costs[level].get(variable, 0) + price * units

    def packed(self) -> Model:
        """The simplified model, renumbered, without idle lines, in the sparsest form of each line."""
        model = self.model
        if self.impossible:
            return Model(sets=[[] for _ in model.sets], constants=self.constants, impossible=True)
        self.lines = _undominated(self.lines)
        stands = self._merged()
        kept = [v for v in range(len(model.picks)) if v not in self.gone]
        number = {v: k for k, v in enumerate(kept)}
        small = Model(picks=[model.picks[v] for v in kept], uppers=[1] * len(kept), constants=self.constants)
        small.sets = [[number[v] for v in variables if v not in self.gone] for variables in self.sets]
        small.stands_for = {model.picks[v]: number[w] for v, w in stands.items()}
        small.costs = [{number[v]: c for v, c in costs.items() if v in number and c} for costs in self.costs]
        owner = {number[v]: self.owner[v] for v in kept}
        for line in self.lines:
            small.lines.append(_sparse(_renumbered(line, number), small.sets, owner))
        for soft in self.softs:
            excess = len(small.uppers)
            line = _sparse(_renumbered(soft.line, number), small.sets, owner)
            line.terms[excess] = -1
            small.uppers.append(soft.excess)
            small.softs.append(Soft(line, soft.prices, excess))
            for level, price in enumerate(soft.prices):
                if price:
                    small.costs[level][excess] = price
        return small

    def _merged(self) -> dict[int, int]:
        """Cuts away options that are nowhere different from another of their activity, or dearer; who replaces whom."""
        marks: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for n, line in enumerate([*self.lines, *(soft.line for soft in self.softs)]):
            for v, c in line.terms.items():
                marks[v].append((n, c))
        stands: dict[int, int] = {}
        for variables in self.sets:
            best: dict[tuple[tuple[int, int], ...], list[int]] = defaultdict(list)
            for v in variables:
                if v in self.gone:
                    continue
                alike = best[tuple(marks[v])]
                cost = [costs.get(v, 0) for costs in self.costs]
                for w in alike:
                    other = [costs.get(w, 0) for costs in self.costs]
                    if all(a >= b for a, b in zip(cost, other, strict=True)):
                        stands[v] = w
                        break
                else:
                    for w in list(alike):
                        other = [costs.get(w, 0) for costs in self.costs]
                        if all(a <= b for a, b in zip(cost, other, strict=True)):
                            stands[w] = v
                            alike.remove(w)
                    alike.append(v)
        self.gone.update(stands)
        return {v: _last(stands, v) for v in stands}


def _last(stands: dict[int, int], variable: int) -> int:
    while variable in stands:
        variable = stands[variable]
    return variable


def _distinct(lines: list[Line]) -> list[Line]:
    """The lines without repetitions, which sliding windows are full of, and without those that nothing can break."""
    kept: dict[tuple[int, ...], Line] = {}
    for line in lines:
        if sum(c for c in line.terms.values() if c > 0) > line.at_most:
            key = (*line.terms, *line.terms.values())
            other = kept.get(key)
            if other is None or line.at_most < other.at_most:
                kept[key] = line
    return list(kept.values())


def _reachable(line: Line, members: dict[int, list[int]]) -> int:
    """The greatest sum within `at_most` that the sets can reach; `at_most` itself where counting is too long."""
    if line.at_most > 4096 or len(members) > 400:
        return line.at_most
    mask = (1 << (line.at_most + 1)) - 1
    reach = 1
    for variables in members.values():
        step = reach
        for c in {line.terms[v] for v in variables}:
            step |= reach << c
        reach = step & mask
        if reach >> line.at_most:
            return line.at_most
    return reach.bit_length() - 1


def _undominated(lines: list[Line]) -> list[Line]:
    """The lines without those that another one implies term by term."""
    order = sorted(range(len(lines)), key=lambda n: (-len(lines[n].terms), n))
    holders: dict[int, list[int]] = defaultdict(list)
    kept: set[int] = set()
    for n in order:
        line = lines[n]
        rarest = min(line.terms, key=lambda v: len(holders[v]))
        if any(_implies(lines[m], line) for m in holders[rarest]):
            continue
        kept.add(n)
        for v in line.terms:
            holders[v].append(n)
    return [line for n, line in enumerate(lines) if n in kept]


def _implies(wide: Line, narrow: Line) -> bool:
    if wide.at_most > narrow.at_most:
        return False
    get = wide.terms.get
    return all(get(v, 0) >= c for v, c in narrow.terms.items())


def _renumbered(line: Line, number: dict[int, int]) -> Line:
    return Line({number[v]: c for v, c in line.terms.items() if v in number}, line.at_most)


def _sparse(line: Line, sets: list[list[int]], owner: dict[int, int]) -> Line:
    """The same line with a set's commonest coefficient taken off all its variables where that leaves fewer."""
    members: dict[int, list[int]] = defaultdict(list)
    for v in line.terms:
        members[owner[v]].append(v)
    for s, variables in members.items():
        if 2 * len(variables) <= len(sets[s]):
            continue
        common, times = Counter(line.terms[v] for v in variables).most_common(1)[0]
        if times > len(sets[s]) - len(variables):
            line.at_most -= common
            for v in sets[s]:
                c = line.terms.get(v, 0) - common
                if c:
                    line.terms[v] = c
                else:
                    line.terms.pop(v, None)
    return line
