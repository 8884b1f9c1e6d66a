"""sheet: a party's own copy of an operation's information sheet."""

import json
from pathlib import Path
from typing import Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.contacts import GroundsFile, PortalDb
from arshjul.cli.database import now
from arshjul.cli.options import Commands, OperationId, say
from arshjul.errors import Message


@command
def sheet(
    console: Console,
    operation: OperationId,
    portal_db: PortalDb,
    sheet_keys: Annotated[
        Path, typer.Option("--sheet-keys", metavar="FILE", help=say("The keys of information sheets."))
    ],
    party: Annotated[
        str, typer.Option("--party", metavar="PARTY", help=say("Whose copy it is: agency-ID or police-ID."))
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help=say("A file that ends in .pdf or .json."))
    ],
    grounds: GroundsFile = None,
) -> None:
    from arshjul.actions.parties.own_database import open_own
    from arshjul.actions.parties.sheet_copy import copy_of, names_in, pdf_of
    from arshjul.actions.parties.sheets import note_reading
    from arshjul.domain.information_sheet.grounds import Grounds
    from arshjul.formats.atomic import write_named
    from arshjul.formats.catalogues import words
    from arshjul.formats.information_sheet.grounds import read_grounds
    from arshjul.formats.information_sheet.printed import printed
    from arshjul.formats.information_sheet.sheet_json import to_mapping
    from arshjul.store.portal.sheet_keys import SheetKeys

    lists = Grounds() if grounds is None else read_grounds(grounds)
    portal = open_own(portal_db)
    copy, view = copy_of(portal, SheetKeys(sheet_keys), party, operation)
    if output.suffix == ".json":
        pdf, made = b"", json.dumps(to_mapping(copy), ensure_ascii=False, indent=2).encode() + b"\n"
    else:
        pdf = made = pdf_of(printed(copy, names_in(view, operation), lists, words(view.language)))
    note_reading(portal, copy, "", now(), pdf)
    write_named(output, made)
    values = {"file": str(output), "n": len(copy.sections)}
    console.talk(Message("{file} holds {n} sections, and is readable by its owner alone.", values))


commands: Commands = {
    "sheet": (sheet, say("Writes a party's own copy of an operation's information sheet.")),
}
