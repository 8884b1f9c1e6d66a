"""`withdrawal_rates`: read, written where it is other than what is assumed anyway, kept by a workbook, and judged."""

import json
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from arshjul.domain.risk import KINDS, AssumedRates
from arshjul.errors import InputError
from arshjul.formats.reading.scenario import read_scenario
from arshjul.formats.scenario.scenario_json import scenario_mapping
from tests.acceptance.command import done

TUTORIAL = Path(__file__).parents[2] / "scenarios" / "tutorial"


def scenario_with(folder: Path, section: str) -> Path:
    copied = copytree(TUTORIAL, folder / "scenario")
    (copied / "rates.yaml").write_text(f"withdrawal_rates: {section}\n")
    return copied


def test_what_is_given_replaces_what_is_assumed(tmp_path: Path) -> None:
    path = scenario_with(tmp_path, "{years: 3, special_event_days: 20, shooting_per_year: 0}")
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
    done("workbook", path, "-o", book)
    assert read_scenario(book).scenario.withdrawal_rates == expected


def test_what_is_assumed_anyway_is_not_written(tmp_path: Path) -> None:
    scenario = read_scenario(scenario_with(tmp_path, "{match_days: 1}")).scenario
    assert "withdrawal_rates" not in scenario_mapping(scenario)


@pytest.mark.parametrize(
    ("section", "kind", "key"),
    [
        ("{match_days: 0}", "bad-value", "match_days"),
        ("{shooting_units_percent: 101}", "bad-value", "shooting_units_percent"),
        ("{shooting_per_day: 1}", "unknown-key", "shooting_per_day"),
        ("{years: often}", "wrong-type", "years"),
    ],
)
def test_what_cannot_be_is_told_with_its_place(tmp_path: Path, section: str, kind: str, key: str) -> None:
    with pytest.raises(InputError) as refused:
        read_scenario(scenario_with(tmp_path, section))
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.kind) == ("rates.yaml", 1, kind)
    assert problem.path == f"withdrawal_rates.{key}"
