"""The identity of a calendar, its party, its contents, and how much it reveals; and the UIDs of its events.

Operations and meetings are in one calendar of a party, milestones in another: there are several milestones to an
operation, which they would push out of sight. The calendar with all of them is for addresses that were handed out when
there was no other.

A UID stays as long as the plan keeps its name. It identifies an operation, milestone or meeting, not its time: a moved
event keeps its UID, or calendars would delete it and make a new one. A meeting is one event a date, so its UID has the
date. Subscribers who may know only that the time is taken, or the area, get UIDs without meaning: keyed hashes of one
form for all events, different in every feed, so that feeds cannot be compared.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from arshjul.errors import InputError, Message
from arshjul.year.agenda.party import Party, parties
from arshjul.year.domain.scenario import Scenario

Level = Literal["busy", "area", "full"]
LEVELS: tuple[Level, ...] = ("busy", "area", "full")
"""The details that a subscriber gets: that the time is taken; time and area; all that the party may see."""


def level_named(given: str) -> Level:
    """The level of that name. InputError if there is none."""
    for level in LEVELS:
        if given == level:
            return level
    raise InputError(
        Message("Unknown level {given}: choose one of {levels}.", {"given": given, "levels": list(LEVELS)})
    )


Content = Literal["operations", "milestones", "all"]
CONTENTS: tuple[Content, ...] = ("operations", "milestones", "all")
LEVEL_NAMES = {"busy": Message("busy times"), "area": Message("by area"), "full": Message("everything")}
CONTENT_NAMES = {
    "operations": Message("operations"),
    "milestones": Message("milestones"),
    "all": Message("operations and milestones"),
}

MARKS: dict[Content, str] = {"operations": "", "milestones": "-milestones", "all": "+milestones"}
"""The suffixes that distinguish a party's calendars in their names; no id has a plus."""


@dataclass(frozen=True, slots=True)
class Channel:
    party: Party
    level: Level = "full"
    content: Content = "operations"

    @property
    def name(self) -> str:
        """The calendar's name in the feed history; at the level `full`, except for `all`, also that of its file."""
        below = "" if self.level == "full" else f"@{self.level}"
        return f"{self.party}{MARKS[self.content]}{below}"

    @property
    def key(self) -> tuple[str, str, str]:
        return (str(self.party), self.level, self.content)


def contents(scenario: Scenario, party: Party) -> tuple[Content, ...]:
    """The contents of a party's calendars: the police have milestones where the scenario gives them some."""
    has_milestones = party.kind != "police" or scenario.cycle.has_unit_milestones
    return tuple(content for content in CONTENTS if has_milestones or content != "milestones")


def channels(scenario: Scenario, party: Party) -> tuple[Channel, ...]:
    return tuple(Channel(party, level, content) for level in LEVELS for content in contents(scenario, party))


def files(scenario: Scenario) -> tuple[Channel, ...]:
    return tuple(
        Channel(party, "full", content)
        for party in parties(scenario)
        for content in contents(scenario, party)
        if content != "all"
    )


_GOOGLE = Message("  Google: Other calendars, From URL, paste the https address.")
SEEN = (
    Message(
        "Outlook looks every few hours, Google about once a day, Apple as set by the user. Changes of the same "
        "day are told otherwise."
    ),
    Message("Tentative dates hold, but may change. They are confirmed when they no longer move."),
)
"""Delay until a change is seen, and certainty of a date."""
PROGRAMS = (
    Message("  Outlook: Add calendar, Subscribe from web, paste the https address."),
    _GOOGLE,
    Message("  Apple: File, New Calendar Subscription, paste the webcal address."),
    Message("  Thunderbird: New Calendar, On the Network, paste the https address."),
)
"""The form of address that each program takes, and where."""
STEPS = (
    *PROGRAMS,
    Message(
        "Thunderbird and Apple strike out cancelled operations; Outlook marks them; Google hides them without "
        "--client google."
    ),
    *SEEN,
)
"""The form of address that each program takes, and what it does with the calendar."""
GOOGLE_STEPS = (
    _GOOGLE,
    Message("The address is for Google only: cancelled operations stay there, marked."),
    Message("Google looks about once a day: changes of the same day are told otherwise."),
    SEEN[1],
)
"""The same for an address made for Google."""


DIGITS = 32
"""The length of a hidden UID: 128 bits, so that no two are the same."""


@dataclass(frozen=True, slots=True)
class Uids:
    """The UIDs of one plan. `host` is the part after the @; `seal` hides the part before it."""

    host: str
    seal: "Seal | None" = None

    @classmethod
    def of(cls, plan_name: str) -> "Uids":
        """The UIDs of the plan of that name: in ASCII, lower case, other runs as `-`."""
        letters = unicodedata.normalize("NFKD", plan_name.lower())
        plain = "".join(c for c in letters if not unicodedata.combining(c))
        return cls(f"{re.sub('[^a-z0-9]+', '-', plain).strip('-') or 'plan'}.arshjul")

    def operation(self, id: str, number: int = 1) -> str:
        return self._named(id if number == 1 else f"{id}..{number}")

    def milestone(self, operation: str, id: str) -> str:
        return self._named(f"{operation}.{id}")

    def meeting(self, id: str, day: date) -> str:
        return self._named(f"meeting.{id}.{day:%Y%m%d}")

    def note(self) -> str:
        return self._named("note")

    def address_end(self) -> str:
        """The UID of the warning in a feed whose address soon ends. No id begins with a hyphen."""
        return self._named("-address")

    def _named(self, entry: str) -> str:
        name = entry if self.seal is None else self.seal.hidden(f"{entry}@{self.host}")
        return f"{name}@{self.host}"


@dataclass(frozen=True, slots=True)
class Seal:
    """Hides the UIDs of one feed's entries: without the `key` they can neither be guessed nor compared."""

    key: bytes = field(repr=False)
    feed: str

    def hidden(self, name: str) -> str:
        return hmac.digest(self.key, f"{self.feed}\n{name}".encode(), hashlib.sha256).hex()[:DIGITS]
