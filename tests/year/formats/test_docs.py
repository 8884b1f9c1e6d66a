"""docs/ tells the truth: its examples are read, its links lead somewhere, the tests and words it names are there."""

import json
import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, get_args

import yaml
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from arshjul.cli.app import FAMILIES
from arshjul.cli.check import Document
from arshjul.cli.command import COMMANDS
from arshjul.office.console.rendering import PLACED
from arshjul.year.domain.calendar import Calendar, Shift
from arshjul.year.domain.contact import MailWords
from arshjul.year.domain.operation import FollowUp, Operation, Pin, Site
from arshjul.year.domain.parties import Agency, Area, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.year.domain.scenario import Target
from arshjul.year.domain.settings import Meet, Meeting, Milestone, Objective, Settings, Sharing
from arshjul.year.domain.withdrawal import AssumedRates
from arshjul.year.formats.board import checks as board_keys
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.answers import Proposed
from arshjul.year.formats.plan.plan_folder import stress_of
from arshjul.year.formats.plan.plan_json import plan_of
from arshjul.year.formats.reading import read_entries, read_objects, read_scenario
from arshjul.year.formats.scenario.scenario import SECTIONS
from arshjul.year.formats.schema.custom_shapes import WrittenLoadException, WrittenOperationsException
from arshjul.year.formats.schema.declared import mapping, shape
from arshjul.year.formats.schema.json_schema import DOCUMENTS, UNITS, json_schema
from arshjul.year.formats.schema.plan import EVENTS, MODELS
from arshjul.year.formats.schema.settings import (
    WrittenObjective,
    WrittenPlan,
    WrittenPrices,
    WrittenProgramme,
    WrittenRates,
    WrittenRules,
)
from arshjul.year.planning.report.report import PROPOSALS
from arshjul.year.rules import SETTINGS, SOFT, SoftRule
from arshjul.year.rules.fill.quality import WISHES, Wish
from arshjul.year.texts import Words
from tests.acceptance.boards import judged
from tests.acceptance.command import done, load
from tests.examples import each
from tests.year.formats.generated import with_tables

ROOT = Path(__file__).parents[3]
DOCS = {path.name: path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))}
FORMATS = DOCS["formats.md"]


def example(name: str) -> str:
    match = re.search(rf"^```\w+ {name}\n(.*?)^```", FORMATS, re.M | re.S)
    assert match is not None
    return match[1]


def written(folder: Path, name: str, file: str) -> Path:
    path = folder / file
    path.write_text(example(name))
    return path


def test_the_examples_of_every_kind_of_file_are_read(tmp_path: Path) -> None:
    (tmp_path / "scenario").mkdir()
    written(tmp_path / "scenario", "scenario", "all.yaml")
    scenario = read_scenario(tmp_path / "scenario").scenario
    files = [written(tmp_path, name, f"{name}.yaml") for name in ("entries", "answers")]
    about = {"OP-001": ("miljo", "lpo-city"), "OP-002": ("miljo",)}
    read = read_entries(files, scenario, proposed=Proposed(scenario, about, {}))
    assert [withdrawal.last is None for withdrawal in read.withdrawals] == [False, True]
    plan = plan_of(json.loads(example("plan")), scenario)
    assert plan.status == "feasible"
    assert scenario.planned.keys() == {*plan.placed, *(out.operation for out in plan.unplaced)}
    given = json.loads(example("stress"))
    figures = stress_of(given, scenario)
    assert {"format": given["format"], "plan": given["plan"], **mapping(figures)} == given
    (object,) = read_objects(written(tmp_path, "objects", "objects.yaml"), scenario).objects.values()
    assert (object.stake("miljo"), object.stake("skatteverket")) == (3, 1)


def test_the_tables_are_those_that_follow_from_the_declarations() -> None:
    assert with_tables(FORMATS) == FORMATS, "run `make docs`"


def test_every_section_and_every_list_of_entries_stands_on_the_page() -> None:
    for section in SECTIONS:
        assert re.search(rf"^(`{section}`\|value\|default|(# )?{section}:)", FORMATS, re.M), section
    for name in (*EVENTS, *MODELS):
        assert re.search(rf"^`{name}`\|\S", FORMATS, re.M), name


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    ids = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return ids | set(re.findall(r'<a id="([\w-]+)">', text))


@each(["README.md", *(f"docs/{name}" for name in DOCS)])
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for file, anchor in re.findall(r"\]\(([\w./-]*)(?:#([\w-]+))?\)", path.read_text()):
        target = path.parent / file if file else path
        assert target.exists(), file
        assert not anchor or anchor in anchors(target.read_text()), (file, anchor)


def test_each_proposal_is_pointed_at_by_pages_and_commands_that_are_there() -> None:
    rows = re.findall(r"^\| (\d?) ?\| ([A-Z].+?) \| (.+?) \| (.+?) \|$", DOCS["concepts.md"], re.M)[1:]
    named = [(proposal.number, Words("en").say(proposal.name)) for proposal in PROPOSALS]
    assert [(int(number) if number else None, name) for number, name, _, _ in rows] == named
    paths = {placed.path for placed in PLACED}
    for _, name, pages, commands in rows:
        assert set(found := re.findall(r"`(/[^`]*)`", pages)) <= paths, name
        assert found, name
        assert set(found := re.findall(r"`([a-z-]+)`", commands)) <= {*COMMANDS, *FAMILIES}, name
        assert found, name


def test_architecture_is_read_in_one_sitting_and_its_picture_has_the_rooms_of_the_code() -> None:
    assert len(DOCS["architecture.md"].split()) <= 2000
    picture = re.search(r"^```\n(cli .*)\n```", DOCS["architecture.md"], re.M)
    assert picture is not None
    inside = (ROOT / "src" / "arshjul").iterdir()
    rooms = {path.stem for path in inside if not path.stem.startswith("_") and path.name != "py.typed"}
    assert set(re.findall(r"\w+", picture[1])) == rooms


def test_files_and_folders_that_architecture_names_are_there() -> None:
    """By their path, or by their own name alone where the page has said in which wing or folder they are."""
    source = ROOT / "src" / "arshjul"
    names = {path.name for path in (*source.rglob("*"), *(ROOT / "tests").rglob("*"))}
    named = {*re.findall(r"`([\w/]+(?:/|\.(?:py|html|yaml|css)))`", DOCS["architecture.md"])}
    assert len(named) > 100
    for path in (path for path in named if "NAME" not in path):
        is_there = path.strip("/") in names or (ROOT / path).exists() or (source / path).exists()
        assert is_there, path


def test_code_cites_what_stands_in_docs_and_nothing_else() -> None:
    for path in sorted((*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py"))):
        text = path.read_text()
        assert not re.search(r"contract \d", text, re.I), path
        for name, anchor in re.findall(r"docs/(\w+\.md)(?:#([\w-]+))?", text):
            assert name in DOCS, (path, name)
            assert not anchor or anchor in anchors(DOCS[name]), (path, anchor)


@each(DOCS)
def test_named_tests_are_there(name: str) -> None:
    for file, test in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", DOCS[name]):
        assert not test or test.startswith("test_"), f"{file}::{test} is nothing that pytest runs"
        assert f"def {test}(" in (ROOT / file).read_text() if test else (ROOT / file).is_file(), (file, test)


def spellings(term: str) -> set[str]:
    """A term as code may write it: lead_agency, LeadAgency or in plain words."""
    return {term, "_".join(term.split()), "".join(word.capitalize() for word in term.split())}


def test_words_of_the_glossary_are_those_of_the_code() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    pattern = r"^\| Swedish \| English \| what it is \|\n\| --- .*\n((?:\| .*\n?)+)"
    rows = [row for table in re.findall(pattern, DOCS["concepts.md"], re.M) for row in table.splitlines()]
    assert len(rows) > 50
    for row in rows:
        english = row.split("|")[2]
        named = re.findall(r"`([\w-]+)`", english)
        terms = re.sub(r"[\w -]+ \(.*?\)", "", english).split(",")
        assert all(re.search(rf"\b{re.escape(word)}\b", source) for word in named), row
        for term in filter(None, map(str.strip, terms)):
            assert any(re.search(rf"\b{name}", source) for name in spellings(term)), term


# config/goteborg is the settings manual: every key stands in it, and its defaults are the code's.


MANUAL = Path(__file__).parents[3] / "config" / "goteborg"
TEXT = "\n".join(path.read_text() for path in sorted(MANUAL.glob("*.yaml")))
MODELS_SETTINGS_MANUAL: list[type[BaseModel]] = [
    WrittenPlan, shape(Calendar), shape(Shift), shape(Area), shape(PoliceUnit), shape(OfficerLine), shape(RiskLine),
    shape(Agency), WrittenLoadException, WrittenOperationsException, shape(TeamLine),
    shape(Operation), shape(FollowUp), shape(Pin), shape(Site), WrittenRules,
    WrittenObjective, WrittenPrices, WrittenProgramme, shape(Target), shape(Milestone), shape(Meeting), WrittenRates,
    shape(MailWords), shape(Meet), shape(Sharing),
]  # fmt: skip

PRICED: tuple[SoftRule | Wish, ...] = (*SOFT, *WISHES)


def keys_settings_manual(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def test_every_key_stands_in_the_manual() -> None:
    named = [
        *SECTIONS,
        *(f"{model.__name__}.{key}" for model in MODELS_SETTINGS_MANUAL for key in keys_settings_manual(model)),
    ]
    absent = [key for key in named if not re.search(rf"(?m)(^|[\s#{{,-]){re.escape(key.rpartition('.')[2])}:", TEXT)]
    assert not absent


def test_the_manuals_prices_and_rates_are_the_rules_own_and_those_that_are_assumed() -> None:
    assert set(keys_settings_manual(WrittenPrices)) == {rule.id for rule in PRICED}
    written = yaml.load((MANUAL / "rules.yaml").read_text(), yaml.CSafeLoader)["objective"]
    assert written["prices"] == {rule.id: rule.points for rule in PRICED}
    assert written["priority_points"] == Objective().priority_points
    assert written["change_points"] == Objective().change_points
    rates = yaml.load((MANUAL / "rates.yaml").read_text(), yaml.CSafeLoader)["withdrawal_rates"]
    assert rates == WrittenRates.of(AssumedRates()).mapping()


def test_the_manual_tells_the_rules_defaults_which_are_the_domains() -> None:
    defaults = {setting.key: setting.default for setting in SETTINGS}
    told: set[str] = set()
    comments = ""
    for line in (MANUAL / "rules.yaml").read_text().partition("objective:")[0].splitlines():
        if line.strip().startswith("#"):
            comments += line.strip("# ") + " "
        elif line.startswith("  "):
            key = line.strip().partition(":")[0]
            default = re.findall(r"Default: (no limit|\d+)", comments)[-1]
            assert defaults[key] == (None if default == "no limit" else int(default)), key
            told.add(key)
    assert told == set(keys_settings_manual(WrittenRules)) - {"exceptions"}
    assert WrittenRules().domain() == Settings()
    assert WrittenObjective().domain() == Objective()


# The manual of board files tells the truth: its example is solved as it says, and its tables hold every key.


FOLDER = ROOT / "config" / "board"
MANUAL_BOARD_MANUAL = (FOLDER / "README.md").read_text()
EXAMPLE = json.loads((FOLDER / "example.json").read_text())
PARTS = {
    "the board": board_keys.BOARD,
    "a resource": board_keys.RESOURCE,
    "an activity": board_keys.ACTIVITY,
    "an option": board_keys.OPTION,
    "a lag": board_keys.LAG,
    "a conflict": board_keys.CONFLICT,
    "a row": board_keys.ROW,
}


def table() -> dict[str, dict[str, tuple[bool, str]]]:
    """Per part and key: whether it is needed, and what it is said to be."""
    found: dict[str, dict[str, tuple[bool, str]]] = {}
    part = ""
    for line in MANUAL_BOARD_MANUAL.split("## The solution")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")] if line.startswith("| ") else []
        if line.startswith("| | "):
            cells = ["", *cells]
        if len(cells) < 4 or cells[1] == "key" or set(cells[0]) == {"-"}:
            continue
        part = cells[0] or part
        for key in re.findall(r"`(\w+)`", cells[1]):
            found.setdefault(part, {})[key] = (cells[2] == "yes", cells[3])
    return found


def test_every_key_is_explained_as_needed_or_not_and_stands_in_the_example() -> None:
    told = table()
    assert set(told) == set(PARTS)
    for part, (needed, more) in PARTS.items():
        assert {key: is_needed for key, (is_needed, _) in told[part].items()} == {
            **dict.fromkeys(needed, True),
            **dict.fromkeys(more, False),
        }, part
        assert all(says for _, says in told[part].values()), part
    activities = EXAMPLE["activities"]
    there = {
        "the board": [EXAMPLE],
        "a resource": EXAMPLE["resources"].values(),
        "an activity": activities,
        "an option": [option for activity in activities for option in activity["options"]],
        "a lag": EXAMPLE["lags"],
        "a conflict": EXAMPLE["conflicts"],
        "a row": EXAMPLE["rows"],
    }
    assert {part: {key for one in held for key in one} for part, held in there.items()} == {
        part: {key for some in keys for key in some} for part, keys in PARTS.items()
    }


def test_example_has_the_solution_that_is_shown_and_no_other_and_its_keys_are_explained(tmp_path: Path) -> None:
    shown = re.search(r"^```json\n(.*?)^```", MANUAL_BOARD_MANUAL, re.M | re.S)
    assert shown is not None
    done("solve", FOLDER / "example.json", "-o", tmp_path / "solution.json")
    assert load(tmp_path / "solution.json") == json.loads(shown[1])
    ids = [activity["id"] for activity in EXAMPLE["activities"]]
    kept = []
    for picks in product([0, 1, None], repeat=len(ids)):
        values, broken = judged(EXAMPLE, dict(zip(ids, picks, strict=True)))
        if not broken:
            kept.append((list(values.values()), dict(zip(ids, picks, strict=True))))
    best = min(values for values, _ in kept)
    assert [options for values, options in kept if values == best] == [json.loads(shown[1])["options"]]
    explained = set(re.findall(r"^\| `(\w+)` \|", MANUAL_BOARD_MANUAL.split("## The solution")[1], re.M))
    crowded = EXAMPLE | {"activities": [{"id": "a", "unplaced": None, "options": []}], "rows": [], "lags": []}
    (tmp_path / "crowded.json").write_text(json.dumps(crowded | {"conflicts": []}))
    done("solve", tmp_path / "crowded.json", "-o", tmp_path / "none.json", "--certify")
    assert set(load(tmp_path / "solution.json")) | set(load(tmp_path / "none.json")) == explained


# The JSON Schemas accept what arshjul reads, and refuse what is wrong by itself.


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


WRONG = [
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
]


@each(WRONG)
def test_what_is_wrong_by_itself_is_refused_at_its_place(given: tuple[str, str, str]) -> None:
    document, text, place = given
    found = validator(document).iter_errors(read(text))
    assert {one.json_path for one in found} == {place}


def test_titles_and_descriptions_are_the_words_of_the_declarations_and_none_of_the_code() -> None:
    found = [json_schema("scenario", words(language)) for language in ("sv", "en")]
    days = [one["$defs"]["WrittenOperation"]["properties"]["days"] for one in found]
    assert [day["title"] for day in days] == ["Dagar", "Days"]
    assert [day["description"].rpartition(". ")[2] for day in days] == ["Anges i dagar.", "In days."]
    assert all((day["unit"], day["minimum"], day["maximum"]) == ("days", 1, 5) for day in days)
    for document in DOCUMENTS:
        strings = _strings(json_schema(document, words("en")))
        assert all(one.startswith("#/$defs/") for one in strings if "Written" in one or "`" in one)


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
