"""A process that makes a PDF of one reader's sheet: JSON on its standard input, the PDF on its standard output.

It is PDF/UA-1 by Typst's own check, has no moment in it, and is the same bytes for the same content. It can write
into no file. It is told what to print, and knows neither the sheet's other sections nor any database. Its arguments
are the folders with the fonts that it has besides Typst's own.

Imports would be half of its time, so it has few. What goes wrong is told by its exit code: whoever begins it lets
nothing of its standard error through, for Typst quotes what it is given.
"""

import sys
from unicodedata import category

from arshjul.system.processes import take_no_more_memory_than, write_no_core, write_no_file

MOST_MEMORY_BYTES = 256_000_000
"""Of addresses: with one thread and one arena of the allocator a full sheet takes 100 million, and uses half."""

SKINS = "🏻🏼🏽🏾🏿"  # marks that Unicode does not call so
NO_TYPST = 3  # the exit code if Typst is not installed


def main() -> None:
    write_no_core()
    write_no_file()
    take_no_more_memory_than(MOST_MEMORY_BYTES)
    try:
        import typst  # noqa: PLC0415 - an extra
    except ImportError:
        sys.exit(NO_TYPST)
    with open(__file__.removesuffix("_pdf.py") + ".typ", "rb") as opened:  # noqa: PTH123 - pathlib is slow to import
        source = opened.read()
    fonts = typst.Fonts(include_system_fonts=False, font_paths=sys.argv[1:])

    def compiled(data: str) -> bytes:
        inputs = {"data": data}
        made: bytes = typst.compile(source, format="pdf", sys_inputs=inputs, pdf_standards="ua-1", font_paths=fonts)
        return made

    data = sys.stdin.buffer.read().decode()
    try:
        made = compiled(data)
    except typst.TypstError:  # some mark may be in no font together with its letter: then none is printed
        made = compiled(
            "".join("\ufffd" if category(letter)[0] == "M" or letter in SKINS else letter for letter in data)
        )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
