"""SVG as text in which everything is escaped that was not made here: the only module that writes tags.

Numbers are written with one decimal, so that the same picture has the same bytes everywhere.
"""

import re
from collections.abc import Iterable
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
    """Path data from letters and numbers."""
    return " ".join(number(step) for step in steps)


def clean(text: str) -> str:
    """The text without characters that XML excludes or that change the direction of text."""
    return _UNFIT.sub("", text)
