"""The entry of a filling: which objects were bound, which were freed, and what is proven."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from arshjul.domain.declaration import ById, Id, Text
from arshjul.domain.entry import Entry
from arshjul.domain.level import Level


@dataclass(frozen=True, slots=True)
class Freed:
    """An object that is no longer bound to a frame. `rule` is the rule that it no longer keeps."""

    object: Id
    operation: Id
    rule: Text


@dataclass(frozen=True, slots=True)
class Filling(Entry):
    """The objects that a revision bound and freed. A replan may free some, and has no levels; it binds only
    what was bound before something that it takes back.
    """

    bound: Annotated[Mapping[Id, tuple[Id, ...]], ById("operation", "objects")] = field(default_factory=dict)
    freed: tuple[Freed, ...] = ()
    levels: tuple[Level, ...] = ()

    @property
    def is_replan(self) -> bool:
        """True if no objects were given, and some were freed because their frames changed."""
        return not self.levels
