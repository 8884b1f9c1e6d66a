"""Searches side by side: the same plans whoever did the work, books that are kept right, helpers that die."""

import os
import pickle
import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random

import pytest

from arshjul.errors import Message, NoAnswer
from arshjul.solver.engines.engine import Outcome, Task
from arshjul.solver.engines.kinds import kinds
from arshjul.solver.modelling.duals import duals
from arshjul.solver.modelling.greedy import greedy
from arshjul.solver.modelling.model import Model, View, by_set
from arshjul.solver.modelling.presolve import simplify
from arshjul.solver.modelling.restrict import Restrictor
from arshjul.solver.modelling.translate import translate
from arshjul.solver.processes.executors import Workers
from arshjul.solver.search import hands as hands_module
from arshjul.solver.search.expedition import UNKNOWN, Errand, Expedition, Return, searched
from arshjul.solver.search.ground import Ground
from arshjul.solver.search.hands import Hands, Hold, solved
from arshjul.solver.search.ledger import Ledger
from arshjul.solver.search.neighbourhood import Pace
from tests.solver.boards import scarce
from tests.solver.oracle import tiny_board

MODEL = simplify(translate(scarce(5)))
LEVEL = len(MODEL.costs) - 1


def first() -> list[int]:
    values = greedy(MODEL)
    assert values is not None
    return by_set(MODEL, values)


def ground() -> Ground:
    start = View(MODEL).values(first())
    locks = [(k, MODEL.value(k, start)) for k in range(LEVEL)]
    return Ground(Restrictor(MODEL), LEVEL, locks, duals(MODEL, LEVEL), 3)


def searching(hands: Hands, rounds: int = 2) -> Expedition:
    search = Expedition(ground(), hands, first())
    for _ in range(rounds):
        search.round(0.5, 60)
    return search


def test_the_first_plan_leaves_something_out() -> None:
    """So that what follows also holds where the order of the sets is not that of the variables."""
    assert any(MODEL.picks[v][1] is None for v in first())
    assert first() != sorted(first())


def test_a_plan_in_another_order_than_the_sets_is_refused() -> None:
    with pytest.raises(ValueError, match="by their sets"):
        Ledger(Restrictor(MODEL), sorted(first()))


def test_neighbourhoods_keep_lines_and_locks_and_only_better_the_level() -> None:
    start = View(MODEL).values(first())
    search = searching(Hands())
    values = View(MODEL).values(search.present)
    assert MODEL.keeps(values, search.ground.locks)
    assert [MODEL.value(k, values) for k in range(LEVEL + 1)] == search.ledger.totals
    assert search.value < MODEL.value(LEVEL, start)


def test_plans_of_several_hands_make_one_that_is_no_worse_than_any() -> None:
    known = ground()
    base = first()
    backs = [searched(Hold(), known.key, known, Errand(base, Pace(), seed, 0.1, 60)) for seed in ("a", "b", "c")]
    plans = [back.plan(base) for back in backs if isinstance(back, Return)]
    values = [MODEL.value(LEVEL, View(MODEL).values(plan)) for plan in plans]
    assert values == [back.value for back in backs if isinstance(back, Return)]
    assert len(set(map(tuple, plans))) == 3
    search = Expedition(known, Hands(), plans[0])
    search.mix(plans[1:], 60)
    assert search.value < min(values)
    mixed = View(MODEL).values(search.present)
    assert MODEL.keeps(mixed, known.locks)
    assert MODEL.value(LEVEL, mixed) == search.value


@pytest.mark.xdist_group("processes")
def test_two_hands_give_the_same_plan_each_time() -> None:
    plans = []
    for _ in range(2):
        hands = Hands(1)
        try:
            plans.append(searching(hands).present)
        finally:
            hands.close()
    assert plans[0] == plans[1]
    assert MODEL.keeps(View(MODEL).values(plans[0]))


@pytest.mark.xdist_group("processes")
def test_workers_of_an_executor_give_the_plan_that_this_process_and_a_helper_give() -> None:
    ours, theirs = Hands(1), Hands("processes:2")
    try:
        assert ours.count == theirs.count == 2
        assert searching(theirs).present == searching(ours).present
    finally:
        ours.close()
        theirs.close()


@pytest.mark.xdist_group("processes")
def test_what_a_helper_that_died_was_asked_is_done_here() -> None:
    hands = Hands(1)
    try:
        outcomes = hands.each([(solved, (MODEL, Task(LEVEL, effort=5.0))), (die_elsewhere, (os.getpid(),))])
        assert [outcomes[0].status, outcomes[1]] == ["optimal", "done here"]
        assert hands.count == 2  # another one stands in, so later plans do not depend on it
        assert hands.each([(pid, ()), (pid, ())])[1] != os.getpid()
    finally:
        hands.close()


def pid(hold: Hold) -> int:
    del hold
    return os.getpid()


def die_elsewhere(hold: Hold, here: int) -> str:
    del hold
    if os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return "done here"


@pytest.mark.xdist_group("processes")
def test_jobs_come_back_in_the_order_in_which_they_were_asked() -> None:
    jobs = [(solved, (MODEL, Task(level, [], None, None, 60, 5.0))) for level in (LEVEL, 0)]
    alone, both = Hands(), Hands(1)
    try:
        expected = [outcome.bound for outcome in alone.each(jobs)]
        assert [outcome.bound for outcome in both.each(jobs)] == expected
    finally:
        both.close()


def test_stopped_hands_begin_nothing_until_they_resume() -> None:
    hands = Hands()
    hands.stop()
    assert hands.each([(solved, (MODEL, Task(LEVEL, effort=5.0)))]) == [None]
    assert hands.hold.minimise(MODEL, Task(LEVEL)) == Outcome("unknown")
    hands.resume()
    assert hands.each([(solved, (MODEL, Task(LEVEL, effort=5.0)))])[0].status == "optimal"


@pytest.mark.xdist_group("processes")
def test_hands_that_are_stopped_do_not_wait_for_their_helpers() -> None:
    hands = Hands(1)
    timer = threading.Timer(1.0, hands.stop)
    timer.start()
    try:
        assert hands.each([(quick, ()), (endless, ())]) == ["quick", None]
        hands.resume()
        assert hands.each([(quick, ()), (quick, ())]) == ["quick", "quick"]
    finally:
        timer.join()
        hands.close()


def test_what_a_lost_cluster_was_asked_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    lost: list[str] = []
    silent = ThreadPoolExecutor(1)
    never_done: Future[None] = Future()
    monkeypatch.setattr(silent, "submit", lambda *_: never_done)
    monkeypatch.setattr(hands_module, "LOOK_S", 0.0)
    cluster = Workers(silent, 2, lambda: lost.append("ended"), alive=lambda: False)
    monkeypatch.setattr(hands_module, "workers", lambda _: cluster)
    hands = Hands("dask://somewhere")
    assert hands.each([(quick, ()), (quick, ())]) == ["quick", "quick"]
    assert lost == ["ended"]
    assert hands.each([(pid, ())]) == [os.getpid()]


def test_hands_go_on_alone_where_a_cluster_has_gone_since_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_name: str) -> Workers:
        raise NoAnswer(Message("The cluster is gone."))

    monkeypatch.setattr(hands_module, "workers", gone)
    hands = Hands("dask://somewhere")
    assert hands.count == 1
    assert hands.each([(pid, ())]) == [os.getpid()]


def quick(hold: Hold) -> str:
    del hold
    return "quick"


def endless(hold: Hold) -> None:
    del hold
    threading.Event().wait()


def test_a_ground_travels_once_and_is_missed_where_it_is_not_known() -> None:
    known = ground()
    errand = Errand(first(), Pace(), "a", 0.3, 60)
    assert searched(Hold(), known.key, None, errand) == UNKNOWN
    sent = pickle.loads(pickle.dumps(known))
    assert not sent.model.lines
    assert not sent.model.softs
    assert [sent.restrictor.members(k) for k in range(len(MODEL.lines))] == [list(line.terms) for line in MODEL.lines]
    back = searched(Hold(), known.key, sent, errand)
    assert isinstance(back, Return)
    assert searched(Hold(), known.key, None, errand) == back
    assert errand.pace == Pace()


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
