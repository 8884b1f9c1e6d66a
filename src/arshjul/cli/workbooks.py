"""workbook: a scenario as an Excel workbook."""

from pathlib import Path
from typing import Annotated

import typer

from arshjul.cli.boards import OutFile
from arshjul.cli.console import answering
from arshjul.cli.options import Commands, Debug, Json, say

Source = Annotated[
    Path, typer.Argument(metavar="SCENARIO", help=say("A scenario's folder or workbook, or a plan folder."))
]


def workbook(source: Source, output: OutFile, as_json: Json = False, debug: Debug = False) -> None:
    with answering(as_json, debug) as console:
        from arshjul.actions.workbook import workbook as written

        written(source, output, console.speak)
        if as_json:
            console.json({"file": str(output)})
        else:
            console.data(str(output))


commands: Commands = {"workbook": (workbook, say("Writes a scenario as an Excel workbook."))}
