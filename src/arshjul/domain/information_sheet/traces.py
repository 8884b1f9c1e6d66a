"""What is asked about before a section is kept: numbers by which somebody is found, and what may be a slip."""

import re
from collections.abc import Iterator

from arshjul.domain.business_traces import NAMES, identity_numbers
from arshjul.domain.information_sheet.sections import Section
from arshjul.errors import Message

_TRACES = (
    (
        re.compile(r"(?<![\d-])(?:\+46|0)[ -]?[1-9]\d{0,2}[ -/]{0,3}\d{2,3}(?:[ -]?\d{2,3}){1,2}(?!\d)"),
        Message("a telephone number"),
    ),
    (
        re.compile(r"(?i)\b(?:dnr|diarienr|diarienummer|ärendenr|ärende)\b|\b[A-ZÅÄÖ]{0,4}[- ]?20\d{2}[-/:]\d{3,}\b"),
        Message("a case number"),
    ),
)


MUCH = 1000
"""Characters of a text; what is longer is asked about."""

LONG_WORD = re.compile(r"[^\s/-]{50,}")


def doubts(section: Section) -> Iterator[tuple[str, Message]]:
    """A question for each field that seems to hold such a number, or says more than usual."""
    for one in section.declared.fields:
        value = section.values.get(one.key)
        if isinstance(value, int) and value > one.doubtful:
            yield one.key, Message("{n} is much more than usual: is it right?", {"n": value})
        elif isinstance(value, str):
            yield from ((one.key, text) for text in _of_text(value, has_telephones=one.key == "call"))


def _of_text(text: str, *, has_telephones: bool) -> Iterator[Message]:
    """Functions to call are to have telephone numbers."""
    if not has_telephones and (there := list(_numbers_in(text))):
        yield Message("This seems to hold {what}: do all readers need it?", {"what": there})
    if len(text) > MUCH:
        yield Message("The text has {n} characters: do all readers need all of it?", {"n": len(text)})
    if (word := LONG_WORD.search(text)) is not None:
        yield Message("“{word}…” is one long word: is it right?", {"word": word[0][:20]})


def _numbers_in(text: str) -> Iterator[Message]:
    """Each with what it seems to be, in order; where two of them share letters, as the first kind."""
    found = dict[range, Message]()
    there = [(NAMES[kind], match) for kind, match in identity_numbers(text)]
    there += [(what, match) for pattern, what in _TRACES for match in pattern.finditer(text)]
    for what, match in there:
        place = range(*match.span())
        if not any(place.start < one.stop and one.start < place.stop for one in found):
            found[place] = Message("{what} ({text})", {"what": what, "text": match[0]})
    yield from (found[one] for one in sorted(found, key=lambda one: one.start))
