"""docs/ tells the truth: its examples are read, its links lead somewhere, the tests and words it names are there."""

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from arshjul.board import Board
from arshjul.formats.board.board_json import read_board
from arshjul.formats.plan.answers import Proposed
from arshjul.formats.plan.plan_json import plan_of
from arshjul.formats.plan.stress_json import stress_mapping, stress_of
from arshjul.formats.reading.entries import read_entries
from arshjul.formats.reading.objects import read_objects
from arshjul.formats.reading.scenario import read_scenario
from arshjul.formats.schema import exceptions, frame, operation, parties, settings, site, target
from arshjul.formats.schema.amendment import KINDS, MODELS
from arshjul.formats.schema.entry import EVENTS
from arshjul.rules import HARD, SOFT
from arshjul.rules.fill.fits import FITS
from arshjul.rules.fill.quality import WISHES

ROOT = Path(__file__).parents[2]
DOCS = {path.name: path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))}
FORMATS = DOCS["formats.md"]


def example(name: str) -> str:
    found = re.search(rf"^```\w+ {name}\n(.*?)^```", FORMATS, re.M | re.S)
    assert found is not None
    return found[1]


def written(folder: Path, name: str, file: str) -> Path:
    path = folder / file
    path.write_text(example(name))
    return path


def test_examples_of_scenario_withdrawals_and_plan_are_read(tmp_path: Path) -> None:
    (tmp_path / "scenario").mkdir()
    written(tmp_path / "scenario", "scenario", "all.yaml")
    scenario = read_scenario(tmp_path / "scenario").scenario
    files = [written(tmp_path, name, f"{name}.yaml") for name in ("entries", "answers")]
    about = {"OP-001": ("miljo", "lpo-city"), "OP-002": ("miljo",)}
    read = read_entries(files, scenario, proposed=Proposed(scenario, about, {}))
    assert [withdrawal.last is None for withdrawal in read.withdrawals] == [False, True]
    assert {KINDS[type(change)] for change in read.changes} == MODELS.keys()
    assert all(getattr(read, name) for name in EVENTS)
    plan = plan_of(json.loads(example("plan")), scenario)
    assert plan.status == "feasible"
    assert scenario.planned.keys() == {*plan.placed, *(out.operation for out in plan.unplaced)}


def test_example_of_what_years_did_is_read(tmp_path: Path) -> None:
    (tmp_path / "scenario").mkdir()
    written(tmp_path / "scenario", "scenario", "all.yaml")
    given = json.loads(example("stress"))
    figures = stress_of(given, read_scenario(tmp_path / "scenario").scenario)
    assert {"format": given["format"], "plan": given["plan"], **stress_mapping(figures)} == given


def test_example_of_a_board_is_read(tmp_path: Path) -> None:
    board = read_board(written(tmp_path, "board", "board.json"))
    assert isinstance(board, Board)
    assert len(board.activities) == 2


def test_every_key_of_a_scenario_is_shown() -> None:
    shown = set(re.findall(r"\b(\w+):", example("scenario") + example("objects")))
    for room in (exceptions, frame, operation, parties, settings, site, target):
        for model in vars(room).values():
            if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == room.__name__:
                keys = {field.alias or name for name, field in model.model_fields.items() if name != "root"}
                keys -= {rule.id for rule in SOFT} | {wish.id for wish in WISHES} | {"high", "middle", "low", "config"}
                assert keys <= shown, (model.__name__, keys - shown)


def test_every_rule_has_its_line() -> None:
    lines = re.findall(r"^\| `([a-z-]+)` \|", FORMATS.partition("## Rules")[2].partition("## Withdrawals")[0], re.M)
    assert sorted(lines) == sorted(rule.id for rule in HARD)
    assert all(f"`{rule.id}`" in FORMATS for rule in SOFT)


def test_every_rule_of_a_filling_has_its_line() -> None:
    lines = re.findall(r"^\| (`[a-z`, -]+`) \|", FORMATS.partition("## Objects")[2].partition("## Commands")[0], re.M)
    named = [id for line in lines for id in re.findall(r"`([a-z-]+)`", line)]
    assert named == [*(fit.id for fit in FITS), *(wish.id for wish in WISHES)]


def test_example_of_objects_is_read(tmp_path: Path) -> None:
    (tmp_path / "scenario").mkdir()
    written(tmp_path / "scenario", "scenario", "all.yaml")
    scenario = read_scenario(tmp_path / "scenario").scenario
    (object,) = read_objects(written(tmp_path, "objects", "objects.yaml"), scenario).objects.values()
    assert object.stake("miljo") == 3
    assert object.stake("skatteverket") == 1


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    ids = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return ids | set(re.findall(r'<a id="([\w-]+)">', text))


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{name}" for name in DOCS)])
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for file, anchor in re.findall(r"\]\(([\w./-]*)(?:#([\w-]+))?\)", path.read_text()):
        target = path.parent / file if file else path
        assert target.exists(), file
        assert not anchor or anchor in anchors(target.read_text()), (file, anchor)


def test_rooms_of_the_picture_are_those_of_the_code() -> None:
    picture = re.search(r"^```\n(cli .*)\n```", DOCS["architecture.md"], re.M)
    assert picture is not None
    inside = (ROOT / "src" / "arshjul").iterdir()
    rooms = {path.stem for path in inside if not path.stem.startswith("_") and path.name != "py.typed"}
    assert set(re.findall(r"\w+", picture[1])) == rooms


def test_files_that_architecture_names_are_there() -> None:
    for file in set(re.findall(r"`([a-z]+/[a-z0-9_/]+\.py)`", DOCS["architecture.md"])):
        assert (ROOT / file).exists() or (ROOT / "src" / "arshjul" / file).exists(), file


def test_code_cites_what_stands_in_docs_and_nothing_else() -> None:
    for path in sorted((*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py"))):
        text = path.read_text()
        assert not re.search(r"contract \d", text, re.I), path
        for name, anchor in re.findall(r"docs/(\w+\.md)(?:#([\w-]+))?", text):
            assert name in DOCS, (path, name)
            assert not anchor or anchor in anchors(DOCS[name]), (path, anchor)


@pytest.mark.parametrize("name", DOCS)
def test_named_tests_are_there(name: str) -> None:
    for file, test in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", DOCS[name]):
        assert not test or test.startswith("test_"), f"{file}::{test} is nothing that pytest runs"
        assert f"def {test}(" in (ROOT / file).read_text() if test else (ROOT / file).is_file(), (file, test)


def test_words_of_the_glossary_are_those_of_the_code() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    for row in re.findall(r"^\| (.+) \|$", DOCS["glossary.md"], re.M):
        for word in re.findall(r"`([\w-]+)`", row.split(" | ")[2]):
            assert re.search(rf"\b{re.escape(word)}\b", source), word
