"""Sites separated from their scenario: a published or stored scenario has them in a table that can be emptied."""

from collections.abc import Mapping
from dataclasses import replace

from arshjul.domain.operation import Operation, Site
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import VisitObject
from arshjul.formats.json_guard import json_bytes, json_data

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
        operations={id: replace(one, sites=sites.get(id, ())) for id, one in scenario.operations.items()},
        objects={id: replace(one, sites=sites.get(id, ())) for id, one in scenario.objects.items()},
    )
