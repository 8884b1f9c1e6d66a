"""What a party may do, may not, and looks for: a card that all may read, on the operations of its sectors."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from arshjul.domain.entry import Entry


@dataclass(frozen=True, slots=True)
class PartyCard(Entry):
    """A party's card. `sectors`: of the operations that it stands on; empty: on all. `review_by`: then it is old.

    `told_when` is when the party wants to be told, `before` what it needs before; `phone` is that of a function.
    """

    party: str
    may: str
    may_not: str = ""
    looks_for: str = ""
    told_when: str = ""
    before: str = ""
    phone: str = ""
    sectors: tuple[str, ...] = ()
    review_by: date | None = None


@dataclass(frozen=True, slots=True)
class CardVersion:
    """A party's card as it stands, and how many it has had with it."""

    card: PartyCard
    version: int


def latest_cards(log: Iterable[PartyCard]) -> Mapping[str, CardVersion]:
    """The card of each party: what was said last holds, however late it was entered."""
    there = list(log)
    versions = Counter(one.party for one in there)
    said = sorted(there, key=lambda one: one.reported.timestamp() if one.reported else 0.0)
    return {one.party: CardVersion(one, versions[one.party]) for one in said}
