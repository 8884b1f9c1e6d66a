"""Each library lives in the rooms that are named here, and a library that is not named lives in none."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Set
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "arshjul"

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


def libraries(source: str) -> Iterator[str]:
    """The libraries that a file imports, wherever in it: `a` of `import a.b` and of `from a.b import c`."""
    for node in ast.walk(ast.parse(source)):
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
    paths = sorted(SOURCE.rglob("*.py"))
    return {
        ".".join(path.relative_to(SOURCE).with_suffix("").parts): frozenset(libraries(path.read_text()))
        for path in paths
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
    assert strangers(module, {*libraries(source)}) == seen
