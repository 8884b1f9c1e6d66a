"""sheet, purge-sheets: a party's own copy of a sheet or an empty one, and the end of one."""

import json
from pathlib import Path
from typing import Annotated, Literal

from arshjul.cli.command import WRITTEN, Argument, Option, command
from arshjul.cli.console import Console
from arshjul.cli.options import OperationId, needs, now
from arshjul.cli.servers import GroundsFile, PortalDb, PortalDbOrNone, SheetKeysFile, SheetKeysOrNone
from arshjul.errors import InputError, Message


@command("sheet", "A party's copy of an information sheet, or a blank one.")
def sheet(
    console: Console,
    output: Annotated[
        Path, Option("-o --output FILE", "A .pdf or .json file; of a blank sheet .pdf or .xlsx."), WRITTEN
    ],
    operation: Annotated[str | None, Argument("OPERATION", "The operation's id.")] = None,
    portal_db: PortalDbOrNone = None,
    sheet_keys: SheetKeysOrNone = None,
    party: Annotated[str | None, Option("--party PARTY", "The party: agency-ID or police-ID.")] = None,
    grounds: GroundsFile = None,
    blank: Annotated[bool, Option("--blank", "A blank sheet, without an operation.")] = False,
    language: Annotated[
        Literal["sv", "en"] | None, Option("--language LANGUAGE", "The blank sheet's language: sv or en.")
    ] = None,
) -> None:
    if blank:
        if given := [name for name, value in (("OPERATION", operation), ("--party", party)) if value is not None]:
            raise InputError(Message("A blank sheet has no operation: leave out {options}.", {"options": given}))
        _write_blank(console, output, language)
        return
    if language is not None:
        raise needs("--language", "--blank")
    if operation is None or party is None or portal_db is None or sheet_keys is None:
        own = {"OPERATION": operation, "--party": party, "--portal-db": portal_db, "--sheet-keys": sheet_keys}
        missing = [name for name, value in own.items() if value is None]
        raise InputError(Message("Give {options}, or --blank.", {"options": missing}))
    _write_copy(console, output, operation, portal_db, sheet_keys, party, grounds)


def _write_blank(console: Console, output: Path, language: str | None) -> None:
    from arshjul.portal.actions.sheet_copy import write_blank_sheet
    from arshjul.year.formats.catalogues import words

    write_blank_sheet(output, console.words if language is None else words(language))
    if not console.answered({"file": output}):
        console.data(str(output))


def _write_copy(
    console: Console, output: Path, operation: str, portal_db: str, sheet_keys: Path, party: str, grounds: Path | None
) -> None:
    """Writes the party's own copy, and notes the reading."""
    from arshjul.portal.actions.sheet_copy import copy_in_words, copy_of
    from arshjul.portal.actions.sheets import note_reading
    from arshjul.portal.store.schema import open_own
    from arshjul.portal.store.sheet_keys import SheetKeys
    from arshjul.year.domain.information_sheet.sections import Grounds
    from arshjul.year.folder.pdf import pdf_of
    from arshjul.year.formats.atomic import write_named
    from arshjul.year.formats.catalogues import words
    from arshjul.year.formats.information_sheet.grounds import read_grounds
    from arshjul.year.formats.information_sheet.sheet_json import to_mapping

    lists = Grounds() if grounds is None else read_grounds(grounds)
    portal = open_own(portal_db)
    copy, view = copy_of(portal, SheetKeys(sheet_keys), party, operation)
    if output.suffix == ".json":
        pdf, made = b"", json.dumps(to_mapping(copy), ensure_ascii=False, indent=2).encode() + b"\n"
    else:
        pdf = made = pdf_of(copy_in_words(copy, view, lists, words(view.language)))
    note_reading(portal, copy, "", now(), pdf)
    write_named(output, made)
    values = {"file": str(output), "n": len(copy.sections)}
    console.talk(Message("{file} has {n} sections, readable by its owner only.", values))


@command("purge-sheets", "Purge an information sheet, by a decision.")
def purge_sheets(
    console: Console,
    operation: OperationId,
    portal_db: PortalDb,
    sheet_keys: SheetKeysFile,
    decision: Annotated[str, Option("--decision TEXT", "The decision, kept and shown to the parties.")],
    sure: Annotated[bool, Option("--sure", "Purge a future operation too, or one whose key is gone.")] = False,
) -> None:
    from arshjul.portal.actions.purging import purge_sheets
    from arshjul.portal.store.schema import open_own
    from arshjul.portal.store.sheet_keys import SheetKeys

    n = purge_sheets(open_own(portal_db), SheetKeys(sheet_keys), operation, decision, now(), is_sure=sure)
    if console.answered({"operation": operation, "keys": n}):
        return
    values = {"operation": operation, "file": str(sheet_keys)}
    if n:
        console.talk(
            Message(
                "The sheet of {operation} and its key in {file} are purged. Destroy copies of that "
                "file too: they open copies of the database.",
                values,
            )
        )
    else:
        console.talk(
            Message(
                "The sheet of {operation} is purged. {file} had no key for it: a key kept elsewhere "
                "still opens copies of the database.",
                values,
            )
        )
