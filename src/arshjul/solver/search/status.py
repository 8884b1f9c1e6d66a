"""The state of knowledge about a model's levels, as values that searches return and reports update."""

from collections.abc import Sequence
from dataclasses import dataclass

from arshjul.errors import EngineFault, Message


class Contradiction(EngineFault):
    """A plan is worth less than a bound that was claimed to be proven: one of the two is wrong."""


class Impossible(Exception):
    """An engine, named in `by`, proved that nothing meets the hard constraints."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


def is_best(value: int | None, bound: int, by: Sequence[str] = ()) -> bool:
    """True if the value equals the bound, so cannot be improved. Contradiction if it lies below.

    `by` names what proved the bound; value None: there is none yet.
    """
    if value is not None and value < bound:
        figures = {"value": value, "bound": bound, "by": list(by) or ["counting"]}
        text = Message("A plan is worth {value} on a level, and {by} claimed that none is below {bound}.", figures)
        raise Contradiction(text)
    return value == bound


@dataclass(frozen=True, slots=True)
class LevelStatus:
    """A level's value and bound. `by` names what proved the bound; `seconds` is the time spent so far."""

    value: int | None
    bound: int
    by: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def proven(self) -> bool:
        """True if the value cannot be improved. Contradiction if it lies below the bound."""
        return is_best(self.value, self.bound, self.by)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The statuses of the levels begun, and the best plan. `ones` are its 0/1 variables that are 1.

    `ones` None: no plan is known. `impossible_by` names the engine that proved that there is none. `gave_up`: neither
    proven nor out of time, since every engine failed or ended without a reason.
    """

    statuses: tuple[LevelStatus, ...] = ()
    ones: tuple[int, ...] | None = None
    impossible_by: str = ""
    gave_up: bool = False

    @property
    def impossible(self) -> bool:
        """True if it is proven that there is no plan."""
        return bool(self.impossible_by)

    def is_proven(self, levels: int) -> bool:
        """True if there is a plan that is proven the best on each of the model's `levels`."""
        return self.ones is not None and len(self.statuses) == levels and all(s.proven for s in self.statuses)
