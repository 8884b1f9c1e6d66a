"""Texts of a section that seem to hold a number by which a person, a business or a case is found."""

import re
from collections.abc import Iterator

from arshjul.domain.information_sheet.sections import Section
from arshjul.errors import Message

_TRACES = (
    (re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+ ]?\d{4}(?!\d)"), Message("a personal or organisation number")),
    (
        re.compile(r"(?<![\d-])(?:\+46|0)[ -]?[1-9]\d{0,2}[ -/]{0,3}\d{2,3}(?:[ -]?\d{2,3}){1,2}(?!\d)"),
        Message("a telephone number"),
    ),
    (
        re.compile(r"(?i)\b(?:dnr|diarienr|diarienummer|ärendenr|ärende)\b|\b[A-ZÅÄÖ]{0,4}[- ]?20\d{2}[-/:]\d{3,}\b"),
        Message("a case number"),
    ),
)


def of_numbers(section: Section) -> Iterator[tuple[str, Message]]:
    """A question for each field whose text seems to hold one; functions to call are to have telephone numbers."""
    for key, value in section.values.items():
        if isinstance(value, str) and key != "call":
            what = next((what for pattern, what in _TRACES if pattern.search(value)), None)
            if what is not None:
                yield key, Message("This seems to hold {what}: is it needed by all who read it?", {"what": what})
