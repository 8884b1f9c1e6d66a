"""A scenario extended by what an earlier one knew, so that everything that entries mention still has a name.

What a workbook says of a year without its sites keeps those that are known of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from arshjul.errors import Message
from arshjul.year.domain.entries.amendment import Cancelled, WithoutPolice
from arshjul.year.domain.operation import Operation, as_written, repeated_ids, single
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.texts import counted


def with_former(former: Scenario, scenario: Scenario) -> Scenario:
    """The scenario extended by everything in the former one that an entry may name."""
    return replace(
        scenario,
        areas={**former.areas, **scenario.areas},
        police={**former.police, **scenario.police},
        agencies={**former.agencies, **scenario.agencies},
        operations={**former.operations, **scenario.operations},
    )


def with_cancelled(scenario: Scenario, plan: Plan) -> Scenario:
    """The scenario with the operations that were cancelled, as they were."""
    gone = {
        change.operation: change.was for change in plan.entries.changes if isinstance(change, Cancelled) and change.was
    }
    return replace(scenario, operations={**gone, **scenario.operations})


def with_former_lenders(scenario: Scenario, plan: Plan) -> Scenario:
    """The scenario in which operations that now go without police still name the units that lent officers besides.

    Those units must be told of it.
    """
    without = {change.operation for change in plan.entries.standing().changes if isinstance(change, WithoutPolice)}
    known = {
        id: replace(scenario.operations[id], police_also=operation.police_also)
        for id, operation in plan.given.operations.items()
        if operation is not None and id in without & scenario.operations.keys()
    }
    return replace(scenario, operations={**scenario.operations, **known}) if known else scenario


def with_former_parties(old: Scenario, new: Scenario, plan: Plan) -> Scenario:
    """The scenario with the units, agencies and areas of the old one that anything of the plan still names."""
    units, agencies, areas = _named(new.operations.values())
    units |= {placement.police for placement in plan.placements if placement.police is not None}
    units |= {unit for withdrawal in plan.entries.withdrawals for unit in withdrawal.police}
    agencies |= {
        agency for placement in plan.placements for agency in (*placement.optional_agencies, *placement.any_of)
    }
    for object in new.objects.values():
        agencies |= {*object.agencies, *object.interest}
        areas.add(object.area)
    return _with_parties(old, new, (units, agencies, areas))


def with_parties_of(old: Scenario, new: Scenario, operations: Iterable[Operation]) -> Scenario:
    """The scenario with the units, agencies and areas of the old one that these operations still name."""
    return _with_parties(old, new, _named(operations))


def _named(operations: Iterable[Operation]) -> tuple[set[str], set[str], set[str]]:
    units: set[str] = set()
    agencies: set[str] = set()
    areas: set[str] = set()
    for operation in operations:
        units |= {*(operation.police or ()), *operation.police_also, operation.proposed_by or ""}
        agencies |= {operation.lead_agency, *operation.agencies, *operation.optional_agencies, *operation.interest}
        agencies |= {agency for group in operation.any_of for agency in group.agencies} | {operation.proposed_by or ""}
        areas.add(operation.area)
    return units, agencies, areas


def _with_parties(old: Scenario, new: Scenario, named: tuple[set[str], set[str], set[str]]) -> Scenario:
    """The scenario with the named units, agencies and areas of the old one, which lend and send nothing any more."""
    units, agencies, areas = named
    return replace(
        new,
        areas={
            **new.areas,
            **{id: replace(a, neighbours=()) for id, a in old.areas.items() if id in areas - new.areas.keys()},
        },
        police={
            **new.police,
            **{
                id: replace(unit, areas=(), officers=(), often_withdrawn=())
                for id, unit in old.police.items()
                if id in units - new.police.keys()
            },
        },
        agencies={
            **new.agencies,
            **{id: replace(a, teams=()) for id, a in old.agencies.items() if id in agencies - new.agencies.keys()},
        },
    )


_Visited = TypeVar("_Visited", Operation, VisitObject)


def with_known_sites(given: Scenario, year: Scenario) -> Scenario:
    """The scenario, where what has no sites of its own has those that the year knows of it; also if it repeats now."""
    filled = [_filled(operation, year.operations) for operation in as_written(given.operations)]
    operations = {operation.id: operation for written in filled for operation in single(written)}
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
