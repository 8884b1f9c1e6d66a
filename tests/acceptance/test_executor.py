"""`solve --executor`: a slip is refused at once, and a cluster that is not there is told, both with a remedy."""

import importlib.util
import json
import time
from pathlib import Path

import pytest

from tests.acceptance.boards import activity, board, option
from tests.acceptance.command import Outcome, arshjul

CLUSTER = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="the extra cluster is absent")


def solved(folder: Path, executor: str, prelude: str = "", there: bool = True) -> Outcome:
    if there:
        (folder / "board.json").write_text(json.dumps(board(activity("a", option(0)))))
    files = (folder / "board.json", "-o", folder / "solution.json")
    return arshjul("solve", *files, "--executor", executor, prelude=prelude)


@pytest.mark.parametrize(
    ("executor", "remedy"),
    [
        ("dask://", "dask://127.0.0.1:8786"),
        ("dask://host", "dask://127.0.0.1:8786"),
        ("dask://host:abc", "dask://127.0.0.1:8786"),
        ("processes:0", "1 till 9999"),
        ("threads", "processes:N"),
    ],
)
def test_slip_is_refused_at_once_with_place_and_remedy(tmp_path: Path, executor: str, remedy: str) -> None:
    began = time.monotonic()
    seen = solved(tmp_path, executor, there=False)
    assert seen.code == 2, seen
    assert seen.err.startswith(f'--executor "{executor}": '), seen
    assert remedy in seen.err, seen
    assert len(seen.err.splitlines()) == 1, seen
    assert time.monotonic() - began < 10


def test_so_many_processes_are_taken(tmp_path: Path) -> None:
    assert solved(tmp_path, "processes:2").code == 0


@CLUSTER
def test_where_no_scheduler_answers_the_remedy_is_told_and_nothing_in_another_language(tmp_path: Path) -> None:
    seen = solved(
        tmp_path,
        "dask://127.0.0.1:9",
        "import arshjul.solver.params as p; object.__setattr__(p.DEFAULT.supervisor, 'connect_s', 1); ",
    )
    assert seen.code == 3, seen
    assert seen.err == (
        'Ingen Dask-schemaläggare svarar på 127.0.0.1:9: starta en där med "dask scheduler" eller rätta adressen.\n'
    ), seen
