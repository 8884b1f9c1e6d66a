"""The workbook that may travel by mail: what comes back without sites keeps those known (`domain/known_sites.py`)."""

from dataclasses import replace

from arshjul.domain.scenario import Scenario
from arshjul.formats.workbook.writing import scenario_workbook


def workbook_without_sites(year: Scenario) -> bytes:
    """The year as a workbook that may travel by mail: all but the sites of operations and objects."""
    operations = {id: replace(one, sites=()) for id, one in year.operations.items()}
    objects = {id: replace(one, sites=()) for id, one in year.objects.items()}
    return scenario_workbook(replace(year, operations=operations, objects=objects))
