"""SVG as text in which everything is escaped that was not made here: the only module that writes tags.

Numbers are written with one decimal, so that the same picture has the same bytes everywhere.
"""

import re
from collections.abc import Iterable
from itertools import accumulate
from xml.sax.saxutils import escape, quoteattr

# Characters that XML 1.0 (2.2) excludes, and marks that change the direction of text
_UNFIT = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


class Svg(str):
    """Markup, which is already escaped."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: object) -> Svg:
    """An element. Content that is not `Svg` is escaped; attributes that are None are left out.

    `_` in an attribute's name becomes `-`; a trailing one is dropped (`class_`).
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(clean(number(value)))}"
        for key, value in attributes.items()
        if value is not None
    )
    inside = joined(content)
    return Svg(f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>")


def joined(parts: Iterable[str]) -> Svg:
    """The concatenated parts; plain text is escaped."""
    return Svg("".join(part if isinstance(part, Svg) else escape(clean(part)) for part in parts))


def number(value: object) -> str:
    """A float with at most one decimal; anything else unchanged."""
    if not isinstance(value, float):
        return str(value)
    rounded = round(value, 1) + 0.0  # turns -0.0 into 0.0
    return f"{rounded:.1f}".removesuffix(".0")


def path(*steps: str | float) -> str:
    return " ".join(number(step) for step in steps)


def clean(text: str) -> str:
    """The text without characters that XML excludes or that change the direction of text."""
    return _UNFIT.sub("", text)


# Advance widths in ems, rounded up from the common sans-serif fonts
_WIDTHS = {
    **dict.fromkeys("iljI.,:;'|!·", 0.3),
    **dict.fromkeys("frt()-/ ", 0.38),
    **dict.fromkeys("mwMW%–…", 0.88),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZÅÄÖ", 0.7),
}

BOLD = 1.15  # the width of bold text relative to normal text


def width(text: str, size: float) -> float:
    """The text's estimated width at a font size, in the size's unit; too large rather than too small."""
    return size * sum(_WIDTHS.get(char, 0.58) for char in text)


def fitted(text: str, size: float, room: float) -> str:
    """The text, shortened with an ellipsis if it is wider than the room."""
    if width(text, size) <= room:
        return text
    ends = list(accumulate(width(char, size) for char in text))
    kept = sum(end <= room - width("…", size) for end in ends)
    return text[:kept].rstrip() + "…"


def wrapped(text: str, size: float, room: float) -> list[str]:
    """The text in lines, broken at spaces; a word wider than the room is shortened."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(fitted(word, size, room))
    return lines
