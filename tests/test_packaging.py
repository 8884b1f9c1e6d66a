"""`pip install .` brings all that the package imports, and its types; and the package says nothing untrue of itself."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.parse import urlsplit

from tests.test_libraries import ROOMS

ROOT = Path(__file__).parents[1]
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
