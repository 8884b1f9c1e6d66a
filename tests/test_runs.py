"""The parts of `make slow` are all tests; `make quick` runs what imports, however far, what was changed."""

import fcntl
from pathlib import Path

import pytest
from grimp import ImportGraph

from arshjul.system.files import HeldByAnother, held
from tests import quick, slow
from tests.examples import each


def test_every_test_is_of_one_part() -> None:
    here = Path(slow.__file__).parent
    parts = [Path(one) for _, marks, of in slow.PARTS if marks == slow.SLOW for one in slow.folders(of)]
    for file in here.rglob("test_*.py"):
        assert len([one for one in parts if one == file or one in file.parents]) == 1, file


def test_what_has_passed_on_this_commit_is_not_run_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(slow, "RESULTS", tmp_path / "slow.txt")
    monkeypatch.setattr(slow, "commit", lambda: "abc")
    slow.RESULTS.write_text("abc 1/6 passed in 9 s: x\nabc 2/6 FAILED (1) in 9 s: x\nabd 3/6 passed in 9 s: x\n")
    assert slow.wanted("") == [2, 3, 4, 5, 6]
    assert slow.wanted("1/6") == [1]
    monkeypatch.setattr(slow, "commit", lambda: "abc-dirty")
    assert slow.wanted("") == [1, 2, 3, 4, 5, 6]
    with pytest.raises(SystemExit, match="6 parts"):
        slow.wanted("7/6")


def test_what_imports_a_change_is_run_the_nearest_and_the_cheapest_first_while_there_is_time() -> None:
    graph = ImportGraph()
    for importer, imported in [
        ("tests.test_b", "a"),
        ("tests.c", "a"),
        ("tests.test_c", "tests.c"),
        ("tests.test_d", "e"),
    ]:
        graph.add_import(importer=importer, imported=imported)
    steps = quick.steps_to(graph, ["a", "gone"])
    assert steps == {"tests/test_b.py": 1, "tests/test_c.py": 2}
    assert quick.steps_to(graph, ["tests.test_d"]) == {"tests/test_d.py": 0}
    assert quick.chosen(steps, {"tests/test_b.py": 9.0}) == ["tests/test_b.py", "tests/test_c.py"]
    far = {"tests/test_b.py": 5, "tests/test_c.py": 2, "tests/test_d.py": 0}
    costs = {"tests/test_b.py": 9.0, "tests/test_c.py": 20.0, "tests/test_d.py": 15.0}
    assert quick.chosen(far, costs) == ["tests/test_d.py", "tests/test_b.py"], "the third has no time"


# A lock is one process's alone, also where its file is taken away just as somebody opens it.


def test_a_lock_on_a_file_that_is_gone_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one before takes its file away between another's opening it and locking it: it locks nothing then."""
    path, flock, is_first = tmp_path / "a.lock", fcntl.flock, iter([True])

    def late(handle: int, how: int) -> None:
        if next(is_first, False):
            path.unlink()
        flock(handle, how)

    monkeypatch.setattr(fcntl, "flock", late)
    holders = []
    for _ in range(2):
        try:
            lock = held(path)
            lock.__enter__()
        except HeldByAnother:
            continue
        assert path.exists(), "whoever holds it is found by its name"
        holders.append(lock)
    assert not next(is_first, False), "the library asks the system by flock"
    assert len(holders) == 1
    holders[0].__exit__(None, None, None)


# A test that walks over values: over all of them each time it runs, and never over none.


def test_a_walk_over_a_generator_can_be_walked_again() -> None:
    seen: list[int] = []

    @each(n for n in range(3))
    def check(n: int) -> None:
        seen.append(n)

    check()
    check()
    assert seen == [0, 1, 2] * 2


def test_a_walk_over_nothing_is_no_test() -> None:
    with pytest.raises(AssertionError, match="nothing to walk over"):
        each(())
