"""A proposal as questions: to each party whether it can come, with no more details than its own feed has."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from arshjul.agenda.notice import operation_said, seen
from arshjul.agenda.part_change import Former, part_change
from arshjul.agenda.party import Party, parties
from arshjul.agenda.when import placed_when
from arshjul.domain.change import Changes, Move
from arshjul.domain.entries.answer import Answered
from arshjul.domain.operation import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.share import PartyShare, coming_share, share
from arshjul.errors import Message
from arshjul.planning.letters.notices import Letter, Touched
from arshjul.texts import counted


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """One operation's place as put to one party: what an answer to it is about, and its words.

    `why`: the cause for which it left its old place, as far as the party's calendar would give it.
    """

    about: Answered
    touched: Touched
    question: Message
    why: Message | None
    share: PartyShare

    @property
    def text(self) -> Message:
        """The question without its cause, which does not affect the meaning of an answer."""
        return self._with_share(self.question)

    @property
    def said(self) -> Message:
        """The question with its cause, if one is known."""
        if self.why is None:
            return self.text
        values = {"question": self.question, "cause": self.why}
        return self._with_share(Message("{question} It is because of {cause}.", values))

    def _with_share(self, question: Message) -> Message:
        """The question with the party's role and its number of teams or officers."""
        n = self.share.strength
        match self.share.role:
            case "leads" if n == 0:
                return Message("{question} You lead it.", {"question": question})
            case "leads":
                return counted(
                    n,
                    "{question} You lead it, with one team.",
                    "{question} You lead it, with {n} teams.",
                    question=question,
                )
            case "needed":
                return counted(
                    n,
                    "{question} You are needed with one team.",
                    "{question} You are needed with {n} teams.",
                    question=question,
                )
            case "voluntary":
                return counted(
                    n,
                    "{question} You are voluntary, with one team: the operation is held without you too.",
                    "{question} You are voluntary, with {n} teams: the operation is held without you too.",
                    question=question,
                )
            case "owns":
                return counted(
                    n,
                    "{question} You own the programme, and come with one team.",
                    "{question} You own the programme, and come with {n} teams.",
                    question=question,
                )
            case "serves" | "lends":
                return self._with_officers(question)

    def _with_officers(self, question: Message) -> Message:
        """The question with a unit's role and its number of officers."""
        n = self.share.strength
        if self.share.role == "lends":
            return counted(
                n,
                "{question} You lend it one officer.",
                "{question} You lend it {n} officers.",
                question=question,
            )
        return self._with_designated(
            counted(
                n,
                "{question} You serve it with one officer.",
                "{question} You serve it with {n} officers.",
                question=question,
            )
        )

    def _with_designated(self, question: Message) -> Message:
        """The question with whether one of the officers is to be designated."""
        match self.share.designated:
            case "require":
                return Message("{question} A designated operation officer is needed.", {"question": question})
            case "prefer":
                return Message("{question} A designated operation officer is wished for.", {"question": question})
            case "none":
                return question


@dataclass(frozen=True, slots=True)
class Asking:
    """A proposed plan with its scenario, those that parties know, and the changes between them."""

    former: Former
    scenario: Scenario
    plan: Plan
    proposed: Changes

    def letters(self) -> tuple[Letter, ...]:
        """The messages to all parties to anything changed or new in the proposal."""
        letters = []
        for party in parties(self.scenario):
            if own := tuple(self._of(party)):
                known = self.scenario.parties[party.id]
                lines, touched = tuple(one.said for one in own), tuple(one.touched for one in own)
                letters.append(Letter(party, known.name, known.contact, lines, touched))
        return tuple(letters)

    def asked(self) -> tuple[AskedPlace, ...]:
        """The places that each party is asked about, in the order of the letters."""
        return tuple(one for party in parties(self.scenario) for one in self._of(party))

    def _of(self, party: Party) -> Iterator[AskedPlace]:
        if party.kind == "coordinator":
            return
        for move in (*self.proposed.moved, *self.proposed.unit_changed, *self.proposed.new):
            place, question = move.new, _question(self.scenario, party, move)
            # Who only owns the programme is told, not asked.
            comes = None if place is None else coming_share(self.scenario, place, party.id)
            own = None if place is None or comes is None else share(self.scenario, place, party.id)
            if question is None or place is None or own is None:
                continue
            about = Answered(move.operation, party.id, "asked").as_asked(self.scenario, place)
            touched = Touched(move.operation, (self.scenario.moments(place.slot)[0],))
            yield AskedPlace(about, touched, question, self._why(party, move.operation), own)

    def _why(self, party: Party, operation: str) -> Message | None:
        change = part_change(self.former, self.scenario, self.plan, party, operation)
        return None if change is None else change.cause


def withdrawn(scenario: Scenario, asked: Iterable[Answered]) -> tuple[Letter, ...]:
    """The messages to parties that were asked these questions and need not answer any more."""
    lines: dict[str, list[Message]] = {}
    for one in asked:
        if one.slot is not None:
            place = Placement(one.operation, one.slot, one.police, one.joining, one.any_of)
            values = {"what": operation_said(scenario, one.operation), "new": placed_when(scenario, place)}
            said = Message("{what}: no answer is needed any more about {new}.", values)
            lines.setdefault(one.party, []).append(said)
    found = ((party, scenario.parties[party.id]) for party in parties(scenario) if party.id in lines)
    return tuple(Letter(party, one.name, one.contact, tuple(lines[party.id])) for party, one in found)


def _question(scenario: Scenario, party: Party, move: Move) -> Message | None:
    """The question whether the party can come; None if it has no part in the operation there."""
    old, new = seen(scenario, party, move.old), seen(scenario, party, move.new)
    if new is None:
        return None
    values = {"what": operation_said(scenario, move.operation), "new": placed_when(scenario, new)}
    if old is None:
        return Message("{what}: can you come {new}?", values)
    if old.slot == new.slot:
        return Message("{what}: can you still come {new}?", values)
    values["old"] = placed_when(scenario, old)
    return Message("{what}: can you come {new}, in place of {old}?", values)
