"""What is read is an ordinary file, and no larger than it may be; that is seen before anything is made of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from arshjul.errors import InputError
from arshjul.year.formats import json_guard
from arshjul.year.formats.atomic import read_regular
from arshjul.year.formats.json_guard import json_data
from arshjul.year.formats.plan.plan_folder import PLAN, SCENARIO, read_plan_folder, scenario_bytes
from arshjul.year.formats.scenario import folder as scenario_folder
from arshjul.year.formats.scenario.folder import read_file, section_document
from arshjul.year.formats.scenario.references import judge_references_at
from arshjul.year.formats.tree import Document, TreeProblem, nodes
from tests import years

KINDS = ("pipe", "device", "folder", "dead link")


def odd(path: Path, kind: str) -> Path:
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "dead link":
        path.symlink_to("/nowhere/at/all")
    else:
        path.mkdir()
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_only_ordinary_files_are_read(tmp_path: Path, kind: str) -> None:
    path = odd(tmp_path / "x", kind)
    with pytest.raises(OSError, match="x"):
        read_regular(path, 10)
    assert not read_file(path, "x").whole
    for name in (SCENARIO, PLAN):
        folder = tmp_path / name
        folder.mkdir()
        (folder / SCENARIO).write_bytes(scenario_bytes(years.scenario()))
        odd(folder / name, kind)
        with pytest.raises(InputError, match=name):
            read_plan_folder(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_part_of_a_scenario_that_cannot_be_read_is_not_left_out_in_silence(tmp_path: Path, kind: str) -> None:
    odd(tmp_path / "rules.yaml", kind)
    document = section_document(tmp_path)
    assert not document.whole
    assert [problem.file for problem in document.problems()] == ["rules.yaml"]


def test_one_byte_more_than_the_bound_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert read_regular(tmp_path / "x", 5) == b"12345"
    assert read_regular(tmp_path / "x", 3) == b"1234"


@pytest.mark.parametrize("piece", [b"[]", b"{}", b"1"])
def test_pieces_are_counted_before_they_are_made(monkeypatch: pytest.MonkeyPatch, piece: bytes) -> None:
    monkeypatch.setattr(json_guard, "_clean", lambda text: pytest.fail(f"{len(text)} characters were parsed"))
    data = b"[" + (piece + b",") * json_guard.MOST_PIECES + piece + b"]"
    with pytest.raises(InputError) as refused:
        json_data(data, "x.json")
    assert [problem.kind for problem in refused.value.problems] == ["too-large"]


def test_many_wrong_values_are_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / SCENARIO).write_bytes(scenario_bytes(years.scenario()))
    (tmp_path / PLAN).write_bytes(
        b'{"format": "arshjul-plan/1", "as_of": "2027-01-04T09:00", "placements": [' + b"1," * 20_000 + b"1]}"
    )
    with pytest.raises(InputError) as refused:
        read_plan_folder(tmp_path)
    assert [problem.kind for problem in refused.value.problems] == ["too-large"]


@pytest.mark.parametrize(("bound", "most"), [("MOST_FILES", 2), ("MOST_TOGETHER", 50), ("MOST_PIECES", 11)])
def test_a_scenario_is_bounded_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    for number in range(4):
        (tmp_path / f"{number}.yaml").write_text(f"s{number}:\n- one\n- two\n")
    assert not [problem for problem in section_document(tmp_path).problems() if problem.kind == "too-large"]
    monkeypatch.setattr(scenario_folder, bound, most)
    assert [problem.kind for problem in section_document(tmp_path).problems() if problem.kind == "too-large"]


class Counted(list[TreeProblem]):
    """Findings that count how often one of them is looked at."""

    looks = 0

    def __iter__(self) -> Iterator[TreeProblem]:
        for problem in super().__iter__():
            self.looks += 1
            yield problem


def test_each_strange_id_is_looked_at_once_however_many_there_are() -> None:
    n = 300
    document = Document(nodes({"withdrawals": [{"police": [f"x{i}" for i in range(n)]}]}), "plan.json")
    document.findings = counted = Counted()
    judge_references_at(document, "withdrawals[].police[]", {"p0": 1}, "police", {})
    assert len(counted) == n
    assert counted.looks <= n
