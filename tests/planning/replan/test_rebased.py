"""An edit is made anew in another scenario: what only one of them has changed stays as that one has it."""

from dataclasses import replace

from arshjul.domain.scenario import Scenario
from arshjul.planning.replan.edit import rebased
from tests import years

BEFORE = years.scenario()


def titled(year: Scenario, id: str, title: str) -> Scenario:
    return replace(year, operations={**year.operations, id: replace(year.operations[id], title=title)})


def urgent(year: Scenario, id: str) -> Scenario:
    return replace(year, operations={**year.operations, id: replace(year.operations[id], priority=1)})


def without(year: Scenario, id: str) -> Scenario:
    return replace(year, operations={key: one for key, one in year.operations.items() if key != id})


def called(year: Scenario, id: str, name: str) -> Scenario:
    return replace(year, agencies={**year.agencies, id: replace(year.agencies[id], name=name)})


def test_each_keeps_what_it_changed_alone() -> None:
    ours = titled(called(BEFORE, "a0", "Vår"), "OP-001", "Vår titel")
    theirs = urgent(called(BEFORE, "a1", "Deras"), "OP-001")
    found = rebased(BEFORE, ours, theirs)
    assert (found.operations["OP-001"].title, found.operations["OP-001"].priority) == ("Vår titel", 1)
    assert (found.agencies["a0"].name, found.agencies["a1"].name) == ("Vår", "Deras")


def test_where_both_changed_the_same_the_edit_is_kept() -> None:
    found = rebased(BEFORE, titled(BEFORE, "OP-001", "Vår"), titled(BEFORE, "OP-001", "Deras"))
    assert found.operations["OP-001"].title == "Vår"


def test_what_one_took_out_is_gone_and_what_one_put_in_is_there() -> None:
    new = replace(BEFORE.operations["OP-002"], id="OP-100")
    ours = replace(BEFORE, operations={**without(BEFORE, "OP-000").operations, "OP-100": new})
    found = rebased(BEFORE, ours, without(BEFORE, "OP-003"))
    assert list(found.operations) == ["OP-001", "OP-002", "OP-100"]
    assert rebased(BEFORE, BEFORE, ours) == ours
    assert rebased(BEFORE, ours, BEFORE).operations == ours.operations
    assert rebased(BEFORE, ours, ours) == ours
