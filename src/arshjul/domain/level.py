"""One aim of a plan or a filling, and what is proven of it."""

from dataclasses import dataclass

BY_COUNT = "counting"
"""The name in `proved_by` of a level that arithmetic alone proves."""


@dataclass(frozen=True, slots=True)
class Level:
    """One aim: its value, its proven bound (None: none), and the engines that proved it."""

    id: str
    value: int
    bound: int | None
    proved_by: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """True if no plan can be better on this level, given the levels before it."""
        return self.value == self.bound
