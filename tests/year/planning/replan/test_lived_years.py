"""Random years of random entries: history stays, every entry is kept, the plan keeps every rule, the log replays."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest

from arshjul.errors import InputError, Refused
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.entries.amendment import (
    RESULTS,
    Amendment,
    Cancelled,
    Edited,
    FewerOfficers,
    LeftOut,
    Nominated,
    OtherDates,
    Outcome,
    Pinned,
    Promoted,
    TeamsLost,
    Unpinned,
    WithoutPolice,
)
from arshjul.year.domain.entries.entries import Choice, Entries
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.operation import Operation, Pin
from arshjul.year.domain.parties import Matching, OfficerLine
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.plan_folder import plan_bytes, read_plan_folder, scenario_bytes
from arshjul.year.formats.plan.plan_json import plan_mapping, plan_of
from arshjul.year.formats.reading import read_scenario
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.letters.year_log import year_log
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.replan import replan_from
from arshjul.year.planning.verify import judge
from arshjul.year.rules.objectives import REPLAN_LEVELS
from tests.examples import SLOW, often
from tests.living import EFFORT as YEARS_EFFORT
from tests.living import FIRST, SCENARIO, Lived, Moment, moments
from tests.living import lived as lived_by_moments
from tests.year.planning.test_oracle import long_ago, tiny
from tests.year.rules.generators import draw_day, draw_span
from tests.year.rules.replans import draw_answers

ENTRIES, MOST_TRIES = 10, 16
EFFORT = Effort(limit_s=120, seed=1)
SEEDS = often((0, 1, 62), range(80))
"""In 62 a withdrawal that gets an end is confirmed in the same replan."""

WORDS = words("sv")


@dataclass(frozen=True, slots=True)
class Step:
    """The plan of a revision, its scenario, and the scenario that was given for it."""

    scenario: Scenario
    plan: Plan
    given: Scenario | None = None

    def files(self) -> tuple[bytes, bytes]:
        written = scenario_bytes(self.scenario)
        return written, plan_bytes(self.plan, self.scenario, written, WORDS)


@cache
def lived(seed: int) -> list[Step]:
    """A first plan, and what becomes of it."""
    return list(_lived(seed))


def _lived(seed: int) -> Iterator[Step]:
    """A first plan, and what random entries make of it; those that are refused change nothing."""
    rng = Random(seed)
    scenario = tiny(rng)
    step = Step(scenario, make_plan(scenario, long_ago(scenario), EFFORT).plan)
    yield step
    as_of = datetime.combine(scenario.span.first, datetime.min.time(), scenario.zone)
    for number in range(MOST_TRIES):
        if not step.scenario.operations:  # all of them were cancelled
            return
        as_of += timedelta(hours=rng.choice((0, 7, 20, 50)))
        given = edited(rng, step.scenario, number) if rng.random() < 0.3 else None
        drawn = draw_entries(rng, step, as_of, number)
        answers = draw_answers(Random(f"{seed} {number}"), step.scenario, step.plan.placed)
        drawn = drawn.with_lists(changes=drawn.changes + answers)
        more = Random(f"{seed}/{number}")  # of its own, so that seeds go on meaning what they meant
        if given is not None:
            given = other_offers(more, given)
            if len(given.operations) > 2 and more.random() < 0.4:
                given, drawn = without_one(more, given, drawn)
        try:
            begun = replan_input(step.scenario, step.plan, drawn, as_of, given)
        except (InputError, Refused):
            continue
        option = rng.choice(list(REPLAN_LEVELS))
        made = replan_from(begun, step.plan, EFFORT, (option,))
        step = Step(made.scenario, made.options[option], given)
        yield step
        if sum(not isinstance(entry, Choice) for entry in step.plan.entries) >= ENTRIES:
            return


def edited(rng: Random, scenario: Scenario, number: int) -> Scenario:
    """The scenario with a window, a title or a limit that is other, an operation more, or a longer year."""
    id = rng.choice(list(scenario.operations))
    operation = scenario.operations[id]
    if rng.random() < 0.5:
        operation = replace(operation, not_on=(*operation.not_on, draw_span(rng, scenario.span, 2)), fixed=None)
    operation = replace(operation, title=f"Title {number}", priority=rng.randint(1, 3))
    new = replace(scenario, operations={**scenario.operations, id: operation})
    if rng.random() < 0.5:
        ids = {**new.settings.given, "operations_per_week": rng.randint(1, 3)}
        new = replace(new, settings=replace(new.settings, given=ids))
    if rng.random() < 0.4:
        more = replace(bare(operation), id=f"NY-{number}", reserve=rng.random() < 0.3)
        new = replace(new, operations={**new.operations, more.id: more})
    if rng.random() < 0.3:
        longer = replace(new.span, last=new.span.last + timedelta(days=3))
        new = replace(new, span=longer)
    return new


def other_offers(rng: Random, scenario: Scenario) -> Scenario:
    """The scenario with one unit's offers other for some days, or as it was."""
    id = rng.choice([None, *scenario.police])
    if id is None:
        return scenario
    unit = scenario.police[id]
    span = draw_span(rng, scenario.span, 6)
    line = OfficerLine(Matching(first=span.first, last=span.last), rng.randint(0, 4), rng.randint(0, 1))
    return replace(scenario, police={**scenario.police, id: replace(unit, officers=(*unit.officers, line))})


def without_one(rng: Random, scenario: Scenario, drawn: Entries) -> tuple[Scenario, Entries]:
    """The scenario without one operation, which is named as cancelled; or kept as a reserve from now on."""
    id = rng.choice(list(scenario.operations))
    named = drawn.with_lists(changes=(*drawn.changes, Cancelled(id)))
    if rng.random() < 0.3:
        reserve = replace(scenario.operations[id], reserve=True, must=False, fixed=None)
        return replace(scenario, operations={**scenario.operations, id: reserve}), named
    left = {other: untied(one, id) for other, one in scenario.operations.items() if other != id}
    return replace(scenario, operations=left), named


def untied(operation: Operation, gone: str) -> Operation:
    """The operation without a tie to one that is gone."""
    return replace(
        operation,
        after=None if operation.after and operation.after.operation == gone else operation.after,
        same_slot_as=None if operation.same_slot_as == gone else operation.same_slot_as,
        not_same_day_as=tuple(id for id in operation.not_same_day_as if id != gone),
        not_same_week_as=tuple(id for id in operation.not_same_week_as if id != gone),
    )


def bare(operation: Operation) -> Operation:
    """One like it, tied to nothing."""
    return replace(operation, after=None, same_slot_as=None, fixed=None, not_same_day_as=(), must=False)


def draw_entries(rng: Random, step: Step, as_of: datetime, number: int) -> Entries:
    """One to three entries of any kind."""
    scenario, plan = step.scenario, step.plan
    found: dict[str, list[Any]] = {"withdrawals": [], "given_back": [], "still": [], "outcomes": [], "changes": []}
    known = [*plan.entries.withdrawals]
    for _ in range(rng.randint(1, 3)):
        kind = rng.choice(list(found))
        served = [place for place in plan.placements if place.police is not None]
        if kind == "withdrawals" and served and not found[kind]:
            place, last = rng.choice(served), rng.choice((True, False))
            day = place.slot.day
            reported = as_of - timedelta(hours=rng.randint(0, 9))
            id = rng.choice([f"W-{number}", *(withdrawal.id for withdrawal in known)])
            ends = day + timedelta(days=1) if last else None
            found[kind].append(Withdrawal(id, reported, (place.police or "",), day, ends, None, rng.randint(0, 1)))
        elif kind == "given_back" and known and not found[kind]:
            of = rng.choice(known)
            found[kind].append(GivenBack(f"G-{number}", of.id, of.first, None, None, rng.choice((None, 0, 2))))
        elif kind == "still":
            found[kind] = [Still(withdrawal.id) for withdrawal in known if withdrawal.last is None][:1]
        elif kind == "outcomes" and plan.placements:
            begun = [place for place in plan.placements if scenario.moments(place.slot)[0] < as_of]
            place = rng.choice(begun if begun and rng.random() < 0.9 else plan.placements)
            found[kind] = [Outcome(place.operation, None, rng.choice(list(RESULTS)))]
        elif kind == "changes":
            placed = [place.operation for place in plan.placements]
            found[kind] = [draw_change(rng, scenario, placed, number)]
    return Entries.of(**{name: tuple(entries) for name, entries in found.items()})


def draw_change(rng: Random, scenario: Scenario, placed: list[str], number: int) -> Amendment:
    """One change of any kind, mostly of what is placed."""
    id = rng.choice(placed if placed and rng.random() < 0.7 else list(scenario.operations))
    agency = rng.choice(list(scenario.agencies))
    slot = Slot(draw_day(rng, scenario.span), rng.choice(scenario.shifts).id)
    operation = scenario.operations[id]
    return rng.choice(
        (
            Cancelled(id),
            Promoted(id),
            Unpinned(id),
            Pinned(id, Pin(slot, rng.choice((None, rng.choice(scenario.units_for(operation) or (None,)))))),
            OtherDates(id, agency, (draw_span(rng, scenario.span, 3),)),
            TeamsLost(agency, draw_span(rng, scenario.span, 5), teams_left=rng.randint(0, 1)),
            FewerOfficers(id, 1),
            WithoutPolice(id),
            LeftOut(id),
            Nominated(replace(bare(operation), id=f"OP-N{number}")),
        )
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_history_stays_and_every_entry_is_kept_and_every_rule(seed: int) -> None:
    before: Step | None = None
    for step in lived(seed):
        assert judge(step.scenario, step.plan).clean, judge(step.scenario, step.plan)
        hash_of = "0"
        written = plan_mapping(step.plan, step.scenario, hash_of, WORDS)
        assert plan_of(written, step.scenario).entries == step.plan.entries
        if before is not None:
            as_of = step.plan.as_of
            called_off = step.plan.entries.demands(step.plan.revision).is_called_off
            for id, old in before.plan.placed.items():
                if before.scenario.moments(old.slot)[0] < as_of and not called_off(id, old.slot.day):
                    assert old.same_place(step.plan.placed.get(id))
            for kept, earlier in zip(without_ends(step.plan), without_ends(before.plan), strict=True):
                assert kept[: len(earlier)] == earlier
        before = step


def without_ends(plan: Plan) -> list[tuple[Any, ...]]:
    """The lists of entries; a confirmation moves the end that a withdrawal is taken to have."""
    entries = plan.entries.with_lists(withdrawals=tuple(replace(w, until=None) for w in plan.entries.withdrawals))
    return [entries.withdrawals, entries.given_back, entries.still, entries.outcomes, entries.changes, entries.choices]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_log_replayed_from_the_first_plan_gives_the_same_bytes(seed: int) -> None:
    steps = lived(seed)
    now = steps[0]
    last = steps[-1]
    for wanted in steps[1:]:
        (choice,) = (one for one in last.plan.entries.choices if one.revision == wanted.plan.revision)
        assert choice.reported is not None
        entered = of_revision(last.plan.entries, wanted.plan.revision)
        begun = replan_input(now.scenario, now.plan, entered, choice.reported, wanted.given)
        made = replan_from(begun, now.plan, EFFORT, (choice.option,))
        now = Step(made.scenario, made.options[choice.option])
        assert now.files() == wanted.files()


def of_revision(entries: Entries, revision: int) -> Entries:
    """What was entered then, as it came: what follows from the replan is left out."""

    def of(those: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(one, revision=None) for one in those if one.revision == revision)

    return Entries.of(
        outcomes=of(entries.outcomes),
        changes=tuple(one for one in of(entries.changes) if not isinstance(one, Edited)),
        withdrawals=tuple(replace(one, until=None) for one in of(entries.withdrawals)),
        given_back=of(entries.given_back),
        still=of(entries.still),
        **{name: of(getattr(entries, name)) for name in LEARNT},
    )


# The lived year beside goteborg-2027: its first weeks by default, all of it where counts are full.


WALKED = 2
"""So many moments are walked through by default."""


def walked(entered: list[Moment]) -> list[Lived]:
    """Every plan of the year, each of which keeps the rules, all history and all entries."""
    steps = list(lived_by_moments(entered))
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


@SLOW
def test_the_kept_first_plan_is_of_the_scenario_and_as_good_as_one_made_now() -> None:
    kept, scenario = read_plan_folder(FIRST), read_scenario(SCENARIO).scenario
    assert scenario_bytes(scenario) == (FIRST / "scenario.json").read_bytes()
    assert judge(kept.scenario, kept.plan).clean
    made = make_plan(scenario, kept.plan.as_of, YEARS_EFFORT).plan
    assert [(level.id, level.value) for level in kept.plan.levels] == [(level.id, level.value) for level in made.levels]


def test_the_years_first_weeks_are_lived() -> None:
    steps = walked(moments()[:WALKED])
    assert {step.plan.revision for step in steps} == set(range(1, WALKED + 2))
