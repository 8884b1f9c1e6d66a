"""Where `solve` writes, and what it prints: links, pipes, devices, closed streams, names that a terminal would obey."""

import json
import os
import subprocess
import threading
from pathlib import Path

from tests.acceptance.boards import activity, board, option
from tests.acceptance.command import ROOT, command_line, done, environment, load


def given(folder: Path, level: str = "x") -> Path:
    path = folder / "board.json"
    one = board(activity("a", {"start": 0, "costs": {level: 1}}), activity("b", option(1)))
    path.write_text(json.dumps({**one, "levels": [level]}))
    return path


def test_seconds_of_each_level_are_told_in_json_alone(tmp_path: Path) -> None:
    answer = done("solve", given(tmp_path), "-o", tmp_path / "solution.json", "--json").json()
    written = load(tmp_path / "solution.json")
    assert [{**level, "seconds": None} for level in written["levels"]] == [
        {**level, "seconds": None} for level in answer["levels"]
    ]
    assert all(isinstance(level["seconds"], int | float) for level in answer["levels"])
    assert "seconds" not in str(written)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "kept" / "solution.json", tmp_path / "link.json"
    target.parent.mkdir()
    target.write_text("old")
    link.symlink_to(target)
    done("solve", given(tmp_path), "-o", link)
    assert link.is_symlink()
    assert load(target)["status"] == "optimal"
    assert [path.name for path in target.parent.iterdir()] == ["solution.json"]


def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    done("solve", given(tmp_path), "-o", pipe)
    reader.join()
    assert pipe.is_fifo()
    assert json.loads(read[0])["status"] == "optimal"


def test_what_stands_beside_a_solution_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "solution.json.new"
    mine.write_text("mine")
    done("solve", given(tmp_path), "-o", tmp_path / "solution.json")
    assert mine.read_text() == "mine"


def test_closed_streams_cost_no_solution(tmp_path: Path) -> None:
    words = command_line("solve", given(tmp_path), "-o", tmp_path / "solution.json")
    for closed in ("2>&-", "1>&-", "0<&-", "0<&- 1>&- 2>&-"):
        (tmp_path / "solution.json").unlink(missing_ok=True)
        shell = ["sh", "-c", f'"$@" {closed}', "sh", *words]
        ended = subprocess.run(shell, cwd=ROOT, env=environment(), check=False, timeout=300)
        assert ended.returncode == 0, closed
        assert load(tmp_path / "solution.json")["status"] == "optimal"


def test_a_terminal_is_shown_names_and_does_not_obey_them(tmp_path: Path) -> None:
    path = given(tmp_path, "\x1b[31mred\x1b]0;title\x07\nx")
    seen = done("solve", path, "-o", tmp_path / "solution.json")
    assert seen.out == "optimal \\x1b[31mred\\x1b]0;title\\x07\\nx=1\n"


def test_a_doubt_is_shown_and_not_obeyed_either(tmp_path: Path) -> None:
    red = "\x1b[31mred"
    one = board(activity("a", option(0)), activity(red, option(1), unplaced={"x": 1}))
    path = tmp_path / "board.json"
    path.write_text(json.dumps({**one, "lags": [{"before": "a", "after": red, "min": 3, "max": 1}]}))
    seen = done("solve", path, "-o", tmp_path / "solution.json")
    assert "\x1b" not in seen.err
    assert "\\x1b[31mred" in seen.err
