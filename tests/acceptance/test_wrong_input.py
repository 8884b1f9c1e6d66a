"""Wrong scenarios: every problem at once, with place and kind, and nothing written."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import Outcome, arshjul, done, line_of, write

RIGHT = """\
plan: {name: Provstad 2027, from: 2027-03-01, to: 2027-04-30, timezone: Europe/Stockholm, language: sv}
shifts:
  - {id: day, name: Dag, start: "09:00", end: "15:00"}
  - {id: evening, name: Kväll, start: "16:00", end: "22:00"}
areas:
  - {id: city, name: City}
  - {id: norra, name: Norra, neighbours: [city]}
police:
  - id: lpo
    name: LPO
    kind: local
    areas: [city, norra]
    officers:
      - {weekdays: [mon, tue, wed, thu], officers: 4, designated: 1}
agencies:
  - id: miljo
    name: Miljö
    kind: municipal
    teams:
      - {teams: 2}
operations:
  - id: OP-1
    title: Först
    programme: akc
    lead_agency: miljo
    sector: restaurant
    area: city
    priority: 1
    officers: 2
    agencies: {miljo: 1}
  - id: OP-2
    title: Sedan
    programme: akc
    lead_agency: miljo
    sector: cleaning
    area: norra
    priority: 2
    officers: 2
    agencies: {miljo: 1}
    weekdays: [tue, wed]
    window: {from: 2027-03-08, to: 2027-04-20}
  - id: OP-3
    title: Sist
    programme: akc
    lead_agency: miljo
    sector: beauty
    area: norra
    priority: 3
    officers: 2
    agencies: {miljo: 1}
"""


@dataclass(frozen=True)
class Wrong:
    """One change to the right scenario, and the problem that must be told."""

    old: str
    new: str
    kinds: tuple[str, ...]
    path: str
    mark: str
    """Text whose line the problem is told on; none: the line is not asked about."""


ONE: dict[str, Wrong] = {
    "unquoted-time": Wrong('start: "09:00"', "start: 12:30", ("wrong-type",), "shifts[0].start", "12:30"),
    "no-for-a-word": Wrong("name: City", "name: no", ("wrong-type",), "areas[0].name", "name: no"),
    "octal": Wrong(
        "priority: 3",
        "priority: 3\n    designated: 010",
        ("wrong-type", "bad-value"),
        "operations[2].designated",
        "010",
    ),
    # 010 is 8 to YAML, which nobody means.
    "octal-number": Wrong(
        "officers: 4", "officers: 010", ("wrong-type", "bad-value"), "police[0].officers[0].officers", "010"
    ),
    "fraction": Wrong("officers: 4", "officers: 4.5", ("wrong-type",), "police[0].officers[0].officers", "4.5"),
    "number-in-quotes": Wrong("officers: 4", 'officers: "4"', ("wrong-type",), "police[0].officers[0].officers", '"4"'),
    "true-for-a-number": Wrong(
        "officers: 4", "officers: yes", ("wrong-type",), "police[0].officers[0].officers", "yes"
    ),
    "exponent": Wrong("officers: 4", "officers: 1e3", ("wrong-type",), "police[0].officers[0].officers", "1e3"),
    "not-a-number": Wrong("officers: 4", "officers: .nan", ("wrong-type",), "police[0].officers[0].officers", ".nan"),
    "nothing": Wrong("sector: beauty", "sector:", ("wrong-type",), "operations[2].sector", "sector:\n"),
    "list-for-a-mapping": Wrong(
        "{miljo: 1}\n    weekdays", "[miljo]\n    weekdays", ("wrong-type",), "operations[1].agencies", "[miljo]"
    ),
    "too-much": Wrong("officers: 4", "officers: 1000001", ("bad-value",), "police[0].officers[0].officers", "1000001"),
    "negative": Wrong("officers: 4", "officers: -1", ("bad-value",), "police[0].officers[0].officers", "-1"),
    "huge": Wrong(
        "officers: 4",
        f"officers: {'9' * 5000}",
        ("bad-value", "wrong-type", "too-large"),
        "police[0].officers[0].officers",
        "999",
    ),
    "priority-4": Wrong("priority: 3", "priority: 4", ("bad-value",), "operations[2].priority", "priority: 4"),
    "weekday": Wrong("[tue, wed]", "[tue, ons]", ("bad-value",), "operations[1].weekdays[1]", "tue, ons"),
    "kind": Wrong("kind: local", "kind: federal", ("bad-value",), "police[0].kind", "federal"),
    "language": Wrong("language: sv", "language: no", ("wrong-type", "bad-value"), "plan.language", "plan:"),
    "timezone": Wrong("Europe/Stockholm", "Europe/Stockholmn", ("bad-value",), "plan.timezone", "plan:"),
    "timezone-path": Wrong("Europe/Stockholm", "../../../etc/passwd", ("bad-value",), "plan.timezone", "plan:"),
    "impossible-time": Wrong('start: "09:00"', 'start: "25:00"', ("bad-value",), "shifts[0].start", "25:00"),
    "impossible-date": Wrong(
        "to: 2027-04-20", 'to: "2027-02-30"', ("bad-value", "wrong-type"), "operations[1].window.to", "2027-02-30"
    ),
    "window-backwards": Wrong(
        "from: 2027-03-08, to: 2027-04-20",
        "from: 2027-04-20, to: 2027-03-08",
        ("bad-value",),
        "operations[1].window",
        "window:",
    ),
    "unknown-key": Wrong(
        "weekdays: [tue, wed]", "weekday: [tue, wed]", ("unknown-key",), "operations[1].weekday", "weekday:"
    ),
    "unknown-section": Wrong("areas:\n", "polis: []\nareas:\n", ("unknown-key",), "polis", "polis: []"),
    "missing-key": Wrong(
        "    sector: beauty\n", "", ("missing-key", "wrong-type", "bad-value"), "operations[2].sector", ""
    ),
    "duplicate-key": Wrong(
        "priority: 3",
        "priority: 3\n    priority: 1",
        ("duplicate-key",),
        "operations[2].priority",
        "priority: 1\n    officers: 2\n    agencies: {miljo: 1}\n$",
    ),
    "duplicate-section": Wrong(
        "areas:\n", "areas: [{id: syd, name: Syd}]\nareas:\n", ("duplicate-key", "duplicate-section"), "areas", ""
    ),
    "bad-id": Wrong("id: OP-3", "id: OP 3", ("bad-id",), "operations[2].id", "OP 3"),
    "bad-id-letters": Wrong("id: OP-3", "id: ÖP-3", ("bad-id",), "operations[2].id", "ÖP-3"),
    "bad-id-start": Wrong("id: OP-3", "id: .OP", ("bad-id",), "operations[2].id", ".OP"),
    "bad-id-path": Wrong("id: lpo\n", "id: ../lpo\n", ("bad-id",), "police[0].id", "../lpo"),
    "bad-id-long": Wrong("id: OP-3", f"id: {'O' * 65}", ("bad-id",), "operations[2].id", "OOO"),
    "bad-id-number": Wrong("id: OP-3", "id: 3", ("bad-id", "wrong-type"), "operations[2].id", "id: 3"),
    "duplicate-id": Wrong("id: OP-3", "id: OP-1", ("bad-id", "duplicate-id"), "operations[2].id", ""),
    "unknown-area": Wrong(
        "sector: beauty\n    area: norra",
        "sector: beauty\n    area: nora",
        ("unknown-id",),
        "operations[2].area",
        "area: nora\n",
    ),
    "unknown-agency": Wrong(
        "{miljo: 1}\n    weekdays",
        "{miljoe: 1}\n    weekdays",
        ("unknown-id",),
        "operations[1].agencies.miljoe",
        "miljoe",
    ),
    "unknown-shift": Wrong(
        "weekdays: [tue, wed]", "shifts: [natt]", ("unknown-id",), "operations[1].shifts[0]", "natt"
    ),
    "unknown-operation": Wrong(
        "priority: 3",
        "priority: 3\n    after: {operation: OP-9, min_days: 3}",
        ("unknown-id",),
        "operations[2].after.operation",
        "OP-9",
    ),
    "outside-plan": Wrong(
        "from: 2027-03-08, to: 2027-04-20",
        "from: 2028-03-08, to: 2028-04-20",
        ("outside-plan",),
        "operations[1].window",
        "window:",
    ),
    "cycle": Wrong(
        "priority: 3",
        "priority: 3\n    after: {operation: OP-3, min_days: 3}",
        ("cycle",),
        "operations[2].after",
        "after:",
    ),
    "chain": Wrong(
        "priority: 3",
        "priority: 3\n    same_slot_as: OP-2",
        ("chain",),
        "operations[2].same_slot_as",
        "same_slot_as: OP-2",
    ),
    "alias": Wrong("[tue, wed]", "&days [tue, wed]", ("alias",), "", "&days"),
    "merge-key": Wrong(
        "priority: 3", "priority: 3\n    <<: {must: true}", ("alias", "unknown-key", "syntax"), "", "<<"
    ),
    "tag": Wrong(
        "title: Sist", "title: !!python/object/apply:os.system [id]", ("tag", "syntax", "wrong-type"), "", "!!python"
    ),
    "tabs": Wrong("    title: Sist", "\ttitle: Sist", ("syntax",), "", "\ttitle"),
    "two-documents": Wrong("areas:\n", "---\nareas:\n", ("syntax",), "", ""),
    "no-mapping": Wrong(RIGHT, "- plan\n- shifts\n", ("wrong-type", "syntax"), "", "- plan"),
    "control-character": Wrong(
        "title: Sist", "title: Si\x07st", ("syntax", "bad-value", "encoding"), "", "title: Si\x07st"
    ),
}


def changed(wrong: Wrong) -> str:
    assert RIGHT.count(wrong.old) == 1, wrong.old
    text = RIGHT.replace(wrong.old, wrong.new)
    if wrong.kinds == ("chain",):  # OP-2, which OP-3 names, names one itself
        text = text.replace("weekdays: [tue, wed]", "same_slot_as: OP-1")
    return text


def checked(scenario: Path) -> tuple[Outcome, list[dict[str, Any]]]:
    seen = arshjul("check", scenario, "--json")
    assert seen.code == 2, seen
    answer = seen.json()
    for problem in answer["errors"]:
        assert {"file", "line", "path", "kind", "text"} <= set(problem), seen
        assert problem["text"], seen
        assert len(problem["text"]) < 500, seen
    return seen, answer["errors"]


def test_right_scenario_is_right(tmp_path: Path) -> None:
    scenario = write(tmp_path / "right", {"all.yaml": RIGHT})
    assert done("check", scenario, "--json").json()["errors"] == []


@pytest.mark.parametrize("name", ONE)
def test_problem_is_told_with_place_and_kind(tmp_path: Path, name: str) -> None:
    wrong = ONE[name]
    text = changed(wrong)
    seen, problems = checked(write(tmp_path / "wrong", {"all.yaml": text}))
    assert problems, seen
    problem = problems[0]
    assert problem["file"] == "all.yaml", seen
    assert problem["kind"] in wrong.kinds, seen
    if wrong.path:
        assert problem["path"] == wrong.path, seen
    if wrong.mark:
        line = (
            text[: text.index(wrong.mark)].count("\n") + 1
            if not wrong.mark.endswith("$")
            else line_of(text + "$", wrong.mark)
        )
        assert problem["line"] == line, seen
    if name not in {"duplicate-id", "no-mapping", "duplicate-section"}:
        assert len(problems) == 1, seen  # one slip, one problem: nothing follows from it


def test_nested_aliases_are_refused(tmp_path: Path) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    _, problems = checked(write(tmp_path / "wrong", {"all.yaml": RIGHT, "bomb.yaml": bomb}))
    assert next((p["file"], p["kind"], p["line"]) for p in problems) == ("bomb.yaml", "alias", 1)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused(tmp_path: Path, opening: str) -> None:
    seen, problems = checked(
        write(tmp_path / "wrong", {"all.yaml": RIGHT, "deep.yaml": f"names: \n  {opening * 5000}"})
    )
    assert problems[0]["file"] == "deep.yaml", seen
    assert problems[0]["kind"] in {"too-large", "syntax"}, seen


def test_too_large_file_is_refused(tmp_path: Path) -> None:
    large = "names:\n" + "".join(f"  n{n}: Ett ganska långt namn på en bransch, nummer {n}\n" for n in range(40_000))
    assert len(large.encode()) > 2_000_000
    seen, problems = checked(write(tmp_path / "wrong", {"all.yaml": RIGHT, "large.yaml": large}))
    assert [(p["file"], p["kind"]) for p in problems] == [("large.yaml", "too-large")], seen


def test_too_many_events_are_refused(tmp_path: Path) -> None:
    many = "names: {x: [" + "1," * 250_000 + "]}"
    assert len(many) < 2_000_000
    seen, problems = checked(write(tmp_path / "wrong", {"all.yaml": RIGHT, "many.yaml": many}))
    assert [(p["file"], p["kind"]) for p in problems] == [("many.yaml", "too-large")], seen


@pytest.mark.parametrize("text", [b"", b"# nothing but words\n", b"---\n", b"null\n"])
def test_empty_file_is_told(tmp_path: Path, text: bytes) -> None:
    seen, problems = checked(write(tmp_path / "wrong", {"all.yaml": RIGHT, "none.yaml": text}))
    assert [(p["file"], p["kind"]) for p in problems] == [("none.yaml", "empty")], seen


@pytest.mark.parametrize(
    "text",
    [
        RIGHT.encode("latin-1"),
        RIGHT.encode("utf-16"),
        b"\x00\xff" + RIGHT.encode(),
        RIGHT.replace("ö", "\ud800").encode("utf-8", "surrogatepass"),
    ],
    ids=["latin-1", "utf-16", "binary", "surrogate"],
)
def test_wrong_encoding_is_told(tmp_path: Path, text: bytes) -> None:
    seen, problems = checked(write(tmp_path / "wrong", {"all.yaml": text}))
    assert [(p["file"], p["kind"]) for p in problems] == [("all.yaml", "encoding")], seen


def test_byte_order_mark_and_crlf_are_no_mistakes(tmp_path: Path) -> None:
    text = "\N{BYTE ORDER MARK}" + RIGHT.replace("\n", "\r\n")
    done("check", write(tmp_path / "right", {"all.yaml": text}))


def test_section_in_two_files_is_told(tmp_path: Path) -> None:
    wrong = {"a.yaml": RIGHT, "b.yaml": "\nareas:\n  - {id: sodra, name: Södra}\n"}
    seen, problems = checked(write(tmp_path / "wrong", wrong))
    assert [p["kind"] for p in problems] == ["duplicate-section"], seen
    assert problems[0]["path"] == "areas", seen
    assert (problems[0]["file"], problems[0]["line"]) in {("a.yaml", 5), ("b.yaml", 2)}, seen


def test_no_slot_is_a_warning(tmp_path: Path) -> None:
    text = RIGHT.replace("[tue, wed]", "[sat, sun]")
    answer = done("check", write(tmp_path / "right", {"all.yaml": text}), "--json").json()
    assert answer["errors"] == []
    (warning,) = answer["warnings"]
    assert (warning["file"], warning["path"], warning["kind"]) == ("all.yaml", "operations[1]", "no-slot")
    assert warning["line"] == line_of(text, "- id: OP-2")
    assert "OP-2" in warning["text"]


def test_pin_that_breaks_a_rule_is_a_warning_and_stays_unplaced(tmp_path: Path) -> None:
    text = RIGHT.replace("priority: 3", "priority: 3\n    fixed: {date: 2027-03-06, shift: day}")
    scenario = write(tmp_path / "right", {"all.yaml": text})
    answer = done("check", scenario, "--json").json()
    assert answer["errors"] == []
    assert {warning["path"].split(".")[0] for warning in answer["warnings"]} == {"operations[2]"}
    done("plan", scenario, "-o", tmp_path / "out", "--as-of", "2027-01-04T09:00")
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert [left["operation"] for left in plan["unplaced"]] == ["OP-3"]
    assert plan["levels"][0] == {"id": "musts", "value": 1, "bound": 1}  # a pin counts as must


def test_dated_line_that_raises_an_offer_is_a_warning(tmp_path: Path) -> None:
    text = RIGHT.replace("- {teams: 2}", "- {teams: 2}\n      - {from: 2027-04-01, to: 2027-04-05, teams: 3}")
    answer = done("check", write(tmp_path / "right", {"all.yaml": text}), "--json").json()
    assert answer["errors"] == []
    assert [(w["path"], w["line"]) for w in answer["warnings"]] == [
        ("agencies[0].teams[1]", line_of(text, "teams: 3}"))
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("lead_agency: miljo\n    sector: beauty", "lead_agency: polisen\n    sector: beauty"),
        ("agencies: {miljo: 1}\n    weekdays", "agencies: {miljo: 1}\n    interest: {tull: 3}\n    weekdays"),
    ],
)
def test_unknown_ids_where_known_ones_are_wanted(tmp_path: Path, old: str, new: str) -> None:
    # "Accepted without ado: a lead agency that is not among `agencies`" speaks of the operation's own list.
    seen = arshjul("check", write(tmp_path / "s", {"all.yaml": RIGHT.replace(old, new)}), "--json")
    assert [p["kind"] for p in seen.json()["errors"]] == ["unknown-id"], seen


def test_accepted_without_ado(tmp_path: Path) -> None:
    agencies = "  - {id: skv, name: SKV, kind: state, teams: [{teams: 1}]}\n"
    text = RIGHT.replace("operations:\n", agencies + "calendar: {closed: [2029-01-01]}\noperations:\n")
    text = text.replace(
        "priority: 3",
        "priority: 3\n    not_on: [2027-12-24, {from: 2026-01-01, to: 2026-02-01}]\n    interest: {skv: 3}",
    )
    text = text.replace("lead_agency: miljo\n    sector: beauty", "lead_agency: skv\n    sector: beauty")
    answer = done("check", write(tmp_path / "right", {"all.yaml": text}), "--json").json()
    assert answer["errors"] == []
    assert answer["warnings"] == []


def test_ids_that_would_make_two_uids_equal_are_refused(tmp_path: Path) -> None:
    text = RIGHT.replace("id: OP-3", "id: OP-1.planning")
    text += "cycle: {milestones: [{id: planning, name: Möte, days_before: 7}]}\n"
    seen, problems = checked(write(tmp_path / "wrong", {"all.yaml": text}))
    assert [p["kind"] for p in problems] == ["bad-id"], seen


def test_all_problems_are_listed_and_nothing_is_written(tmp_path: Path) -> None:
    names = ["unquoted-time", "weekday", "priority-4", "unknown-agency", "kind"]
    text = RIGHT
    for name in names:
        text = text.replace(ONE[name].old, ONE[name].new)
    scenario = write(tmp_path / "wrong", {"all.yaml": text, "more.yaml": "rules: {lead_time_day: 3}\n"})
    seen, problems = checked(scenario)
    paths = {ONE[name].path for name in names} | {"rules.lead_time_day"}
    assert {problem["path"] for problem in problems} == paths, seen
    for as_json in ((), ("--json",)):
        planned = arshjul("plan", scenario, "-o", tmp_path / "out", *as_json)
        assert planned.code == 2, planned
        for path in paths:
            assert path in planned.said, planned
    assert [entry.name for entry in tmp_path.iterdir()] == ["wrong"]


def test_remedy_names_what_is_near(tmp_path: Path) -> None:
    text = RIGHT.replace("sector: beauty\n    area: norra", "sector: beauty\n    area: nora")
    seen = arshjul("check", write(tmp_path / "wrong", {"all.yaml": text}))
    assert seen.code == 2
    assert f"all.yaml:{line_of(text, 'area: nora')}" in seen.said.replace(" ", ""), seen
    assert "norra" in seen.said, seen


@pytest.mark.parametrize("command", [("check",), ("plan", "-o", "out"), ("dump", "-o", "board.json")])
def test_scenario_that_is_not_there(tmp_path: Path, command: tuple[str, ...]) -> None:
    for missing in (
        tmp_path / "none",
        write(tmp_path / "empty", {}),
        write(tmp_path, {"file.yaml": RIGHT}) / "file.yaml",
    ):
        seen = arshjul(command[0], missing, *command[1:], cwd=tmp_path)
        assert seen.code == 2, seen
        assert seen.err.strip(), seen
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "board.json").exists()


def test_config_that_is_not_there(tmp_path: Path) -> None:
    text = RIGHT.replace("language: sv", "language: sv, config: ../nowhere")
    seen, problems = checked(write(tmp_path / "wrong", {"all.yaml": text}))
    assert problems[0]["path"] == "plan.config", seen
    assert problems[0]["line"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("plan",),
        ("plan", "{scenario}"),
        ("plan", "{scenario}", "-o", "out", "--time-limit", "many"),
        ("plan", "{scenario}", "-o", "out", "--time-limit", "nan"),
        ("plan", "{scenario}", "-o", "out", "--time-limit", "-1"),
        ("plan", "{scenario}", "-o", "out", "--time-limit", "inf"),
        ("plan", "{scenario}", "-o", "out", "--time-limit", "1e300"),
        ("plan", "{scenario}", "-o", "out", "--seed", "x"),
        ("plan", "{scenario}", "-o", "out", "--seed", "99999999999"),
        ("plan", "{scenario}", "-o", "out", "--as-of", "yesterday"),
        ("plan", "{scenario}", "-o", "out", "--as-of", "2027-02-30T10:00"),
        ("plan", "{scenario}", "-o", "out", "--as-of", "0001-01-01T00:00"),
        ("nothing",),
        ("check", "{scenario}", "--nothing"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    scenario = write(tmp_path / "right", {"all.yaml": RIGHT})
    seen = arshjul(*(word.format(scenario=scenario) for word in words), cwd=tmp_path)
    assert seen.code == 2, seen
    assert seen.err.strip()
    assert not (tmp_path / "out").exists()
