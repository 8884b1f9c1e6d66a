"""A plan: every operation placed or unplaced, its value on each level, and what is proven of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Annotated, Literal

from annotated_types import Interval

from arshjul.errors import Message
from arshjul.year.domain.change import Causes, Move, changes
from arshjul.year.domain.declaration import MOST, Amount, Moment, Refers, Text, ValueKind, Whole
from arshjul.year.domain.entries.amended import Given
from arshjul.year.domain.entries.amendment import MilestoneHeld
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.feature import lists_unused
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.settings import Milestone
from arshjul.year.domain.visit_object import Bindings


@dataclass(frozen=True, slots=True)
class ReplanRecord:
    """A replan that was made: its moment, the operations that were hit, and the changes.

    `causes` are those that were told then; None: not recorded. `fresh` are the operations that had no place before.
    Neither matters when records are compared.
    """

    number: int
    as_of: datetime
    hit: frozenset[str]
    changed: tuple[Move, ...]
    causes: Causes | None = field(default=None, compare=False)
    fresh: frozenset[str] = field(default=frozenset(), compare=False)


OperationName = Annotated[Text, Refers("operations")]
Sentence = Annotated[Message, ValueKind("word", read_as="sentence")]
"""Written in the words of the writer."""
UNSAID = Message("{text}", {"text": ""})


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason why an operation is unplaced: a rule, and the number of slots that this rule was the first to forbid."""

    rule: Text
    slots: Whole
    text: Sentence = UNSAID


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An operation that found no place, with its reasons, the most frequent first."""

    operation: OperationName
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """A charge of a soft rule for one thing."""

    rule: Text
    about: Text
    points: Amount
    text: Sentence = UNSAID


@dataclass(frozen=True, slots=True)
class Base:
    """The plan that a replan started from: enough to judge its changes without the old folder.

    `hit` are the operations that lost what their place rests on; `placements` are the old ones by id. `yielded` are
    operations whose agreed places cannot all be held.
    """

    revision: int
    as_of: datetime
    placements: Mapping[str, Placement]
    hit: frozenset[str] = frozenset()
    yielded: frozenset[str] = frozenset()


Held = Mapping[tuple[str, str], Mapping[date, date | None]]
"""By operation and milestone, for each date of the operation: when it was held; None: it was not after all."""


def held_on(held: Held, milestone: Milestone, placement: Placement) -> date | None:
    """When the milestone was held for the operation there; None: it was not."""
    day = placement.slot.day
    on = held.get((placement.operation, milestone.id), {}).get(day)
    return on if milestone.was_held(on, day) else None


@dataclass(frozen=True, slots=True)
class Placing:
    """The revision that decided the placements, and its moment."""

    revision: Annotated[int, Interval(ge=1, le=MOST)]
    as_of: Moment


@dataclass(frozen=True, slots=True)
class Plan:
    """A revision. `as_of` is aware, in the plan's zone.

    `entries` are all entries so far; `given` is what the scenario was given as, where they have changed it; `earlier`
    are the replans before this plan. `bindings` are the objects of its frames. A filling binds objects and leaves the
    placements as they were: `placed_by` then says which revision decided them, and levels, prices, base and causes are
    those of that revision; None: this one did. `causes` were found when the plan was made, and stay whatever is entered
    later; None: the plan is older than their recording. `first_as_of`: the moment of the first version, in later ones.
    """

    as_of: datetime
    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    levels: tuple[Level, ...] = ()
    prices: tuple[Price, ...] = ()
    entries: Entries = field(default_factory=Entries)
    base: Base | None = None
    given: Given = field(default_factory=Given)
    revision: int = 1
    option: str | None = None
    earlier: tuple[ReplanRecord, ...] = ()
    bindings: Bindings = field(default_factory=dict)
    placed_by: Placing | None = None
    causes: Causes | None = None
    first_as_of: datetime | None = None
    placed: Mapping[str, Placement] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "placed", {placement.operation: placement for placement in self.placements})

    def shown(self, uses: Collection[str]) -> "Plan":
        """The plan without the entries of features that the year does not use; they are kept."""
        gone = {name: () for name in lists_unused(uses) if getattr(self.entries, name)}
        return replace(self, entries=self.entries.with_lists(**gone)) if gone else self

    @property
    def placing(self) -> Placing:
        return self.placed_by or Placing(self.revision, self.as_of)

    @property
    def first_made(self) -> datetime | None:
        """The moment of the first version; None if it is not known."""
        return self.placing.as_of if self.placing.revision == 1 else self.first_as_of

    @property
    def made_at(self) -> Mapping[int, datetime]:
        first = {} if self.first_made is None else {1: self.first_made}
        return {**first, **{record.number: record.as_of for record in self.revisions}}

    @property
    def replanned_from(self) -> Base | None:
        """The base, where this revision is a replan; None for a first plan and for a filling."""
        return None if self.placed_by is not None else self.base

    @property
    def revisions(self) -> tuple[ReplanRecord, ...]:
        """All replans up to this plan, with itself if it is one."""
        base = self.base
        if base is None:
            return self.earlier
        found = changes(base.placements, self.placed)
        fresh = frozenset(move.operation for move in found.new)
        made = ReplanRecord(self.placing.revision, base.as_of, base.hit, found.changed, self.causes, fresh)
        return (*self.earlier, made)

    @property
    def unpinned(self) -> frozenset[str]:
        """The operations whose pin, if they have one, no longer binds since they were hit."""
        return self.entries.loose_pins(self.hit)

    @property
    def hit(self) -> Mapping[int, frozenset[str]]:
        """The operations that each replan found hit, without those that went back by what it took back."""
        found = {}
        for revision in self.revisions:
            back = [place for undone in self.entries.undone_by(revision.number) for place in undone.places]
            at_home = {move.operation for move in revision.changed if any(place.same_place(move.new) for place in back)}
            found[revision.number] = revision.hit - at_home
        return found

    def held(self) -> Held:
        """When each milestone was held, for the date of its operation when that was entered; the latest counts."""
        left: defaultdict[str, list[tuple[int, Placement | None]]] = defaultdict(list)
        for record in self.revisions:
            for move in record.changed:
                left[move.operation].append((record.number, move.old))
        found: defaultdict[tuple[str, str], dict[date, date | None]] = defaultdict(dict)
        for change in self.entries.changes:
            if isinstance(change, MilestoneHeld):
                since = (old for n, old in left[change.operation] if n >= (change.revision or n + 1))
                stood = next(since, self.placed.get(change.operation))
                if stood is not None:
                    found[change.operation, change.milestone][stood.slot.day] = change.day
        return found

    def history(self, revision: int) -> tuple[tuple[ReplanRecord, ...], Entries]:
        """The replans and entries up to that revision. Two plans share the revision if these are equal."""
        return tuple(step for step in self.revisions if step.number <= revision), self.entries.up_to(revision)

    def last_shared(self, other: "Plan") -> int:
        """The last revision that both plans come from, or are; 0 if there is none."""
        both = range(min(self.revision, other.revision), 0, -1)
        return next((number for number in both if self.history(number) == other.history(number)), 0)

    @property
    def status(self) -> Literal["optimal", "feasible"]:
        """`optimal` if there are levels and every one is proven."""
        proven = bool(self.levels) and all(level.proven for level in self.levels)
        return "optimal" if proven else "feasible"
