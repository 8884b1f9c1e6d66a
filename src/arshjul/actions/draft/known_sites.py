"""Workbooks without sites: what goes out holds none, and what comes back without any keeps those that are known."""

from collections.abc import Mapping
from dataclasses import replace

from arshjul.domain.operation import Operation
from arshjul.domain.repeat import as_written, repeated_ids, single
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import VisitObject
from arshjul.formats.workbook.writing import scenario_workbook


def workbook_without_sites(year: Scenario) -> bytes:
    """The year as a workbook that may travel by mail: all but the sites of operations and objects."""
    operations = {id: replace(one, sites=()) for id, one in year.operations.items()}
    objects = {id: replace(one, sites=()) for id, one in year.objects.items()}
    return scenario_workbook(replace(year, operations=operations, objects=objects))


def with_known_sites(given: Scenario, year: Scenario) -> Scenario:
    """The scenario, where what has no sites of its own has those that the year knows of it; also if it repeats now."""
    filled = [_filled(one, year.operations) for one in as_written(given.operations)]
    operations = {one.id: one for written in filled for one in single(written)}
    return replace(given, operations=operations, objects=objects_with_known_sites(given.objects, year))


def objects_with_known_sites(given: Mapping[str, VisitObject], year: Scenario) -> dict[str, VisitObject]:
    """The same of objects."""
    known = year.objects
    return {
        id: one if one.sites or id not in known else replace(one, sites=known[id].sites) for id, one in given.items()
    }


def _filled(written: Operation, known: Mapping[str, Operation]) -> Operation:
    before = known.get(written.id) or known.get(*repeated_ids(written.id, 1))
    return written if written.sites or before is None else replace(written, sites=before.sites)
