"""check, schema: check files without solving, and say what files look like."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from arshjul.cli.command import command
from arshjul.cli.console import WRONG_INPUT, Console, problem_mapping
from arshjul.cli.options import WRITTEN, Commands, ScenarioFolder, say
from arshjul.errors import InputError, Message, Problem
from arshjul.texts import counted

if TYPE_CHECKING:
    from arshjul.actions.folder.check import Checked

Problems = Sequence[Problem]
Marked = Annotated[
    Path | None,
    typer.Option("--marked", metavar="FILE", help=say("Write the workbook here, with its errors marked.")),
    WRITTEN,
]
InPlan = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        metavar="FOLDER",
        help=say("Check entries for this plan: withdrawals, outcomes, changes."),
    ),
]


Pairs = Annotated[
    bool,
    typer.Option(
        "--grounds",
        help=say("List the grounds possible and refused for each protection."),
    ),
]


@command
def check(
    console: Console, scenario: ScenarioFolder, marked: Marked = None, plan: InPlan = None, grounds: Pairs = False
) -> None:
    from arshjul.actions.folder.check import check as judged
    from arshjul.actions.folder.check import refuse_unmarkable

    if marked is not None:
        refuse_unmarkable(scenario, marked)
    found = None
    try:
        if plan is None:
            found = judged(scenario, console.speak)
        else:
            from arshjul.actions.folder.check import check_entries

            check_entries(scenario, plan, console.speak)
    except InputError as error:
        _mark(console, scenario, marked, error.problems, error.warnings)
        if not console.as_json:
            raise
        problems = [problem_mapping(console.words, problem) for problem in error.problems]
        warnings = [problem_mapping(console.words, problem) for problem in error.warnings]
        console.json({"errors": problems, "warnings": warnings})
        raise typer.Exit(WRONG_INPUT) from None
    _mark(console, scenario, marked, (), () if found is None else found.warnings)
    _tell(console, found, with_pairs=grounds)


def _mark(console: Console, source: Path, output: Path | None, wrong: Problems, doubtful: Problems) -> None:
    """Writes the marked workbook, if it is asked for and the file can be read."""
    if output is None:
        return
    from arshjul.actions.folder.check import marked

    if marked(source, output, wrong, doubtful, console.words):
        console.talk(Message("The errors are marked in {file}.", {"file": str(output)}))


def _tell(console: Console, found: "Checked | None", *, with_pairs: bool) -> None:
    if console.as_json:
        warnings = [problem_mapping(console.words, problem) for problem in (found.warnings if found else ())]
        console.json({"errors": [], "warnings": warnings, **_figures(found)})
        return
    for line in found.lines(console.words) if found else ():
        console.data(line)
    for pair in found.refusals() if found and with_pairs else ():
        console.data(console.words.say(pair))
    for problem in found.warnings if found else ():
        console.data(console.problem(problem))
    if found:
        from arshjul.domain.history.rates import priced_by

        if (priced := priced_by(found.scenario)) is not None:
            console.talk(priced)
        console.talk(Message("Months: percent of the offer asked for."))
    n = len(found.warnings) if found else 0
    console.talk(counted(n, "One warning, no errors.", "{n} warnings, no errors."))


def _figures(found: "Checked | None") -> dict[str, object]:
    if found is None:
        return {}
    return {"balance": found.balance, **({} if found.grounds is None else {"refused_grounds": found.refused})}


Document = Annotated[
    Literal["scenario", "entries", "objects", "sheet"],
    typer.Argument(
        metavar="DOCUMENT", help=say("scenario, entries (withdrawals, outcomes, changes), objects or sheet.")
    ),
]


@command
def schema(console: Console, document: Document) -> None:
    from arshjul.formats.information_sheet.sheet_json import sheet_schema
    from arshjul.formats.schema.json_schema import json_schema

    console.json(sheet_schema(console.words) if document == "sheet" else json_schema(document, console.words))


commands: Commands = {
    "check": (check, say("Check a scenario without solving it.")),
    "schema": (schema, say("JSON Schema of the files.")),
}
