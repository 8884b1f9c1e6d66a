"""What is known of a whole, as the sum of what is known of its components.

Values add up. Bounds add up only while cuts do: each component is cut at its own value of a level, the whole only at
the sum. If one component is not proven, another might give way to it, so the later bounds of those others no longer
hold, unless they suppose nothing.
"""

from collections.abc import Sequence

from arshjul.solver.search.known import Bound, Known


class ComponentSums:
    """Sums of each level over all components, updated as their searches learn more: thousands report several times."""

    def __init__(self, known: Sequence[Known], levels: int) -> None:
        everyone = range(len(known))
        self.levels = levels
        self.known = list(known)
        self.values = [0] * levels
        self.own = [sum(part.bound(level).least for part in known) for level in range(levels)]
        self.free = [sum(_free(part, level) for part in known) for level in range(levels)]
        self.without_plan = set(everyone)
        self.unproven = [set(everyone) for _ in range(levels)]
        self.unfree = [set(everyone) for _ in range(levels)]
        for component, part in enumerate(known):
            self._count(component, part)

    def hear(self, component: int, known: Known) -> None:
        """Takes in what is known of a component by now."""
        before, self.known[component] = self.known[component], known
        for level in range(self.levels):
            self.own[level] += known.bound(level).least - before.bound(level).least
            self.free[level] += _free(known, level) - _free(before, level)
            self.values[level] -= before.value(level) or 0
        self._count(component, known)

    def _count(self, component: int, known: Known) -> None:
        (self.without_plan.add if known.plan is None else self.without_plan.discard)(component)
        for level in range(self.levels):
            value = known.value(level)
            self.values[level] += value or 0
            for members, is_in in (
                (self.unproven[level], not known.proven(level)),
                (self.unfree[level], value is None or value > _free(known, level)),
            ):
                (members.add if is_in else members.discard)(component)

    def value(self, level: int) -> int | None:
        """The value of a level in the best plan of the whole; None: a component has no plan."""
        return None if self.without_plan else self.values[level]

    def bound(self, level: int) -> int:
        """The greatest bound of a level that holds for the best plan of the whole."""
        loose = self._loose(level)
        if not loose:
            return self.own[level]
        if len(loose) > 1:
            return self.free[level]
        (component,) = loose
        known = self.known[component]
        return self.free[level] - _free(known, level) + known.bound(level).least

    def by(self, level: int) -> tuple[str, ...]:
        """The one proof of that bound: `a+b` where each proved some components, counting only if it proved all."""
        loose = self._loose(level)
        bounds = (self._bound(known, level, loose <= {component}) for component, known in enumerate(self.known))
        names = dict.fromkeys(bound.by for bound in bounds)
        return ("+".join(name for name in names if name != "counting") or "counting",)

    def _bound(self, known: Known, level: int, holds: bool) -> Bound:
        return known.bound(level) if holds else known.bound(level, ())

    def _loose(self, level: int) -> set[int]:
        """The components that may be worse on a level before than in the best plan: two of them stand for all.

        A component's own bound holds as long as every *other* one is proven on all earlier levels: only then does the
        cut on the sum keep this component at or below its own.
        """
        loose: set[int] = set()
        for earlier in range(level):
            more = self.unfree[earlier] if loose else self.unproven[earlier]
            loose = loose | (more if len(more) <= 2 else set(list(more)[:2]))
            if len(loose) > 1:
                break
        return loose


def _free(known: Known, level: int) -> int:
    """The greatest bound of a level that supposes nothing of those before it."""
    return known.bound(level, ()).least
