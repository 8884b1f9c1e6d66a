"""The file that maps the columns of a user's spreadsheet to ours."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field

from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.formats.scenario.folder import read_file, shown
from arshjul.formats.tree import Document
from arshjul.formats.validation import validated
from arshjul.formats.words import Written, quoted, unknown
from arshjul.formats.workbook import tables
from arshjul.formats.workbook.headings import TEAM_PREFIXES
from arshjul.formats.workbook.table import SheetColumn, SheetTable, by_name, plain

FORMAT: Literal["arshjul-map/1"] = "arshjul-map/1"
SITE_PREFIXES = ("Objekt: ", "Sites: ")
"""The prefixes of headings of the sheet of sites when they are used among the operations."""
LISTED_TEAMS = ("Lag", "Teams")
"""The heading of a column whose cells list all agencies that come."""
_COUNTED = re.compile(r"(.*\S)\s+(\d+|\(\d+\))")
_OPTIONAL = re.compile(r"\((.*)\)")


class SheetMap(Written):
    """One of the user's sheets: which of ours it is, and its headings with ours; `always` is constant in each row.

    `ignored` are columns of no interest here. `leads_only` are agencies that lead operations and take part in none of
    them. Sites are in rows of their own below their operation, or in one cell with a line for each.
    """

    sheet: str
    holds: str
    columns: dict[str, str]
    always: dict[str, str | int] = Field(default_factory=dict)
    ignored: list[str] = Field(default_factory=list)
    leads_only: list[str] = Field(default_factory=list)

    @property
    def table(self) -> SheetTable:
        return TABLES[plain(self.holds)]


class BookMap(Written):
    """A whole spreadsheet: `rest` is the scenario that all other sheets come from, a path relative to the file."""

    format: Literal["arshjul-map/1"]
    rest: str
    sheets: list[SheetMap]


TABLES: Mapping[str, SheetTable] = by_name(tables.SCENARIO_TABLES)


@dataclass(frozen=True, slots=True)
class ReadMap:
    map: BookMap
    document: Document
    notes: list[Message] = field(default_factory=list)


def read_map(path: Path) -> ReadMap:
    return map_in(read_file(path, shown(Path(path.name))))


def map_in(document: Document) -> ReadMap:
    """InputError with all problems in the mapping."""
    found = None
    if document.whole:
        found = validated(BookMap, document, ())
        if found is not None:
            _judge(found, document)
    document.refuse(Message("{file} cannot be used.", {"file": document.file}))
    assert found is not None  # noqa: S101 - refused above
    return ReadMap(found, document)


def _judge(found: BookMap, document: Document) -> None:
    for n, one in enumerate(found.sheets):
        if not one.columns:
            document.add("bad-value", ("sheets", n, "columns"), Message("Name at least one column."))
        if plain(one.holds) not in TABLES:
            what = Message("There is no {given}", {"given": quoted(one.holds)})
            names = [table.sv for table in tables.SCENARIO_TABLES]
            document.add("unknown-id", ("sheets", n, "holds"), unknown(one.holds, names, what))
            continue
        known = known_headings(one.table)
        for key, headings in (("columns", one.columns.items()), ("always", ((ours, ours) for ours in one.always))):
            for place, ours in headings:
                if not _is_ours(ours, known):
                    what = Message(
                        "The sheet {sheet} has no column {given}", {"sheet": one.holds, "given": quoted(ours)}
                    )
                    document.add("unknown-id", ("sheets", n, key, place), unknown(ours, list(known.values()), what))


def _is_ours(heading: str, known: Mapping[str, str]) -> bool:
    word = plain(heading)
    return word in known or word.startswith(tuple(prefix.strip() for prefix in TEAM_PREFIXES))


def known_headings(table: SheetTable) -> dict[str, str]:
    """Every heading that a column may have, by its normalised form."""
    known = {plain(word): word for column in table.all_columns for word in column.headings}
    if table is tables.OPERATIONS:
        known |= {plain(word): word for word in LISTED_TEAMS}
        known |= {plain(word): word for column in tables.SITES.columns for word in site_headings(column)}
    return known


def site_headings(column: SheetColumn) -> tuple[str, str]:
    """A column of the sheet of sites as one of the sheet of operations, in both languages."""
    return f"{SITE_PREFIXES[0]}{column.sv}", f"{SITE_PREFIXES[1]}{column.en}"


def heading(*path: str) -> str:
    """Our heading for those keys of an operation; for `sites` and a key of a site; for `agencies`, all that come."""
    if path == ("agencies",):
        return LISTED_TEAMS[0]
    if path[0] == "sites":
        return next(site_headings(column)[0] for column in tables.SITES.columns if column.path == path[1:])
    return next(column.sv for column in tables.OPERATIONS.columns if column.path == path)


def team_heading(agency: str) -> str:
    return f"Lag: {agency}"


def listed_teams(part: str) -> tuple[str, str]:
    """An agency in a list and its teams as a column has them: 1 if none are given, in brackets if it is optional."""
    optional = _OPTIONAL.fullmatch(part)
    bare = optional[1].strip() if optional else part
    found = _COUNTED.fullmatch(bare)
    name, teams = (found[1], found[2]) if found else (bare, "1")
    return name, f"({teams.strip('()')})" if optional else teams


def no_teams(rest: Scenario) -> Message:
    values = {"example": quoted(team_heading(next(iter(rest.agencies), "miljo"))), "agencies": list(rest.agencies)}
    return Message(
        'No column says which agencies take part. Write in the mapping, "your heading": {example} '
        'for one agency\'s teams, "your heading": "Lag" for a list of all, or {example}: 1 under '
        "always. The agencies are {agencies}.",
        values,
    )
