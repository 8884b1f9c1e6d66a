"""No bytes, however odd, get further than a clear problem."""

import random
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.errors import InputError, Problem
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.json_guard import json_bytes, json_data
from arshjul.year.formats.plan.plan_json import plan_of
from arshjul.year.formats.reading import read_entries, read_scenario
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.scenario.scenario_json import scenario_mapping
from arshjul.year.formats.tree import Document, nodes
from arshjul.year.formats.yaml_guard import read_yaml
from tests.examples import examples
from tests.year.formats.folders import RIGHT

FILES = {name: (RIGHT / name).read_bytes() for name in ("plan.yaml", "resources.yaml", "operations.yaml")}
# Bytes that mean something to YAML, more often than chance would give.
ODD = b"[]{}:,-?&*!|>'\"%@`#\n \t\\~<=.\x00\x85\xff\xc3\xef\xbb\xbf0123456789noyes"


def told(problems: tuple[Problem, ...]) -> None:
    """Every problem can be said."""
    for problem in problems:
        assert words("sv").say(problem.text)
        assert words("en").say(problem.text)
        f"{problem.file}{problem.path}".encode()


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The bytes with a few cut out, doubled, or put for others."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        length = rng.choice((0, 1, 1, 2, 5, 40))
        middle = rng.choice(
            (
                b"",
                bytes(rng.choices(ODD, k=rng.randint(1, 3))),
                data[at : at + length] * 2,
                data[(start := rng.randrange(len(data) + 1)) : start + length],
            )
        )
        data = data[:at] + middle + data[at + length :]
    return data


def refused_or_read(read: Callable[[], object]) -> None:
    """Whatever is read is read, or refused with problems that can be told."""
    try:
        read()
    except InputError as refused:
        assert str(refused)
        told(refused.problems)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
@examples(80, 1000)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    document = read_yaml(data, "any.yaml")
    told(tuple(document.problems()))
    assert document.tree.value is not None or not document.whole or document.findings


@given(st.lists(st.sampled_from(sorted(bytes([b]) for b in set(ODD))), max_size=60).map(b"".join))
@examples(120, 1500)
def test_any_signs_of_yaml_are_read_or_refused(data: bytes) -> None:
    told(tuple(read_yaml(data, "any.yaml").problems()))


def check_scenario(seed: int, folder: Path) -> None:
    rng = random.Random(seed)
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    name = rng.choice(sorted(FILES))
    (folder / name).write_bytes(mutated(FILES[name], rng))
    refused_or_read(lambda: read_scenario(folder))


def check_json(seed: int) -> None:
    rng = random.Random(seed)
    data = mutated(SCENARIO_JSON, rng)
    refused_or_read(lambda: scenario_of(Document(nodes(json_data(data, "x")), "x"), is_json=True))
    plan = mutated(PLAN_JSON, rng)
    refused_or_read(lambda: plan_of(json_data(plan, "x"), SCENARIO))


def check_changes(seed: int, folder: Path) -> None:
    (folder / "changes.yaml").write_bytes(mutated(CHANGES, random.Random(seed)))
    refused_or_read(lambda: read_entries([folder / "changes.yaml"], SCENARIO))


def test_a_scenario_with_a_few_bytes_wrong_is_read_or_refused(tmp_path: Path) -> None:
    for seed in range(50):
        check_scenario(seed, tmp_path)


def test_json_with_a_few_bytes_wrong_is_read_or_refused() -> None:
    for seed in range(60):
        check_json(seed)


def test_changes_with_a_few_bytes_wrong_are_read_or_refused(tmp_path: Path) -> None:
    for seed in range(60):
        check_changes(seed, tmp_path)


@pytest.mark.slow
def test_many_readings_with_a_few_bytes_wrong() -> None:
    with TemporaryDirectory() as folder:
        for seed in range(100_000):
            told(tuple(read_yaml(mutated(FILES["operations.yaml"], random.Random(seed)), "x").problems()))
        for seed in range(20_000):
            check_scenario(seed, Path(folder))
            check_json(seed)
            check_changes(seed, Path(folder))


SCENARIO = read_scenario(RIGHT).scenario
SCENARIO_JSON = json_bytes(scenario_mapping(SCENARIO))
PLAN_JSON = b"""{"format": "arshjul-plan/1", "revision": 2, "as_of": "2027-01-10T09:00", "status": "feasible",
 "levels": [{"id": "musts", "value": 0, "bound": 0}, {"id": "points", "value": 9, "bound": null}],
 "placements": [{"operation": "OP-001", "date": "2027-03-02", "shift": "day", "police": "lpo-city",
   "optional_agencies": []},
  {"operation": "OP-002", "date": "2027-03-04", "shift": "night", "police": null}],
 "unplaced": [{"operation": "OP-003", "reasons": [{"rule": "follow-up", "slots": 3, "text": "{x}"}]}],
 "prices": [{"rule": "even-load", "about": "miljo 2027-03", "points": 2, "text": "uneven"}],
 "withdrawals": [{"id": "W-1", "reported": "2027-01-10T08:30", "police": ["lpo-city"],
   "from": "2027-01-11", "to": "2027-01-12"}],
 "base": {"revision": 1, "as_of": "2027-01-10T09:00", "hit": ["OP-001"], "placements": []}}"""
CHANGES = b"""withdrawals:
  - {id: W-1, reported: "2027-01-10T08:30", police: [lpo-city], from: 2027-01-11, until_further_notice: true}
agencies:
  - {agency: miljo, from: 2027-03-01, to: 2027-03-05, shifts: [day], weekdays: [mon], teams_left: 1}
operations:
  - {id: OP-100, title: Ny, programme: akc, lead_agency: miljo, sector: food, area: city, after: {operation: OP-001}}
cancelled: [OP-004]
pinned: [{operation: OP-100, date: 2027-05-11, shift: day}]
unpinned: [OP-001]
not_on: [{operation: OP-002, agency: miljo, dates: [2027-05-05, {from: 2027-06-01, to: 2027-06-04}]}]
"""
