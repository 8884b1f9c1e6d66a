"""Hidden sections: what a party says beside its ordinary sections, which its readers alone know to be there.

Each party has a slot for them in each operation that it writes of, whether it hides anything or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.domain.information_sheet.sections import Section

MOST_READINGS = 50
"""How many readings a slot keeps, the last ones."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A version of a hidden section. `seal`: the SHA-256 of it with its salt."""

    section: Section
    saved_at: datetime
    seal: str


@dataclass(frozen=True, slots=True)
class HiddenGiving:
    """A row of the owner's own register: that a version was given, and to whom."""

    section: str
    version: int
    to: tuple[str, ...]
    seal: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HiddenReading:
    """That a contact of a party has read a version; "": it was printed for that party. `pdf`: the PDF's SHA-256."""

    section: str
    version: int
    reader: str
    contact: str
    at: datetime
    pdf: str = ""


@dataclass(frozen=True, slots=True)
class HiddenSlot:
    """What a party hides of an operation: the last version of each section in each state, register, and readings."""

    versions: tuple[Hidden, ...] = ()
    givings: tuple[HiddenGiving, ...] = ()
    readings: tuple[HiddenReading, ...] = ()

    def last(self, id: str) -> Hidden | None:
        """The last version of a section."""
        own = [one for one in self.versions if one.section.id == id]
        return max(own, key=lambda one: one.section.version, default=None)

    def next_version(self, id: str) -> int:
        """The number of the draft that there is, or of the next version."""
        given = (one.section for one in self.versions if one.section.state != "draft")
        return max((one.version for one in given if one.id == id), default=0) + 1

    def saved(self, made: Hidden) -> "HiddenSlot":
        """With a version in place of the former one in its state; what is given ends the draft, and is registered."""
        one = made.section
        gone = {one.state, "draft"}
        others = (there for there in self.versions if there.section.id != one.id or there.section.state not in gone)
        giving = HiddenGiving(one.id, one.version, one.to, made.seal, made.saved_at)
        givings = self.givings if one.state == "draft" else (*self.givings, giving)
        return replace(self, versions=(*others, made), givings=givings)

    def taken_from(self, reader: str, section: str) -> "HiddenSlot":
        """Without that reader of what was given, of one section or (`section`: "") of all: each as its next version."""
        of = {
            one.section.id
            for one in self.versions
            if one.section.state != "draft" and section in ("", one.section.id) and reader in one.section.to
        }
        return replace(
            self, versions=tuple(_without(one, reader) if one.section.id in of else one for one in self.versions)
        )

    def without_drafts(self) -> "HiddenSlot":
        """With what was given alone."""
        return replace(self, versions=tuple(one for one in self.versions if one.section.state != "draft"))

    def read(self, made: Iterable[HiddenReading]) -> "HiddenSlot":
        """With these readings; the oldest are forgotten."""
        return replace(self, readings=(*self.readings, *made)[-MOST_READINGS:])


def _without(one: Hidden, reader: str) -> Hidden:
    there = one.section
    to = there.to if there.state == "draft" else tuple(party for party in there.to if party != reader)
    return replace(one, section=replace(there, to=to, version=there.version + 1))
