"""Searches side by side: the same plans whoever did the work, books that are kept right, helpers that die."""

import os
import pickle
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random

import pytest

from arshjul.errors import Message, NoAnswer
from arshjul.solver.backends.cpsat import aggregates
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import Model, ModelIndex, by_set
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.model.translation import translate
from arshjul.solver.parallel import worker_pool as pool_module
from arshjul.solver.parallel.executors import ExecutorPool
from arshjul.solver.parallel.worker_pool import SolverHandle, WorkerPool, solved
from arshjul.solver.params import DEFAULT, LNSParams
from arshjul.solver.search.evaluation import IncrementalEvaluator
from arshjul.solver.search.lns import UNKNOWN, LNSResult, LNSState, LNSTask, ParallelLNS, run_lns_task
from arshjul.solver.search.subproblem import Subproblem
from tests.solver.boards import scarce
from tests.solver.jobs import die_elsewhere, endless, pid, quick
from tests.solver.oracle import tiny_board

MODEL = simplify(translate(scarce(5)))
LEVEL = len(MODEL.costs) - 1


def first() -> list[int]:
    values = greedy(MODEL)
    assert values is not None
    return by_set(MODEL, values)


def subproblem() -> Subproblem:
    start = ModelIndex(MODEL).values(first())
    cuts = [(k, MODEL.value(k, start)) for k in range(LEVEL)]
    return Subproblem(Restriction(MODEL), LEVEL, cuts, lagrangian_bound(MODEL, LEVEL), 3)


def searching(pool: WorkerPool, rounds: int = 2, budget: float = 0.5) -> ParallelLNS:
    search = ParallelLNS(subproblem(), pool, first())
    for _ in range(rounds):
        search.round(budget, 60)
    return search


def test_the_first_plan_leaves_something_out() -> None:
    """So that what follows also holds where the order of the sets is not that of the variables."""
    assert any(MODEL.picks[v][1] is None for v in first())
    assert first() != sorted(first())


def test_a_plan_in_another_order_than_the_sets_is_refused() -> None:
    with pytest.raises(ValueError, match="by their sets"):
        IncrementalEvaluator(Restriction(MODEL), sorted(first()))


def test_neighbourhoods_keep_lines_and_locks_and_only_better_the_level() -> None:
    start = ModelIndex(MODEL).values(first())
    search = searching(WorkerPool())
    values = ModelIndex(MODEL).values(search.present)
    assert MODEL.keeps(values, search.subproblem.cuts)
    assert [MODEL.value(k, values) for k in range(LEVEL + 1)] == search.evaluator.totals
    assert search.value < MODEL.value(LEVEL, start)


def test_plans_of_several_hands_make_one_that_is_no_worse_than_any() -> None:
    known = subproblem()
    base = first()
    backs = [
        run_lns_task(SolverHandle(), known.key, known, LNSTask(base, LNSState(LNSParams()), seed, 0.1, 60))
        for seed in ("a", "b", "c")
    ]
    plans = [back.plan(base) for back in backs if isinstance(back, LNSResult)]
    values = [MODEL.value(LEVEL, ModelIndex(MODEL).values(plan)) for plan in plans]
    assert values == [back.value for back in backs if isinstance(back, LNSResult)]
    assert len(set(map(tuple, plans))) == 3
    search = ParallelLNS(known, WorkerPool(), plans[0])
    search.recombine(plans[1:], 60)
    assert search.value < min(values)
    recombination = ModelIndex(MODEL).values(search.present)
    assert MODEL.keeps(recombination, known.cuts)
    assert MODEL.value(LEVEL, recombination) == search.value


def test_the_plan_is_the_same_each_time_whether_a_helper_or_an_executor_does_the_work() -> None:
    plans = []
    for helpers in (1, 1, "processes:2"):
        pool = WorkerPool(helpers)
        try:
            assert pool.count == 2
            plans.append(searching(pool, budget=0.2).present)
        finally:
            pool.close()
    assert plans[0] == plans[1] == plans[2]
    assert MODEL.keeps(ModelIndex(MODEL).values(plans[0]))


def test_what_a_helper_that_died_was_asked_is_done_here() -> None:
    pool = WorkerPool(1)
    try:
        outcomes = pool.each([(solved, (MODEL, Task(LEVEL, effort=5.0))), (die_elsewhere, (os.getpid(),))])
        assert [outcomes[0].status, outcomes[1]] == ["optimal", "done here"]
        assert pool.count == 2  # another one stands in, so later plans do not depend on it
        assert pool.each([(pid, ()), (pid, ())])[1] != os.getpid()
    finally:
        pool.close()


def test_jobs_come_back_in_the_order_in_which_they_were_asked() -> None:
    jobs = [(solved, (MODEL, Task(level, [], None, None, 60, 5.0))) for level in (LEVEL, 0)]
    solve_with_highs, both = WorkerPool(), WorkerPool(1)
    try:
        expected = [outcome.bound for outcome in solve_with_highs.each(jobs)]
        assert [outcome.bound for outcome in both.each(jobs)] == expected
    finally:
        both.close()


def test_stopped_hands_begin_nothing_until_they_resume() -> None:
    pool = WorkerPool()
    pool.stop()
    assert pool.each([(solved, (MODEL, Task(LEVEL, effort=5.0)))]) == [None]
    assert pool.handle.minimise(MODEL, Task(LEVEL)) == EngineResult("unknown")
    pool.resume()
    assert pool.each([(solved, (MODEL, Task(LEVEL, effort=5.0)))])[0].status == "optimal"


def test_hands_that_are_stopped_do_not_wait_for_their_helpers() -> None:
    pool = WorkerPool(1)
    timer = threading.Timer(1.0, pool.stop)
    timer.start()
    try:
        assert pool.each([(quick, ()), (endless, ())]) == ["quick", None]
        pool.resume()
        assert pool.each([(quick, ()), (quick, ())]) == ["quick", "quick"]
    finally:
        timer.join()
        pool.close()


def test_what_a_lost_cluster_was_asked_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    lost: list[str] = []
    silent = ThreadPoolExecutor(1)
    never_done: Future[None] = Future()
    monkeypatch.setattr(silent, "submit", lambda *_: never_done)
    cluster = ExecutorPool(silent, 2, lambda: lost.append("ended"), alive=lambda: False)
    monkeypatch.setattr(pool_module, "open_executor", lambda *_: cluster)
    pool = WorkerPool("dask://somewhere", DEFAULT.but(parallel__look_s=0.0))
    assert pool.each([(quick, ()), (quick, ())]) == ["quick", "quick"]
    assert lost == ["ended"]
    assert pool.each([(pid, ())]) == [os.getpid()]


def test_hands_go_on_alone_where_a_cluster_has_gone_since_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> ExecutorPool:
        raise NoAnswer(Message("The cluster is gone."))

    monkeypatch.setattr(pool_module, "open_executor", gone)
    pool = WorkerPool("dask://somewhere")
    assert pool.count == 1
    assert pool.each([(pid, ())]) == [os.getpid()]


def test_a_ground_travels_once_and_is_missed_where_it_is_not_known() -> None:
    known = subproblem()
    task = LNSTask(first(), LNSState(LNSParams()), "a", 0.3, 60)
    assert run_lns_task(SolverHandle(), known.key, None, task) == UNKNOWN
    sent = pickle.loads(pickle.dumps(known))
    assert not sent.model.constraints
    assert not sent.model.soft_constraints
    assert [sent.restriction.members(k) for k in range(len(MODEL.constraints))] == [
        list(line.terms) for line in MODEL.constraints
    ]
    back = run_lns_task(SolverHandle(), known.key, sent, task)
    assert isinstance(back, LNSResult)
    assert run_lns_task(SolverHandle(), known.key, None, task) == back
    assert task.state == LNSState(LNSParams())


@pytest.mark.parametrize("seed", range(0, 120, 2))
def test_a_ledger_is_what_arithmetic_says_wherever_sets_move(seed: int) -> None:
    model = simplify(translate(tiny_board(seed)))
    if model.impossible or not all(model.sets):
        return
    random = Random(seed)
    view = ModelIndex(model)
    evaluator = IncrementalEvaluator(Restriction(model), [variables[0] for variables in model.sets])
    for _ in range(30):
        s = random.randrange(len(model.sets))
        with evaluator.without([s]):
            pass
        evaluator.move([(s, random.choice(model.sets[s]))])
        values = view.values(evaluator.present)
        assert evaluator.totals == [model.value(k, values) for k in range(len(model.costs))]
        hard = Model(sets=model.sets, uppers=model.uppers, constraints=model.constraints)
        assert evaluator.fits() == hard.keeps(values)


def test_kinds_are_told_apart_by_costs_and_soft_lines_alone() -> None:
    found = aggregates(MODEL)
    owner = {v: s for s, variables in enumerate(MODEL.sets) for v in variables}

    def mark(v: int) -> object:
        weights = [soft.line.terms.get(v, 0) for soft in MODEL.soft_constraints]
        return owner[v], [costs.get(v, 0) for costs in MODEL.costs], weights

    assert found
    for kind in found:
        assert len(kind) > 1
        assert all(mark(v) == mark(kind[0]) for v in kind)
    heads = [mark(kind[0]) for kind in found]
    assert all(heads.count(head) == 1 for head in heads)
