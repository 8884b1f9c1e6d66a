"""A process that makes a PDF of one reader's sheet: JSON on its standard input, the PDF on its standard output.

It is PDF/UA-1 by Typst's own check, has no moment in it, and is the same bytes for the same content. Nothing is written
to disk. It is told what to print, and knows neither the sheet's other sections nor any database.
"""

import sys
from importlib.resources import files

from arshjul.limits import take_no_more_memory_than, write_no_core
from arshjul.own_faults import tell_no_words

MOST_MEMORY_BYTES = 1_000_000_000
"""Of addresses, of which Typst reserves far more than it uses."""

NO_TYPST = 3
"""The exit code if Typst is not installed."""


def main() -> None:
    """Reads the sheet, and writes its PDF."""
    tell_no_words()
    write_no_core()
    take_no_more_memory_than(MOST_MEMORY_BYTES)
    try:
        import typst  # noqa: PLC0415 - an extra
    except ImportError:
        sys.exit(NO_TYPST)
    source = files("arshjul.render").joinpath("sheet.typ").read_bytes()
    inputs = {"data": sys.stdin.buffer.read().decode()}
    made = typst.compile(source, format="pdf", sys_inputs=inputs, pdf_standards="ua-1", ignore_system_fonts=True)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
