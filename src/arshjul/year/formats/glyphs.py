"""The characters that a PDF can show, by the fonts that are installed with `arshjul[pdf]`.

`glyphs.txt` has their ranges; `python -m tests.portal.glyphs` writes it anew by printing each character.
"""

import re
from pathlib import Path
from typing import Any
from unicodedata import normalize

from arshjul.year.agenda.entry import clean

_RANGES = re.sub(r"[0-9A-F]+", lambda found: f"\\U{found[0]:0>8}", Path(__file__).with_suffix(".txt").read_text())
_UNPRINTED = re.compile(f"[^{''.join(_RANGES.split())}]")


def unprintable(text: str) -> list[str]:
    return list(dict.fromkeys(_UNPRINTED.findall(_composed(text))))


def printable(content: Any) -> Any:
    """The content with U+FFFD for characters that a PDF cannot show, and none that change the direction of text."""
    match content:
        case str():
            return _UNPRINTED.sub("\ufffd", _composed(content))
        case dict():
            return {key: printable(value) for key, value in content.items()}
        case list() | tuple():
            return [printable(value) for value in content]
    return content


def _composed(text: str) -> str:
    return normalize("NFC", clean(text))
