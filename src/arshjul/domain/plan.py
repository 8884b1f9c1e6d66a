"""A plan: every operation placed or unplaced, what it is worth, and what is proven of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from arshjul.domain.cause import Causes
from arshjul.domain.change import changes
from arshjul.domain.entries.entries import Entries
from arshjul.domain.level import Level
from arshjul.domain.placement import Placement
from arshjul.domain.revision import ReplanRecord
from arshjul.domain.visit_object import Bindings
from arshjul.errors import Message


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason why an operation is unplaced: a rule, and the number of slots at which it was the one to forbid it."""

    rule: str
    slots: int
    text: Message


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An operation that found no place, with its reasons, the most frequent first."""

    operation: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """A charge of a soft rule for one thing."""

    rule: str
    about: str
    points: int
    text: Message


@dataclass(frozen=True, slots=True)
class Base:
    """The plan that a replan started from: enough to judge its changes without the old folder.

    `hit` are the operations that lost what they stood on; `placements` are the old ones by id.
    `yielded` are operations that cannot all be held where everybody agreed to have them.
    """

    revision: int
    as_of: datetime
    placements: Mapping[str, Placement]
    hit: frozenset[str] = frozenset()
    yielded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Placing:
    """The revision that decided the placements, and its moment."""

    revision: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """A revision. `as_of` is aware, in the plan's zone.

    `entries` are all that was entered so far; `unpinned` are operations whose pin has yielded since they
    were hit; `earlier` are the replans before this plan. `bindings` are the objects of its frames. A
    filling binds objects and leaves the placements as they were: `placed_by` then says which revision
    decided them, levels, prices, base and causes being that one's; None: this one did. `causes` were found when
    the plan was made, and stay what they are whatever is entered later; None: it was made before they were kept.
    """

    as_of: datetime
    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    levels: tuple[Level, ...] = ()
    prices: tuple[Price, ...] = ()
    entries: Entries = field(default_factory=Entries)
    base: Base | None = None
    unpinned: frozenset[str] = frozenset()
    revision: int = 1
    option: str | None = None
    earlier: tuple[ReplanRecord, ...] = ()
    bindings: Bindings = field(default_factory=dict)
    placed_by: Placing | None = None
    causes: Causes | None = None
    placed: Mapping[str, Placement] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "placed", {placement.operation: placement for placement in self.placements})

    @property
    def placing(self) -> Placing:
        """The revision that decided the placements, and the moment from which it saw the year."""
        return self.placed_by or Placing(self.revision, self.as_of)

    @property
    def replanned_from(self) -> Base | None:
        """The base, where this revision is a replan; None for a first plan and for a filling."""
        return None if self.placed_by is not None else self.base

    @property
    def revisions(self) -> tuple[ReplanRecord, ...]:
        """All replans up to this plan, itself among them where it is one."""
        base = self.base
        if base is None:
            return self.earlier
        changed = changes(base.placements, self.placed).changed
        return (*self.earlier, ReplanRecord(self.placing.revision, base.as_of, base.hit, changed, self.causes))

    def history(self, revision: int) -> tuple[tuple[ReplanRecord, ...], Entries]:
        """The replans and entries up to that revision: two plans of one number are one where these are the same."""
        return tuple(one for one in self.revisions if one.number <= revision), self.entries.up_to(revision)

    def last_shared(self, other: "Plan") -> int:
        """The last revision that both plans come from, or are; 0 where there is none."""
        both = range(min(self.revision, other.revision), 0, -1)
        return next((number for number in both if self.history(number) == other.history(number)), 0)

    @property
    def status(self) -> Literal["optimal", "feasible"]:
        """`optimal` where every level is proven, and there are levels."""
        proven = bool(self.levels) and all(level.proven for level in self.levels)
        return "optimal" if proven else "feasible"
