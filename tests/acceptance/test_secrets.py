"""`sites` stand in scenario.json alone, titles in the coordinator's feed alone."""

import importlib.util
import json
import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.acceptance.boards import activity, board, judged, option, without_seconds
from tests.acceptance.command import (
    MARCH,
    ROOT,
    TUTORIAL_AS_OF,
    Outcome,
    arshjul,
    command_line,
    contents,
    done,
    environment,
    load,
    save,
    searched,
    write,
)
from tests.acceptance.conftest import SHOOTING, TUTORIAL

CANARIES = ("KanarieREF", "KanarieKROG", "KanarieGATAN")
SITE = '{ref: "KanarieREF-1", name: KanarieKROG AB, address: KanarieGATAN 7}'


def told(said: str) -> list[str]:
    """The canaries in a text, however it is cased."""
    return [canary for canary in (*CANARIES, "Kanarie") if canary.lower() in said.lower()]


def planted(folder: Path, site: str) -> Path:
    """The tutorial with every site replaced by one text."""
    files = {file.name: file.read_text() for file in TUTORIAL.glob("*.yaml")}
    lines = [
        line[: line.index("- {ref")] + "- " + site if "- {ref" in line else line
        for line in files["operations.yaml"].splitlines()
    ]
    return write(folder, files | {"operations.yaml": "\n".join(lines) + "\n"})


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Outcome]]:
    """Every command, as people see it and as programs do, on a scenario full of canaries."""
    home = tmp_path_factory.mktemp("life")
    scenario, plan, march = planted(home / "canaries", SITE), home / "plan", home / "march"
    outcomes = [
        done("plan", scenario, "-o", plan, "--as-of", TUTORIAL_AS_OF),
        done("replan", plan, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", march),
    ]
    asked = [
        ("check", scenario),
        ("verify", march),
        ("explain", plan, "OP-8"),
        ("explain", plan, "OP-1", "--date", "2027-03-04"),
        ("alternatives", plan, "OP-3"),
        ("diff", plan, march),
        ("withdrawals", march),
        ("replan", plan, "--withdrawals", SHOOTING, "--as-of", MARCH, "--options-only"),
        ("today", plan, "--withdrawals", SHOOTING, "--as-of", MARCH),
        ("report", march, "--as-of", MARCH),
    ]
    for words in asked:
        outcomes += [done(*words)]
        if words[0] not in {"verify", "withdrawals"}:  # which have no more to tell
            outcomes += [done(*words, "--json")]
    books = home / "books"
    books.mkdir()
    outcomes += [
        done("workbook", march, "--party", "coordinator", "-o", books / "coordinator.xlsx"),
        done("workbook", march, "--party", "miljo", "-o", books / "miljo.xlsx"),
        done("report", march, "--as-of", MARCH, "--xlsx", books / "report.xlsx"),
        done("feeds", plan),
        done("wheel", plan),
        done("plan", scenario, "-o", home / "again", "--as-of", TUTORIAL_AS_OF, "--json"),
        # Whatever comes of it, an error may not tell either.
        arshjul("explain", plan, "OP-77"),
        arshjul("replan", plan, "--as-of", "2026-01-01T00:00", "-o", home / "no"),
        arshjul("explain", plan, "OP-77", "--debug"),
    ]
    return home, outcomes


def test_no_command_tells_a_site(life: tuple[Path, list[Outcome]]) -> None:
    for outcome in life[1]:
        assert not told(outcome.said), outcome


def test_scenario_json_alone_holds_sites(life: tuple[Path, list[Outcome]]) -> None:
    for folder in ("plan", "march", "again", "books"):
        for name, held in searched(life[0] / folder).items():
            found = [canary for canary in CANARIES if canary.encode() in held]
            assert found == (list(CANARIES) if name == "scenario.json" else []), (folder, name)


def test_titles_stand_in_the_coordinators_feed_alone(life: tuple[Path, list[Outcome]]) -> None:
    title = "Bilverkstäder vid kajen"
    for folder in ("plan", "march"):
        for name, held in searched(life[0] / folder).items():
            unfolded = held.decode().replace("\r\n ", "")
            if name.startswith("feeds/"):
                assert (title in unfolded) == name.startswith("feeds/coordinator"), name
            if name in ("wheel.svg", "wheel-public.svg"):  # README: "No titles, no sites"
                assert title not in unfolded
    books = searched(life[0] / "books")
    assert {name for name, held in books.items() if title.encode() in held} == {"coordinator.xlsx"}


def test_board_has_no_name_and_no_place_in_it(tmp_path: Path) -> None:
    scenario = planted(tmp_path / "canaries", SITE)
    outcome = done("dump", scenario, "-o", tmp_path / "board.json")
    text = (tmp_path / "board.json").read_text().lower()
    assert not told(text + outcome.said)
    for word in ("op-1", "op-8", "miljo", "skatteverket", "lpo", "exempelstad", "centrum", "hamnen", "torget", "krog"):
        assert word not in text, word
    for word in ("restaurant", "nightlife", "vehicle", "gvi", "2027"):
        assert word not in text, word


BROKEN: dict[str, str] = {
    "unclosed quote": '{ref: "KanarieREF-1, name: KanarieKROG AB, address: KanarieGATAN 7}',
    "tag": "{ref: !KanarieREF KanarieKROG, name: !!python/object:KanarieGATAN.x {}}",
    "unknown key": "{ref: KanarieREF-1, name: KanarieKROG AB, KanarieGATAN: 7}",
    "duplicate key": "{ref: KanarieREF-1, name: KanarieKROG AB, KanarieGATAN: 7, KanarieGATAN: 8}",
    "list for a word": "{ref: [KanarieREF-1], name: {KanarieKROG: AB}, address: [KanarieGATAN 7]}",
    "word for a mapping": "KanarieREF KanarieKROG KanarieGATAN",
}


def test_debug_tells_no_site_either(tmp_path: Path) -> None:
    for name in ("unclosed quote", "tag", "unknown key", "list for a word"):
        scenario = planted(tmp_path / name.replace(" ", "-"), BROKEN[name])
        seen = arshjul("plan", scenario, "-o", tmp_path / "out", "--debug")
        assert seen.code == 2, seen
        assert not told(seen.said), seen


def test_broken_scenario_json_tells_nothing(life: tuple[Path, list[Outcome]], tmp_path: Path) -> None:
    held = contents(life[0] / "plan")
    text = held["scenario.json"].decode()
    for number, broken in enumerate(
        (text[: text.index("KanarieGATAN")], text.replace('"KanarieKROG AB"', "KanarieKROG"))
    ):
        folder = tmp_path / str(number)
        (folder / "feeds").mkdir(parents=True)
        for name, some in held.items():
            (folder / name).write_bytes(some)
        (folder / "scenario.json").write_text(broken)
        plan = load(folder / "plan.json")
        del plan["scenario"]  # "may be absent, where it stands it must match"
        save(folder / "plan.json", plan)
        for words in (("verify", folder), ("feeds", folder), ("explain", folder, "OP-1")):
            seen = arshjul(*words)
            assert seen.code == 2, seen
            assert not told(seen.said), seen


def test_new_operation_in_changes_yaml_is_as_secret(tmp_path: Path, made_tutorial: Path) -> None:
    changes = tmp_path / "changes.yaml"
    operation = """
operations:
  - id: OP-9
    title: Fler salonger
    programme: akc
    lead_agency: skatteverket
    sector: beauty
    area: hamnen
    priority: 1
    officers: 2
    agencies: {skatteverket: 1}
    sites: [SITE]
"""
    changes.write_text(operation.replace("SITE", SITE))
    seen = done("replan", made_tutorial, "--changes", changes, "--as-of", MARCH, "-o", tmp_path / "out")
    assert not told(seen.said), seen
    for name, held in searched(tmp_path / "out").items():
        assert (b"Kanarie" in held) == (name == "scenario.json"), name
    for broken in ("unknown key", "unclosed quote", "duplicate key", "word for a mapping"):
        changes.write_text(operation.replace("SITE", BROKEN[broken]))
        seen = arshjul("replan", made_tutorial, "--changes", changes, "--as-of", MARCH, "-o", tmp_path / "no")
        assert seen.code == 2, seen
        assert not told(seen.said), seen
        assert not (tmp_path / "no").exists()


# The problem of a scenario as a board: the plan's values, and not a name or a place in it.


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


def test_dumped_board_says_numbers_and_rules_alone(tmp_path: Path) -> None:
    file = tmp_path / "board.json"
    done("dump", ROOT / "scenarios" / "goteborg-2027", "-o", file)
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


# Where `solve` writes, and what it prints: links, pipes, devices, closed streams, names that a terminal would obey.


def given(folder: Path, level: str = "x") -> Path:
    path = folder / "board.json"
    one = board(activity("a", {"start": 0, "costs": {level: 1}}), activity("b", option(1)))
    path.write_text(json.dumps({**one, "levels": [level]}))
    return path


def test_links_pipes_and_what_stands_beside_a_solution_stay_what_they_are(tmp_path: Path) -> None:
    target, link = tmp_path / "kept" / "solution.json", tmp_path / "link.json"
    target.parent.mkdir()
    target.write_text("old")
    link.symlink_to(target)
    done("solve", given(tmp_path), "-o", link)
    assert link.is_symlink()
    assert load(target)["status"] == "optimal"
    assert [path.name for path in target.parent.iterdir()] == ["solution.json"]
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    done("solve", given(tmp_path), "-o", pipe)
    reader.join()
    assert pipe.is_fifo()
    assert json.loads(read[0])["status"] == "optimal"
    mine = tmp_path / "solution.json.new"
    mine.write_text("mine")
    done("solve", given(tmp_path), "-o", tmp_path / "solution.json")
    assert mine.read_text() == "mine"


def test_closed_streams_cost_no_solution(tmp_path: Path) -> None:
    words = command_line("solve", given(tmp_path), "-o", tmp_path / "solution.json")
    for closed in ("2>&-", "0<&- 1>&- 2>&-"):
        (tmp_path / "solution.json").unlink(missing_ok=True)
        shell = ["sh", "-c", f'"$@" {closed}', "sh", *words]
        ended = subprocess.run(shell, cwd=ROOT, env=environment(), check=False, timeout=300)
        assert ended.returncode == 0, closed
        assert load(tmp_path / "solution.json")["status"] == "optimal"


def test_a_terminal_is_shown_names_and_does_not_obey_them(tmp_path: Path) -> None:
    path = given(tmp_path, "\x1b[31mred\x1b]0;title\x07\nx")
    seen = done("solve", path, "-o", tmp_path / "solution.json")
    assert seen.out == "optimal \\x1b[31mred\\x1b]0;title\\x07\\nx=1\n"


# `solve --executor`: a slip is refused at once, and a cluster that is not there is told, both with a remedy.


CLUSTER = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="the extra cluster is absent")


def solved(folder: Path, executor: str, prelude: str = "", there: bool = True) -> Outcome:
    if there:
        (folder / "board.json").write_text(json.dumps(board(activity("a", option(0)))))
    files = (folder / "board.json", "-o", folder / "solution.json")
    return arshjul("solve", *files, "--executor", executor, prelude=prelude)


def test_slip_is_refused_at_once_with_place_and_remedy(tmp_path: Path) -> None:
    began, executor = time.monotonic(), "dask://host:abc"
    seen = solved(tmp_path, executor, there=False)
    assert seen.code == 2, seen
    assert seen.err.startswith(f'--executor "{executor}": '), seen
    assert "dask://127.0.0.1:8786" in seen.err, seen
    assert len(seen.err.splitlines()) == 1, seen
    assert time.monotonic() - began < 10


@CLUSTER
def test_where_no_scheduler_answers_the_remedy_is_told_and_nothing_in_another_language(tmp_path: Path) -> None:
    seen = solved(
        tmp_path,
        "dask://127.0.0.1:9",
        "import arshjul.solver.params as p; object.__setattr__(p.DEFAULT.supervisor, 'connect_s', 1); ",
    )
    assert seen.code == 3, seen
    assert seen.err == (
        'Ingen Dask-schemaläggare svarar på 127.0.0.1:9: kör "dask scheduler" där, eller rätta adressen.\n'
    ), seen
