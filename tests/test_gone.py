"""What was taken out stays out: no name of it in code, manual, texts, pages or settings."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READ = ("src", "docs", "config", "scenarios", "README.md", "Makefile", "pyproject.toml")
KINDS = frozenset((".py", ".md", ".html", ".css", ".js", ".po", ".yaml", ".toml", ".cfg", ".conf", ".service", ""))

GONE = (
    r"arshjul leaks",
    r"/leaks\b",
    r"\bplanning[./]leaks\b",
    r"\bleaks\.md\b",
    r"What calendars give away",
    r"How much can be guessed",
    r"arshjul replay",
    r"arshjul frontier",
    r"`replay`",
    r"`frontier`",
    r"\bresilience[./](?:replay|frontier|robust_plans)\b",
    r"--compare\b",
    r"\breserve-week\b",
    r"\brisk-priced\b",
    r"--worth\b",
    r"arshjul cost",
    r"`cost (?:FOLDER|RULE)",
    r"/(?:worth|cost)\b",
    r"\bplanning[./]worth\b",
    r"\bone_more\b",
    r"\bask-(?:worth|cost|leaks)\b",
    r"What would one more be worth",
    r"What does a rule cost",
    r"Vad vore en till värd",
    r"Vad kostar en regel",
)
"""What each of them was called, as a pattern."""


def texts() -> Iterator[tuple[Path, str]]:
    for name in READ:
        place = ROOT / name
        for path in sorted(place.rglob("*")) if place.is_dir() else (place,):
            is_migration = "migrations" in path.parts  # the steps of a database tell what it once held
            if path.is_file() and path.suffix in KINDS and "__pycache__" not in path.parts and not is_migration:
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def every() -> list[tuple[Path, str]]:
    return list(texts())


@pytest.mark.parametrize("name", GONE)
def test_no_name_of_what_is_gone(name: str, every: list[tuple[Path, str]]) -> None:
    assert len(every) > 1000
    assert [f"{path}: {found[0]}" for path, text in every if (found := re.search(name, text))] == []
