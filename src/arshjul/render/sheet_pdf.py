"""A process that makes a PDF of one reader's sheet: JSON on its standard input, the PDF on its standard output.

It is PDF/UA-1 by Typst's own check, has no moment in it, and is the same bytes for the same content. It can write
into no file. It is told what to print, and knows neither the sheet's other sections nor any database.

Imports would be half of its time, so it has few. What goes wrong is told by its exit code: whoever begins it lets
nothing of its standard error through, for Typst quotes what it is given.
"""

import sys

from arshjul.limits import take_no_more_memory_than, write_no_core, write_no_file

MOST_MEMORY_BYTES = 256_000_000
"""Of addresses: with one thread and one arena of the allocator a full sheet takes 100 million, and uses half."""

NO_TYPST = 3
"""The exit code if Typst is not installed."""


def main() -> None:
    """Reads the sheet, and writes its PDF."""
    write_no_core()
    write_no_file()
    take_no_more_memory_than(MOST_MEMORY_BYTES)
    try:
        import typst  # noqa: PLC0415 - an extra
    except ImportError:
        sys.exit(NO_TYPST)
    with open(__file__.removesuffix("_pdf.py") + ".typ", "rb") as opened:  # noqa: PTH123 - pathlib is slow to import
        source = opened.read()
    inputs = {"data": sys.stdin.buffer.read().decode()}
    made = typst.compile(source, format="pdf", sys_inputs=inputs, pdf_standards="ua-1", ignore_system_fonts=True)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
