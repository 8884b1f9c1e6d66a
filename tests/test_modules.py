"""Properties of every module: a public class name stands for one thing, and no import reads the clock."""

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from functools import cache
from importlib import import_module
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src" / "arshjul"

CLOCK = re.compile(r"\b(datetime|date|time)\.(now|utcnow|today|time|time_ns|monotonic|perf_counter|localtime|gmtime)\(")


CLASS = re.compile(r"^ *class ([A-Za-z]\w*)\b.*:$", re.MULTILINE)


def test_a_class_name_stands_for_one_thing() -> None:
    names = Counter(name for path in SOURCE.rglob("*.py") for name in CLASS.findall(path.read_text()))
    assert [name for name, n in names.items() if n > 1] == []
    assert len(names) > 500


def test_no_module_reads_the_clock_when_it_is_imported() -> None:
    """Such a moment grows older the later a test runs, and the longer a server runs."""
    texts = {str(path): path.read_text() for path in (*SOURCE.rglob("*.py"), *TESTS.rglob("*.py"))}
    found = {path: done_at_import(ast.parse(text)) for path, text in texts.items() if CLOCK.search(text)}
    assert [path for path, done in found.items() if any(map(is_clock, done))] == []


def test_scenarios_import_what_is_there() -> None:
    """Their scripts are run by hand alone, so neither mypy nor another test reads them."""
    for path in (TESTS.parent / "scenarios").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith(("arshjul", "tests")):
                assert find_spec(str(node.module)) is not None, (path, node.module)
                module = import_module(str(node.module))
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == [], path


def done_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are evaluated when a module is imported: all but the bodies of its functions."""
    parts: Iterable[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        parts = [*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        parts = [*parts, *node.decorator_list]
    yield node
    for part in parts:
        yield from done_at_import(part)


def is_clock(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and CLOCK.match(ast.unparse(node)) is not None


ROOT = Path(__file__).parents[1]


# Telephone numbers and addresses that stand in the tree as examples are nobody's.


WRITTEN = [".py", ".md", ".yaml", ".txt", ".po", ".html"]

NUMBER = re.compile(r"(?<![\w.-])(?:\+46 ?|0)\d{1,3}[- ]\d{2,3}(?: ?\d{2,3}){2}(?![\w-])")
RESERVED = re.compile(r"(?:\+46 ?|0)(?:31[- ]390 ?06|8[- ]465 ?004|40[- ]628 ?04|980[- ]319 ?2|70[- ]174 ?06) ?\d\d?")
"""The series that the Swedish authority for telephony keeps for books and films."""

ADDRESS = re.compile(r"[\w.]@(?:[a-z-]+\.)+(?:se|com|org|net)\b")
EXAMPLE = re.compile(r"example\.(?:se|com|org|net)$")


@cache
def written_texts() -> list[tuple[Path, str]]:
    """What people have written, file by file."""
    folders = [ROOT / name for name in ("config", "docs", "scenarios", "src", "tests")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in WRITTEN]
    return [(path, path.read_text("utf-8")) for path in [*files, ROOT / "README.md"]]


def test_telephone_numbers_are_of_a_series_that_nobody_has() -> None:
    found = {(path.name, number) for path, text in written_texts() for number in NUMBER.findall(text)}
    assert found, "the examples are seen"
    assert {one for one in found if not RESERVED.fullmatch(one[1])} == set()


def test_mail_addresses_are_of_domains_that_nobody_has() -> None:
    found = {(path.name, address) for path, text in written_texts() for address in ADDRESS.findall(text)}
    assert found, "the examples are seen"
    assert {one for one in found if not EXAMPLE.search(one[1])} == set()


# Each library lives in the rooms that are named here, and a library that is not named lives in none.


# A room is a folder or a file of src/arshjul, and all that lies in it.
ROOMS = {
    "annotated_types": {"year.domain"},
    "alembic": {"serving.sql", "office.store.migrations", "portal.store.migrations"},
    "cryptography": {"office.store.site_key", "portal.store.sheet_keys"},
    "distributed": {"solver.parallel"},
    "filelock": {"system.files"},
    "holidays": {"year.formats.scenario"},
    "icalendar": {"year.render"},
    "jinja2": {"year.render.page", "office.console", "serving"},
    "markupsafe": {"year.render.page", "office.console", "serving"},
    "numpy": {"solver.model", "solver.search"},
    "ortools": {"solver.backends"},
    "prometheus_client": {"office.feeds"},
    "pydantic": {"year.formats"},
    "pydantic_core": {"year.formats"},
    "python_calamine": {"year.formats.workbook"},
    "sqlalchemy": {"serving.sql", "office.store", "portal.store"},
    "starlette": {"office.feeds", "serving"},
    "typer": {"cli"},
    "typst": {"year.render.sheet_pdf"},
    "uvicorn": {"serving"},
    "xlsxwriter": {"year.sheets"},
    "yaml": {"year.formats"},
    # of the standard library: files are locked by filelock, databases opened by sqlalchemy, and nothing else is drawn
    "fcntl": set[str](),
    "msvcrt": set[str](),
    "random": {"year.planning.stress", "solver.search"},
    "sqlite3": set[str](),
}
ORDINARY = sys.stdlib_module_names - ROOMS.keys()


def statements(part: ast.AST) -> Iterator[ast.AST]:
    """All that is done in a part of a file, wherever in it; expressions import nothing, and are most of it."""
    yield part
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        for inner in getattr(part, field, ()):
            yield from statements(inner)


def libraries(source: ast.Module) -> Iterator[str]:
    """The libraries that a file imports, wherever in it: `a` of `import a.b` and of `from a.b import c`."""
    for node in statements(source):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


PRIVATE = re.compile(
    r"^\s*(?:from|import) (?!arshjul|__future__|tests)\w[\w.]*(?:\._[a-z]\w*| import _[a-z])", re.MULTILINE
)
"""An import of what a library keeps to itself: it may be gone with the next version."""


def lives_in(module: str, rooms: Iterable[str]) -> bool:
    return any(f"{module}.".startswith(f"{room}.") for room in rooms)


def strangers(module: str, imported: Set[str]) -> list[str]:
    """The libraries of those that a module imports that do not live where it lies."""
    named = imported - ORDINARY - {"arshjul"}
    return sorted(name for name in named if not lives_in(module, ROOMS.get(name, ())))


@cache
def modules() -> dict[str, frozenset[str]]:
    """The libraries that every module of the project imports, by its dotted name below arshjul."""
    return {
        ".".join(path.relative_to(SOURCE).with_suffix("").parts): frozenset(libraries(ast.parse(path.read_text())))
        for path in sorted(SOURCE.rglob("*.py"))
    }


def test_every_library_lives_in_its_rooms() -> None:
    found = {module: strangers(module, imported) for module, imported in modules().items()}
    assert {module: names for module, names in found.items() if names} == {}


def test_every_room_still_imports_its_library() -> None:
    users = {name: [module for module, imported in modules().items() if name in imported] for name in ROOMS}
    pairs = [(name, room) for name, rooms in ROOMS.items() for room in rooms]
    assert [(name, room) for name, room in pairs if not any(lives_in(module, [room]) for module in users[name])] == []


def test_nothing_is_imported_that_a_library_keeps_to_itself() -> None:
    found = {str(path): PRIVATE.findall(path.read_text()) for path in SOURCE.rglob("*.py")}
    assert {path: names for path, names in found.items() if names} == {}
    assert PRIVATE.search("from typer._click.formatting import HelpFormatter")


@pytest.mark.parametrize(
    ("module", "source", "seen"),
    [
        ("office.console.pages.today", "def page():\n    from pydantic.fields import Field\n", ["pydantic"]),
        ("year.sheets_of_ours", "import xlsxwriter", ["xlsxwriter"]),
        ("serving.sql.engine", "import sqlalchemy.orm, requests", ["requests"]),
        ("serving.sql.engine", "from . import yaml\nfrom arshjul.system import files\nimport json", []),
    ],
)
def test_a_stranger_is_seen_wherever_it_is_imported(module: str, source: str, seen: list[str]) -> None:
    assert strangers(module, {*libraries(ast.parse(source))}) == seen


# `pip install .` brings all that the package imports, and its types; and the package says nothing untrue of itself.


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = {"psycopg": "postgres", "distributed": "cluster", "typst": "pdf"}
"""Needed by those alone who have PostgreSQL, or a cluster, or print information sheets."""

STANDARD = sys.stdlib_module_names
ALONG = {"pydantic_core"}
"""Comes with pydantic, at just the version that it wants."""


def named(requirements: list[str]) -> set[str]:
    """The names of distributions, as they are compared."""
    return {re.split(r"[\[<>=; ]", one)[0].lower().replace("_", "-") for one in requirements}


def test_what_is_imported_is_installed_and_no_extra() -> None:
    distributions = packages_distributions()
    needed = {distributions[name][0].lower().replace("_", "-") for name in ROOMS if name not in STANDARD | ALONG}
    assert needed <= named(PROJECT["dependencies"]) | EXTRAS.keys()
    for name, extra in EXTRAS.items():
        assert name in named(PROJECT["optional-dependencies"][extra])


def test_there_are_no_other_extras_for_those_who_use_it() -> None:
    assert PROJECT["optional-dependencies"].keys() == {*EXTRAS.values(), "bench", "dev"}
    pages = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", *(ROOT / "config" / "deploy").rglob("*")]
    for path in filter(Path.is_file, pages):
        for extras in re.findall(r"'\.\[([\w,]+)\]'", path.read_text()):
            assert set(extras.split(",")) <= set(EXTRAS.values()), path


def test_every_library_has_a_version_that_was_tried() -> None:
    pinned = named((ROOT / "constraints.txt").read_text().split())
    wanted = PROJECT["dependencies"] + [one for each in PROJECT["optional-dependencies"].values() for one in each]
    assert named(wanted) - {"arshjul"} <= pinned


def test_its_types_come_along() -> None:
    assert (ROOT / "src" / "arshjul" / "py.typed").is_file()
    assert "Typing :: Typed" in PROJECT["classifiers"]


def test_no_address_is_named_that_nobody_has() -> None:
    for url in PROJECT.get("urls", {}).values():
        host = urlsplit(url).hostname or ""
        assert host
        assert not host.endswith((".example", ".invalid", ".test", "example.com", "example.org", "example.se"))


# docs/security.md: each line names a test.


PAGE = Path("docs/security.md").read_text()


def test_every_line_names_one() -> None:
    """That they are there is judged of all pages at once, in tests/year/formats/test_docs.py."""
    assert PAGE.count("`tests/") > 100
    promises, not_held = PAGE.split("## Not held")
    assert [line for line in promises.splitlines() if line.startswith("- ") and "`tests/" not in line] == []
    assert "`tests/" not in not_held
