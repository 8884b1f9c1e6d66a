"""The first message of a year to each party: how many operations ahead it has a part in, and when they begin."""

from collections.abc import Iterator

from arshjul.agenda.notice import operation_said
from arshjul.agenda.party import COORDINATOR, parties
from arshjul.agenda.when import placed_when
from arshjul.agenda.wording import concerns
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.letters.notices import Letter
from arshjul.texts import counted


def first_letters(scenario: Scenario, plan: Plan) -> tuple[Letter, ...]:
    """A message to each party with operations ahead, listing all their dates."""
    return tuple(_letters(scenario, plan))


def _letters(scenario: Scenario, plan: Plan) -> Iterator[Letter]:
    ahead = [one for one in plan.placements if scenario.moments(one.slot)[0] >= plan.as_of]
    in_order = sorted(ahead, key=lambda one: (one.slot.day, scenario.shift(one.slot.shift).start))
    for party in parties(scenario):
        own = [one for one in in_order if party != COORDINATOR and concerns(scenario, party, one)]
        if own:
            known, listed = scenario.parties[party.id], tuple(_said(scenario, one) for one in own)
            yield Letter(party, known.name, known.contact, tuple(_lines(scenario, own)), listed=listed)


def _lines(scenario: Scenario, own: list[Placement]) -> Iterator[Message]:
    yield counted(
        len(own), "One operation: {first}.", "{n} operations, the first: {first}.", first=_said(scenario, own[0])
    )
    if len(own) > 1:
        yield Message("The last: {last}.", {"last": _said(scenario, own[-1])})


def _said(scenario: Scenario, one: Placement) -> Message:
    values = {"what": operation_said(scenario, one.operation), "place": placed_when(scenario, one)}
    return Message("{what}, {place}", values)
