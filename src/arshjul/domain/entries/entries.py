"""All that is entered in a year: withdrawals, what is given back of them, outcomes, changes, and what is learnt."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime

from arshjul.domain.calendar import Slot
from arshjul.domain.entries.amendment import Amendment, Cancelled, LeftOut, MilestoneHeld, Pinned, Undone, WithoutPolice
from arshjul.domain.entries.answer import Answered, refusals
from arshjul.domain.entries.card import PartyCard
from arshjul.domain.entries.filling import Filling
from arshjul.domain.entries.learnt import LEARNT, Improvement, PartyEvaluation
from arshjul.domain.entries.meeting import AgendaPoint, MeetingAction, MeetingMinutes
from arshjul.domain.entries.obstacle import SharingObstacle
from arshjul.domain.entries.outcome import Outcome, latest
from arshjul.domain.entries.picture import SituationPicture
from arshjul.domain.entry import Entry
from arshjul.domain.placement import Placement
from arshjul.domain.withdrawal import GivenBack, Still, Withdrawal, in_force


@dataclass(frozen=True, slots=True)
class Demands:
    """What entries demand of the plan that answers them, beyond their effect on the scenario.

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
        """True if the operation was called off on that date."""
        return day in self.called_off.get(operation, ())

    def stays_away(self, operation: str, agency: str, slot: Slot) -> bool:
        """True if an optional agency of the operation has said no to that slot."""
        return any((one.party, one.slot) == (agency, slot) for one in self.refused.get(operation, ()))


@dataclass(frozen=True, slots=True)
class Choice(Entry):
    """The option of a replan that was chosen, reported at the replan's moment."""

    option: str


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a year, or those of one replan, each list in the order in which they came."""

    outcomes: tuple[Outcome, ...] = ()
    changes: tuple[Amendment, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    given_back: tuple[GivenBack, ...] = ()
    still: tuple[Still, ...] = ()
    choices: tuple[Choice, ...] = ()
    fillings: tuple[Filling, ...] = ()
    evaluations: tuple[PartyEvaluation, ...] = ()
    improvements: tuple[Improvement, ...] = ()
    obstacles: tuple[SharingObstacle, ...] = ()
    cards: tuple[PartyCard, ...] = ()
    agenda_points: tuple[AgendaPoint, ...] = ()
    minutes: tuple[MeetingMinutes, ...] = ()
    meeting_actions: tuple[MeetingAction, ...] = ()
    pictures: tuple[SituationPicture, ...] = ()

    def __iter__(self) -> Iterator[Entry | Withdrawal]:
        """All of them, list by list."""
        for one in fields(self):
            yield from getattr(self, one.name)

    def and_then(self, later: "Entries") -> "Entries":
        """These entries followed by the later ones."""
        return Entries(*(getattr(self, one.name) + getattr(later, one.name) for one in fields(self)))

    def entered(self, revision: int, as_of: datetime) -> "Entries":
        """The same entries as answered by a revision; those without a moment of report get `as_of`."""
        return Entries(
            *(
                tuple(replace(one, revision=revision, reported=one.reported or as_of) for one in getattr(self, part))
                for part in (one.name for one in fields(self))
            )
        )

    def of_revision(self, revision: int) -> "Entries":
        """The entries answered by that revision, as they came: without its choice and without what a replan adds."""
        return Entries(
            **{
                part: tuple(replace(one, revision=None) for one in getattr(self, part) if one.revision == revision)
                for part in (one.name for one in fields(self) if one.name != "choices")
            }
        ).without_ends()

    def up_to(self, revision: int) -> "Entries":
        """The entries that revisions up to that one had to answer, without the ends that later revisions assumed.

        What is learnt is not among them: a folder has it with a revision, a database without.
        """
        return Entries(
            **{
                part: tuple(one for one in getattr(self, part) if (one.revision or 0) <= revision)
                for part in (one.name for one in fields(self) if one.name not in LEARNT)
            }
        ).without_ends()

    def without_ends(self) -> "Entries":
        """The same as reported, without assumed ends of withdrawals until further notice."""
        return replace(self, withdrawals=tuple(replace(withdrawal, until=None) for withdrawal in self.withdrawals))

    @property
    def undone(self) -> Mapping[int, Undone]:
        """The versions that are taken back, each with the entry that does so, unless that is taken back itself."""
        found: dict[int, Undone] = {}
        for change in sorted(
            (change for change in self.changes if isinstance(change, Undone)),
            key=lambda one: -(one.revision or sys.maxsize),
        ):
            if change.revision not in found:
                found |= dict.fromkeys(change.versions, change)
        return found

    def undone_by(self, revision: int) -> tuple[Undone, ...]:
        """What that version of the plan takes back."""
        return tuple(one for one in self.changes if isinstance(one, Undone) and one.revision == revision)

    def standing(self, later: "Entries | None" = None) -> "Entries":
        """The entries that hold, facts among them, without those taken back with their version, or by `later` ones."""
        undone = (self if later is None else self.and_then(later)).undone
        if not undone:
            return self
        return Entries(
            *(
                tuple(one for one in getattr(self, part) if _holds(one, undone.get(one.revision or 0)))
                for part in (one.name for one in fields(self))
            )
        )

    def in_force(self) -> tuple[Withdrawal, ...]:
        """The last report of each withdrawal, and of each part of it that has been given back since."""
        standing = self.standing()
        return tuple(
            replace(
                withdrawal,
                given_back=tuple(
                    {
                        back.id: back
                        for back in standing.given_back
                        if back.withdrawal == withdrawal.id
                        and (back.revision or sys.maxsize) >= (withdrawal.revision or sys.maxsize)
                    }.values()
                ),
            )
            for withdrawal in in_force(standing.withdrawals)
        )

    def known_outcomes(self) -> Mapping[tuple[str, date | None], Outcome]:
        """The last outcome of each operation and date."""
        return latest(self.standing().outcomes)

    def demands(self, revision: int) -> Demands:
        """The demands on the plan of that revision."""
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

    def held(self) -> Mapping[tuple[str, str], date]:
        """The date on which each milestone was held, by operation and milestone; the latest entry counts."""
        last = {(one.operation, one.milestone): one.day for one in self.changes if isinstance(one, MilestoneHeld)}
        return {of: day for of, day in last.items() if day is not None}

    @property
    def answers(self) -> tuple[Answered, ...]:
        """The parties' answers to questions, from among the changes."""
        return tuple(change for change in self.changes if isinstance(change, Answered))


def _holds(entry: Entry | Withdrawal, undone: Undone | None) -> bool:
    """True if the entry is not taken back with its version: no version is, or it is a fact.

    Facts are what parties answered, what was held or learnt, and outcomes, but for what is called off and is still to
    come; and what was cancelled for a date that has passed.
    """
    match entry:
        case _ if undone is None:
            return True
        case Outcome(result="called-off", day=day):
            return day is not None and undone.reported is not None and day < undone.reported.date()
        case Cancelled(operation=id):
            return id in undone.still_cancelled
        case (
            Outcome()
            | Answered()
            | MilestoneHeld()
            | Choice()
            | Filling()
            | Undone()
            | PartyEvaluation()
            | Improvement()
            | SharingObstacle()
        ):
            return True
        case _:
            return False
