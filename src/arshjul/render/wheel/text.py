"""The estimated width of texts: fonts differ between readers."""

from itertools import accumulate

# Advance widths in ems, rounded up from the common sans-serif fonts
_WIDTHS = {
    **dict.fromkeys("iljI.,:;'|!·", 0.3),
    **dict.fromkeys("frt()-/ ", 0.38),
    **dict.fromkeys("mwMW%–…", 0.88),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZÅÄÖ", 0.7),
}

BOLD = 1.15
"""The width of bold text relative to normal text."""


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
