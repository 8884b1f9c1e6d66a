"""A party's offers to its calls at the portal: the sent ones, the last, and the changes by a new one."""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date

from arshjul.errors import InputError, Message
from arshjul.portal.store import inbox, views
from arshjul.portal.store.inbox import InboxRow
from arshjul.serving.sql.database import Database
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.party_view import PartyView, ViewCall, ViewEvent
from arshjul.year.domain.sent_offer import OfficersOffer, SentOffer, TeamsOffer
from arshjul.year.formats.schema.party_entry import offer_of, read_body

MOST_SHOWN = 50
"""The latest offers of a party among which its last one to a call is looked for."""


@dataclass(frozen=True, slots=True)
class PartyCall:
    """A call as its party sees it. `row`: its last offer to it; `last`: what it offered last that had a table,
    to this call or else to any; before its first offer, `is_first`, what the year counts on.

    `mark`: changes when the call does, or somebody of the party offers.
    """

    call: ViewCall
    row: InboxRow | None
    last: SentOffer
    is_first: bool
    mark: str

    @property
    def offer(self) -> SentOffer | None:
        return None if self.row is None else offer_of(self.row.kind, read_body(self.row.body))


def kind_of_offer(view: PartyView) -> str:
    return "officers-offer" if view.is_unit else "teams-offer"


def offer_class(view: PartyView) -> type[OfficersOffer | TeamsOffer]:
    return OfficersOffer if view.is_unit else TeamsOffer


def party_calls(portal: Database, view: PartyView, today: date) -> list[PartyCall]:
    """Calls whose dates have not passed, the first due first. An offer put aside, or not taken in, is none."""
    with portal.reading() as db:
        rows = inbox.LATEST.where(party=view.party, kind=kind_of_offer(view)).all(db, MOST_SHOWN)
        known = views.outcomes_of(db, [row.id for row in rows])
    held = [row for row in rows if row.id not in known or known[row.id].state not in ("aside", "refused")]
    said = [(row, offer_of(row.kind, read_body(row.body))) for row in held]
    made = []
    for call in (call for call in view.calls if call.last >= today):
        row = next((row for row, offer in said if offer.call == call.id), None)
        tables = sorted((offer for _, offer in said if not offer.nothing), key=lambda offer: offer.call != call.id)
        mark = digest_of(json.dumps([asdict(call), row and row.id], default=str).encode())
        made.append(PartyCall(call, row, next(iter(tables), call.standing), not tables, mark))
    return made


def party_call(portal: Database, view: PartyView, today: date, id: str) -> PartyCall:
    """The call of that id. InputError if the party is not asked by one, or it has passed."""
    found = next((call for call in party_calls(portal, view, today) if call.call.id == id), None)
    if found is None:
        raise InputError(Message("Nothing more is asked here: see your first page."))
    return found


@dataclass(frozen=True, slots=True)
class OfferEffect:
    """`fewer`, `more`: the number of dates by weekday and shift. `events`: its own operations on dates with fewer."""

    fewer: tuple[tuple[int, str, int], ...]
    more: tuple[tuple[int, str, int], ...]
    events: tuple[ViewEvent, ...]


def effect_of(view: PartyView, call: ViewCall, before: SentOffer, after: SentOffer) -> OfferEffect:
    fewer, more = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    less: set[Slot] = set()
    for slot in (Slot(day, shift.id) for day in call.span.days() for shift in view.shifts):
        was, now = before.at(slot), after.at(slot)
        if now < was:
            fewer[slot.day.weekday(), slot.shift] += 1
            less.add(slot)
        elif now > was:
            more[slot.day.weekday(), slot.shift] += 1
    touched = tuple(event for event in view.events if event.operation and Slot(event.first, event.shift) in less)
    order = [shift.id for shift in view.shifts]

    def listed(found: Counter[tuple[int, str]]) -> tuple[tuple[int, str, int], ...]:
        return tuple((*key, found[key]) for key in sorted(found, key=lambda key: (key[0], order.index(key[1]))))

    return OfferEffect(listed(fewer), listed(more), touched)
