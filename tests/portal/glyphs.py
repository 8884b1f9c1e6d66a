"""Writes src/arshjul/year/formats/glyphs.txt: every character that Typst and the fonts beside it print, by trying each.

`python -m tests.portal.glyphs`, some minutes; after another version of Typst, or of the fonts.
"""

import json
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from unicodedata import category

import typst

import arshjul.year.formats.glyphs
from arshjul.year.folder.pdf import font_folders

EMOJI = range(0x1F000, 0x1FB00)
"""Where each version of Unicode has more than Python knows."""

COMPILER = typst.Compiler(str(Path(__file__).with_suffix(".typ")), font_paths=font_folders(), ignore_system_fonts=True)


def are_printed(characters: Sequence[str]) -> bool:
    inputs = {"data": json.dumps(characters)}
    try:
        COMPILER.compile(format="pdf", sys_inputs=inputs, pdf_standards="ua-1")
    except typst.TypstError:
        return False
    return True


def printed(characters: Sequence[str]) -> Iterator[str]:
    """Those that print, tried together as long as all do."""
    if are_printed(characters):
        yield from characters
    elif len(characters) > 1:
        half = len(characters) // 2
        yield from printed(characters[:half])
        yield from printed(characters[half:])


def ranges(characters: Iterator[str]) -> Iterator[str]:
    """As hexadecimal numbers, first and last."""
    numbers = sorted(map(ord, characters))
    firsts = [one for before, one in zip([-1, *numbers], numbers, strict=False) if before != one - 1]
    lasts = [one for one, after in zip(numbers, [*numbers[1:], -1], strict=True) if after != one + 1]
    yield from (f"{one:X}-{last:X}" for one, last in zip(firsts, lasts, strict=True))


def main() -> None:
    every = [n for n in range(0x20, 0x110000) if category(chr(n)) not in ("Cn", "Cc", "Cs", "Co") or n in EMOJI]
    found = ["\t", "\n", *printed([chr(n) for n in every])]
    text = textwrap.fill(" ".join(ranges(iter(found))), 120, break_on_hyphens=False)
    Path(arshjul.year.formats.glyphs.__file__).with_suffix(".txt").write_text(text + "\n")


if __name__ == "__main__":
    main()
