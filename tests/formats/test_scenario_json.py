"""scenario.json holds all of a scenario, in a form that is a scenario again."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given

from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError
from arshjul.formats.json_guard import json_bytes, json_data
from arshjul.formats.reading.scenario import read_scenario
from arshjul.formats.scenario.scenario import scenario_of
from arshjul.formats.scenario.scenario_json import scenario_mapping
from arshjul.formats.tree import Document, nodes
from tests.examples import examples
from tests.formats.folders import RIGHT
from tests.formats.strategies import scenarios


def read_back(data: bytes) -> Scenario:
    return scenario_of(Document(nodes(json_data(data, "scenario.json")), "scenario.json"), is_json=True)


@given(scenarios())
@examples(10, 100, suppress_health_check=[HealthCheck.too_slow])
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
        "from arshjul.formats.json_guard import json_data\n"
        "from arshjul.formats.scenario.scenario import scenario_of\n"
        "from arshjul.formats.tree import Document, nodes\n"
        "data = sys.stdin.buffer.read()\n"
        "scenario_of(Document(nodes(json_data(data, 'x')), 'x'), is_json=True)\n"
        "sys.exit('holidays' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], input=data.encode(), check=False).returncode == 0


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"a": 1, "a": 2}', "duplicate-key"),
        (b'{"a": NaN}', "bad-value"),
        (b'{"a": -Infinity}', "bad-value"),
        (b'{"a": "\\ud800"}', "bad-value"),
        (b'{"a": ' + b"9" * 5000 + b"}", "bad-value"),
        (b"[" * 100_000 + b"]" * 100_000, "too-large"),
        (b'{"a": "\xff"}', "encoding"),
        (b'{\n"a": 1,}', "syntax"),
        (b"", "empty"),
    ],
)
def test_json_that_is_not_clean_is_refused(data: bytes, kind: str) -> None:
    with pytest.raises(InputError) as refused:
        json_data(data, "x.json")
    assert [problem.kind for problem in refused.value.problems] == [kind]


def test_a_surrogate_pair_is_a_sign_like_others() -> None:
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
