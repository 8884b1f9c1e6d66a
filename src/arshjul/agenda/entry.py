"""An event as a feed says it, and its stamps."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

EventStatus = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]

CANCELLED_PREFIXES = {"sv": "INSTÄLLD: ", "en": "CANCELLED: "}
"""By the plan's language: what Outlook, which ignores the status, has to show."""

FORMER_HEADINGS = {"sv": "Det som gällde:", "en": "What held before:"}
"""By the plan's language: what stands before the description of an event that was called off."""

_GAPS = re.compile("[\t\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f"  # the rest of C0 and C1, DEL
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of writing
    "\ufeff\ufffe\uffff"  # byte-order marks, and what is no character at all
    "\ud800-\udfff]"  # halves of characters, which UTF-8 cannot hold
)


def clean(text: str) -> str:
    """The text as a calendar may have it: one kind of line end, no control characters."""
    if text.isprintable():  # so that nothing of what follows is in it
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWANTED.sub("", _GAPS.sub(" ", lines)).strip()


def one_line(text: str) -> str:
    """The same on a single line, for names: a line end in one must not look like the next line."""
    return " ".join(clean(text).split("\n"))


@dataclass(frozen=True, slots=True)
class Event:
    """An operation, milestone or meeting as one feed shows it; its texts are cleaned on the way in.

    `starts` and `ends` are moments in UTC, or for an all-day event dates, `ends` being the day after.
    `day` is the local date on which it starts. A `transparent` one takes no one's time.
    """

    uid: str
    day: date
    starts: date
    ends: date
    summary: str
    description: str = ""
    category: str = ""
    location: str = ""
    status: EventStatus = "TENTATIVE"
    transparent: bool = False

    def __post_init__(self) -> None:
        if self.ends < self.starts:
            raise ValueError(f"Expected ends >= starts, got {self.starts} to {self.ends}")
        object.__setattr__(self, "summary", one_line(self.summary))
        object.__setattr__(self, "description", clean(self.description))
        object.__setattr__(self, "category", one_line(self.category))
        object.__setattr__(self, "location", one_line(self.location))
        if not self.summary:
            raise ValueError(f"Expected a summary that can be read for {self.uid}")

    def cancelled(self, language: str = "sv") -> "Event":
        """The same, called off: where and when it was, with the word that Outlook needs.

        Its description holds no more, and says so.
        """
        if self.status == "CANCELLED":
            return self
        summary = CANCELLED_PREFIXES[language] + self.summary
        description = f"{FORMER_HEADINGS[language]}\n{self.description}" if self.description else ""
        return replace(self, status="CANCELLED", transparent=True, summary=summary, description=description)


@dataclass(frozen=True, slots=True)
class Stamps:
    """The count of changes of time or status, and the moments (UTC) of the first and last change of anything."""

    sequence: int
    created: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class NewsPart:
    """One thing that a line of news tells of, in a sentence of its own.

    It holds until something later is about the same, or about anything that it rests on.
    """

    text: str
    about: str
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """A line on what has happened to an event, and the moment (UTC) since which it stands there.

    Without `parts` it holds until anything else is told.
    """

    text: str
    since: datetime
    parts: tuple[NewsPart, ...] = ()

    def beside(self, later: "News") -> "News | None":
        """What of it still holds beside a later line; None where nothing does."""
        new = {part.about for part in later.parts}
        kept = tuple(part for part in self.parts if not new & {part.about, *part.rests_on}) if new else ()
        if not kept:
            return None
        return self if kept == self.parts else News(" ".join(part.text for part in kept), self.since, kept)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An event in one feed, with the stamps that it has there.

    The description of one with `news` begins with them, the newest first.
    """

    event: Event
    stamps: Stamps
    news: tuple[News, ...] = ()

    @property
    def without_news(self) -> Event:
        """The event as it is described otherwise."""
        description = self.event.description
        for one in self.news:
            description = description.removeprefix(one.text).strip()
        return self.event if not self.news else replace(self.event, description=description)
