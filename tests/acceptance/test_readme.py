"""README, docs/ and `--help` tell the truth: every command shown runs, every command and option there is is told."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from arshjul.cli.app import FAMILIES
from tests.acceptance.command import ROOT, done, environment

README = (ROOT / "README.md").read_text()
GUIDE, CALENDARS, HANDBOOK, COMMANDS_PAGE = (
    (ROOT / "docs" / f"{name}.md").read_text() for name in ("guide", "calendars", "handbok", "commands")
)
ALL_PAGES = README + GUIDE + CALENDARS + HANDBOOK + COMMANDS_PAGE  # in the order in which a reader takes them
BLOCKS = re.findall(r"^```console\n(.*?)^```", ALL_PAGES, re.M | re.S)
SHOWN = [
    (command, lines)
    for block in BLOCKS
    for command, *lines in (shown.splitlines() for shown in f"\n{block}".split("\n$ ")[1:])
]
"""Each command, and the lines of its answer that are shown; … stands for the rest of a line."""
COMMANDS = [command for command, _ in SHOWN]
HEAVY = ("ortools", "pandas", "numpy", "pydantic", "yaml", "icalendar", "holidays", "jinja2", "sqlalchemy", "starlette")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder as a newcomer has it after a clone."""
    folder = tmp_path_factory.mktemp("home")
    for name in ("scenarios", "config"):
        copytree(ROOT / name, folder / name, ignore=ignore_patterns("__pycache__"))
    yield folder


def test_readme_is_a_front_door_names_the_python_that_is_needed_and_pages_show_commands() -> None:
    assert len(README.splitlines()) < 150
    least = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert least is not None
    assert f"Python {least[1]} or later" in README
    assert len(COMMANDS) >= 15
    assert all(command.startswith("arshjul ") for command in COMMANDS)
    assert sum(len(lines) for _, lines in SHOWN) >= 10, "what they print is shown"


def test_every_command_that_is_shown_runs_and_prints_what_is_shown(home: Path) -> None:
    for command, shown in SHOWN:
        words = shlex.split(command, comments=True)[1:]
        told, into = (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, None)
        seen = done(*told, cwd=home)
        if into is not None:
            (home / into).write_text(seen.out)
        printed = iter(re.sub(r" \(\d+\.\d s\)", "", seen.said).splitlines())
        for line in shown:  # in their order, perhaps with others between
            start, cut, _ = line.partition("…")
            assert any(one.startswith(start) if cut else one == line for one in printed), f"{line}\n{seen}"


@cache
def help_in(language: str) -> str:
    """The first page of help: what it says is made at the import, in one language."""
    return done("--help", env={"ARSHJUL_LANGUAGE": language, "COLUMNS": "80"}, anew=True).out


@cache
def helped(*words: str) -> str:
    return done(*words, "--help").out


@pytest.fixture(scope="module")
def commands() -> set[str]:
    listing = (
        "from arshjul.cli.app import COMMANDS; print(*COMMANDS)"  # in a process of its own: its texts have a language
    )
    printed = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True).stdout
    return {*printed.split(), *FAMILIES}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_help_is_six_groups_of_whole_lines(language: str) -> None:
    page = help_in(language)
    groups = re.findall(r"^\S.*:\n((?:  [a-z].*\n?)+)", page, re.M)
    shown = [line for group in groups for line in group.splitlines()]
    assert len(groups) == 6
    assert len(shown) <= 36
    assert max(map(len, page.splitlines())) <= 80
    assert all(re.fullmatch(r"  [a-z][a-z-]* +\S.*\.", line) and not line.endswith("...") for line in shown), shown


def test_members_of_a_family_are_commands_and_are_shown(commands: set[str]) -> None:
    for family, (_, members) in FAMILIES.items():
        assert set(members.values()) <= set(commands)
        page = helped(family)
        assert all(re.search(rf"^  {member} ", page, re.M) for member in members), page


def test_every_command_there_is_is_told(commands: set[str]) -> None:
    named = {word for cell in re.findall(r"`([^`]*)`", COMMANDS_PAGE) for word in cell.split()[:1]}
    missing = [command for command in commands if command not in named]
    assert missing == []


def test_the_table_of_commands_says_what_the_help_says() -> None:
    page = help_in("en")
    rows = re.findall(r"^\| `([a-z-]+)`.*? \| (.*?) \|$", COMMANDS_PAGE.split("## Exit codes")[0], re.M)
    assert rows
    assert rows == re.findall(r"^  ([a-z][a-z-]*) +(\S.*\.)$", page.split("Planning:")[1], re.M)


def test_every_long_option_anywhere_exists(commands: set[str]) -> None:
    every = "".join(helped(command) for command in commands) + helped()
    prose = re.sub(r"`?(pytest|make bench)[^`\n]*", "", ALL_PAGES)
    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", prose)):
        assert option in every, option


def test_every_command_has_what_all_have_and_every_option_is_explained(commands: set[str]) -> None:
    for option in ["--json", "--debug", "--help"]:
        for command in commands - FAMILIES.keys():
            assert option in helped(command), command
    # docs/formats.md: "`arshjul COMMAND --help` explains each".
    for command in commands:
        for entry in re.split(r"\n  (?=-)", helped(command).split("Flaggor:")[1])[1:]:
            names, _, does = re.sub(r"\[.*?\]", "", entry, flags=re.S).strip().partition("  ")
            assert re.search(r"[A-Za-z]{4,}", does.partition("\n\n")[0] or names.partition("\n")[2]), (command, names)


def test_every_path_that_is_named_exists() -> None:
    pages = ALL_PAGES + (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"(?<!\w/)\b(?:scenarios|config|src|tests|docs)/[\w./-]*\w", pages))
    for path in (path for path in named if "NAME" not in path):
        assert (ROOT / path).exists(), path
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / picture).exists(), picture


def test_every_file_of_a_plan_folder_that_is_named_is_written(made_tutorial: Path) -> None:
    table = GUIDE.split("## What comes out")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.M)
    named = {name for row in rows for name in re.findall(r"`([^`]*)`", row)}
    folder = {str(f.relative_to(made_tutorial)) for f in made_tutorial.rglob("*") if f.is_file()}
    for name in named:
        full = name if "/" in name or not name.endswith(".ics") else f"feeds/{name}"
        assert any(re.fullmatch(re.escape(full).replace("ID", r"[\w.-]+"), file) for file in folder), name
    plain = {re.sub(r"feeds/(agency|police)-.*", r"\1-ID.ics", file) for file in folder}
    assert {file for file in plain if file not in named} == set()


def test_the_guides_answers_move_what_has_not_begun(made_tutorial: Path, made_march: Path, tmp_path: Path) -> None:
    (moment,) = re.findall(r"--changes out/answers.json --as-of (\S+)", GUIDE)
    answers = tmp_path / "answers.json"
    answers.write_text(done("diff", made_tutorial, made_march, "--ask", "--json").out)
    asked = ("replan", made_tutorial, "--proposal", made_march, "--changes", answers, "--as-of", moment)
    assert "  - OP-3 " in done(*asked, "--options-only").out


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"\bmake ([a-z]+)(?=`|\s+#)", ALL_PAGES)):
        assert re.search(rf"^{target}:", makefile, re.M), target


def imported(*words: str) -> set[str]:
    script = (
        "import json, sys\nfrom arshjul.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(json.dumps(sorted({'.'.join(name.split('.')[:n]) for name in sys.modules for n in (1, 2)})))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True, env=environment()
    )
    assert ran.stdout
    return set(json.loads(ran.stderr))


def test_help_imports_nothing_heavy_and_that_of_a_command_no_engine() -> None:
    rooms = ("year.folder", "year.agenda", "year.planning", "year.rules", "solver", "office", "serving.sql")
    for word in ["--help", "--version"]:
        assert imported(word) & {*HEAVY, *(f"arshjul.{room}" for room in rooms)} == set()
    # typer itself imports pydantic as soon as a command has arguments.
    assert imported("plan", "--help") & (set(HEAVY) - {"pydantic"}) == set()


def test_a_board_is_solved_without_what_knows_of_a_year() -> None:
    script = "import json, sys, arshjul.year.folder.solve\nprint(json.dumps([*sys.modules]))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment())
    others = {
        f"arshjul.{name}" for name in ("year.domain.scenario", "rules", "agenda", "year.planning.verify", "store")
    }
    assert set(json.loads(ran.stdout)) & others == set()


# The scenarios that are made, not written, are what their generator makes.


GENERATOR = Path("scenarios") / "goteborg-2027"
MADE = ("goteborg-2027", "goteborg-2027-tight", "goteborg-2027-frames", "goteborg-2027-fuller")


@pytest.mark.slow
def test_made_scenarios_are_as_their_generator_makes_them(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / GENERATOR).mkdir(parents=True)
    for module in (ROOT / GENERATOR).glob("*.py"):
        shutil.copy(module, tmp_path / GENERATOR)
    subprocess.run([sys.executable, tmp_path / GENERATOR / "generate.py"], check=True)
    made = {name: _sections(tmp_path / "scenarios" / name) for name in MADE}
    assert all(made.values())
    assert made == {name: _sections(ROOT / "scenarios" / name) for name in MADE}


def _sections(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*.yaml")}
