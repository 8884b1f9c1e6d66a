"""The JSON Schemas accept what arshjul reads, and refuse what is wrong by itself."""

from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft202012Validator

from arshjul.cli.check import Document
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.schema.json_schema import DOCUMENTS, UNITS, json_schema
from tests.examples import each

ROOT = Path(__file__).parents[3]
ENTRIES = ("withdrawals", "changes", "outcomes")
SOURCES = sorted(
    path
    for folder in ("scenarios", "config/goteborg", "tests/year/formats/right")
    for path in (ROOT / folder).rglob("*.yaml")
    if path.name != "grounds.yaml"
)


class _AsWritten(yaml.CSafeLoader):
    """Dates stay words, as editors and JSON have them."""


_AsWritten.yaml_implicit_resolvers = {
    sign: [resolver for resolver in resolvers if resolver[0] != "tag:yaml.org,2002:timestamp"]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Any:
    return _as_json(yaml.load(text, _AsWritten))


def _as_json(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _as_json(one) for key, one in value.items()}
    return [_as_json(one) for one in value] if isinstance(value, list) else value


def document_of(path: Path) -> str:
    if path.name.startswith(ENTRIES) or path.parent.name == "year":
        return "entries"
    return "objects" if path.name.startswith("objects") else "scenario"


@cache
def validator(document: str) -> Draft202012Validator:
    schema = json_schema(document, words("en"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@each(SOURCES)
def test_what_ships_is_accepted(path: Path) -> None:
    found = validator(document_of(path)).iter_errors(read(path.read_text()))
    assert [(one.json_path, one.message) for one in found] == []


OFFICERS = "police: [{id: a, name: A, kind: local, areas: [], officers: [{officers: many}]}]"
UNTIL = "withdrawals: [{id: W, police: [a], from: 2027-01-01, to: 2027-01-02, until: 2027-01-02}]"


@pytest.mark.parametrize(
    ("document", "text", "place"),
    [
        ("scenario", "opperations: []", "$"),
        ("scenario", "plan: {name: A, from: 2027-01-01, to: 31/12}", "$.plan.to"),
        ("scenario", "shifts: [{id: day, name: Dag, start: '9', end: '15:00'}]", "$.shifts[0].start"),
        ("scenario", "areas: [{id: å, name: A}]", "$.areas[0].id"),
        ("scenario", "areas: [{id: a}]", "$.areas[0]"),
        ("scenario", "calendar: {closed_weekdays: [sön]}", "$.calendar.closed_weekdays[0]"),
        ("scenario", "calendar: {closed: [{from: 2027-01-01}]}", "$.calendar.closed[0]"),
        ("scenario", "calendar: {avoid: [eves, 2027-01-01, eve]}", "$.calendar.avoid[2]"),
        ("scenario", "rules: {lead_time_days: -1}", "$.rules.lead_time_days"),
        ("scenario", "objective: {prices: {no-such-rule: 1}}", "$.objective.prices"),
        ("scenario", "objective: {priority_points: {4: 1}}", "$.objective.priority_points"),
        ("scenario", OFFICERS, "$.police[0].officers[0].officers"),
        (
            "scenario",
            "cycle: {meetings: [{id: a, name: A, dates: [], agencies: some}]}",
            "$.cycle.meetings[0].agencies",
        ),
        ("scenario", "withdrawal_rates: {shooting_days: 0}", "$.withdrawal_rates"),
        ("entries", UNTIL, "$.withdrawals[0]"),
        ("entries", "outcomes: [{operation: A, result: gone}]", "$.outcomes[0].result"),
        ("entries", "cancelled: [{reported: '2027-01-01T06:30'}]", "$.cancelled[0]"),
        ("entries", "fewer_officers: [{operation: A, officers: 0}]", "$.fewer_officers[0].officers"),
        ("objects", "objects: [{id: O, sector: s}]", "$.objects[0]"),
    ],
)
def test_what_is_wrong_by_itself_is_refused_at_its_place(document: str, text: str, place: str) -> None:
    found = validator(document).iter_errors(read(text))
    assert {one.json_path for one in found} == {place}


def test_titles_and_descriptions_are_the_words_of_the_declarations() -> None:
    found = [json_schema("scenario", words(language)) for language in ("sv", "en")]
    days = [one["$defs"]["WrittenOperation"]["properties"]["days"] for one in found]
    assert [day["title"] for day in days] == ["Dagar", "Days"]
    assert [day["description"].rpartition(". ")[2] for day in days] == ["Anges i dagar.", "In days."]
    assert all((day["unit"], day["minimum"], day["maximum"]) == ("days", 1, 5) for day in days)


def test_no_word_of_the_code_is_shown() -> None:
    for document in DOCUMENTS:
        shown = [
            string for string in _strings(json_schema(document, words("en"))) if "Written" in string or "`" in string
        ]
        assert all(one.startswith("#/$defs/") for one in shown)


def _strings(node: object) -> list[str]:
    if isinstance(node, dict):
        return [string for part in node.values() for string in _strings(part)]
    return [string for part in node for string in _strings(part)] if isinstance(node, list) else [str(node)]


def test_every_kind_of_file_can_be_asked_for_and_every_unit_has_words() -> None:
    assert get_args(get_args(Document)[0]) == (*DOCUMENTS, "sheet")
    said = [mapping.get("unit") for name in DOCUMENTS for mapping in _mappings(json_schema(name, words("en")))]
    assert {one for one in said if isinstance(one, str)} == UNITS.keys()


def _mappings(node: object) -> list[dict[str, Any]]:
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [*([node] if isinstance(node, dict) else []), *(mapping for part in parts for mapping in _mappings(part))]
