"""A proposal as questions: to each party whether it can come, in no more words than its own feed has."""

from collections.abc import Iterator

from arshjul.agenda.notice import operation_said, seen
from arshjul.agenda.party import Party, parties
from arshjul.agenda.when import placed_when
from arshjul.domain.change import Changes, Move
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.notices import Letter


def questions(scenario: Scenario, proposed: Changes) -> tuple[Letter, ...]:
    """The messages to all who take part in what is changed or new, as the proposal has it."""
    letters = []
    for party in parties(scenario):
        if party.kind == "coordinator":
            continue
        known = scenario.agencies[party.id] if party.kind == "agency" else scenario.police[party.id]
        lines = tuple(question for _, question in _asked(scenario, proposed, party))
        if lines:
            letters.append(Letter(party, known.name, known.contact, lines))
    return tuple(letters)


def asked(scenario: Scenario, proposed: Changes) -> tuple[tuple[str, str], ...]:
    """Who is asked about which operation: the operation and the party, in the order of the letters."""
    return tuple((id, party.id) for party in parties(scenario) for id, _ in _asked(scenario, proposed, party))


def _asked(scenario: Scenario, proposed: Changes, party: Party) -> Iterator[tuple[str, Message]]:
    if party.kind == "coordinator":
        return
    for move in (*proposed.moved, *proposed.unit_changed, *proposed.new):
        question = _question(scenario, party, move)
        if question is not None:
            yield move.operation, question


def _question(scenario: Scenario, party: Party, move: Move) -> Message | None:
    """Whether the party can come; None where it has no part in the operation there."""
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
