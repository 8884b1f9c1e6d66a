"""Options for what a portal has for information sheets: their keys, and the town's grounds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.options import say

if TYPE_CHECKING:
    from arshjul.actions.parties.sheets import SheetOffice

GroundsFile = Annotated[
    Path | None,
    typer.Option(
        "--grounds",
        envvar="ARSHJUL_GROUNDS",
        metavar="FILE",
        help=say("The file of protections and grounds."),
    ),
]
SheetKeysOption = Annotated[
    Path | None,
    typer.Option(
        "--sheet-keys",
        envvar="ARSHJUL_SHEET_KEYS",
        metavar="FILE",
        help=say("The keys of information sheets."),
    ),
]


def sheet_office(sheet_keys: Path | None, grounds: Path | None) -> "SheetOffice | None":
    """What a portal has for information sheets; None without their keys."""
    from arshjul.actions.parties.sheets import SheetOffice
    from arshjul.domain.information_sheet.sections import Grounds
    from arshjul.formats.information_sheet.grounds import read_grounds
    from arshjul.store.portal.sheet_keys import SheetKeys

    lists = Grounds() if grounds is None else read_grounds(grounds)
    return None if sheet_keys is None else SheetOffice(SheetKeys(sheet_keys), lists)
