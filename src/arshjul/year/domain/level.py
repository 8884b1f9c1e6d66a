"""One aim of a plan or a filling, and what is proven of it."""

from dataclasses import dataclass
from typing import Annotated

from arshjul.year.domain.declaration import Amount, Text, Unstated

BY_COUNT = "counting"
"""The name in `proved_by` of a level that arithmetic alone proves."""


@dataclass(frozen=True, slots=True)
class Level:
    """One aim: its value, its proven bound (None: none), and the engines that proved it."""

    id: Text
    value: Amount
    bound: Amount | None
    proved_by: Annotated[tuple[Text, ...], Unstated] = ()

    @property
    def proven(self) -> bool:
        """True if no plan can be better on this level, given the levels before it."""
        return self.value == self.bound
