"""Which sections of an operation's information sheet a party writes."""

from arshjul.agenda.party import Party
from arshjul.domain.information_sheet.declared import By, SheetSection
from arshjul.domain.information_sheet.sections import sections_of
from arshjul.domain.operation import Operation
from arshjul.domain.scenario import Scenario


def sections_written(scenario: Scenario, operation: Operation, party: Party) -> tuple[SheetSection, ...]:
    """Its sections, in order, if it takes part in the operation."""
    agency = scenario.agencies.get(party.id) if party.kind == "agency" else None
    judges_risk = party.kind == "police" or (agency is not None and agency.writes_risk)
    is_so: dict[By, bool] = {
        "each": True,
        "lead": agency is not None and agency.id == operation.lead_agency,
        "risk": judges_risk,
        "people": agency is not None and agency.writes_people,
    }
    return sections_of([by for by, so in is_so.items() if so], scenario.sheet.sections)
