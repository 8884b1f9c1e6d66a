"""sheet --blank: an empty information sheet, as a PDF or a workbook."""

from collections.abc import Callable, Mapping
from pathlib import Path

from arshjul.actions.pdf import pdf_of
from arshjul.errors import InputError, Message
from arshjul.formats.atomic import write_named
from arshjul.formats.information_sheet.blank import blank_pages, blank_workbook
from arshjul.sheets import workbook_bytes
from arshjul.texts import Words

WRITERS: Mapping[str, Callable[[Words], bytes]] = {
    ".pdf": lambda say: pdf_of(blank_pages(say)),
    ".xlsx": lambda say: workbook_bytes(blank_workbook(say), say),
}


def write_blank_sheet(output: Path, say: Words) -> None:
    """Writes it as the kind of file that the name ends in. InputError if the name ends otherwise."""
    made = WRITERS.get(output.suffix.casefold())
    if made is None:
        raise InputError(Message("{file} must end in one of {known}.", {"file": output.name, "known": list(WRITERS)}))
    write_named(output, made(say))
