"""What the parts' standings say of the whole.

Values add up. Bounds add up only while locks do: each part is locked at its own value of a level,
the whole at their sum alone. Where one part is not proven, others may give what it takes, so the
later bounds of those others no longer hold.
"""

from collections.abc import Sequence
from dataclasses import replace

from arshjul.solver.modelling.duals import counted
from arshjul.solver.modelling.parts import Part
from arshjul.solver.search.levels import Standing


class Whole:
    """Adds up parts; what counting tells of each is counted once."""

    def __init__(self, pieces: Sequence[Part], levels: int) -> None:
        self.count = levels
        self.counted = [[counted(piece.model, level) for level in range(levels)] for piece in pieces]

    def unbegun(self) -> list[list[Standing]]:
        """Each part's standings before anyone has looked at it."""
        return [[Standing(None, bound) for bound in bounds] for bounds in self.counted]

    def levels(self, of_parts: Sequence[Sequence[Standing]]) -> list[list[Standing]]:
        """For each level the parts' standings, with bounds that may be added up.

        A part that did not come to a level has what counting tells. A part's own bound holds as long
        as every *other* part is proven on all earlier levels: only then does the lock on the sum keep
        this part at or below its own.
        """
        loose: set[int] = set()
        levels = []
        for level in range(self.count):
            at = []
            for part, own in enumerate(of_parts):
                bound = self.counted[part][level]
                standing = own[level] if level < len(own) else Standing(None, bound)
                if len(loose) > (part in loose):
                    standing = replace(standing, bound=bound, by=("counting",))
                at.append(standing)
            loose.update(part for part, standing in enumerate(at) if not standing.proven)
            levels.append(at)
        return levels


class Tally:
    """The sums of all levels while parts tell where they stand: what `Whole.levels` says, without going through all.

    Thousands of parts each tell several times.
    """

    def __init__(self, whole: Whole) -> None:
        levels = range(whole.count)
        self.counted = whole.counted
        self.standings = whole.unbegun()
        self.bounds = [sum(bounds[level] for bounds in whole.counted) for level in levels]
        self.own = list(self.bounds)
        self.values = [0 for _ in levels]
        everyone = range(len(whole.counted))
        self.unplaced = [set(everyone) for _ in levels]
        self.unproven = [set(everyone) for _ in levels]
        self.uncounted = [set(everyone) for _ in levels]

    def hear(self, part: int, level: int, standing: Standing) -> tuple[int | None, int]:
        """Takes in a part's standing; the level's value over all parts, if all have one, and its bound."""
        before, self.standings[part][level] = self.standings[part][level], standing
        self.own[level] += standing.bound - before.bound
        self.values[level] += (standing.value or 0) - (before.value or 0)
        value, least = standing.value, self.counted[part][level]
        for members, is_in in (
            (self.unplaced, value is None),
            (self.unproven, not standing.proven),
            (self.uncounted, value is None or value > least),
        ):
            (members[level].add if is_in else members[level].discard)(part)
        return None if self.unplaced[level] else self.values[level], self._bound(level)

    def _bound(self, level: int) -> int:
        loose: set[int] = set()
        for earlier in range(level):
            more = self.uncounted[earlier] if loose else self.unproven[earlier]
            if len(more) > 1 or len(loose | more) > 1:
                return self.bounds[level]
            loose = loose | more
        if not loose:
            return self.own[level]
        (part,) = loose
        return self.bounds[level] - self.counted[part][level] + self.standings[part][level].bound
