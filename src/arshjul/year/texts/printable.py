"""Text that people may enter and a terminal may show.

Characters that control a terminal, end a line or change the direction of text could make a text look like something
else: a name like a row of a table, or one file like another. Half a surrogate pair cannot be written at all.
"""

import re
from textwrap import fill

_STEERING = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
_UNSHOWN = re.compile(f"[{_STEERING}]")
_UNENTERED = re.compile(f"[\t\n{_STEERING}]")

_NUMBERED = re.compile(r"\d+\. ")


def shown(text: str) -> str:
    """The text with control characters escaped for a terminal; its lines and tabs stay."""
    return _UNSHOWN.sub(_escaped, text)


def fitted(text: str, width: int) -> str:
    """The text in lines of that width, broken between words; continuation lines are indented.

    A line with columns, which are two spaces apart, is not broken.
    """
    return "\n".join(_fitted(line, width) for line in text.split("\n"))


def _fitted(line: str, width: int) -> str:
    start = len(line) - len(line.lstrip())
    if len(line) <= width or "  " in line[start:]:
        return line
    number = _NUMBERED.match(line, start)
    further = number.end() if number else start + 2
    return fill(line, width, subsequent_indent=" " * further, break_long_words=False, break_on_hyphens=False)


def json_shown(text: str) -> str:
    """Equivalent JSON, with those characters written as JSON escapes."""
    return _UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def not_to_enter(text: str) -> str | None:
    """The first character that is not allowed in a one-line text, as U+ and its number; None if there is none."""
    match = _UNENTERED.search(text)
    return None if match is None else f"U+{ord(match[0]):04X}"


def on_one_line(text: str) -> str:
    """The text without characters that are not allowed in a one-line text."""
    return _UNENTERED.sub("", text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
