"""Offers that were taken over, and went with the edit that had them: they wait again."""

from arshjul.domain.offer_call import OfferCall
from arshjul.domain.scenario import Scenario
from arshjul.domain.sent_offer import SentOffer, with_offer
from arshjul.formats.offer_json import offer_of
from arshjul.formats.schema.party_entry import OFFERS, read_body
from arshjul.store import party_entries
from arshjul.store.party_entries import PartyEntry
from arshjul.store.store import Transaction


def let_offers_wait_again(db: Transaction, before: Scenario, after: Scenario) -> None:
    """Lets the offers wait again that `before` had, as it was edited, and `after`, an unedited year, has not."""
    own = {id for id, party in after.parties.items() if before.parties.get(id, party) != party}
    if not own:
        return
    calls = {one.id: one for one in before.calls}
    for entry in party_entries.of_kinds(db, OFFERS):
        id, offer = entry.party.partition("-")[2], _offer(entry)
        call = calls.get(offer.call)
        if entry.state != "taken-over" or id not in own or call is None:
            continue
        if _has(before, id, offer, call) and not _has(after, id, offer, call):
            party_entries.wait_again(db, entry.id)


def _offer(entry: PartyEntry) -> SentOffer:
    return offer_of(entry.kind, read_body(entry.body))


def _has(scenario: Scenario, party: str, offer: SentOffer, call: OfferCall) -> bool:
    """True if taking the offer over changes nothing of the party."""
    return with_offer(scenario, party, offer, call.span) == scenario
