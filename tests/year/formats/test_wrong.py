"""Every kind of problem, told with its file, line and path; and what no problem may tell."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from arshjul.cli.console import Console
from arshjul.errors import InputError, Problem
from arshjul.year.formats import json_guard
from arshjul.year.formats.atomic import read_regular
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.json_guard import json_data
from arshjul.year.formats.plan.plan_folder import PLAN, SCENARIO, read_plan_folder, scenario_bytes
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.scenario import folder as scenario_folder
from arshjul.year.formats.scenario.folder import read_file, section_document
from arshjul.year.formats.scenario.references import judge_references_at
from arshjul.year.formats.tree import Document, TreeProblem, nodes
from tests import years
from tests.examples import each
from tests.year.formats.folders import RIGHT, SECRETS, changed, with_files

CASES = [
    (kind, case)
    for kind, cases in yaml.load((Path(__file__).parent / "wrong.yaml").read_text(), yaml.CSafeLoader).items()
    for case in cases
]


def refused(folder: Path) -> tuple[Problem, ...]:
    """The problems of a scenario; neither they nor its warnings tell a secret, in any language."""
    with pytest.raises(InputError) as caught:
        read_scenario(folder)
    for language in ("sv", "en"):
        for problem in (*caught.value.problems, *caught.value.warnings):
            said = words(language).say(problem.text)
            assert said
            assert not any(secret in f"{said} {problem.path}" for secret in SECRETS)
    return caught.value.problems


@each(CASES)
def test_a_wrong_line_is_told_with_its_place(wrong: tuple[str, dict[str, Any]], tmp_path: Path) -> None:
    kind, case = wrong
    file, line = case["file"], case.get("line", 0)
    changed_line = (RIGHT / file).read_text().partition(case["for"])[0].count("\n") + 1
    place = ("", None) if line == "none" else (file, changed_line + line)
    problems = refused(changed(tmp_path, file, case["for"], case["put"]))
    told = {(p.file, p.line, p.path, p.kind): str(p.text) for p in problems}
    assert (*place, case["path"], kind) in told, told
    assert case["says"] in told[*place, case["path"], kind]


def test_a_section_in_two_files_is_told(tmp_path: Path) -> None:
    problems = refused(with_files(tmp_path, {"zones.yaml": "# more\nareas: [{id: city, name: City}]\n"}))
    assert [(p.file, p.line, p.path, p.kind) for p in problems] == [("zones.yaml", 2, "areas", "duplicate-section")]


@pytest.mark.parametrize(
    ("content", "line", "kind"),
    [
        (b"", None, "empty"),
        (b"# nothing yet\n", None, "empty"),
        (b"---\n...\n", None, "empty"),
        ("names: {fisk: Fisk på kaj}".encode("latin-1"), 1, "encoding"),
        ("names: {}".encode("utf-16"), 1, "encoding"),
        (b"names:\n  fisk: a\x07b\n", 2, "encoding"),
        (b"- names\n", 1, "wrong-type"),
        (b"names", 1, "wrong-type"),
        (b"names: {}\n---\nnames: {}\n", 2, "syntax"),
        (b"names: " + b"[" * 50 + b"]" * 50, 1, "too-large"),
        (b"names: [" + b"a," * 200_000 + b"]", 1, "too-large"),
        (b"names: " + b"a" * 2_000_001, None, "too-large"),
        (b"names: {fisk: @fisk}\n", 1, "syntax"),
        (b"names: [1\n", 1, "syntax"),
        (b"names:\n  a: [1\n\n", 2, "syntax"),
        (b"names:\n  fisk:\n\ta\n", 3, "syntax"),
        (b"names: {fisk: 'a}\n\n", 1, "syntax"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, content: bytes, line: int | None, kind: str) -> None:
    text = (RIGHT / "plan.yaml").read_text()
    files: dict[str, str | bytes] = {"plan.yaml": text.replace("names: {restaurant", "# {restaurant")}
    problems = refused(with_files(tmp_path, {**files, "zz.yaml": content}))
    assert [(p.file, p.line, p.path, p.kind) for p in problems] == [("zz.yaml", line, "", kind)]


def test_a_byte_order_mark_and_crlf_are_no_problem(tmp_path: Path) -> None:
    text = (RIGHT / "plan.yaml").read_bytes().replace(b"\n", b"\r\n")
    assert read_scenario(with_files(tmp_path, {"plan.yaml": b"\xef\xbb\xbf" + text})).scenario


def test_all_problems_come_at_once_in_the_order_of_the_files(tmp_path: Path) -> None:
    changed(tmp_path, "operations.yaml", "officers: 2", "officers: two")
    changed_again = (tmp_path / "operations.yaml").read_text().replace("skatteverket: 1}", "skattverket: 1}")
    resources = (tmp_path / "resources.yaml").read_text().replace("kind: state", "kind: stat")
    with_folder = {"operations.yaml": changed_again, "resources.yaml": resources, "zz.yaml": "names: [\n"}
    for name, text in with_folder.items():
        (tmp_path / name).write_text(text)
    found = [(p.file, p.path) for p in refused(tmp_path)]
    assert found == [
        ("operations.yaml", "operations[0].officers"),
        ("operations.yaml", "operations[0].optional_agencies.skattverket"),
        ("resources.yaml", "agencies[1].kind"),
        ("zz.yaml", ""),
    ]


def test_a_missing_section_is_not_told_where_a_file_could_not_be_read(tmp_path: Path) -> None:
    problems = refused(with_files(tmp_path, {"resources.yaml": "police: [\n"}))
    assert {p.kind for p in problems} == {"syntax"}


def test_a_site_in_the_wrong_place_or_below_an_unknown_key_is_not_told(tmp_path: Path) -> None:
    folder = changed(tmp_path, "operations.yaml", "sites:", "site:\n      - {Kajutan: , Kajutan: 3, 3: *Krogen}")
    assert [(p.path, p.kind) for p in refused(folder)] == [("operations[0].site", "unknown-key")]
    put = "fixed: {date: 2027-03-02, shift: day, Krogen Kajutan}\n    Sjömansgatan 7: [*a]"
    problems = refused(changed(tmp_path, "operations.yaml", "fixed: {date: 2027-03-02, shift: day}", put))
    assert {p.path for p in problems} == {"operations[0].fixed.…", "operations[0].…"}


SITE = '- {ref: "2027-0012", name: Krogen Kajutan AB, address: Sjömansgatan 7}'


@pytest.mark.parametrize(
    ("put", "path", "kind"),
    [
        ('- {ref: 20270012, name: Krogen, address: Sjömansgatan 7}', "operations[0].sites[0].ref", "wrong-type"),
        ("- Krogen Kajutan AB", "operations[0].sites[0]", "wrong-type"),
        ("Krogen Kajutan AB: Sjömansgatan 7", "operations[0].sites", "wrong-type"),
        ('- {ref: "2027-0012", Kajutan: Sjömansgatan 7}', "operations[0].sites[0]", "unknown-key"),
        ('- {ref: "2027-0012", name: Krogen, Kajutan AB}', "operations[0].sites[0]", "wrong-type"),
        ('- {ref: "1", Krogen: 2, Krogen: 3}', "operations[0].sites[0]", "duplicate-key"),
        ('- {ref: "1", name: Krogen, name: Kajutan}', "operations[0].sites[0].name", "duplicate-key"),
        ('- {ref: "1", name: *Krogen}', "operations[0].sites[0].name", "alias"),
        ('- {ref: "1", name: &Krogen Kajutan}', "operations[0].sites[0].name", "alias"),
        ('- {ref: "1", name: !Krogen Kajutan}', "operations[0].sites[0].name", "tag"),
        ('- {ref: "1", [Krogen]: Kajutan}', "operations[0].sites[0]", "wrong-type"),
        ("- {name: Krogen, address: Sjömansgatan 7}", "operations[0].sites[0].ref", "missing-key"),
        ('- {ref: "1", name: Krogen: Kajutan}', "", "syntax"),
        ('- {ref: "1", name: "Krogen \\Kajutan"}', "", "syntax"),
        ('- {ref: "1", name: "Krogen}', "", "syntax"),
        ('- {ref: "1", name: Krogen, address: Sjömansgatan 7', "", "syntax"),
        ("- Krogen: Kajutan: Sjömansgatan 7", "", "syntax"),
        ("\tKrogen Kajutan AB", "", "syntax"),
        ("Krogen Kajutan AB:\n      Sjömansgatan 7:", "operations[0].sites", "wrong-type"),
        ('- {ref: "1", name: Krogen\x07}', "", "encoding"),
    ],
)  # fmt: skip
def test_a_problem_inside_sites_tells_place_and_kind_alone(tmp_path: Path, put: str, path: str, kind: str) -> None:
    problems = refused(changed(tmp_path, "operations.yaml", SITE, put))
    line = (RIGHT / "operations.yaml").read_text().partition(SITE)[0].count("\n") + 1
    assert (path, kind) in {(p.path, p.kind) for p in problems}
    assert all(p.line is not None and p.line >= line - 1 for p in problems)


def test_what_is_no_folder_or_has_no_sections_is_refused(tmp_path: Path) -> None:
    for given, remedy in [("nowhere", "name the scenario"), ("a-file", "save it as .xlsx in Excel")]:
        (tmp_path / "a-file").write_text("plan: {}")
        with pytest.raises(InputError, match=f"is neither a scenario folder .*{remedy}|is not a folder: {remedy}"):
            read_scenario(tmp_path / given)
    with pytest.raises(InputError, match="is not a folder"):
        read_scenario(Path("x" * 5000))
    for config in ["x" * 300, '"a\\0b"', "../" * 2000]:
        problems = refused(changed(tmp_path, "plan.yaml", "language: sv", f"language: sv, config: {config}"))
        assert [(p.path, p.kind) for p in problems] == [("plan.config", "bad-value")]


def test_a_folder_without_sections_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("plan: {}")
    (tmp_path / ".hidden.yaml").write_text("plan: {}")
    assert [p.kind for p in refused(tmp_path)] == ["empty"]


def test_more_than_can_be_planned_is_refused_and_a_thousand_problems_are_enough(tmp_path: Path) -> None:
    problems = refused(with_files(tmp_path, {"operations.yaml": "operations:\n" + "- {}\n" * 5001}))
    assert [(p.path, p.kind) for p in problems] == [("operations", "too-large")]
    problems = refused(with_files(tmp_path, {"operations.yaml": "operations:\n" + "- {}\n" * 1200}))
    assert len(problems) == 1001
    assert problems[-1].kind == "too-large"
    plan = (RIGHT / "plan.yaml").read_text()
    before, _, after = plan.partition("shifts:\n")
    after = after[after.index("names:") :]
    many = "".join(f'- {{id: s{n}, name: S, start: "09:00", end: "15:00"}}\n' for n in range(25))
    for shifts, kind in (("shifts: []\n", "bad-value"), (f"shifts:\n{many}", "too-large")):
        problems = refused(with_files(tmp_path, {"plan.yaml": before + shifts + after}))
        assert ("shifts", kind) in {(p.path, p.kind) for p in problems}


IGNORED = {"police.yml": "police: []", "more.YAML": "x", "areas.yaml.txt": "x", "notes.txt": "x"}


def test_a_file_with_another_ending_is_a_warning_also_beside_what_is_missing(tmp_path: Path) -> None:
    read = read_scenario(with_files(tmp_path, dict(IGNORED)))
    assert [(warning.file, warning.kind) for warning in read.warnings] == [
        ("areas.yaml.txt", "ignored-file"), ("more.YAML", "ignored-file"), ("police.yml", "ignored-file"),
    ]  # fmt: skip
    with_files(tmp_path, dict(IGNORED))
    (tmp_path / "operations.yaml").rename(tmp_path / "operations.yml")
    with pytest.raises(InputError) as caught:
        read_scenario(tmp_path)
    assert {problem.path for problem in caught.value.problems} >= {"operations"}
    assert "operations.yml" in {warning.file for warning in caught.value.warnings}


def test_what_stands_before_a_line_that_cannot_be_read_is_judged(tmp_path: Path) -> None:
    files = {"plan.yaml": (RIGHT / "plan.yaml").read_text().replace("sv}", "se}") + "names\n  fish: Fisk\n"}
    assert [p.kind for p in refused(with_files(tmp_path, files))] == ["bad-value", "syntax"]


@pytest.mark.parametrize(
    ("put", "paths"),
    [
        ("title: Livs #1 Möllan", ["operations[2].title"]),
        ("title: Livs # 1 Möllan", ["operations[2].title"]),
        ("title: Livs  # dagtid", []),
        ('title: "Livs #1 Möllan"  # dagtid', []),
        ("title: Livs#1", []),
        ("title: Återbesök\n    priority: 3  # lägst", []),
        ("title: Återbesök\n    sites: [{ref: Krogen #7\n      }]", ["operations[2].sites[0].ref"]),
    ],
)
def test_a_text_that_a_comment_cuts_is_a_warning(tmp_path: Path, put: str, paths: list[str]) -> None:
    read = read_scenario(changed(tmp_path, "operations.yaml", "title: Återbesök", put))
    assert [(warning.path, warning.kind) for warning in read.warnings] == [(path, "comment") for path in paths]
    assert not any(secret in str(warning.text) for warning in read.warnings for secret in SECRETS)


def test_a_problem_in_a_list_names_the_id_that_stands_there(tmp_path: Path) -> None:
    problems = refused(changed(tmp_path, "operations.yaml", "officers: 2", "officers: two"))
    assert [(p.path, p.item) for p in problems] == [("operations[0].officers", "OP-001")]
    assert (
        Console(words=words("sv"))
        .problem(problems[0])
        .partition(":")[2]
        .startswith("10 operations[0].officers (OP-001): ")
    )


def test_accepted_without_ado(tmp_path: Path) -> None:
    text = (RIGHT / "operations.yaml").read_text()
    text = text.replace("{from: 2027-04-05, to: 2027-04-09}", "2030-01-01, {from: 2025-01-01, to: 2026-01-01}")
    text = text.replace("window: {from: 2027-02-01, to: 2027-05-31}", "window: {from: 2026-02-01, to: 2027-05-31}")
    operation = read_scenario(with_files(tmp_path, {"operations.yaml": text})).scenario.operations["OP-003"]
    assert operation.lead_agency not in operation.agencies


# What is read is an ordinary file, and no larger than it may be; that is seen before anything is made of it.


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


def test_a_file_that_is_missing_is_told_with_what_to_do_and_no_more_than_the_bound_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert read_regular(tmp_path / "x", 5) == b"12345"
    assert read_regular(tmp_path / "x", 3) == b"1234"
    (problem,) = read_file(tmp_path / "none.yaml", "none.yaml").problems()
    assert str(problem.text) == "The file cannot be read: there is no such file or folder; check the path."


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


def test_an_unknown_id_among_many_is_told_with_the_first_of_them_and_each_is_looked_at_once() -> None:
    n = 300
    document = Document(nodes({"withdrawals": [{"police": [f"x{i}" for i in range(n)]}]}), "plan.json")
    document.findings = counted = Counted()
    judge_references_at(document, "withdrawals[].police[]", {"p0": 1}, "police", {})
    assert len(counted) == n
    assert counted.looks <= n
    known = {f"agency-{n:02}": n for n in range(20)}
    document = Document(nodes({"operations": [{"lead_agency": "polisen"}] * 2}), "")
    judge_references_at(document, "operations[].lead_agency", known, "agencies", {})
    said = [str(problem.text) for problem in document.problems()]
    assert "choose among agency-00, agency-01, " in said[0]
    assert said[0].endswith("agency-11 ….")


# How a kind of value is read depends on no order of imports: each case is worked out in a process of its own.


SCHEMAS = """
from pydantic import TypeAdapter
from arshjul.year.domain.calendar import Calendar, Dates
from arshjul.year.domain.declaration import Clock, Day
print([TypeAdapter(kind).json_schema() for kind in (Day, Clock, Dates, Calendar)])
"""


def _process(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_kind_is_not_read_by_its_type_before_its_readers_are_known() -> None:
    assert "arshjul.year.formats.words" in _process(SCHEMAS).stderr


def test_shapes_that_are_imported_before_change_no_reading() -> None:
    alone = _process("import arshjul.year.formats.words" + SCHEMAS)
    after = _process("import arshjul.year.formats.schema" + SCHEMAS)
    assert alone.stdout == after.stdout != ""
