"""check, schema: check files without solving, and say what files look like."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from arshjul.cli.command import WRITTEN, Argument, Option, command
from arshjul.cli.console import WRONG_INPUT, Console, Ended, problem_mapping
from arshjul.cli.options import ScenarioFolder
from arshjul.errors import InputError, Message, Problem
from arshjul.year.texts import counted

if TYPE_CHECKING:
    from arshjul.year.folder.check import Checked


@command("check", "Check a scenario without solving it.", solves=True)
def check(
    console: Console,
    scenario: ScenarioFolder,
    marked: Annotated[
        Path | None, Option("--marked FILE", "Write the workbook here, with its errors marked."), WRITTEN
    ] = None,
    plan: Annotated[
        Path | None, Option("--plan FOLDER", "Check entries for this plan: withdrawals, outcomes, changes.")
    ] = None,
    grounds: Annotated[bool, Option("--grounds", "List the grounds possible and refused for each protection.")] = False,
) -> None:
    from arshjul.year.folder.check import check, check_entries, refuse_unmarkable

    if marked is not None:
        refuse_unmarkable(scenario, marked)
    checked = None
    try:
        if plan is None:
            checked = check(scenario, console.speak)
        else:
            check_entries(scenario, plan, console.speak)
    except InputError as error:
        _mark(console, scenario, marked, error.problems, error.warnings)
        if not console.answered(_mapping(error.problems, error.warnings)):
            raise
        raise Ended(WRONG_INPUT) from None
    _mark(console, scenario, marked, (), checked.warnings if checked else ())
    if checked is None:
        if not console.answered(_mapping((), ())):
            _tell_warnings(console, ())
    else:
        _tell(console, checked, with_pairs=grounds)


def _mark(
    console: Console, source: Path, output: Path | None, wrong: Sequence[Problem], doubtful: Sequence[Problem]
) -> None:
    """Writes the marked workbook, if it is asked for and the file can be read."""
    from arshjul.year.folder.check import marked

    if output is not None and marked(source, output, wrong, doubtful, console.words):
        values = {"file": str(output)}
        if wrong:
            console.talk(Message("The errors are marked in {file}.", values))
        elif doubtful:
            console.talk(Message("The warnings are marked in {file}.", values))
        else:
            console.talk(Message("Nothing to mark in {file}.", values))


def _mapping(wrong: Sequence[Problem], doubtful: Sequence[Problem]) -> dict[str, object]:
    return {"errors": [*map(problem_mapping, wrong)], "warnings": [*map(problem_mapping, doubtful)]}


def _tell(console: Console, found: "Checked", *, with_pairs: bool) -> None:
    from arshjul.year.domain.history.rates import priced_by

    grounds = {} if found.grounds is None else {"refused_grounds": found.refused}
    if console.answered({**_mapping((), found.warnings), "balance": found.balance, **grounds}):
        return
    console.data(*found.lines(console.words), *(found.refusals() if with_pairs else ()))
    console.data(*map(console.problem, found.warnings))
    if (priced := priced_by(found.scenario)) is not None:
        console.talk(priced)
    console.talk(Message("Months: percent of the offer asked for."))
    _tell_warnings(console, found.warnings)


def _tell_warnings(console: Console, warnings: Sequence[Problem]) -> None:
    console.talk(counted(len(warnings), "One warning, no errors.", "{n} warnings, no errors."))


Document = Annotated[
    Literal["scenario", "entries", "objects", "sheet"],
    Argument("DOCUMENT", "scenario, entries (withdrawals, outcomes, changes), objects or sheet."),
]


@command("schema", "JSON Schema of the files.")
def schema(console: Console, document: Document) -> None:
    from arshjul.year.formats.information_sheet.sheet_json import sheet_schema
    from arshjul.year.formats.schema.json_schema import json_schema

    console.json(sheet_schema(console.words) if document == "sheet" else json_schema(document, console.words))
