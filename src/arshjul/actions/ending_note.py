"""The note in a calendar whose address soon ends: it would otherwise die without a word.

It is one reader's, so it is put into the bytes of a feed when they are asked for. From when it stands there, and all
that it says, follows from the address alone: the same bytes for as long as the feed is the same.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from arshjul.actions.address_term import TOLD_BEFORE
from arshjul.errors import Message
from arshjul.formats.catalogues import words
from arshjul.store.chain import digest_of, packed
from arshjul.store.shelf import Reader, Shelved

SHOWN_DAYS = 7
"""The note's dates, from the one on which it comes: a calendar that is read once a week shows it."""

_EVENT, _END = b"BEGIN:VEVENT\r\n", b"END:VCALENDAR\r\n"
_UID = re.compile(rb"\r\nUID:([!-~]+)@([!-~]+)\r\n")
_LANGUAGE = re.compile(rb"\r\nPRODID:[^\r]*//(SV|EN)\r\n")


def with_ending_note(feed: Shelved | None, reader: Reader, now: datetime) -> Shelved | None:
    """The feed as that reader gets it now: with the note, where its address ends soon."""
    if feed is None or now < reader.expires_at - TOLD_BEFORE:
        return feed
    return _noted(feed, reader.subscriber, reader.expires_at)


@lru_cache(maxsize=256)
def _noted(feed: Shelved, subscriber: int, expires_at: datetime) -> Shelved:
    since = (expires_at - TOLD_BEFORE).replace(microsecond=0)
    head, *events = feed.ics.removesuffix(_END).split(_EVENT)
    events.append(_note(feed.ics, subscriber, since, expires_at))
    ics = head + b"".join(_EVENT + event for event in sorted(events)) + _END
    return Shelved(digest_of(ics), ics, packed(ics), max(feed.last_modified, since))


def _note(ics: bytes, subscriber: int, since: datetime, expires_at: datetime) -> bytes:
    """The note without its first line. Its UID has the form that the feed's have: below the level `full`, a hash."""
    found, language = _UID.search(ics), _LANGUAGE.search(ics)
    if found is None or language is None:
        raise ValueError("Expected a feed with an event and a language")
    name, host = (part.decode() for part in found.groups())
    is_hidden = re.fullmatch("[0-9a-f]{32}", name) is not None
    uid = (
        digest_of(f"the end of address {subscriber}".encode())[:32] if is_hidden else "-address"
    )  # no id begins with a hyphen
    say, stamp = words(language[1].decode().lower()), f"{since:%Y%m%dT%H%M%SZ}"
    last = since.date() + timedelta(days=SHOWN_DAYS)
    lines = (
        f"UID:{uid}@{host}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{since:%Y%m%d}",
        f"DTEND;VALUE=DATE:{last:%Y%m%d}",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        f"CREATED:{stamp}",
        f"LAST-MODIFIED:{stamp}",
        "SUMMARY:" + say.say(Message("This calendar's address ends on {day}", {"day": f"{expires_at:%Y-%m-%d}"})),
        "DESCRIPTION:" + say.say(Message("Ask the coordinator for a new address before that.")),
        "CLASS:CONFIDENTIAL",
        "END:VEVENT",
    )
    return b"".join(line.encode() + b"\r\n" for line in lines)
