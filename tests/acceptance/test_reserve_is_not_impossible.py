"""A reserve fits on 260 slots once it is promoted: `enheten får inte bemanna insatsen (730 tillfällen)` is untrue."""

from pathlib import Path

from tests.acceptance.command import done
from tests.acceptance.small_year import operation, written, year


def test_reserve_that_would_fit_is_not_called_impossible(tmp_path: Path) -> None:
    folder = written(tmp_path / "s", year([operation("OP-1", "2027-04-07"), operation("R-1", reserve=True)]))
    warnings = done("check", folder, "--json").json()["warnings"]
    assert [warning for warning in warnings if warning["kind"] == "no-slot"] == []
