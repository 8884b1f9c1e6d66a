"""The entry of a filling, kept for good: which objects were bound, which became free again, and what is proven."""

from dataclasses import dataclass

from arshjul.domain.entry import Entry
from arshjul.domain.level import Level
from arshjul.domain.visit_object import Bindings


@dataclass(frozen=True, slots=True)
class Freed:
    """An object that is bound to a frame no more. `rule` is what it no longer fits by."""

    object: str
    operation: str
    rule: str


@dataclass(frozen=True, slots=True)
class Filling(Entry):
    """The objects that a revision bound and freed. A replan, which may free some, binds none and has no levels."""

    bound: Bindings
    freed: tuple[Freed, ...] = ()
    levels: tuple[Level, ...] = ()

    @property
    def is_replan(self) -> bool:
        """True if no objects were given, and some were freed since their frames changed."""
        return not self.levels
