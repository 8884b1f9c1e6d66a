"""What protects a section, on what ground it is given, and which ground cannot be used for which protection."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

_WRITTEN = re.compile(r"([1-9]\d?) ?kap\.? ?\d{1,3} ?[a-z]? ?§[^\n]{0,40}")
"""A provision that is not listed: 30 kap. 20 § OSL."""


@dataclass(frozen=True, slots=True)
class Protection:
    """A provision of the secrecy law. `text`: the sentence that the form shows."""

    id: str
    name: str
    chapter: int
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The chapters, from the first to the last, that a ground does not lift, and why in words."""

    first: int
    last: int
    because: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground on which something protected may be given."""

    id: str
    name: str
    text: str
    refuses: tuple[Refusal, ...] = ()


class RefusedPair(NamedTuple):
    """A ground that cannot be used for a protection, and why in words. `others`: those that can."""

    protection: Protection
    ground: Ground
    because: str
    others: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """The town's lists, by id; empty where it has none, and then nothing protected can be given."""

    protections: Mapping[str, Protection] = field(default_factory=dict)
    grounds: Mapping[str, Ground] = field(default_factory=dict)

    def protection(self, protects: str) -> Protection | None:
        """The provision of that id, or the one that is written out, with its chapter; None if it is neither."""
        written = _WRITTEN.fullmatch(protects)
        made = None if written is None else Protection(protects, protects, int(written[1]), "")
        return self.protections.get(protects, made)

    def refusal(self, protects: str, ground: str) -> str | None:
        """Why what is so protected cannot be given on that ground; None if it can."""
        known = self.protection(protects)
        found = (one for one in self.grounds[ground].refuses if known and one.first <= known.chapter <= one.last)
        return next((one.because for one in found), None)

    def possible(self, protects: str) -> tuple[Ground, ...]:
        return tuple(one for one in self.grounds.values() if self.refusal(protects, one.id) is None)

    @property
    def refused(self) -> Iterator[RefusedPair]:
        for one in self.protections.values():
            said = {id: self.refusal(one.id, id) for id in self.grounds}
            others = self.possible(one.id)
            for id, because in said.items():
                if because is not None:
                    yield RefusedPair(one, self.grounds[id], because, others)
