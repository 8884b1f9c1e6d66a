"""Sites apart from their scenario: what is published or kept in a database has them in a table that can be emptied."""

from collections.abc import Mapping
from dataclasses import replace

from arshjul.domain.operation import Site
from arshjul.domain.scenario import Scenario
from arshjul.formats.json_guard import json_bytes, json_data

Place = tuple[str, int]
"""An operation's id, and the site's position in it."""


def without_sites(scenario: Scenario) -> Scenario:
    """The scenario with no site in it."""
    operations = {id: replace(operation, sites=()) for id, operation in scenario.operations.items()}
    return replace(scenario, operations=operations)


def bodies(scenario: Scenario) -> dict[Place, bytes]:
    """Each site of a scenario as JSON."""
    return {
        (operation.id, position): json_bytes({"ref": site.ref, "name": site.name, "address": site.address})
        for operation in scenario.operations.values()
        for position, site in enumerate(operation.sites)
    }


def with_sites(scenario: Scenario, kept: Mapping[Place, bytes]) -> Scenario:
    """The scenario with the sites that were kept apart from it; of an operation that it has no more, none."""
    found: dict[str, list[Site]] = {}
    for (operation, _), body in sorted(kept.items()):
        data = json_data(body, "site")
        if isinstance(data, dict) and operation in scenario.operations:
            found.setdefault(operation, []).append(Site(**{key: str(value) for key, value in data.items()}))
    operations = {
        id: replace(operation, sites=tuple(found.get(id, ()))) for id, operation in scenario.operations.items()
    }
    return replace(scenario, operations=operations)
