"""Aims for a part of the year."""

from dataclasses import dataclass

from arshjul.domain.calendar import Span
from arshjul.domain.operation import Operation


@dataclass(frozen=True, slots=True)
class Target:
    """At least `at_least` operations of some kinds, with their first date in `span`.

    `sectors`, `areas`, `programmes` None: all. `points` None: the rule's own price.
    """

    id: str
    name: str
    span: Span
    at_least: int
    sectors: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    programmes: tuple[str, ...] | None = None
    points: int | None = None

    def is_kind(self, operation: Operation) -> bool:
        """Whether the operation is of these kinds."""
        return (
            (self.sectors is None or operation.sector in self.sectors)
            and (self.areas is None or operation.area in self.areas)
            and (self.programmes is None or operation.programme in self.programmes)
        )
