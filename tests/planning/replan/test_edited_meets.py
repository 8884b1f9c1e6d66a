"""Another place to meet, or another rule of who sees whom, for what lies ahead: what has been stays as it was."""

from dataclasses import replace
from datetime import datetime

import pytest

from arshjul.agenda.part_change import Former
from arshjul.agenda.recipients import tell
from arshjul.domain.entries.entries import Entries
from arshjul.domain.scenario import Scenario
from arshjul.domain.taking_part import Meet, Sharing
from arshjul.formats.plan.plan_folder import scenario_bytes, scenario_of_json
from arshjul.planning.replan.edit import Edit, edited
from tests.agenda.test_view import CITY, PLAN, SCENARIO, seen

MARCH = datetime(2027, 3, 20, 8, tzinfo=SCENARIO.zone)
"""OP-001 of 2 March has been, the others lie ahead; OP-003 is in the same area."""

OLD, NEW = Meet("Polishuset"), Meet("Stadshuset")


def with_meet(meet: Meet | None, own: Meet | None = None) -> Scenario:
    """The year with a place to meet in the area of OP-001 and OP-003, or with its own of each."""
    areas = {id: replace(area, meet=meet) for id, area in SCENARIO.areas.items()}
    operations = {id: replace(one, meet=own) for id, one in SCENARIO.operations.items()}
    return replace(SCENARIO, areas=areas, operations=operations)


def goes_on(old: Scenario, given: Scenario) -> Edit:
    made = edited(old, given, PLAN, Entries(), MARCH)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("old", "given", "was", "will_be"),
    [
        (with_meet(OLD), with_meet(NEW), OLD, NEW),
        (with_meet(None), with_meet(NEW), None, NEW),
        (with_meet(OLD), with_meet(None), OLD, None),
        (with_meet(OLD), with_meet(OLD, NEW), OLD, NEW),
        (with_meet(NEW, OLD), with_meet(NEW), OLD, NEW),
    ],
)
def test_what_has_been_met_where_it_met(old: Scenario, given: Scenario, was: Meet | None, will_be: Meet | None) -> None:
    made = goes_on(old, given).scenario
    for year in (made, goes_on(made, given).scenario, scenario_of_json(scenario_bytes(made))):
        assert year.meet_at(PLAN.placed["OP-001"]) == was
        assert year.meet_at(PLAN.placed["OP-003"]) == will_be
    told = tell(Former(old, PLAN.placed), made, PLAN.placed)
    assert "OP-001" not in {id for ids in told.values() for id in ids}
    before, after = (
        {one.event.uid: one.event.location for one in seen(CITY, replace(PLAN, as_of=MARCH), year).entries}
        for year in (old, made)
    )
    uid = next(uid for uid in before if uid.startswith("OP-001@"))
    assert before[uid] == after[uid]


def test_who_saw_whom_stays_too() -> None:
    given = replace(SCENARIO, share=Sharing(participants=False))
    made = goes_on(SCENARIO, given).scenario
    assert [made.shows_participants(made.operations[id]) for id in ("OP-001", "OP-003")] == [True, False]


def test_an_edit_of_something_else_gives_the_past_nothing_of_its_own() -> None:
    made = goes_on(with_meet(OLD), replace(with_meet(OLD), language="en")).scenario
    assert made.operations["OP-001"].meet is None
    assert made.operations["OP-001"].share is None
