"""workbook: a scenario, or a party's part of a plan, as an Excel workbook."""

from pathlib import Path
from typing import Annotated

import typer

from arshjul.cli.boards import OutFile
from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.options import Commands, say
from arshjul.errors import InputError, Message

Source = Annotated[
    Path | None, typer.Argument(metavar="SCENARIO", help=say("A scenario's folder or workbook, or a plan folder."))
]
Template = Annotated[
    bool,
    typer.Option(
        "--template", help=say("Write the workbook to begin with, with example rows, in place of a scenario.")
    ),
]
Whose = Annotated[
    str | None,
    typer.Option("--party", metavar="PARTY", help=say("Write what this party's calendars say, of a plan folder.")),
]
OwnMap = Annotated[
    Path | None,
    typer.Option(
        "--map", metavar="FILE", help=say("Read your own spreadsheet, by the file that `arshjul import --map` wrote.")
    ),
]


@command
def workbook(
    console: Console,
    output: OutFile,
    source: Source = None,
    template: Template = False,
    party: Whose = None,
    map_path: OwnMap = None,
) -> None:
    from arshjul.actions.folder.workbook import empty_workbook, party_workbook, workbook_of_own
    from arshjul.actions.folder.workbook import workbook as written

    if (source is None) != template:
        raise InputError(Message("Name a scenario, or give --template: one of the two."))
    if template and party is not None:
        raise InputError(Message("--party needs a plan folder: leave out --template."))
    if map_path is not None and (template or party is not None):
        raise InputError(Message("--map is for your own spreadsheet: leave out --template and --party."))
    if source is None:
        empty_workbook(output, console.words)
    elif map_path is not None:
        for note in workbook_of_own(source, map_path, output, console.speak):
            console.talk(note)
    elif party is not None:
        party_workbook(source, party, output, console.speak)
    else:
        written(source, output, console.speak)
    if console.as_json:
        console.json({"file": str(output)})
    else:
        console.data(str(output))


commands: Commands = {"workbook": (workbook, say("Writes a scenario, or what a party's calendars say, as a workbook."))}
