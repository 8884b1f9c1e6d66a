"""What a workbook says of a year without its sites keeps those that are known of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from arshjul.domain.operation import Operation
from arshjul.domain.repeat import as_written, repeated_ids, single
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import VisitObject
from arshjul.errors import Message
from arshjul.texts import counted

_Visited = TypeVar("_Visited", Operation, VisitObject)


def with_known_sites(given: Scenario, year: Scenario) -> Scenario:
    """The scenario, where what has no sites of its own has those that the year knows of it; also if it repeats now."""
    filled = [_filled(one, year.operations) for one in as_written(given.operations)]
    operations = {one.id: one for written in filled for one in single(written)}
    return replace(given, operations=operations, objects=objects_with_known_sites(given.objects, year))


def objects_with_known_sites(given: Mapping[str, VisitObject], year: Scenario) -> dict[str, VisitObject]:
    """The same of objects."""
    return {id: _with_sites_of(one, year.objects.get(id)) for id, one in given.items()}


def n_kept(given: Scenario, result: Scenario) -> int:
    """The number of operations and objects that were given no site and have some in the result."""
    kinds = ((given.operations, result.operations), (given.objects, result.objects))
    return sum(not one.sites and id in has and has[id].sites != () for had, has in kinds for id, one in had.items())


def n_kept_said(n: int) -> Message:
    return counted(
        n,
        "One operation or object without a site there keeps its site here.",
        "{n} operations and objects without sites there keep their sites here.",
    )


def _filled(written: Operation, known: Mapping[str, Operation]) -> Operation:
    before = known.get(written.id) or known.get(*repeated_ids(written.id, 1))
    return _with_sites_of(written, before)


def _with_sites_of(one: _Visited, before: _Visited | None) -> _Visited:
    """With the sites of before, unless its number was given to something else: another sector, or another area."""
    if one.sites or before is None or (one.sector, one.area) != (before.sector, before.area):
        return one
    return replace(one, sites=before.sites)
