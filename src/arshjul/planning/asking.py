"""A proposal as questions: to each party whether it can come, in no more words than its own feed has."""

from collections.abc import Iterator
from dataclasses import dataclass

from arshjul.agenda.notice import operation_said, seen
from arshjul.agenda.part import part
from arshjul.agenda.party import Party, parties
from arshjul.agenda.when import placed_when
from arshjul.domain.answer import Answered
from arshjul.domain.change import Changes, Move
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.notices import Letter


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """One operation's place put to one party: what an answer to it is about, and its words."""

    about: Answered
    text: Message


def questions(scenario: Scenario, proposed: Changes) -> tuple[Letter, ...]:
    """The messages to all who take part in what is changed or new, as the proposal has it."""
    letters = []
    for party in parties(scenario):
        if party.kind == "coordinator":
            continue
        known = scenario.agencies[party.id] if party.kind == "agency" else scenario.police[party.id]
        lines = tuple(one.text for one in _asked(scenario, proposed, party))
        if lines:
            letters.append(Letter(party, known.name, known.contact, lines))
    return tuple(letters)


def asked(scenario: Scenario, proposed: Changes) -> tuple[AskedPlace, ...]:
    """Who is asked about which place of which operation, in the order of the letters."""
    return tuple(one for party in parties(scenario) for one in _asked(scenario, proposed, party))


def _asked(scenario: Scenario, proposed: Changes, party: Party) -> Iterator[AskedPlace]:
    if party.kind == "coordinator":
        return
    for move in (*proposed.moved, *proposed.unit_changed, *proposed.new):
        place, text = move.new, _question(scenario, party, move)
        if text is not None and place is not None:
            at = (place.slot, place.police, place.optional_agencies, place.any_of)
            yield AskedPlace(Answered(move.operation, party.id, "asked", *at), text)


def _question(scenario: Scenario, party: Party, move: Move) -> Message | None:
    """Whether the party can come; None where it has no part in the operation there."""
    old, new = seen(scenario, party, move.old), seen(scenario, party, move.new)
    if new is None:
        return None
    values = {"what": operation_said(scenario, move.operation), "new": placed_when(scenario, new)}
    if old is None:
        question = Message("{what}: can you come {new}?", values)
    elif old.slot == new.slot:
        question = Message("{what}: can you still come {new}?", values)
    else:
        values["old"] = placed_when(scenario, old)
        question = Message("{what}: can you come {new}, in place of {old}?", values)
    own = part(scenario, party, new)
    if own is not None and own.role == "voluntary":
        return Message("{question} You are voluntary: it is held without you too.", {"question": question})
    return question
