"""Engines in processes of their own: racing, dying, and being told to stop."""

import os
import signal
import time

import pytest

from arshjul.errors import EngineFault
from arshjul.solver.engine import Outcome, Task
from arshjul.solver.greedy import greedy
from arshjul.solver.levels import Levels, Standing
from arshjul.solver.presolve import simplify
from arshjul.solver.race import Race, _trusted
from arshjul.solver.translate import translate
from tests.solver.boards import region

BOARD = region(6, 40)
MODEL = simplify(translate(BOARD))


def truth() -> list[int | None]:
    levels = Levels(MODEL, time.monotonic() + 60)
    levels.run(lambda: greedy(MODEL))
    return [standing.value for standing in levels.standings]


@pytest.mark.xdist_group("processes")
def test_a_race_ends_as_the_lead_alone() -> None:
    race = Race(MODEL, greedy(MODEL), time.monotonic() + 60, 0)
    finish = race.run(lambda _level, _standing: None, lambda: False)
    assert [standing.value for standing in finish.standings] == truth()
    assert all(standing.proven for standing in finish.standings)
    levels = Levels(MODEL, time.monotonic() + 60)
    levels.run(lambda: None, greedy(MODEL))  # the race knew it from the beginning too
    assert finish.values(MODEL) == levels.best


@pytest.mark.xdist_group("processes")
def test_where_the_lead_dies_the_rival_goes_on() -> None:
    race = Race(MODEL, greedy(MODEL), time.monotonic() + 60, 0)

    def halt() -> bool:
        if race.lead is not None:
            race.lead.process.kill()
        return False

    finish = race.run(lambda _level, _standing: None, halt)
    assert [standing.value for standing in finish.standings] == truth()
    assert {by for standing in finish.standings for by in standing.by} <= {"highs", "counting"}


@pytest.mark.xdist_group("processes")
def test_a_race_that_is_ended_at_once_knows_its_first_plan_and_every_level() -> None:
    start = greedy(MODEL)
    finish = Race(MODEL, start, time.monotonic() + 60, 0).run(lambda _level, _standing: None, lambda: True)
    assert start is not None
    assert finish.values(MODEL) == start
    assert [s.value for s in finish.standings] == [MODEL.value(level, start) for level in range(2)]
    assert all(s.bound <= (value or 0) for s, value in zip(finish.standings, truth(), strict=True))


@pytest.mark.xdist_group("processes")
def test_where_both_die_the_first_plan_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    start = greedy(MODEL)
    monkeypatch.setattr("arshjul.solver.race.minimise", die)
    finish = Race(MODEL, start, time.monotonic() + 20, 0).alone(lambda _level, _standing: None)
    assert start is not None
    assert finish.values(MODEL) == start
    assert [s.value for s in finish.standings] == [MODEL.value(level, start) for level in range(2)]


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_rival_that_contradicts_a_plan_is_a_fault() -> None:
    best = greedy(MODEL)
    assert best is not None
    value = MODEL.value(0, best)
    with pytest.raises(EngineFault):
        _trusted(MODEL, Task(0), Outcome("optimal", None, value + 1), best)
    with pytest.raises(EngineFault):
        _trusted(MODEL, Task(0), Outcome("infeasible"), best)


def test_a_rival_whose_plan_breaks_a_line_is_not_believed() -> None:
    assert _trusted(MODEL, Task(0), Outcome("optimal", [0] * len(MODEL.uppers), 0), None) is None


def test_a_standing_is_proven_where_bound_meets_value() -> None:
    assert Standing(3, 3).proven
    assert not Standing(3, 2).proven
    assert not Standing(None, 2).proven
