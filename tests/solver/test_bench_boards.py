"""The boards of public benchmark sets give their known values, proven. Needs ../shared."""

import csv
from pathlib import Path

import pytest

from arshjul.solver import solve
from arshjul.year.formats.board.board_json import read_board

BENCH = Path(__file__).parents[3] / "shared" / "bench"


def known() -> list[tuple[Path, list[int]]]:
    found = []
    for folder in (BENCH, BENCH / "scale", BENCH / "replans"):
        table = folder / "values.tsv"
        if table.exists():
            with table.open(newline="") as lines:
                for row in csv.DictReader(lines, delimiter="\t"):
                    file = folder / (row["board"] if row["board"].endswith(".json") else row["board"] + ".json")
                    found.append((file, [int(value) for value in row["values"].split(",")]))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not BENCH.exists(), reason="the shared benchmark boards are not here")
@pytest.mark.parametrize(("file", "values"), known(), ids=lambda x: x.stem if isinstance(x, Path) else "")
def test_a_public_board_gives_its_known_values(file: Path, values: list[int]) -> None:
    solution = solve(read_board(file), limit_s=300)
    found = [level.value for level in solution.levels]
    if file.stem == "scale-300-tight":  # its last value is the best known, not proven
        assert found[0] == values[0]
        assert found[1] is not None
        assert found[1] <= values[1]
    else:
        assert found == values
        assert solution.status == "optimal"
