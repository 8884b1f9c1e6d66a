"""Whose part is looked at for a change: only where something differs that anybody may read."""

from dataclasses import replace

from arshjul.agenda.part_change import Former
from arshjul.agenda.recipients import changed_operations
from arshjul.formats.scenario.sites_apart import without_sites
from tests import years


def test_sites_are_no_change_and_all_else_of_an_operation_is() -> None:
    year = years.scenario()
    placed = years.plan(year).placed
    served = Former(without_sites(year), placed)
    assert changed_operations(served, year, placed) == ()
    retitled = replace(year.operations["OP-002"], title="En annan titel")
    edited = replace(year, operations={**year.operations, "OP-002": retitled, "OP-003": retitled})
    assert changed_operations(served, edited, placed) == ("OP-002", "OP-003")
    less = {id: one for id, one in year.operations.items() if id != "OP-001"}
    assert changed_operations(served, replace(year, operations=less), placed) == ("OP-001",)
