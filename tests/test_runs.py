"""The parts of `make slow` are all tests; `make quick` runs what imports, however far, what was changed."""

from pathlib import Path

import pytest
from grimp import ImportGraph

from tests import quick, slow


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


def test_the_nearest_come_first() -> None:
    graph = ImportGraph()
    for importer, imported in [
        ("tests.test_b", "a"),
        ("tests.c", "a"),
        ("tests.test_c", "tests.c"),
        ("tests.test_d", "e"),
    ]:
        graph.add_import(importer=importer, imported=imported)
    assert quick.nearest(graph, ["a", "gone"]) == ["tests.test_b", "tests.test_c"]
    assert quick.nearest(graph, ["tests.test_d"]) == ["tests.test_d"]
