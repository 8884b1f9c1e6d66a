"""Engines in processes of their own: racing, dying, and being told to stop."""

import os
import signal
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from arshjul.errors import EngineFault, InputError, Message
from arshjul.solver.engines.engine import Outcome, Task
from arshjul.solver.modelling.greedy import greedy
from arshjul.solver.modelling.model import Model, ones_of
from arshjul.solver.modelling.presolve import simplify
from arshjul.solver.modelling.translate import translate
from arshjul.solver.processes.child import Child, Link
from arshjul.solver.races import known, race, standby
from arshjul.solver.races.lead import Finish, Orders, Said, lead, values_of
from arshjul.solver.races.race import Race
from arshjul.solver.races.rival import trusted
from arshjul.solver.search.levels import Levels, Standing
from tests.solver.boards import region

BOARD = region(6, 40)
MODEL = simplify(translate(BOARD))


def ignore(_level: int, _standing: Standing) -> None:
    pass


@cache
def solved() -> Levels:
    levels = Levels(MODEL, time.monotonic() + 60)
    levels.run(lambda: greedy(MODEL))
    return levels


def truth() -> list[int | None]:
    return [standing.value for standing in solved().standings]


@pytest.mark.xdist_group("processes")
def test_a_race_ends_as_the_lead_alone() -> None:
    finish = Race(MODEL, greedy(MODEL), time.monotonic() + 60, 0).run(ignore, lambda: False)
    assert [standing.value for standing in finish.standings] == truth()
    assert all(standing.proven for standing in finish.standings)
    levels = Levels(MODEL, time.monotonic() + 60)
    levels.run(lambda: None, greedy(MODEL))  # the race knew it from the beginning too
    assert levels.best is not None
    assert finish.ones == ones_of(MODEL, levels.best)


@pytest.mark.xdist_group("processes")
def test_where_the_lead_dies_the_rival_goes_on() -> None:
    running = Race(MODEL, greedy(MODEL), time.monotonic() + 60, 0)

    def halt() -> bool:
        if running.lead is not None and not running.replaced:
            running.lead.process.kill()
        return False

    finish = running.run(ignore, halt)
    assert [standing.value for standing in finish.standings] == truth()
    assert {by for standing in finish.standings for by in standing.by} == {"highs", "counting"}


@pytest.mark.xdist_group("processes")
def test_a_race_that_is_ended_at_once_knows_its_first_plan_and_every_level() -> None:
    start = greedy(MODEL)
    finish = Race(MODEL, start, time.monotonic() + 60, 0).run(ignore, lambda: True)
    assert start is not None
    assert finish.ones == ones_of(MODEL, start)
    assert [s.value for s in finish.standings] == [MODEL.value(level, start) for level in range(2)]
    assert all(s.bound <= (value or 0) for s, value in zip(finish.standings, truth(), strict=True))


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def out_of_memory(*_: object) -> None:
    raise MemoryError


def at_fault(*_: object) -> None:
    raise EngineFault(Message("An engine says that no plan exists, yet one is known."))


def wrong_input(*_: object) -> None:
    raise InputError(Message("Give them in larger units."))


def asleep(link: Link, *_: object) -> None:
    link.told.get()


@pytest.mark.xdist_group("processes")
@pytest.mark.parametrize("failing", [out_of_memory, at_fault, die])
def test_where_the_lead_fails_the_rival_goes_on(failing: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "lead", failing)
    finish = Race(MODEL, greedy(MODEL), time.monotonic() + 60, 0).run(ignore, lambda: False)
    assert [standing.value for standing in finish.standings] == truth()
    assert {by for standing in finish.standings for by in standing.by} == {"highs", "counting"}


@pytest.mark.xdist_group("processes")
def test_what_a_person_can_mend_and_a_contradiction_of_both_engines_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "lead", wrong_input)
    with pytest.raises(InputError):
        Race(MODEL, greedy(MODEL), time.monotonic() + 60, 0).run(ignore, lambda: False)
    monkeypatch.setattr(race, "lead", at_fault)
    monkeypatch.setattr(race, "alone", at_fault)
    with pytest.raises(EngineFault):
        Race(MODEL, greedy(MODEL), time.monotonic() + 60, 0).run(ignore, lambda: False)


@pytest.mark.xdist_group("processes")
@pytest.mark.parametrize("failing", [out_of_memory, die])
def test_where_both_die_the_first_plan_is_kept(failing: object, monkeypatch: pytest.MonkeyPatch) -> None:
    start = greedy(MODEL)
    monkeypatch.setattr(race, "lead", die)
    monkeypatch.setattr(race, "alone", failing)
    finish = Race(MODEL, start, time.monotonic() + 60, 0).run(ignore, lambda: False)
    assert start is not None
    assert finish.ones == ones_of(MODEL, start)
    assert [s.value for s in finish.standings] == [MODEL.value(level, start) for level in range(2)]


@pytest.mark.xdist_group("processes")
def test_the_rival_alone_is_heard_when_it_is_to_end_and_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "alone", asleep)
    asked = iter([False] * 5)
    running = Race(MODEL, greedy(MODEL), time.monotonic() + 600, 0)
    finish = running.replace(ignore, lambda: next(asked, True))
    assert finish.ones is not None
    assert running.lead is not None
    assert running.lead.process.poll() is not None


@pytest.mark.xdist_group("processes")
def test_the_rival_alone_keeps_the_bound_that_is_proven() -> None:
    levels = Levels(MODEL, time.monotonic() + 60)
    levels.run(lambda: greedy(MODEL))
    first, last = levels.standings
    running = Race(MODEL, levels.best, time.monotonic() + 60, 0)
    running.known.standings = [first, Standing(last.value, last.bound, ("duals",))]
    finish = running.replace(ignore, lambda: False)
    assert all(standing.proven for standing in finish.standings)
    assert finish.standings[1].by == ("duals",)


@pytest.mark.xdist_group("processes")
def test_a_race_leaves_a_spare_child_that_answered_for_the_next_one() -> None:
    spare = standby.take()
    for _ in range(2):
        finish = Race(MODEL, greedy(MODEL), time.monotonic() + 60, 0, spare=spare).run(ignore, lambda: False)
        assert [standing.value for standing in finish.standings] == truth()
        assert spare.process.poll() is None
    Race(MODEL, greedy(MODEL), time.monotonic() + 60, 0, spare=spare).run(ignore, lambda: True)
    assert spare.process.poll() is not None


@pytest.mark.xdist_group("processes")
def test_the_first_plan_is_not_bettered_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    stops: list[bool] = []

    def watched(model: Model, stop: Callable[[], bool] = lambda: False) -> list[int] | None:
        stops.append(stop())
        return greedy(model, stop)

    monkeypatch.setattr(known, "greedy", watched)
    assert Race(MODEL, None, time.monotonic(), 0).run(ignore, lambda: False).ones is not None
    monkeypatch.setattr("arshjul.solver.races.lead.greedy", watched)
    assert lead(None, MODEL, Orders(None, 0, 0)).ones is not None
    assert stops == [True, True]


def asks_for_a_proof(link: Link, model: Model, orders: Orders) -> Finish:
    """A lead that says the best plan without its proof, and waits for someone else's, level by level."""
    assert orders.ones is not None
    finish = Finish([], orders.ones)
    for level in range(len(model.costs)):
        value = model.value(level, values_of(model, orders.ones))
        link.say(Said(level, Standing(value, value - 9), orders.ones))
        told = link.told.get()
        finish.standings.append(Standing(value, told.bound, (told.by,)))
    return finish


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """All processes that races start; the rival begins at once."""
    started: list[Child] = []

    def watched(*given: Any, **named: Any) -> Child:
        started.append(Child(*given, **named))
        return started[-1]

    monkeypatch.setattr(race, "Child", watched)
    monkeypatch.setattr(race, "PATIENCE_S", 0.0)
    return started


@pytest.mark.xdist_group("processes")
def test_a_rivals_proof_ends_the_levels_of_the_lead(children: list[Child], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "lead", asks_for_a_proof)
    finish = Race(MODEL, solved().best, time.monotonic() + 60, 0).run(ignore, lambda: False)
    assert [(s.value, s.bound, s.by) for s in finish.standings] == [(value, value, ("highs",)) for value in truth()]
    assert len(children) == 1 + len(truth())
    assert all(child.process.poll() is not None for child in children)


@pytest.mark.xdist_group("processes")
def test_a_rival_that_fails_is_ended_and_not_asked_again(
    children: list[Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[float] = []

    def enough() -> bool:
        heard.append(time.monotonic())
        return len(heard) > 60

    monkeypatch.setattr(race, "lead", asks_for_a_proof)
    monkeypatch.setattr(race, "minimise", out_of_memory)
    finish = Race(MODEL, solved().best, time.monotonic() + 600, 0).run(ignore, enough)
    assert [s.value for s in finish.standings] == truth()
    assert len(children) == 2
    assert all(child.process.poll() is not None for child in children)


@pytest.mark.parametrize("room", [0, 1])
@pytest.mark.xdist_group("processes")
def test_where_there_is_no_room_for_a_process_the_first_plan_is_kept(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Child] = []

    def full(*given: Any, **named: Any) -> Child:
        if len(started) == room:
            raise BlockingIOError
        started.append(Child(*given, **named))
        return started[-1]

    monkeypatch.setattr(race, "Child", full)
    monkeypatch.setattr(race, "lead", die)
    finish = Race(MODEL, None, time.monotonic() + 60, 0).run(ignore, lambda: False)
    start = greedy(MODEL)
    assert start is not None
    assert finish.ones == ones_of(MODEL, start)


def finds_nothing(*_: object) -> Finish:
    return Finish(impossible=True)


@pytest.mark.xdist_group("processes")
def test_nothing_found_where_a_plan_is_known_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "lead", finds_nothing)
    with pytest.raises(EngineFault):
        Race(MODEL, greedy(MODEL), time.monotonic() + 60, 0).run(ignore, lambda: False)


def test_a_lead_ends_where_it_is_halted() -> None:
    asked = iter([False] * 3)
    finish = lead(None, MODEL, Orders(None, 600, 0, halt=lambda: next(asked, True)))
    assert finish.ones is not None


def test_a_rival_that_contradicts_a_plan_is_a_fault() -> None:
    best = greedy(MODEL)
    assert best is not None
    value = MODEL.value(0, best)
    with pytest.raises(EngineFault):
        trusted(MODEL, Task(0), Outcome("optimal", None, value + 1), best)
    with pytest.raises(EngineFault):
        trusted(MODEL, Task(0), Outcome("infeasible"), best)


def test_a_rival_whose_plan_breaks_a_line_is_not_believed() -> None:
    assert trusted(MODEL, Task(0), Outcome("optimal", [0] * len(MODEL.uppers), 0), None) is None


def test_a_standing_is_proven_where_bound_meets_value() -> None:
    assert Standing(3, 3).proven
    assert not Standing(3, 2).proven
    assert not Standing(None, 2).proven
