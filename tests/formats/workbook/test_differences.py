"""The differences of two scenarios as a preview shows them come in the scenario's order, whatever hashes are."""

from dataclasses import replace

from arshjul.domain.operation import Site
from arshjul.formats.workbook.differences import cell_changes
from arshjul.texts import Words
from tests.builders import operation, scenario

IDS = [f"OP-{n}" for n in range(30, 0, -1)]


def test_sites_that_differ_are_told_in_the_order_of_the_operations() -> None:
    before = [operation(id) for id in IDS]
    after = [replace(one, sites=(*one.sites, Site("2027-0013"))) for one in before]
    told = [one.id for one in cell_changes(scenario(before), scenario(after), Words()) if one.key == "sites"]
    assert told == IDS
