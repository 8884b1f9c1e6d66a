"""Sums of the components' statuses: value and bound of each level of the whole.

Values add up. Bounds add up only while cuts do: each component is cut at its own value of a level, the whole only at
the sum. If one component is not proven, another might give way to it, so the later bounds of those others no longer
hold.
"""

from collections.abc import Sequence
from dataclasses import replace

from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.components import Component
from arshjul.solver.search.status import LevelStatus


class CombinedStatus:
    """Adds up components; the counting bounds of each are computed once."""

    def __init__(self, components: Sequence[Component], levels: int) -> None:
        self.count = levels
        self.counting_bound = [
            [counting_bound(component.model, level) for level in range(levels)] for component in components
        ]

    def unbegun(self) -> list[list[LevelStatus]]:
        """Each component's statuses before its search."""
        return [[LevelStatus(None, bound) for bound in bounds] for bounds in self.counting_bound]

    def levels(self, of_components: Sequence[Sequence[LevelStatus]]) -> list[list[LevelStatus]]:
        """For each level the components' statuses, with bounds that may be added up.

        A component that did not reach a level has its counting bound. A component's own bound holds as long as every
        *other* component is proven on all earlier levels: only then does the cut on the sum keep this component at or
        below its own.
        """
        loose: set[int] = set()
        levels = []
        for level in range(self.count):
            at = []
            for component, own in enumerate(of_components):
                bound = self.counting_bound[component][level]
                status = own[level] if level < len(own) else LevelStatus(None, bound)
                if len(loose) > (component in loose):
                    status = replace(status, bound=bound, by=("counting",))
                at.append(status)
            loose.update(component for component, status in enumerate(at) if not status.proven)
            levels.append(at)
        return levels


class RunningTotals:
    """Sums over all components, updated with each report: as `CombinedStatus.levels`, without a pass over all.

    Thousands of components report several times each.
    """

    def __init__(self, whole: CombinedStatus) -> None:
        levels = range(whole.count)
        self.counting_bound = whole.counting_bound
        self.statuses = whole.unbegun()
        self.bounds = [sum(bounds[level] for bounds in whole.counting_bound) for level in levels]
        self.own = list(self.bounds)
        self.values = [0 for _ in levels]
        everyone = range(len(whole.counting_bound))
        self.unplaced = [set(everyone) for _ in levels]
        self.unproven = [set(everyone) for _ in levels]
        self.uncounted = [set(everyone) for _ in levels]

    def hear(self, component: int, level: int, status: LevelStatus) -> tuple[int | None, int]:
        """Takes in a component's status; returns the level's value, if all components have one, and its bound."""
        before, self.statuses[component][level] = self.statuses[component][level], status
        self.own[level] += status.bound - before.bound
        self.values[level] += (status.value or 0) - (before.value or 0)
        value, least = status.value, self.counting_bound[component][level]
        for members, is_in in (
            (self.unplaced, value is None),
            (self.unproven, not status.proven),
            (self.uncounted, value is None or value > least),
        ):
            (members[level].add if is_in else members[level].discard)(component)
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
        (component,) = loose
        return self.bounds[level] - self.counting_bound[component][level] + self.statuses[component][level].bound
