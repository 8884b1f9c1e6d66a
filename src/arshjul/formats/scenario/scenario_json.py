"""scenario.json: a scenario whole, its sites and holidays in it, in the shape in which people write one.

The way back is `scenario.scenario_of`; both go through the schema.
"""

from arshjul.domain.scenario import Scenario
from arshjul.formats.schema.scenario import WrittenScenario

FORMAT = "arshjul-scenario/1"
Json = dict[str, object]


def scenario_mapping(scenario: Scenario) -> Json:
    """The scenario in its keys, and `format`, `holidays` and `objects` besides. Withdrawals are the plan's."""
    return {"format": FORMAT, **WrittenScenario.of(scenario).mapping()}
