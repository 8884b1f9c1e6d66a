"""The programme of an operation in words, with the agency that owns it."""

from arshjul.domain.scenario import Scenario
from arshjul.errors import Message


def programme_said(scenario: Scenario, id: str) -> Message:
    """Its name, and its owner's: `AKC, by AKC-väst`."""
    programme = scenario.programme(id)
    if programme.owner is None:
        return Message("{name}", {"name": programme.name})
    values = {"programme": programme.name, "owner": scenario.agencies[programme.owner].name}
    return Message("{programme}, by {owner}", values)
