"""The lived year beside goteborg-2027: its first weeks by default, all of it where counts are full."""

from arshjul.year.formats.plan.plan_folder import read_plan_folder, scenario_bytes
from arshjul.year.formats.reading import read_scenario
from arshjul.year.planning.letters.year_log import year_log
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.verify import judge
from tests.living import EFFORT, FIRST, SCENARIO, Lived, Moment, lived, moments
from tests.year.planning.replan.test_lived_years import without_ends

WALKED = 3
"""So many moments are walked through by default."""


def walked(entered: list[Moment]) -> list[Lived]:
    """Every plan of the year, each of which keeps the rules, all history and all entries."""
    steps = list(lived(entered))
    for before, step, moment in zip(steps, steps[1:], entered, strict=False):
        assert judge(step.scenario, step.plan).clean, moment.entries.name
        called_off = step.plan.entries.demands(step.plan.revision).is_called_off
        for id, old in before.plan.placed.items():
            if before.scenario.moments(old.slot)[0] < step.plan.as_of and not called_off(id, old.slot.day):
                assert old.same_place(step.plan.placed.get(id)), (moment.entries.name, id)
        for kept, earlier in zip(without_ends(step.plan), without_ends(before.plan), strict=True):
            assert kept[: len(earlier)] == earlier
        told = year_log(step.scenario, step.plan.entries)
        assert len(told) == sum(1 for _ in step.plan.entries)
    return steps


def test_the_kept_first_plan_is_of_the_scenario_and_as_good_as_one_made_now() -> None:
    kept, scenario = read_plan_folder(FIRST), read_scenario(SCENARIO).scenario
    assert scenario_bytes(scenario) == (FIRST / "scenario.json").read_bytes()
    assert judge(kept.scenario, kept.plan).clean
    made = make_plan(scenario, kept.plan.as_of, EFFORT).plan
    assert [(level.id, level.value) for level in kept.plan.levels] == [(level.id, level.value) for level in made.levels]


def test_the_years_first_weeks_are_lived() -> None:
    steps = walked(moments()[:WALKED])
    assert {step.plan.revision for step in steps} == set(range(1, WALKED + 2))
