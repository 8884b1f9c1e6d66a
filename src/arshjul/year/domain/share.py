"""A party's share of a placed operation: its role, and its own number of teams or officers."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from arshjul.errors import Message
from arshjul.year.domain.operation import Designated, Placement
from arshjul.year.domain.scenario import Scenario

Role = Literal["leads", "needed", "voluntary", "serves", "lends", "owns"]

ROLE_NAMES: Mapping[Role, Message] = {
    "serves": Message("police"),
    "lends": Message("police"),
    "leads": Message("leads"),
    "needed": Message("takes part"),
    "voluntary": Message("voluntary"),
}
"""The role of one that comes, in a cell."""

TERMS = 24
"""The number of characters in terms."""


@dataclass(frozen=True, slots=True)
class PartyShare:
    """A party's role and its teams or officers; for the unit that serves, also whether one is designated.

    Who owns the programme owns the operation, and is not voluntary, whether it sends teams or not; it may lead it, or
    be needed.
    """

    role: Role
    strength: int
    designated: Designated = "none"


def share(scenario: Scenario, placement: Placement, party: str) -> PartyShare | None:
    """The party's share of the placed operation; None if it has none."""
    own, operation = coming_share(scenario, placement, party), scenario.operations.get(placement.operation)
    if operation is None or scenario.owner(operation) != party:
        return own
    return (
        own if own is not None and own.role != "voluntary" else PartyShare("owns", 0 if own is None else own.strength)
    )


def coming_share(scenario: Scenario, placement: Placement, party: str) -> PartyShare | None:
    """Its share as one that comes, whoever owns the programme; None if it does not come."""
    operation = scenario.operations.get(placement.operation)
    if operation is None:
        return None
    if party in scenario.lenders(placement.operation, placement.police):
        is_serving, strength = party == placement.police, placement.lent(operation)[party]
        return PartyShare("serves", strength, operation.designated) if is_serving else PartyShare("lends", strength)
    sent = operation.sent(placement.any_of)
    if party == operation.lead_agency:
        return PartyShare("leads", sent.get(party, operation.optional_agencies.get(party, 0)))
    if party in sent:
        return PartyShare("needed", sent[party])
    if party in placement.optional_agencies:
        return PartyShare("voluntary", operation.optional_agencies.get(party, 0))
    return None


def terms(scenario: Scenario, placement: Placement, party: str) -> str:
    """A digest of what the party agrees to when it says yes.

    It covers the kind of operation, the area, the dates, the party's own share, the lead, and whether police come; not
    which unit, who else joins, or the programme. Empty if the party has no share, or the scenario does not know the
    shift.
    """
    # Who has said yes to all that is wanted has said yes to fewer.
    own = coming_share(scenario, replace(placement, officers=None), party)
    shifts = {shift.id for shift in scenario.shifts}
    if own is None or placement.slot.shift not in shifts:
        return ""
    operation = scenario.operations[placement.operation]
    moments = [moment.isoformat() for slot in scenario.slots(placement) for moment in scenario.moments(slot)]
    place = [operation.sector, operation.area, operation.lead_agency, placement.police is not None]
    designated = [] if own.designated == "none" else [own.designated]
    asked = json.dumps([*place, own.role, own.strength, *designated, moments], ensure_ascii=False)
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:TERMS]
