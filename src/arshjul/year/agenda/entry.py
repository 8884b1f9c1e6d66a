"""An event as a feed shows it, with its stamps."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

EventStatus = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]

CANCELLED_PREFIXES = {"sv": ("INSTÄLLD: ", "UTAN ER: "), "en": ("CANCELLED: ", "WITHOUT YOU: ")}
"""By the plan's language: for Outlook, which ignores the status. The second: it goes on without the reader."""
FORMER_HEADINGS = {"sv": "Det som gällde:", "en": "What held before:"}
"""By the plan's language: the heading above the description of an event that was called off."""
_GAPS = re.compile("[\t\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f"  # the rest of C0 and C1, DEL
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # characters that change the writing direction
    "\ufeff\ufffe\uffff"  # byte-order marks, and non-characters
    "\ud800-\udfff]"  # surrogates, which UTF-8 cannot encode
)


def clean(text: str) -> str:
    """The text in the form that calendars allow: one kind of line end, no control characters."""
    if text.isprintable():  # so it has none of the characters below
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWANTED.sub("", _GAPS.sub(" ", lines)).strip()


def one_line(text: str) -> str:
    """The same on a single line, for names: a line end in a name must not imitate a next line."""
    return " ".join(clean(text).split("\n"))


@dataclass(frozen=True, slots=True)
class Event:
    """An operation, milestone or meeting as one feed shows it; its texts are cleaned on construction.

    `starts` and `ends` are moments in UTC, or for an all-day event dates, with `ends` the day after. `day` is the local
    date on which it starts. A `transparent` event does not block time.
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

    def cancelled(self, language: str = "sv", *, goes_on: bool = False) -> "Event":
        """At its old place and time, with the word for Outlook, above what held. `goes_on`: without the reader."""
        off, without = CANCELLED_PREFIXES[language]
        summary = without if goes_on else off
        if self.status == "CANCELLED":
            own = (prefix for both in CANCELLED_PREFIXES.values() for prefix in both if self.summary.startswith(prefix))
            return replace(self, summary=summary + self.summary.removeprefix(next(own, "")))
        summary += self.summary
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
    """A part of a change: it holds until a later one is about the same thing, or about one of `rests_on`.

    It always holds if `about` is empty.
    """

    text: str
    about: str
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """`since`: the moment (UTC) from which it is shown. Without `parts` it holds beside any other news."""

    text: str
    since: datetime
    parts: tuple[NewsPart, ...] = ()

    def beside(self, later: "News") -> "News | None":
        new = {part.about for part in later.parts if part.about}
        kept = tuple(part for part in self.parts if not new & {part.about, *part.rests_on})
        if kept == self.parts:
            return self
        return News(" ".join(part.text for part in kept), self.since, kept) if kept else None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """Its description begins with its `news`, the newest first."""

    event: Event
    stamps: Stamps
    news: tuple[News, ...] = ()

    @property
    def without_news(self) -> Event:
        description = self.event.description
        for new in self.news:
            description = description.removeprefix(new.text).strip()
        return self.event if not self.news else replace(self.event, description=description)
