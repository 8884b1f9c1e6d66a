"""scenario.json: a complete scenario with sites and holidays, in the shape in which people write one.

`scenario.scenario_of` reads it; both use the schema.
"""

from arshjul.domain.scenario import Scenario
from arshjul.formats.schema.scenario import WrittenScenario

FORMAT = "arshjul-scenario/1"
Json = dict[str, object]


def scenario_mapping(scenario: Scenario) -> Json:
    """The scenario in its keys, with `format`, `holidays` and `objects`. Withdrawals are in the plan."""
    return {"format": FORMAT, **WrittenScenario.of(scenario).mapping()}
