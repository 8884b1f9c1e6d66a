"""Telephone numbers and addresses that stand in the tree as examples are nobody's."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
WRITTEN = [".py", ".md", ".yaml", ".txt", ".po", ".html"]

NUMBER = re.compile(r"(?<![\w.-])(?:\+46 ?|0)\d{1,3}[- ]\d{2,3}(?: ?\d{2,3}){2}(?![\w-])")
RESERVED = re.compile(r"(?:\+46 ?|0)(?:31[- ]390 ?06|8[- ]465 ?004|40[- ]628 ?04|980[- ]319 ?2|70[- ]174 ?06) ?\d\d?")
"""The series that the Swedish authority for telephony keeps for books and films."""

ADDRESS = re.compile(r"[\w.]@(?:[a-z-]+\.)+(?:se|com|org|net)\b")
EXAMPLE = re.compile(r"example\.(?:se|com|org|net)$")


def texts() -> list[tuple[Path, str]]:
    """What people have written, file by file."""
    folders = [ROOT / name for name in ("config", "docs", "scenarios", "src", "tests")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in WRITTEN]
    return [(path, path.read_text("utf-8")) for path in [*files, ROOT / "README.md"]]


def test_telephone_numbers_are_of_a_series_that_nobody_has() -> None:
    found = {(path.name, number) for path, text in texts() for number in NUMBER.findall(text)}
    assert found, "the examples are seen"
    assert {one for one in found if not RESERVED.fullmatch(one[1])} == set()


def test_mail_addresses_are_of_domains_that_nobody_has() -> None:
    found = {(path.name, address) for path, text in texts() for address in ADDRESS.findall(text)}
    assert found, "the examples are seen"
    assert {one for one in found if not EXAMPLE.search(one[1])} == set()
