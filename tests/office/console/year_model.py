"""A year as a plain model: what was said, in the order in which it was said, and what of it stands.

Nothing here is taken from the product. What follows from the entries is worked out from those that stand, each time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TypeVar

UNKNOWN_END_DAYS = 10
"""For how many dates `until further notice` is taken to last in this town."""


@dataclass(frozen=True)
class Withdrawn:
    """Officers that fall away. `last` None: until further notice."""

    id: str
    units: tuple[str, ...]
    first: date
    last: date | None
    left: int


@dataclass(frozen=True)
class GivenBack:
    """What comes back of a withdrawal; `first`, `last` None: all of it."""

    id: str
    withdrawal: str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Still:
    """A withdrawal until further notice that goes on. `number` tells two of them apart."""

    withdrawal: str
    number: int


@dataclass(frozen=True)
class Lost:
    """Teams that an agency loses. What corrects a report has its id."""

    id: int
    agency: str
    first: date
    last: date
    left: int


@dataclass(frozen=True)
class Locked:
    """An operation that is to be on that date; None: it is bound to none any more."""

    operation: str
    day: date | None


@dataclass(frozen=True)
class Outcome:
    """What became of an operation on a date."""

    operation: str
    day: date
    result: str


@dataclass(frozen=True)
class Edited:
    """Something of the scenario is another: `what` of the thing `of` that name is `value`."""

    what: str
    of: str
    value: object


@dataclass(frozen=True)
class TakenOver:
    """An offer that was taken over into the scenario: so many officers, or teams, of a party on the dates of a call."""

    sent: str
    party: str
    first: date
    last: date
    number: int


@dataclass(frozen=True)
class Undone:
    """A publishing that is taken back. `again`: what was entered for it waits for another answer."""

    versions: frozenset[int]
    again: bool


GIVEN: Mapping[tuple[str, str], object] = {
    ("title", "OP-3"): "Insats OP-3",
    ("officers", "OP-3"): 3,
    ("contact", "miljo"): "",
}
"""What an edit may change, as it is before the first one."""

Word = Withdrawn | GivenBack | Still | Lost | Locked | Outcome | Edited | TakenOver | Undone
EDITS = (Edited, TakenOver)
T = TypeVar("T", Withdrawn, GivenBack, Still, Lost, Locked, Outcome, Edited, TakenOver, Undone)


@dataclass(frozen=True)
class Entry:
    """What was said, by its place in the order. `sent`: the number that the party which sent it has for it.

    `by`: "desk", or "it", who publishes folders and whose entries the desk has no rows of.
    """

    number: int
    word: Word
    sent: str = ""
    by: str = "desk"


@dataclass(frozen=True, eq=False)
class Version:
    """A plan: the one that it goes on from, the moment of its making, and the entries that it answers."""

    name: int
    before: "Version | None"
    as_of: datetime
    entries: tuple[Entry, ...] = ()

    def path(self) -> "tuple[Version, ...]":
        """All versions up to this one, the first one first."""
        return (*(() if self.before is None else self.before.path()), self)

    def since(self, other: "Version") -> "tuple[Version, ...]":
        """The versions after the last one that both go on from."""
        shared = {version.name for version in other.path()}
        return tuple(version for version in self.path() if version.name not in shared)

    def taken_back(self) -> Mapping[int, tuple[datetime, Undone]]:
        """The versions that are taken back, each with the moment of that and what says so: the last word holds."""
        found: dict[int, tuple[datetime, Undone]] = {}
        for version in reversed(self.path()):
            for entry in version.entries:
                if isinstance(entry.word, Undone) and version.name not in found:
                    found |= dict.fromkeys(entry.word.versions, (version.as_of, entry.word))
        return found

    def all_entries(self) -> Iterator[Entry]:
        """All that it has ever answered."""
        for version in self.path():
            yield from version.entries

    @cached_property
    def standing(self) -> "Standing":
        """The entries that stand."""
        gone, found = self.taken_back(), dict[Entry, datetime]()
        for version in self.path():
            for entry in version.entries:
                if version.name not in gone or is_fact(entry.word, gone[version.name][0]):
                    found[entry] = version.as_of
        return Standing(tuple(sorted(found, key=lambda one: one.number)), found)


def begins(day: date, zone: datetime) -> datetime:
    """The moment at which the town's one shift begins, in the zone of that moment."""
    return datetime.combine(day, time(8), zone.tzinfo)


def is_fact(word: Word, undone_at: datetime) -> bool:
    """True if it holds, whatever plan answered it: what was seen, and each taking back."""
    if isinstance(word, Outcome):
        return word.result != "called-off" or begins(word.day, undone_at) <= undone_at
    return isinstance(word, Undone)


@dataclass(frozen=True)
class Standing:
    """The entries that stand, in order, and what they leave. `answered`: the moment of the plan of each."""

    entries: tuple[Entry, ...]
    answered: Mapping[Entry, datetime]

    def of(self, kind: type[T]) -> list[T]:
        """The words of that kind, in order."""
        return [entry.word for entry in self.entries if isinstance(entry.word, kind)]

    def numbered(self, kind: type[T]) -> list[tuple[Entry, T]]:
        """The same with their entries."""
        return [(entry, entry.word) for entry in self.entries if isinstance(entry.word, kind)]

    @cached_property
    def withdrawals(self) -> dict[str, tuple[Entry, Withdrawn]]:
        """The last report of each."""
        return {word.id: (one, word) for one, word in self.numbered(Withdrawn)}

    def until(self, id: str) -> date:
        """The last date of a withdrawal: what it says, or so many dates from the plan that heard of it last."""
        entry, word = self.withdrawals[id]
        if word.last is not None:
            return word.last
        said = [one for one, still in self.numbered(Still) if still.withdrawal == id and one.number > entry.number]
        heard = self.answered[said[-1] if said else entry]
        return max(word.first, heard.date()) + timedelta(days=UNKNOWN_END_DAYS - 1)

    @cached_property
    def _taken(self) -> list[tuple[Withdrawn, date, list[GivenBack]]]:
        """Each withdrawal, its last date, and what was given back of it since its report: the last word of each id."""
        return [
            (
                word,
                self.until(id),
                [
                    *{
                        back.id: back
                        for there, back in self.numbered(GivenBack)
                        if back.withdrawal == id and there.number > entry.number
                    }.values()
                ],
            )
            for id, (entry, word) in self.withdrawals.items()
        ]

    def offered(self, party: str, day: date, own: int) -> int:
        """How many officers or teams the party lends on that date: its `own`, or as its last offer says."""
        taken_over = [
            over.number for over in self.of(TakenOver) if over.party == party and over.first <= day <= over.last
        ]
        return [own, *taken_over][-1]

    def officers(self, unit: str, day: date, own: int) -> int:
        """How many officers the unit has left on that date, of its `own`."""
        own = self.offered(unit, day, own)
        for word, until, back in self._taken:
            is_back = any((given_back.first or day) <= day <= (given_back.last or day) for given_back in back)
            if unit in word.units and word.first <= day <= until and not is_back:
                own = min(own, word.left)
        return own

    def teams(self, agency: str, day: date, own: int) -> int:
        """How many teams the agency has left on that date."""
        lost = {one.id: one for one in self.of(Lost)}.values()
        left = (one.left for one in lost if one.agency == agency and one.first <= day <= one.last)
        return min([self.offered(agency, day, own), *left])

    def locks(self, given: Mapping[str, date]) -> dict[str, date | None]:
        """The date of each operation that is bound to one, or was."""
        return {**given, **{locked.operation: locked.day for locked in self.of(Locked)}}

    def edited(self) -> dict[tuple[str, str], object]:
        """The last value of everything that was edited."""
        return {(one.what, one.of): one.value for one in self.of(Edited)}

    def outcomes(self) -> dict[tuple[str, date], str]:
        """The last outcome of each operation and date."""
        return {(outcome.operation, outcome.day): outcome.result for outcome in self.of(Outcome)}


@dataclass
class YearModel:
    """A database: what is served, the draft, and what waits there. `begun`: what was served when the draft began.

    `publishings` are pairs of versions: what was served before, and then. `calls` stand beside the plan, the desk's
    and those that others have published.
    """

    served: Version
    draft: Version
    begun: Version
    waiting: list[Entry] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    publishings: list[tuple[Version, Version]] = field(default_factory=list)
    calls: set[str] = field(default_factory=set)
    calls_served: set[str] = field(default_factory=set)
    rows: set[int] = field(
        default_factory=set
    )  # of what waited again: also what came by a folder stands in the log then
    offers: dict[str, TakenOver] = field(default_factory=dict)
    last: int = 0

    @classmethod
    def published(cls, as_of: datetime, calls: Iterable[str]) -> "YearModel":
        """A year whose first plan is served."""
        first = Version(0, None, as_of)
        return cls(first, first, first, calls=set(calls))

    @property
    def is_overtaken(self) -> bool:
        """True if others have published since the draft began."""
        return self.begun is not self.served

    @property
    def is_empty(self) -> bool:
        """True if the draft is what is served."""
        return not self.waiting and self.draft is self.served

    def next(self) -> int:
        """The next number of anything."""
        self.last += 1
        return self.last

    def says(self, word: Word, *, sent: str = "", instead: Entry | None = None) -> Entry:
        """Somebody says something, which waits for a plan; it takes the place of what it contradicts."""
        for one in [one for one in self.waiting if one is instead or _contradicts(word, one.word)]:
            self.take_back(one)
        entry = Entry(self.next(), word, sent)
        self.waiting.append(entry)
        return entry

    def take_back(self, entry: Entry) -> None:
        """It does not wait any more."""
        self.waiting.remove(entry)
        self.gone.add(entry.number)

    def edits(self) -> list[Entry]:
        """The waiting ones."""
        return [entry for entry in self.waiting if isinstance(entry.word, EDITS)]

    def edit_changes_something(self) -> bool:
        """True if the scenario as it is edited is not that of the draft's plan."""
        now = self.draft.standing
        then = Version(-1, self.draft, self.draft.as_of, tuple(self.edits())).standing
        differ = {key for key, value in then.edited().items() if now.edited().get(key, GIVEN.get(key)) != value}
        offers = {(over.party, day) for over in then.of(TakenOver) for day in (over.first, over.last)}
        return bool(differ) or any(now.offered(*of, 0) != then.offered(*of, 0) for of in offers)

    def wished(self, as_of: datetime) -> Standing:
        """What would stand if what waits were answered now."""
        return Version(-1, self.draft, as_of, tuple(self.waiting)).standing

    def answer(self, as_of: datetime) -> None:
        """A plan is chosen that answers all that waits."""
        self.draft = Version(self.next(), self.draft, as_of, tuple(self.waiting))
        self.waiting = []

    def publish(self) -> None:
        """The draft is served."""
        self._serve(self.draft)
        self.begun = self.draft

    def publish_outside(self, folder: Version, as_of: datetime, words: Iterable[Word]) -> None:
        """Somebody else publishes a plan that goes on from that of a folder."""
        entries = tuple(Entry(self.next(), word, by="it") for word in words)
        self._serve(Version(self.next(), folder, as_of, entries))

    def follow(self) -> None:
        """A draft in which nothing was chosen is what is served."""
        self.draft = self.begun = self.served
        self.calls |= self.calls_served

    def _serve(self, version: Version) -> None:
        before, self.served = self.served, version
        self.publishings.append((before, version))
        gone_then, gone_now = before.taken_back(), version.taken_back()
        held = {
            entry
            for made in before.path()
            if made.name in gone_then.keys() - gone_now.keys()
            for entry in made.entries
            if not isinstance(entry.word, Undone)
        }
        for made in before.path():
            if made.name in gone_now.keys() - gone_then.keys() and gone_now[made.name][1].again:
                waits = [entry for entry in made.entries if not is_fact(entry.word, gone_now[made.name][0])]
                self.waiting += [wait for wait in waits if wait not in self.waiting]
                self.rows |= {wait.number for wait in waits}
        for entry in [entry for entry in self.waiting if entry in held or isinstance(entry.word, Undone)]:
            self.take_back(entry)  # what has been published since cannot be taken back any more, but the last of it
        self._keep_latest()

    def _keep_latest(self) -> None:
        """Of two that wait and contradict each other, the later."""
        self.waiting.sort(key=lambda one: one.number)
        for entry in list(self.waiting):
            later = self.waiting[self.waiting.index(entry) + 1 :]
            if any(_contradicts(other.word, entry.word) for other in later):
                self.take_back(entry)

    def start_over(self, *, keep_edit: bool) -> None:
        """Back to what is served: what was chosen since waits again, edits only if they are to be kept."""
        chosen = [entry for made in self.draft.since(self.served) for entry in made.entries]
        self.waiting = [*chosen, *self.waiting]
        self._keep_latest()
        self.follow()
        if not keep_edit:
            for edit in self.edits():
                self.take_back(edit)

    def last_publishing(self) -> Undone | None:
        """What takes the last publishing back; None if it is the first."""
        if not self.publishings:
            return None
        before, after = self.publishings[-1]
        return Undone(frozenset(version.name for version in after.since(before)), again=False)

    def rests_on_nothing(self, standing: Standing) -> list[Entry]:
        """What waits and is about a withdrawal that does not stand, or is no longer until further notice."""
        known = standing.withdrawals
        found = []
        for entry in self.waiting:
            if isinstance(entry.word, GivenBack) and entry.word.withdrawal not in known:
                found.append(entry)
            if isinstance(entry.word, Still) and (
                entry.word.withdrawal not in known or known[entry.word.withdrawal][1].last is not None
            ):
                found.append(entry)
        return found

    def state(self, entry: Entry) -> str:
        """What the product has to say of an entry: it waits, is answered, or is taken back."""
        if any(one.number == entry.number for one in self.waiting):
            return "waits"
        if entry in self.served.all_entries():
            own = [one for made in self.draft.since(self.served) for one in made.entries]
            is_anew = entry in own and not self.is_overtaken
            return "answered" if is_anew or entry in self.served.standing.answered else "taken back"
        return "answered" if entry in self.draft.standing.answered else "taken back"


def _contradicts(word: Word, other: Word) -> bool:
    """True if only one of the two can wait: the later one."""
    if type(word) is not type(other):
        return False
    if isinstance(word, Locked | Outcome):
        return word.operation == getattr(other, "operation", "")
    return isinstance(word, Withdrawn | Lost | GivenBack) and word.id == getattr(other, "id", "")
