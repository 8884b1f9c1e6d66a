"""The problem of a scenario as a board: the plan's values, and not a name or a place in it."""

from pathlib import Path

import pytest

from tests.acceptance.boards import judged, without_seconds
from tests.acceptance.command import done, load
from tests.acceptance.conftest import TUTORIAL

FORMAT = {"format", "arshjul-board/1", "levels", "steps", "resources", "capacity", "activities", "id", "unplaced"}
FORMAT |= {"options", "start", "demand", "costs", "length", "lags", "before", "after", "min", "max", "conflicts"}
FORMAT |= {"between", "rows", "rule", "about", "terms", "at_most", "over"}
LEVELS = {"musts", "points", "quality"}
RULES = {"agency-load", "daily-limit", "daily-rest", "designated-preferred", "even-load", "fair-interest", "guessable"}
RULES |= {"optional-agency", "sector-spacing", "together", "follow-up", "kept-close"}


@pytest.fixture(scope="module")
def dumped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("dumped") / "board.json"
    done("dump", TUTORIAL, "-o", file)
    return file


def test_dumped_board_has_the_values_of_the_plan(dumped: Path, made_tutorial: Path, tmp_path: Path) -> None:
    done("solve", dumped, "-o", tmp_path / "solution.json")
    solution = load(tmp_path / "solution.json")
    assert solution["levels"] == load(made_tutorial / "plan.json")["levels"]
    values, broken = judged(load(dumped), solution["options"])
    assert ([*values.items()], broken) == ([(level["id"], level["value"]) for level in solution["levels"]], [])


def test_dump_gives_the_same_bytes_again(dumped: Path, tmp_path: Path) -> None:
    done("dump", TUTORIAL, "-o", tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == dumped.read_bytes()


def texts(value: object) -> set[str]:
    """Every text in a value, keys too."""
    if isinstance(value, dict):
        return {t for k, v in value.items() for t in texts(v)} | {str(k) for k in value}
    if isinstance(value, list):
        return {t for v in value for t in texts(v)}
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize("name", ["tutorial", "goteborg-2027"])
def test_dumped_board_says_numbers_and_rules_alone(tmp_path: Path, name: str) -> None:
    file = tmp_path / "board.json"
    done("dump", TUTORIAL.parent / name, "-o", file)
    held = load(file)
    assert [a["id"] for a in held["activities"]] == [f"a{n}" for n in range(len(held["activities"]))]
    assert [*held["resources"]] == [f"r{n}" for n in range(len(held["resources"]))]
    assert [r["about"] for r in held["rows"]] == [str(n) for n in range(len(held["rows"]))]
    own = {f"{letter}{n}" for letter in "ar" for n in range(len(held["activities"]) + len(held["resources"]))}
    said = texts(held) - own - {str(n) for n in range(len(held["rows"]))}
    assert said <= FORMAT | LEVELS | RULES


def test_a_certificate_is_told_in_the_solution(dumped: Path, tmp_path: Path) -> None:
    seen = done("solve", dumped, "-o", tmp_path / "solution.json", "--certify", "--json")
    levels = load(tmp_path / "solution.json")["levels"]
    assert levels == without_seconds(seen.json()["levels"])
    assert all(len(level["proved_by"]) > 1 and "highs" in level["proved_by"] for level in levels)
