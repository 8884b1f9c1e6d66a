"""A feed with one more entry for its reader alone."""

import re

_START = re.compile(rb"(?<=\r\n)BEGIN:VEVENT\r\n")
_END = b"END:VCALENDAR\r\n"


def with_event(ics: bytes, event: bytes) -> bytes:
    """The feed with that event in its place in the order of UIDs."""
    later = (at for at in (found.start() for found in _START.finditer(ics)) if ics[at : at + len(event)] > event)
    at = next(later, len(ics) - len(_END))
    return ics[:at] + event + ics[at:]
