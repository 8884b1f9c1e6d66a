"""Scenario files as a person would write them: an operation or a unit spread out, everything below it on one line."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

PLAIN = re.compile(
    r"(?!(?:true|false|yes|no|on|off|null|y|n)$)(?:[^\W\d]|[.]{1,2}/)[\w./-]*(?: [\w./()+-]+)*", re.IGNORECASE
)
"""Text that YAML reads as text without quotes."""


def write(file: Path, head: str, body: str) -> None:
    """Write a file: its head as comments, then the sections."""
    comments = "".join(f"# {line}\n" for line in head.splitlines())
    file.write_text(f"{comments}\n{body}", encoding="utf-8", newline="\n")


def section(name: str, settings: Mapping[str, Any]) -> str:
    """A section with one setting on a line."""
    return f"{name}:\n" + _spread(settings, "  ")


def listed(name: str, items: Sequence[Mapping[str, Any]]) -> str:
    """A section of items, each spread out and an empty line between them."""
    return f"{name}:\n" + "\n".join("  - " + _spread(item, "    ").removeprefix("    ") for item in items)


def lines(name: str, items: Sequence[Mapping[str, Any]]) -> str:
    """A section of items on one line each."""
    return f"{name}:\n" + "".join(f"  - {_on_one_line(item)}\n" for item in items)


def _spread(item: Mapping[str, Any], margin: str) -> str:
    spread = []
    for key, value in item.items():
        if isinstance(value, list) and any(isinstance(inner, Mapping) for inner in value):
            spread += [f"{margin}{key}:\n", *(f"{margin}  - {_on_one_line(inner)}\n" for inner in value)]
        else:
            spread.append(f"{margin}{key}: {_on_one_line(value)}\n")
    return "".join(spread)


def _on_one_line(value: object) -> str:
    match value:
        case Mapping():
            return "{" + ", ".join(f"{key}: {_on_one_line(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(_on_one_line(inner) for inner in value) + "]"
        case bool():
            return str(value).lower()
        case int() | date():
            return str(value)
        case str():
            return value if PLAIN.fullmatch(value) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    raise TypeError(f"{value!r} has no place in a scenario")
