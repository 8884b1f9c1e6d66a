"""scenario.json holds all of a scenario, in a form that is a scenario again."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given
from openpyxl import load_workbook

from arshjul.errors import InputError
from arshjul.year.domain.contact import MailWords
from arshjul.year.domain.operation import Site
from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.party_view import PartyView, ViewCall
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.sent_offer import OfficersOffer, TeamsOffer
from arshjul.year.domain.settings import Meet
from arshjul.year.domain.withdrawal import KINDS, AssumedRates
from arshjul.year.formats.feeds import view_json
from arshjul.year.formats.json_guard import json_bytes, json_data
from arshjul.year.formats.plan.plan_json import plan_of
from arshjul.year.formats.reading import read_entries, read_objects, read_scenario
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.scenario.scenario_json import scenario_mapping
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.fields import DeclaredKey, keys
from arshjul.year.formats.schema.scenario import WrittenScenario
from arshjul.year.formats.tree import SECRET_KEY, SITE_KEYS, Document, nodes
from arshjul.year.formats.workbook.writing import scenario_workbook
from tests.examples import examples
from tests.known_cases import FOLDERS
from tests.year.formats.folders import RIGHT
from tests.year.formats.strategies import scenarios


def read_back(data: bytes) -> Scenario:
    return scenario_of(Document(nodes(json_data(data, "scenario.json")), "scenario.json"), is_json=True)


@given(scenarios())
@examples(6, 100, suppress_health_check=[HealthCheck.too_slow])
def test_a_scenario_written_and_read_is_the_same(scenario: Scenario) -> None:
    written = json_bytes(scenario_mapping(scenario))
    again = read_back(written)
    assert again == scenario
    assert list(again.operations) == list(scenario.operations)
    assert json_bytes(scenario_mapping(again)) == written


def test_it_has_its_documented_keys_and_is_a_scenario_of_yaml_too(tmp_path: Path) -> None:
    scenario = read_scenario(RIGHT).scenario
    mapping = scenario_mapping(scenario)
    assert mapping["format"] == "arshjul-scenario/1"
    assert [meeting["agencies"] for meeting in json.loads(json_bytes(mapping))["cycle"]["meetings"]] == [
        "all",
        ["miljo"],
    ]
    written = {key: value for key, value in mapping.items() if key not in {"format", "holidays"}}
    priorities = written["objective"]
    assert isinstance(priorities, dict)
    priorities["priority_points"] = {int(key): value for key, value in priorities["priority_points"].items()}
    text = yaml.safe_dump(written, sort_keys=False, allow_unicode=True)
    (tmp_path / "all.yaml").write_text(_dates_without_quotes(text))
    assert read_scenario(tmp_path).scenario == scenario


def _dates_without_quotes(text: str) -> str:
    return re.sub(r"'(\d{4}-\d{2}-\d{2})'", r"\1", text)


def test_it_is_read_without_the_holidays_library() -> None:
    data = json_bytes(scenario_mapping(read_scenario(RIGHT).scenario)).decode()
    code = (
        "import sys\n"
        "from arshjul.year.formats.json_guard import json_data\n"
        "from arshjul.year.formats.scenario.scenario import scenario_of\n"
        "from arshjul.year.formats.tree import Document, nodes\n"
        "data = sys.stdin.buffer.read()\n"
        "scenario_of(Document(nodes(json_data(data, 'x')), 'x'), is_json=True)\n"
        "sys.exit('holidays' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], input=data.encode(), check=False).returncode == 0


def test_json_that_is_not_clean_is_refused_and_a_surrogate_pair_is_a_sign_like_others() -> None:
    for data, kind in [
        (b'{"a": 1, "a": 2}', "duplicate-key"),
        (b'{"a": NaN}', "bad-value"),
        (b'{"a": -Infinity}', "bad-value"),
        (b'{"a": "\\ud800"}', "bad-value"),
        (b'{"a": ' + b"9" * 5000 + b"}", "bad-value"),
        (b"[" * 100_000 + b"]" * 100_000, "too-large"),
        (b'{"a": "\xff"}', "encoding"),
        (b'{\n"a": 1,}', "syntax"),
        (b"", "empty"),
    ]:
        with pytest.raises(InputError) as refused:
            json_data(data, "x.json")
        assert [problem.kind for problem in refused.value.problems] == [kind]
    assert json_data(b'{"a": "\\ud83d\\ude00"}', "x.json") == {"a": "😀"}


def test_a_problem_in_scenario_json_has_a_path_and_tells_no_site() -> None:
    mapping = json.loads(json_bytes(scenario_mapping(read_scenario(RIGHT).scenario)))
    mapping["operations"][0]["sites"][0]["name"] = ["Krogen"]
    mapping["shifts"][0]["start"] = "nine"
    mapping["holidays"]["Krogen"] = "x"
    with pytest.raises(InputError) as refused:
        read_back(json_bytes(mapping))
    assert {(p.file, p.path, p.kind) for p in refused.value.problems} == {
        ("scenario.json", "operations[0].sites[0].name", "wrong-type"),
        ("scenario.json", "shifts[0].start", "bad-value"),
        ("scenario.json", "holidays.Krogen", "bad-value"),
    }


# `mail` and `withdrawal_rates`: read, written where they say other than what is assumed, and judged.


TUTORIAL = Path(__file__).parents[3] / "scenarios" / "tutorial"


def scenario_with(folder: Path, section: str) -> Path:
    copied = copytree(TUTORIAL, folder / "scenario")
    (copied / "more.yaml").write_text(section + "\n")
    return copied


def test_each_word_of_a_mail_may_be_left_out_and_nothing_is_not_written(tmp_path: Path) -> None:
    scenario = read_scenario(scenario_with(tmp_path, "mail: {phone: 031-390 06 00}")).scenario
    assert scenario.mail == MailWords(phone="031-390 06 00")
    assert "mail" not in scenario_mapping(read_scenario(TUTORIAL).scenario)


def test_rates_that_are_given_replace_those_that_are_assumed(tmp_path: Path) -> None:
    given = "withdrawal_rates: {years: 3, special_event_days: 20, shooting_per_year: 0}"
    path = scenario_with(tmp_path, given)
    expected = AssumedRates(
        years=3,
        kinds=tuple(
            replace(
                kind,
                days=20 if kind.cause == "special-event" else kind.days,
                per_year=0 if kind.cause == "shooting" else kind.per_year,
            )
            for kind in KINDS
        ),
    )
    scenario = read_scenario(path).scenario
    assert scenario.withdrawal_rates == expected
    written = json.loads(json.dumps(scenario_mapping(scenario)))["withdrawal_rates"]
    assert (written["years"], written["special_event_days"], written["accident_days"]) == (3, 20, 2)
    book = tmp_path / "book.xlsx"
    book.write_bytes(scenario_workbook(scenario))
    assert read_scenario(book).scenario.withdrawal_rates == expected


def test_rates_that_are_assumed_anyway_are_not_written(tmp_path: Path) -> None:
    scenario = read_scenario(scenario_with(tmp_path, "withdrawal_rates: {match_days: 1}")).scenario
    assert "withdrawal_rates" not in scenario_mapping(scenario)


@pytest.mark.parametrize(
    ("section", "kind", "path"),
    [
        ("mail: {from_name: ''}", "bad-value", "mail.from_name"),
        (f"mail: {{from_name: {'x' * 121}}}", "bad-value", "mail.from_name"),
        (f"mail: {{greeting: {'x' * 121}}}", "bad-value", "mail.greeting"),
        (f"mail: {{closing: {'x' * 121}}}", "bad-value", "mail.closing"),
        ("mail: {phone: ring mig}", "bad-value", "mail.phone"),
        ('mail: {reply_to: "a@example.se\\nBcc: b@example.se"}', "bad-value", "mail.reply_to"),
        ('mail: {reply_to: "a@example.se, b@example.se"}', "bad-value", "mail.reply_to"),
        ("mail: {sender: Samordningen}", "unknown-key", "mail.sender"),
        ("withdrawal_rates: {match_days: 0}", "bad-value", "withdrawal_rates.match_days"),
        ("withdrawal_rates: {shooting_units_percent: 101}", "bad-value", "withdrawal_rates.shooting_units_percent"),
        ("withdrawal_rates: {shooting_per_day: 1}", "unknown-key", "withdrawal_rates.shooting_per_day"),
        ("withdrawal_rates: {years: often}", "wrong-type", "withdrawal_rates.years"),
    ],
)
def test_what_cannot_be_is_told_with_its_place(tmp_path: Path, section: str, kind: str, path: str) -> None:
    with pytest.raises(InputError) as refused:
        read_scenario(scenario_with(tmp_path, section))
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.kind, problem.path) == ("more.yaml", 1, kind, path)


# Where all who take part meet, and whether they see each other: read, written, and kept to a line.


def with_meet(folder: Path, meet: object) -> Scenario:
    whole: dict[str, Any] = {}
    for file in sorted(RIGHT.glob("*.yaml")):
        whole |= yaml.load(file.read_text(), yaml.CSafeLoader) or {}
    whole["operations"][0]["meet"] = meet
    (folder / "all.yaml").write_text(yaml.safe_dump(whole))
    return read_scenario(folder).scenario


def test_the_time_to_meet_may_be_left_out_and_what_is_no_place_is_refused(tmp_path: Path) -> None:
    scenario = with_meet(tmp_path, {"place": "x" * 120})
    assert next(iter(scenario.operations.values())).meet == Meet("x" * 120)
    # An operation that left its place to its area was refused, against what the column's note said.
    book = load_workbook(BytesIO(scenario_workbook(read_scenario(RIGHT).scenario)))
    cells = (cell for row in book["Insatser"].iter_rows(max_row=3) for cell in row)
    notes = {cell.value: cell.comment.text for cell in cells if cell.comment is not None}
    assert "Eget klockslag kräver egen plats." in notes["Samlingsplats"]
    for meet, path in [
        ({"place": "x" * 121}, "operations[0].meet.place"),
        ({"at": "07:30"}, "operations[0].meet.place"),
        ({"place": "here", "at": 450}, "operations[0].meet.at"),
        ({"place": "here", "when": "07:30"}, "operations[0].meet.when"),
    ]:
        with pytest.raises(InputError) as refused:
            with_meet(tmp_path, meet)
        assert [problem.path for problem in refused.value.problems] == [path]


# A party's view as the portal keeps it: what is read is what was written, with every way of saying when.


VIEW = PartyView("agency-a1", "A1", "Året", "sv", "Europe/Stockholm", "", 1, None, None, (), ())
WHEN = Matching(
    frozenset({0, 6}), "day", date(2027, 7, 5), date(2027, 8, 1), weeks=frozenset({1, 53}), nth=frozenset({1, -1})
)


@pytest.mark.parametrize("when", [Matching(), WHEN, replace(WHEN, weeks="odd"), replace(WHEN, weekdays=None)])
@pytest.mark.parametrize("kind", [OfficersOffer, TeamsOffer])
def test_an_offer_is_read_as_it_was_written(kind: type[OfficersOffer | TeamsOffer], when: Matching) -> None:
    offer: OfficersOffer | TeamsOffer = TeamsOffer("H1", teams=(TeamLine(when, 2), TeamLine(when, 1, at_most=True)))
    if kind is OfficersOffer:
        offer = OfficersOffer("H1", officers=(OfficerLine(when, 4, 1), OfficerLine(when, 0, at_most=True)))
    call = ViewCall("H1", date(2027, 1, 1), date(2027, 12, 31), date(2027, 2, 20), date(2027, 3, 1), offer)
    view = replace(VIEW, calls=(call, replace(call, standing=kind("H2", nothing=True))))
    assert view_json.from_text(view_json.to_text(view)) == view


# The cases with proven answers, where they lie beside the project: what they hold is read or refused as told.


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_a_case_is_read_or_refused_as_told(folder: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text())
    errors = [problem for problem in expected.get("problems", []) if problem["kind"] != "no-slot"]
    if not errors:
        assert read_scenario(folder / "scenario").scenario.operations
        return
    with pytest.raises(InputError) as refused:
        read_scenario(folder / "scenario")
    told = {(problem.file, problem.path, problem.kind): problem.line for problem in refused.value.problems}
    for error in errors:
        line = told[error["file"], error["path"], error["kind"]]
        assert line == error.get("line", line)
    said = " ".join(f"{problem.text} {problem.path}" for problem in refused.value.problems)
    assert not any(word in said for word in expected["not_in_output"])


@pytest.mark.parametrize(
    "folder", [f for f in FOLDERS if (f / "base-plan.json").exists()], ids=lambda folder: folder.name
)
def test_a_base_plan_and_what_comes_to_it_are_read(folder: Path) -> None:
    scenario = read_scenario(folder / "scenario").scenario
    plan = plan_of(json_data((folder / "base-plan.json").read_bytes(), "base-plan.json"), scenario)
    assert plan.placed.keys() | {unplaced.operation for unplaced in plan.unplaced} == scenario.operations.keys()
    if (folder / "objects.yaml").exists():
        assert read_objects(folder / "objects.yaml", scenario).objects
    else:
        assert read_entries([folder / "withdrawals.yaml"], scenario).withdrawals


# What is secret is a shape of its own, and stands under the one key below which nothing is repeated.


def within(key: DeclaredKey) -> list[DeclaredKey]:
    parts = [] if key.model is None else keys(key.model, key.path)
    return [key, *(declared_key for part in parts for declared_key in within(part))]


def test_sites_stand_under_the_secret_key_alone_and_nothing_of_them_is_shown() -> None:
    every = [declared_key for key in keys(WrittenScenario) for declared_key in within(key)]
    assert len(every) > 100
    assert {".".join(key.path) for key in every if key.model is shape(Site)} == {"operations.sites", "objects.sites"}
    assert all((key.path[-1] == SECRET_KEY) == (key.model is shape(Site)) for key in every)
    assert shape(Site).model_fields.keys() == SITE_KEYS
    assert not any(field.repr for field in shape(Site).model_fields.values())
