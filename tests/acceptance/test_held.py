"""`held`: a milestone is due until it was held, and an evaluation that was held is in the report."""

from pathlib import Path

import pytest

from tests.acceptance.command import done
from tests.acceptance.small_year import operation, planned, replanned, year

MILESTONES = [
    {"id": "plan", "name": "Planeringsmöte", "days_before": 10, "counts_as": "planning"},
    {"id": "review", "name": "Genomgång", "days_after": 7, "counts_as": "evaluation"},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("held")
    return planned(place, year([operation("OP-1", "2027-03-31")], cycle={"milestones": MILESTONES}))


def due(folder: Path, as_of: str) -> list[str]:
    return [one["milestone"] for one in done("today", folder, "--as-of", as_of, "--json").json()["due"]]


def test_milestone_that_was_held_is_no_longer_due(folder: Path) -> None:
    assert due(folder, "2027-03-24T10:00") == ["plan"]
    assert due(folder, "2027-06-24T10:00") == ["plan", "review"], "what is overdue stays until it is ticked"
    after = replanned(
        folder, "2027-03-24T09:00", held=[{"operation": "OP-1", "milestone": "plan", "date": "2027-03-22"}]
    )
    assert due(after, "2027-03-24T10:00") == []
    done("verify", after)
    last = replanned(
        after, "2027-04-12T09:00",
        outcomes=[{"operation": "OP-1", "result": "done"}],
        held=[{"operation": "OP-1", "milestone": "review", "date": "2027-04-09"}],
    )  # fmt: skip
    assert due(last, "2027-06-24T10:00") == []
    found = done("report", last, "--as-of", "2027-06-24T10:00", "--json").json()
    assert found["evaluated"] == {"n": 1, "of": 1}
