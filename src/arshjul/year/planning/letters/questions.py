"""A proposal as questions: to each party whether it can come, with no more details than its own feed has."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from arshjul.errors import Message
from arshjul.year.agenda.party import Party, parties
from arshjul.year.agenda.party_change import FormerPlan, party_change
from arshjul.year.agenda.revised import operation_said, seen
from arshjul.year.agenda.time_text import placed_when
from arshjul.year.domain.change import Changes, Move
from arshjul.year.domain.entries.answer import Answered
from arshjul.year.domain.operation import Designated, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.share import PartyShare, Role, coming_share, share
from arshjul.year.planning.letters.notices import Letter, Touched, letter_to
from arshjul.year.texts import counted


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """`about`: what an answer is about. `why`: why it left its place, as far as the party's calendar gives it."""

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
        values = {"question": self.question, "cause": self.why}
        return (
            self.text if self.why is None else self._with_share(Message("{question} It is because of {cause}.", values))
        )

    def _with_share(self, question: Message) -> Message:
        own, values = self.share, {"question": question, "n": self.share.strength}
        said = replace(_OF_ROLES[own.role], values=values)
        if own.role == "leads" and own.strength == 0:
            said = Message("{question} You lead it.", values)
        if own.designated == "none":
            return said
        return replace(_OF_DESIGNATED[own.designated], values={"question": said})


_OF_ROLES: Mapping[Role, Message] = {
    "leads": counted(0, "{question} You lead it, with one team.", "{question} You lead it, with {n} teams."),
    "needed": counted(0, "{question} You are needed with one team.", "{question} You are needed with {n} teams."),
    "voluntary": counted(
        0,
        "{question} You are voluntary, with one team: the operation is held without you too.",
        "{question} You are voluntary, with {n} teams: the operation is held without you too.",
    ),
    "owns": counted(
        0,
        "{question} You own the programme, and come with one team.",
        "{question} You own the programme, and come with {n} teams.",
    ),
    "serves": counted(0, "{question} You serve it with one officer.", "{question} You serve it with {n} officers."),
    "lends": counted(0, "{question} You lend it one officer.", "{question} You lend it {n} officers."),
}
_OF_DESIGNATED: Mapping[Designated, Message] = {
    "require": Message("{question} A designated operation officer is needed."),
    "prefer": Message("{question} A designated operation officer is wished for."),
}


@dataclass(frozen=True, slots=True)
class ProposalQuestions:
    former: FormerPlan
    scenario: Scenario
    plan: Plan
    proposed: Changes

    def letters(self) -> tuple[Letter, ...]:
        by_party = ((party, tuple(self._of(party))) for party in parties(self.scenario))
        return tuple(
            letter_to(self.scenario, party, [place.said for place in own], [place.touched for place in own])
            for party, own in by_party
            if own
        )

    def asked(self) -> tuple[AskedPlace, ...]:
        return tuple(place for party in parties(self.scenario) for place in self._of(party))

    def _of(self, party: Party) -> Iterator[AskedPlace]:
        if party.kind == "coordinator":
            return
        for move in (*self.proposed.moved, *self.proposed.unit_changed, *self.proposed.new):
            place, question = move.new, _question(self.scenario, party, move)
            if question is None or place is None or coming_share(self.scenario, place, party.id) is None:
                continue  # who only owns the programme is told, not asked
            own = share(self.scenario, place, party.id)
            if own is None:
                continue
            about = Answered(move.operation, party.id, "asked").as_asked(self.scenario, place)
            touched = Touched(move.operation, (self.scenario.moments(place.slot)[0],))
            change = party_change(self.former, self.scenario, self.plan, party, move.operation)
            yield AskedPlace(about, touched, question, None if change is None else change.cause, own)


def withdrawn(scenario: Scenario, asked: Iterable[Answered]) -> tuple[Letter, ...]:
    lines: dict[str, list[Message]] = {}
    for answered in asked:
        if answered.slot is not None:
            place = Placement(answered.operation, answered.slot, answered.police, answered.joining, answered.any_of)
            values = {"what": operation_said(scenario, answered.operation), "new": placed_when(scenario, place)}
            lines.setdefault(answered.party, []).append(
                Message("{what}: no answer is needed any more about {new}.", values)
            )
    return tuple(letter_to(scenario, party, lines[party.id]) for party in parties(scenario) if party.id in lines)


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
