"""What was taken out is nowhere any more: not in the code, what people read, or what is installed."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS, FILES = ("config", "docs", "scenarios", "src"), ("Makefile", "README.md", "pyproject.toml")
DRAWN = {".mo", ".png", ".pdf", ".pyc", ".ttf", ".xlsx"}
"""Files that are made of others, or hold no words."""

GONE = {
    r"change[-_]sheet[-_]keys|chang(e|ing)_keys": "`change-sheet-keys`",
    r"hidden[-_ ]sections?|dolda? del|HiddenSlot|sheet_hidden|/hidden\b": "portal/pages/hidden_sections.py",
    r"sheet_slot|sheet_sweep": "GRANT INSERT ON sheet_slot TO portal",
    r"\bexistence\b.*\bhidden\b": '"existence": {"enum": ["known", "hidden"]}',
    r"\bsuppression\b|ObstacleAlone|obstacles.*--alone": "complementary suppression",
    r"arshjul leaks|/leaks\b|planning[./]leaks\b|leaks\.md|arshjul.leaks": "arshjul leaks",
    r"arshjul (replay|frontier)|`(replay|frontier)`|resilience[./](replay|frontier|robust_plans)\b": "arshjul replay",
    r"--compare\b|\breserve-week\b|\brisk-priced\b": "stress --compare",
    r"--worth\b|arshjul cost|`cost (?:FOLDER|RULE)|/(?:worth|cost)\b|planning[./]worth\b|\bone_more\b": "ask --worth",
    r"\bask-(?:worth|cost|leaks)\b|what does a rule cost": "ask-worth",
    r"vad vore en till värd|vad kostar en regel": "Vad kostar en regel",
}
"""The names by which each thing was known, with a text that they are found in: a line is one thing."""


@cache
def texts() -> dict[Path, str]:
    """All files that hold words, with their names."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    found += [ROOT / name for name in FILES]
    return {path: f"{path.relative_to(ROOT)}\n{path.read_text('utf-8')}" for path in found if _holds_words(path)}


def _holds_words(path: Path) -> bool:
    return path.suffix not in DRAWN


def places_of(name: str) -> Iterator[str]:
    """Where a name stands."""
    for path, text in texts().items():
        for found in re.finditer(name, text, re.IGNORECASE):
            yield f"{path.relative_to(ROOT)}:{text[: found.start()].count(chr(10))}: {found.group()}"


def test_all_that_people_read_is_looked_through() -> None:
    assert {path.suffix for path in texts()} >= {".css", ".html", ".md", ".po", ".py", ".service", ".sql", ".yaml"}
    assert next(places_of("purge-sheets"))


@pytest.mark.parametrize(("name", "seen"), GONE.items())
def test_no_name_of_what_was_taken_out_stands_anywhere(name: str, seen: str) -> None:
    assert re.search(name, seen, re.IGNORECASE), "it would be found"
    assert [*places_of(name)] == []
