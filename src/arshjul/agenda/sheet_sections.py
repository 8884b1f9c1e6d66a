"""Which sections of an operation's information sheet a party writes."""

from arshjul.agenda.party import Party
from arshjul.domain.information_sheet.declared import NEEDS, By, SheetSection
from arshjul.domain.information_sheet.sections import sections_of
from arshjul.domain.operation import Operation
from arshjul.domain.scenario import Scenario


def sections_written(scenario: Scenario, operation: Operation, party: Party) -> tuple[SheetSection, ...]:
    """Its sections, in order, if it takes part in the operation; of a unit the risk, and its needs where named."""
    if party.kind == "police":
        there = sections_of(["risk", "each"], scenario.sheet.sections)
        return tuple(one for one in there if one.by == "risk" or one.id == NEEDS)
    agency = scenario.agencies[party.id]
    is_so: dict[By, bool] = {
        "each": True,
        "lead": agency.id == operation.lead_agency,
        "risk": agency.writes_risk,
        "people": agency.writes_people,
    }
    return sections_of([by for by, so in is_so.items() if so], scenario.sheet.sections)
