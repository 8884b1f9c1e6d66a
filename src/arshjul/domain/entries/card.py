"""What a party may do, may not, and looks for: a card that all may read, on the operations of its sectors."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from annotated_types import MinLen

from arshjul.domain.declaration import Day, PartyId, Text, Told, Unstated, WordId
from arshjul.domain.entry import Entry
from arshjul.errors import Message

# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class PartyCard(Entry):
    """A party's card. `sectors`: of the operations that it stands on; empty: on all. `review_by`: then it is old.

    `told_when` is when the party wants to be told, `before` what it needs before; `phone` is that of a function. One that
    is entered again takes the place of the former.
    """

    party: Annotated[PartyId, Told(Message("Party"))]
    may: Annotated[Text, MinLen(1), Told(Message("May do"), Message("All may read it: no persons."), prompt=Message("What we may do"))]
    may_not: Annotated[Text, Unstated, Told(Message("May not do"), prompt=Message("What we may not do"))] = ""
    looks_for: Annotated[Text, Unstated, Told(Message("Looks for"), prompt=Message("What we look for"))] = ""
    told_when: Annotated[Text, Unstated, Told(Message("To be told"), prompt=Message("When we want to be told"))] = ""
    before: Annotated[Text, Unstated, Told(Message("Needed before"), prompt=Message("What we need before"))] = ""
    phone: Annotated[Text, Unstated, Told(Message("Function to call"), prompt=Message("Whom to call: a function and telephone, no person"))] = ""
    sectors: Annotated[tuple[WordId, ...], Unstated, Told(Message("Sectors"), Message("Of its operations. Empty: all."))] = ()
    review_by: Annotated[Day | None, Unstated, Told(Message("Look through by"), Message("Marked as old from then on."), prompt=Message("To be looked through by"))] = None


# fmt: on


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
