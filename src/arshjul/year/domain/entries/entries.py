"""All that is entered in a year, in one list: what holds, what is taken back, and what follows from it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from sys import maxsize

from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.declaration import Entry, Text
from arshjul.year.domain.entries.amendment import (
    Amendment,
    Cancelled,
    Edited,
    FewerOfficers,
    LeftOut,
    MilestoneHeld,
    Nominated,
    OtherDates,
    Outcome,
    Pinned,
    Promoted,
    TeamsLost,
    Undone,
    Unpinned,
    WithoutPolice,
    latest,
)
from arshjul.year.domain.entries.answer import Answered, refusals
from arshjul.year.domain.entries.learnt import (
    LEARNT,
    AgendaPoint,
    Improvement,
    MeetingAction,
    MeetingMinutes,
    PartyCard,
    PartyEvaluation,
)
from arshjul.year.domain.entries.obstacle import SharingObstacle
from arshjul.year.domain.entries.picture import SituationPicture
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.visit_object import Filling
from arshjul.year.domain.withdrawal import GivenBack, Still, Withdrawal


@dataclass(frozen=True, slots=True)
class Demands:
    """Demands of entries on the plan that answers them, beyond their effect on the scenario.

    `called_off` are dates by operation on which it was called off, and may not be placed again. `pinned` are operations
    that may be moved on short notice, since the coordinator says where to; `left_out` those that are to stay out.
    `restored` are the places to which operations go back, since the change that moved them is taken back; `undone` are
    those that go back to having none. `answers` are those to the proposal that is replanned; `refused` are all refusals
    in force, by operation: they bind later plans too.
    """

    called_off: Mapping[str, frozenset[date]] = field(default_factory=dict)
    pinned: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    restored: Mapping[str, Placement] = field(default_factory=dict)
    undone: frozenset[str] = frozenset()
    answers: tuple[Answered, ...] = ()
    refused: Mapping[str, tuple[Answered, ...]] = field(default_factory=dict)

    def is_called_off(self, operation: str, day: date) -> bool:
        return day in self.called_off.get(operation, ())

    def stays_away(self, operation: str, agency: str, slot: Slot) -> bool:
        """True if an optional agency of the operation has said no to that slot."""
        return any((answered.party, answered.slot) == (agency, slot) for answered in self.refused.get(operation, ()))


@dataclass(frozen=True, slots=True)
class Choice(Entry):
    """The option of a replan that was chosen, reported at the replan's moment."""

    option: Text


_POLICE = (Withdrawal, GivenBack, Still)
"""Reports of police, taken in by the moment of report."""

EVENTS: Mapping[str, type] = {
    "outcomes": Outcome,
    "withdrawals": Withdrawal,
    "given_back": GivenBack,
    "still": Still,
    **LEARNT,
}
"""Kinds of entries, by the name of their list, in the order in which they are taken in."""

_LEARNT = tuple(LEARNT.values())

CHANGES: Mapping[str, type[Amendment]] = {
    "operations": Nominated,
    "cancelled": Cancelled,
    "promoted": Promoted,
    "unpinned": Unpinned,
    "pinned": Pinned,
    "not_on": OtherDates,
    "agencies": TeamsLost,
    "fewer_officers": FewerOfficers,
    "without_police": WithoutPolice,
    "left_out": LeftOut,
    "held": MilestoneHeld,
    "answers": Answered,
}
"""The coordinator's changes, by the name of their list in files, in the order in which they are applied."""

_ORDER: tuple[tuple[type, ...], ...] = (
    (Outcome,),
    (Edited,),
    *((kind,) for kind in CHANGES.values()),
    (Undone,),
    _POLICE,
    *((kind,) for kind in _LEARNT),
    (Choice,),
    (Filling,),
)
"""The kinds of entries in the order in which one revision takes them in."""

FACTS: tuple[type, ...] = (Outcome, Answered, MilestoneHeld, Choice, Filling, Undone, *_LEARNT)
"""Entries that stay known whatever plan is taken back: answers, milestones held, lessons, outcomes."""

_VIEWS: Mapping[str, type] = {**EVENTS, "changes": Amendment, "choices": Choice, "fillings": Filling}

_VIEW_OF = {kind: name for kinds in _ORDER for kind in kinds for name, of in _VIEWS.items() if issubclass(kind, of)}
_RANK = {kind: number for number, kinds in enumerate(_ORDER) for kind in kinds}


def _place(entry: Entry | Withdrawal) -> tuple[int, int, bool, float]:
    """The place of an entry in the order in which entries hold."""
    told = entry.reported if isinstance(entry, _POLICE) else None
    is_now = isinstance(entry, _POLICE) and told is None
    return entry.revision or maxsize, _RANK[type(entry)], is_now, 0 if told is None else told.timestamp()


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a year, or those of one replan, in the order in which they hold: of two about the same, the later.

    The order follows from what they say: by revision, what waits for one last; then by kind, as a replan takes them in;
    reports of police by their moment. Otherwise they stay as they were entered. Each list is a view of `all`.
    """

    all: tuple[Entry | Withdrawal, ...] = ()
    outcomes: tuple[Outcome, ...] = field(init=False, compare=False, repr=False)
    changes: tuple[Amendment, ...] = field(init=False, compare=False, repr=False)
    withdrawals: tuple[Withdrawal, ...] = field(init=False, compare=False, repr=False)
    given_back: tuple[GivenBack, ...] = field(init=False, compare=False, repr=False)
    still: tuple[Still, ...] = field(init=False, compare=False, repr=False)
    choices: tuple[Choice, ...] = field(init=False, compare=False, repr=False)
    fillings: tuple[Filling, ...] = field(init=False, compare=False, repr=False)
    evaluations: tuple[PartyEvaluation, ...] = field(init=False, compare=False, repr=False)
    improvements: tuple[Improvement, ...] = field(init=False, compare=False, repr=False)
    obstacles: tuple[SharingObstacle, ...] = field(init=False, compare=False, repr=False)
    cards: tuple[PartyCard, ...] = field(init=False, compare=False, repr=False)
    agenda_points: tuple[AgendaPoint, ...] = field(init=False, compare=False, repr=False)
    minutes: tuple[MeetingMinutes, ...] = field(init=False, compare=False, repr=False)
    meeting_actions: tuple[MeetingAction, ...] = field(init=False, compare=False, repr=False)
    pictures: tuple[SituationPicture, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "all", tuple(sorted(self.all, key=_place)))
        lists: dict[str, list[Entry | Withdrawal]] = {name: [] for name in _VIEWS}
        for entry in self.all:
            lists[_VIEW_OF[type(entry)]].append(entry)
        for name, entries in lists.items():
            object.__setattr__(self, name, tuple(entries))

    @classmethod
    def of(cls, **lists: Collection[Entry | Withdrawal]) -> "Entries":
        """The entries of these lists, as a file has them."""
        return cls(tuple(entry for name in _VIEWS for entry in lists.get(name, ())))

    def __iter__(self) -> Iterator[Entry | Withdrawal]:
        return iter(self.all)

    def and_then(self, later: "Entries") -> "Entries":
        return Entries(self.all + later.all)

    def with_lists(self, **lists: Collection[Entry | Withdrawal]) -> "Entries":
        others = (entry for entry in self.all if _VIEW_OF[type(entry)] not in lists)
        return Entries((*others, *(entry for entries in lists.values() for entry in entries)))

    def entered(self, revision: int, as_of: datetime) -> "Entries":
        """The same entries as answered by a revision; those without a moment of report get `as_of`."""
        return Entries(tuple(replace(entry, revision=revision, reported=entry.reported or as_of) for entry in self.all))

    def with_ends(self, as_of: date, days: int) -> "Entries":
        """The same, each unknown end assumed as so many days from that date, unless it was assumed before.

        A confirmed withdrawal that begins later lasts so many days from its beginning.
        """
        ends = timedelta(days=days - 1)
        first = {withdrawal.id: withdrawal.first for withdrawal in self.withdrawals}

        def ended(entry: Entry | Withdrawal) -> Entry | Withdrawal:
            if isinstance(entry, Withdrawal) and entry.last is None and entry.until is None:
                return replace(entry, until=max(entry.first, as_of) + ends)
            if isinstance(entry, Still) and entry.until is None and entry.withdrawal in first:
                return replace(entry, until=max(first[entry.withdrawal], as_of) + ends)
            return entry

        return Entries(tuple(map(ended, self.all)))

    def of_revision(self, revision: int) -> "Entries":
        """The entries answered by that revision, as they came: without its choice and without what a replan adds."""
        own = (entry for entry in self.all if entry.revision == revision and not isinstance(entry, Choice))
        return Entries(tuple(map(as_entered, own)))

    def up_to(self, revision: int) -> "Entries":
        """The entries that revisions up to that one had to answer.

        What is learnt is not among them: a folder has it with a revision, a database without.
        """
        return Entries(
            tuple(entry for entry in self.all if (entry.revision or 0) <= revision and not isinstance(entry, _LEARNT))
        )

    @property
    def undone(self) -> Mapping[int, Undone]:
        """The versions that are taken back, each with the entry that does so, unless that is taken back itself."""
        found: dict[int, Undone] = {}
        for change in reversed(self.changes):
            if isinstance(change, Undone) and change.revision not in found:
                found |= dict.fromkeys(change.versions, change)
        return found

    def undone_by(self, revision: int) -> tuple[Undone, ...]:
        return tuple(change for change in self.changes if isinstance(change, Undone) and change.revision == revision)

    def standing(self, later: "Entries | None" = None) -> "Entries":
        """The entries that hold, facts among them, without those taken back with their version, or by `later` ones."""
        undone = (self if later is None else self.and_then(later)).undone
        if not undone:
            return self
        return Entries(tuple(entry for entry in self.all if holds(entry, undone.get(entry.revision or 0))))

    def decided(self, later: "Entries | None" = None) -> tuple[Amendment, ...]:
        """The changes that hold, as `standing`; of teams that fall away, the last of an id."""
        there = self.standing(later).changes
        last = {lost.id: lost for lost in there if isinstance(lost, TeamsLost)}
        return tuple(
            amendment
            for amendment in there
            if not isinstance(amendment, TeamsLost) or amendment.id is None or last[amendment.id] is amendment
        )

    @property
    def promoted(self) -> Mapping[str, int]:
        """The reserves that were promoted, each with the version of the plan that did so; 0: it waits for one."""
        changes = (change for change in self.standing().changes if isinstance(change, Promoted))
        return {change.operation: change.revision or 0 for change in changes}

    def in_force(self) -> tuple[Withdrawal, ...]:
        """The last report of each withdrawal, in order of the first, with what was given back and confirmed since."""
        found: dict[str, Withdrawal] = {}
        for entry in self.standing():
            if isinstance(entry, Withdrawal):
                found[entry.id] = entry
            elif isinstance(entry, GivenBack) and (of := found.get(entry.withdrawal)) is not None:
                others = tuple(back for back in of.given_back if back.id != entry.id)
                found[of.id] = replace(of, given_back=(*others, entry))
            elif isinstance(entry, Still) and (of := found.get(entry.withdrawal)) is not None and of.last is None:
                found[of.id] = replace(of, until=entry.until or of.until)
        return tuple(found.values())

    def loose_pins(self, hit: Mapping[int, Collection[str]]) -> frozenset[str]:
        """The operations whose pin no longer binds: they were hit by a later revision than the one that brought it.

        `hit` has the operations that each revision found hit; one that is taken back counts for nothing.
        """
        undone, brought = self.undone, dict[str, int]()
        for change in self.standing().changes:
            match change:
                case Pinned(operation=id) | WithoutPolice(operation=id):
                    ids = [id]
                case Nominated(operation=operation):
                    ids = [operation.id]
                case Edited():
                    ids = [*change.new, *(id for id, keys in change.changed.items() if "fixed" in keys)]
                case _:
                    continue
            brought |= dict.fromkeys(ids, change.revision or maxsize)
        return frozenset(
            id for revision, ids in hit.items() if revision not in undone for id in ids if revision > brought.get(id, 0)
        )

    def known_outcomes(self) -> Mapping[tuple[str, date | None], Outcome]:
        return latest(self.standing().outcomes)

    def demands(self, revision: int) -> Demands:
        called_off: dict[str, frozenset[date]] = {}
        for (operation, day), outcome in self.known_outcomes().items():
            if outcome.result == "called-off" and day is not None:
                called_off[operation] = called_off.get(operation, frozenset()) | {day}
        now = [change for change in self.changes if change.revision == revision]
        undone = self.undone_by(revision)
        out_again = frozenset(id for change in undone for id in change.left_out)
        return Demands(
            called_off,
            frozenset(change.operation for change in now if isinstance(change, Pinned | WithoutPolice)),
            frozenset(change.operation for change in now if isinstance(change, LeftOut)) | out_again,
            {placement.operation: placement for change in undone for placement in change.places},
            out_again,
            tuple(change for change in now if isinstance(change, Answered)),
            refusals(self.answers),
        )

    @property
    def answers(self) -> tuple[Answered, ...]:
        """The parties' answers to questions, from among the changes."""
        return tuple(change for change in self.changes if isinstance(change, Answered))


def holds(entry: Entry | Withdrawal, undone: Undone | None) -> bool:
    """True if the entry is not taken back with its version: no version is, it is a fact, or what it is about is past.

    Past is what was cancelled or called off, and would have begun.
    """
    match entry:
        case _ if undone is None:
            return True
        case Cancelled(operation=id) | Outcome(operation=id, result="called-off"):
            return id in undone.past
        case _:
            return isinstance(entry, FACTS)


def as_entered(entry: Entry | Withdrawal) -> Entry | Withdrawal:
    """An entry as it came, without what a replan adds."""
    match entry:
        case Withdrawal() | Still():
            return replace(entry, revision=None, until=None)
        case Cancelled():
            return replace(entry, revision=None, was=None, stood=None)
        case WithoutPolice():
            return replace(entry, revision=None, slot=None)
        case Nominated():
            return replace(entry, revision=None, reported=None)
        case _:
            return replace(entry, revision=None)
