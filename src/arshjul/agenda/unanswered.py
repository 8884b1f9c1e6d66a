"""Parties that have been asked about an operation at its present place, and have not answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from arshjul.agenda.notice import operation_said
from arshjul.agenda.when import when_said
from arshjul.domain.entries.answer import unanswered as open_questions
from arshjul.domain.parties import Agency, PoliceUnit
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An open question: the operation, its place, and the party whose answer is missing."""

    operation: str
    placement: Placement
    party: Agency | PoliceUnit
    text: Message


def unanswered(scenario: Scenario, plan: Plan, as_of: datetime) -> Iterator[Unanswered]:
    """The open questions about operations that have not begun at that moment, in the order of their starts."""
    parties = scenario.parties
    found = []
    for one in open_questions(plan.entries.answers):
        place, party = plan.placed.get(one.operation), parties.get(one.party)
        if place is None or party is None or not one.is_about(place):
            continue
        if not scenario.has_begun(place.slot, as_of):
            values = {
                "party": party.name,
                "operation": operation_said(scenario, one.operation),
                "when": when_said(scenario, place.slot),
            }
            text = Message("{party} has not answered about {operation}, {when}.", values)
            if one.answer == "later":
                text = Message("{party} answers later about {operation}, {when}.", values)
            found.append((scenario.moments(place.slot)[0], Unanswered(one.operation, place, party, text)))
    yield from (question for _, question in sorted(found, key=lambda pair: pair[0]))
