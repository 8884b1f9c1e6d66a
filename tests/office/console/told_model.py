"""Who has been told what, as a plain model: what each party last heard against what stands. And letters, read.

Nothing here is taken from the product: the contract says who must be told, and the letters what they are told.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
SOON = timedelta(hours=48)
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip

Place = date | None
"""Where a party has an operation; None: it is called off, or goes on without that party."""

Places = Mapping[str, Place]
How = Literal["known", "mail", "call", "calendar", "perhaps"]
"""`perhaps`: it may have heard that, as far as who tells it can know."""

BY_ANY = frozenset({"known", "mail", "call"})
BY_MAIL = frozenset({"known", "mail"})


@dataclass(frozen=True, eq=False)
class Heard:
    """What a party heard, or read. `in_doubt`: whoever sent it does not know that. `to_call`: also to be said.

    `again`: it was told on top of what was not heard after all, and may be told again.
    """

    party: str
    places: Places
    how: How
    id: str = ""
    in_doubt: bool = False
    to_call: frozenset[str] = frozenset()
    again: bool = False


@dataclass
class Told:
    """What each party heard, in order, and what stands. `ring`: what is to be said on the telephone, until it is.

    `past`: what was to be before today, as far as a party knew: a mail comes too late, and it may be called besides.
    """

    standing: Mapping[str, Places]
    heard: list[Heard] = field(default_factory=list)
    calendars: set[str] = field(default_factory=set)
    ring: set[tuple[str, str]] = field(default_factory=set)
    past: set[tuple[str, str]] = field(default_factory=set)

    def publish(self, standing: Mapping[str, Places], now: datetime) -> None:
        """Calendars show at once what stands; what was to be said at once need not be where it stands no more."""
        old = self.standing
        for party in self.calendars & standing.keys():
            new = {id: at for id, at in standing[party].items() if self.standing[party].get(id) != at}
            self.heard.append(Heard(party, new, "calendar"))
        self.standing = standing
        self.ring = {
            (party, id)
            for party, id in self.ring
            if old[party][id] == standing[party][id] or self.is_soon(party, id, now)
        }

    def places(self, party: str, id: str, how: Iterable[str] = BY_ANY, *, is_called: bool = False) -> list[Place]:
        """Where it may believe the operation to be: as it was told last, and whatever it has read since."""
        days: list[Place] = []
        for heard in reversed(self.heard):
            if heard.party == party and id in heard.places:
                days.append(heard.places[id])
                is_sure = heard.how in how and not heard.in_doubt and not heard.again
                if is_sure and not (is_called and id in heard.to_call):
                    return days
        return [*days, None]

    def sure(self, party: str, id: str) -> list[Place]:
        """The same without what it can only perhaps have heard, or may hear again."""
        kept = Told(self.standing, [replace(heard, again=False) for heard in self.heard if heard.how != "perhaps"])
        return kept.places(party, id)

    def differs(self, party: str, id: str, places: Iterable[Place]) -> bool:
        return any(place != self.standing[party][id] for place in places)

    def each(self) -> Iterator[tuple[str, str]]:
        """Each party with each operation of the year."""
        yield from ((party, id) for party, places in self.standing.items() for id in places)

    def owed(self, now: datetime) -> set[tuple[str, str]]:
        """What must be told: of what lies ahead, all that a party believes otherwise."""
        there = ((*one, self.sure(*one)) for one in self.each())
        return {
            (party, id) for party, id, at in there if self.differs(party, id, at) and self._is_ahead(party, id, now)
        }

    def _days(self, party: str, id: str) -> list[date]:
        return [day for day in (*self.sure(party, id), self.standing[party][id]) if day is not None]

    def _is_ahead(self, party: str, id: str, now: datetime) -> bool:
        return any(day >= now.astimezone(ZONE).date() for day in self._days(party, id))

    def is_soon(self, party: str, id: str, now: datetime) -> bool:
        """True if it was or is to be today, or within two days."""
        return any(_is_soon(day, now) for day in self._days(party, id))

    def may_be_soon(self, party: str, id: str, now: datetime) -> bool:
        """The same by anything that it may ever have heard."""
        heard = [one.places[id] for one in self.heard if one.party == party and id in one.places]
        return any(day is not None and _is_soon(day, now) for day in (*heard, self.standing[party][id]))

    def may_be_said(self, party: str, id: str, *, by_mail: bool) -> bool:
        """True if it is not told already on this way: a mail may confirm what was said on the telephone."""
        at = self.on_this_way(party, id, by_mail=by_mail)
        return self.differs(party, id, at) or not self._was_told(party, id, by_mail=by_mail)

    def on_this_way(self, party: str, id: str, *, by_mail: bool) -> list[Place]:
        """Where it may believe the operation to be, as far as it is mailed, or called."""
        return self.places(party, id, BY_MAIL) if by_mail else self.places(party, id, is_called=True)

    def _was_told(self, party: str, id: str, *, by_mail: bool) -> bool:
        how = BY_MAIL if by_mail else BY_ANY
        return any(
            heard.party == party and id in heard.places and heard.how in how and not heard.in_doubt
            for heard in self.heard
        )

    def look(self, now: datetime) -> None:
        """What is to be called about now."""
        today = now.astimezone(ZONE).date()
        self.past = {(party, id) for party, id in self.each() if any(day < today for day in self._days(party, id))}
        self.ring |= {(party, id) for party, id in self.owed(now) if self.is_soon(party, id, now)}
        self.ring = {
            (party, id) for party, id in self.ring if self.differs(party, id, self.places(party, id, is_called=True))
        }

    def hear(self, party: str, places: Places, how: How, id: str = "", *, in_doubt: bool = False) -> Heard:
        """A mail leaves what is to be called about on the list."""
        to_call = frozenset(key for key in places if how == "mail" and (party, key) in self.ring | self.past)
        made = Heard(party, places, how, id, in_doubt, to_call)
        self.heard.append(made)
        if how == "call":
            self.ring -= {(party, key) for key in places}
        return made

    def take_back(self, tick: Heard, now: datetime) -> None:
        """It was not heard. What was told on top of it may be told again, with what the party lacks."""
        at = self.heard.index(tick)
        later = self.heard[at + 1 :]
        self.heard[at:] = [replace(heard, again=True) if heard.party == tick.party else heard for heard in later]
        if tick.how == "call":
            self.ring |= {(tick.party, id) for id in tick.places if self.is_soon(tick.party, id, now)}

    def put_back(self, standing: Mapping[str, Places], known: "Told | None") -> None:
        """A copy is put back: what stood then stands, and all calendars are closed.

        What is `known` is what the copy knew, where nothing else is left: the rest may have been heard.
        """
        kept = self.heard if known is None else known.heard
        self.heard = [
            replace(heard, how="perhaps") if heard not in kept or (heard.how == "calendar" and known is None) else heard
            for heard in self.heard
        ]
        self.standing, self.calendars, self.ring = standing, set(), set()
        if known is not None:
            for party, id in self.each():
                if self.differs(party, id, known.places(party, id, is_called=True)):
                    self.heard.append(Heard(party, {id: standing[party][id]}, "perhaps"))


def _is_soon(day: date, now: datetime) -> bool:
    return day >= now.astimezone(ZONE).date() and datetime.combine(day, time(9), ZONE) <= now + SOON


# What a letter says.


@dataclass(frozen=True)
class Said:
    """That an operation is `to` that date, and was `old` as far as the reader knows; None: nowhere."""

    operation: str
    old: Place
    to: Place
    is_first: bool = False


ABOUT = re.compile(r"OP-\d{3}")
DAY = re.compile(rf"(\d+) ({'|'.join(MONTHS)}) (\d{{4}})")
HEADING = re.compile(rf"^({'|'.join(MONTHS)}) (\d{{4}})$", re.IGNORECASE)
ENTRY = re.compile(rf"^- \w+ (\d+) ({'|'.join(MONTHS)}) .*?: (OP-\d{{3}})")
BRIEF = re.compile(r"^(En insats|\d+ insatser, den första|Den sista)")

ASKS = re.compile(r"(OP-\d{3}) .*: kan ni ")
NO_CHANGE = re.compile(r": (kan ni|inget svar behövs längre) ")
"""What it says of a question, and not of the plan."""


def days_in(text: str) -> list[date]:
    """All dates that it names."""
    return [date(int(year), MONTHS.index(month) + 1, int(day)) for day, month, year in DAY.findall(text)]


def said_in(line: str) -> Said:
    """A sentence about a change. AssertionError for one that nobody has read before."""
    (operation, *_), there = ABOUT.findall(line), days_in(line)
    if "flyttad från" in line:
        first, then = days_in(line.partition("flyttad från")[2])[:2]
        return Said(operation, first, then)
    if "inställd, skulle ha varit" in line or "ni deltar inte längre" in line:
        return Said(operation, there[0], None)
    assert "genomförs ändå" in line or "ni deltar nu" in line or ": ny, " in line, f"what does it say? {line}"
    return Said(operation, None, there[-1])


def said_in_mail(text: str) -> list[Said]:
    """All that a mail says, the year's first one too."""
    made, year = list[Said](), 0
    for line in (splitline for splitline in text.splitlines() if not NO_CHANGE.search(splitline)):
        if heading := HEADING.match(line):
            year = int(heading[2])
        elif (entry := ENTRY.match(line)) and year:
            day, month, operation = entry.groups()
            made.append(Said(operation, None, date(year, MONTHS.index(month) + 1, int(day)), is_first=True))
        elif line.startswith("- ") and ABOUT.search(line):
            made.append(said_in(line))
    return made
