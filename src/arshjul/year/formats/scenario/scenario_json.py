"""scenario.json: a complete scenario with sites and holidays, in the shape in which people write one.

`scenario.scenario_of` reads it; both use the schema.
"""

from collections.abc import Mapping
from dataclasses import replace

from arshjul.year.domain.operation import Operation, Site
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.formats.json_guard import json_bytes, json_data
from arshjul.year.formats.schema.scenario import WrittenScenario

FORMAT = "arshjul-scenario/1"
Json = dict[str, object]


def scenario_mapping(scenario: Scenario) -> Json:
    """The scenario in its keys, with `format`, `holidays` and `objects`. Withdrawals are in the plan."""
    return {"format": FORMAT, **WrittenScenario.of(scenario).mapping()}


Place = tuple[str, int]
"""The id of an operation or an object, and the site's position in it. Ids of objects and operations differ."""


def without_sites(scenario: Scenario) -> Scenario:
    return _with(scenario, {})


def bodies(scenario: Scenario) -> dict[Place, bytes]:
    """Each site of a scenario as JSON."""
    holders: tuple[Operation | VisitObject, ...] = (*scenario.operations.values(), *scenario.objects.values())
    return {
        (holder.id, position): json_bytes({"ref": site.ref, "name": site.name, "address": site.address})
        for holder in holders
        for position, site in enumerate(holder.sites)
    }


def with_sites(scenario: Scenario, kept: Mapping[Place, bytes]) -> Scenario:
    """The scenario with its separated sites; those of operations and objects that it no longer has are dropped."""
    found: dict[str, tuple[Site, ...]] = {}
    for (holder, _), body in sorted(kept.items()):
        data = json_data(body, "site")
        if isinstance(data, dict):
            site = Site(**{key: str(value) for key, value in data.items()})
            found[holder] = (*found.get(holder, ()), site)
    return _with(scenario, found)


def _with(scenario: Scenario, sites: Mapping[str, tuple[Site, ...]]) -> Scenario:
    """The scenario with those sites, by id, and no others."""
    return replace(
        scenario,
        operations={id: replace(operation, sites=sites.get(id, ())) for id, operation in scenario.operations.items()},
        objects={id: replace(object, sites=sites.get(id, ())) for id, object in scenario.objects.items()},
    )
