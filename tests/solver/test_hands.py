"""Neighbourhoods side by side: the same plans whoever did the work, books that are kept right, helpers that die."""

import time
from collections.abc import Sequence
from random import Random

import pytest

from arshjul.solver.duals import duals
from arshjul.solver.engine import Outcome, Task
from arshjul.solver.greedy import greedy
from arshjul.solver.hands import Hands, Job
from arshjul.solver.kinds import kinds
from arshjul.solver.ledger import Ledger
from arshjul.solver.model import Model, View
from arshjul.solver.neighbourhood import Neighbourhood
from arshjul.solver.presolve import simplify
from arshjul.solver.restrict import Restrictor
from arshjul.solver.translate import translate
from tests.solver.boards import region
from tests.solver.oracle import tiny_board

MODEL = simplify(translate(region(6, 40)))
LEVEL = len(MODEL.costs) - 1


def first() -> list[int]:
    values = greedy(MODEL)
    assert values is not None
    return [v for v in range(len(MODEL.picks)) if values[v]]


def around(hands: Hands, size: int = 50, *, by_kind: bool = True) -> Neighbourhood:
    start = View(MODEL).values(first())
    locks = [(k, MODEL.value(k, start)) for k in range(LEVEL)]
    search = Neighbourhood(
        Restrictor(MODEL), LEVEL, locks, first(), duals(MODEL, LEVEL), seed=3, hands=hands, by_kind=by_kind
    )
    search.sizes = [size] * len(search.sizes)
    for _ in range(6):
        search.step(60)
    return search


def test_neighbourhoods_keep_lines_and_locks_and_only_better_the_level() -> None:
    start = View(MODEL).values(first())
    search = around(Hands())
    values = View(MODEL).values(search.present)
    locks = [(k, MODEL.value(k, start)) for k in range(LEVEL)]
    assert MODEL.keeps(values, locks)
    assert [MODEL.value(k, values) for k in range(LEVEL + 1)] == search.ledger.totals
    assert search.value < MODEL.value(LEVEL, start)


@pytest.mark.xdist_group("processes")
def test_two_hands_give_the_same_plan_each_time() -> None:
    plans = []
    for _ in range(2):
        hands = Hands(1)
        try:
            plans.append(around(hands, size=15).present)
        finally:
            hands.close()
    assert plans[0] == plans[1]
    assert MODEL.keeps(View(MODEL).values(plans[0]))


@pytest.mark.xdist_group("processes")
def test_what_a_helper_that_died_was_asked_is_done_here() -> None:
    hands = Hands(1)
    hands.ready()
    hands.children[0].process.kill()
    try:
        outcomes = hands.minimise([(MODEL, Task(LEVEL, effort=5.0)), (MODEL, Task(0, effort=5.0))])
        assert [outcome.status for outcome in outcomes] == ["optimal", "optimal"]
        assert hands.count == 1
    finally:
        hands.close()


@pytest.mark.xdist_group("processes")
def test_jobs_come_back_in_the_order_in_which_they_were_asked() -> None:
    tasks = [Task(LEVEL, [], None, None, 60, 5.0), Task(0, [], None, None, 60, 5.0)]
    alone, both = Hands(), Hands(1)
    try:
        expected = [outcome.bound for outcome in alone.minimise([(MODEL, task) for task in tasks])]
        assert [outcome.bound for outcome in both.minimise([(MODEL, task) for task in tasks])] == expected
    finally:
        both.close()


def test_stopped_hands_begin_nothing() -> None:
    hands = Hands()
    hands.stop()
    began = time.monotonic()
    (outcome,) = hands.minimise([(MODEL, Task(LEVEL))])
    assert outcome.status == "unknown"
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("seed", range(0, 120, 2))
def test_a_ledger_is_what_arithmetic_says_wherever_sets_move(seed: int) -> None:
    model = simplify(translate(tiny_board(seed)))
    if model.impossible or not all(model.sets):
        return
    random = Random(seed)
    view = View(model)
    ledger = Ledger(Restrictor(model), [variables[0] for variables in model.sets])
    for _ in range(30):
        s = random.randrange(len(model.sets))
        with ledger.without([s]):
            pass
        ledger.move([(s, random.choice(model.sets[s]))])
        values = view.values(ledger.present)
        assert ledger.totals == [model.value(k, values) for k in range(len(model.costs))]
        hard = Model(sets=model.sets, uppers=model.uppers, lines=model.lines)
        assert ledger.fits() == hard.keeps(values)


def test_kinds_are_told_apart_by_costs_and_soft_lines_alone() -> None:
    found = kinds(MODEL)
    owner = {v: s for s, variables in enumerate(MODEL.sets) for v in variables}

    def mark(v: int) -> object:
        weights = [soft.line.terms.get(v, 0) for soft in MODEL.softs]
        return owner[v], [costs.get(v, 0) for costs in MODEL.costs], weights

    assert found
    for kind in found:
        assert len(kind) > 1
        assert all(mark(v) == mark(kind[0]) for v in kind)
    heads = [mark(kind[0]) for kind in found]
    assert all(heads.count(head) == 1 for head in heads)


def test_where_the_lp_is_hard_no_neighbourhood_is_searched_by_kinds() -> None:
    asked: list[bool] = []

    class Listening(Hands):
        def minimise(self, jobs: Sequence[Job]) -> list[Outcome]:
            asked.extend(task.by_kind for _, task in jobs)
            return super().minimise(jobs)

    around(Listening(), by_kind=False)
    assert asked
    assert not any(asked)
    asked.clear()
    around(Listening())
    assert set(asked) == {False, True}
