"""A level's status, and the callbacks by which a search reports it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from arshjul.errors import EngineFault, Message


class Contradiction(EngineFault):
    """A plan is worth less than a bound that was claimed to be proven: one of the two is wrong."""


def is_best(value: int | None, bound: int, by: Sequence[str] = ()) -> bool:
    """True if the value is the bound, so cannot be improved. Contradiction where it lies below it.

    `by` names what proved the bound; None is no value yet.
    """
    if value is not None and value < bound:
        figures = {"value": value, "bound": bound, "by": list(by) or ["counting"]}
        text = Message("A plan is worth {value} on a level, and {by} claimed that none is below {bound}.", figures)
        raise Contradiction(text)
    return value == bound


@dataclass(slots=True)
class LevelStatus:
    """A level's value and bound. `by` names what proved the bound; `seconds` is the time spent so far."""

    value: int | None
    bound: int
    by: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def proven(self) -> bool:
        """True if the value cannot be improved. Contradiction where it lies below the bound."""
        return is_best(self.value, self.bound, self.by)


@dataclass(slots=True)
class SearchHooks:
    """Callbacks of a search: what it reports, and what it asks.

    `tell(level, status, best)`: a better value, a better bound, or a new level; `best` are values
    of the variables of the model that the run was given. `outside(level)`: a bound that someone
    else proved under the same cuts, and who.
    """

    tell: Callable[[int, LevelStatus, list[int] | None], None] = lambda _level, _status, _best: None
    outside: Callable[[int], tuple[int, str] | None] = lambda _level: None
    halt: Callable[[], bool] = lambda: False
