"""Which operations of a plan lose what they stand on when officers or teams are taken back."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from arshjul.domain.calendar import Slot
from arshjul.domain.plan import Placement
from arshjul.domain.scenario import Scenario


def hit(scenario: Scenario, placements: Iterable[Placement], as_of: datetime) -> frozenset[str]:
    """The placed operations that start at `as_of` or later and can no longer all stand where they do.

    All that a unit serves at a slot are hit when its officers do not suffice for them together; those
    that require a designated officer, when these do not; all that need an agency's teams, when these
    do not. `scenario` has what is left. Source: docs/formats.md#withdrawals-and-changes (police), the same for teams.
    """
    served: dict[tuple[str, Slot], list[str]] = defaultdict(list)
    sent: dict[tuple[str, Slot], list[str]] = defaultdict(list)
    for placement in placements:
        if scenario.moments(placement.slot)[0] >= as_of:
            if placement.police is not None:
                served[placement.police, placement.slot].append(placement.operation)
            for agency in scenario.operations[placement.operation].agencies:
                sent[agency, placement.slot].append(placement.operation)
    lost: set[str] = set()
    for (unit, slot), ids in served.items():
        offer = scenario.police_offer(unit, slot)
        if sum(scenario.operations[id].least for id in ids) > offer.officers:
            lost.update(ids)
        requiring = [id for id in ids if scenario.operations[id].designated == "require"]
        if len(requiring) > offer.designated:
            lost.update(requiring)
    for (agency, slot), ids in sent.items():
        teams = sum(scenario.operations[id].agencies[agency] for id in ids)
        if teams > scenario.agencies[agency].offer(slot):
            lost.update(ids)
    return frozenset(lost)
