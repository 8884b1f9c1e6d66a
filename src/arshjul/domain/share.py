"""A party's share of a placed operation: in what role it takes part, and with how many teams or officers of its own."""

import hashlib
import json
from dataclasses import dataclass
from typing import Literal

from arshjul.domain.placement import Placement
from arshjul.domain.scenario import Scenario

Role = Literal["leads", "needed", "voluntary", "serves", "lends"]

TERMS = 24
"""The length of terms, in characters."""


@dataclass(frozen=True, slots=True)
class PartyShare:
    """A party's role there, and its teams or officers."""

    role: Role
    strength: int


def share(scenario: Scenario, placement: Placement, party: str) -> PartyShare | None:
    """The party's share of the operation that is placed there; None where it has none."""
    operation = scenario.operations.get(placement.operation)
    if operation is None:
        return None
    if party in scenario.lenders(placement.operation, placement.police):
        role: Role = "serves" if party == placement.police else "lends"
        return PartyShare(role, operation.wanted(placement.police)[party])
    sent = operation.sent(placement.any_of)
    if party == operation.lead_agency:
        return PartyShare("leads", sent.get(party, operation.optional_agencies.get(party, 0)))
    if party in sent:
        return PartyShare("needed", sent[party])
    if party in placement.optional_agencies:
        return PartyShare("voluntary", operation.optional_agencies.get(party, 0))
    return None


def terms(scenario: Scenario, placement: Placement, party: str) -> str:
    """The digest of what the party is asked there: what it says yes to, and would be told of if it changed.

    That is the kind of place, where, when, its own share, who leads, and whether police come; not which unit, and
    who else joins. Empty where it has no share, or the scenario does not know the shift.
    """
    own, shifts = share(scenario, placement, party), {shift.id for shift in scenario.shifts}
    if own is None or placement.slot.shift not in shifts:
        return ""
    operation = scenario.operations[placement.operation]
    moments = [one.isoformat() for slot in scenario.slots(placement) for one in scenario.moments(slot)]
    place = [operation.sector, operation.area, operation.lead_agency, placement.police is not None]
    asked = json.dumps([*place, own.role, own.strength, moments], ensure_ascii=False)
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:TERMS]
