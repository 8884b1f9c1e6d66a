"""Cards: what a party may do, entered by the coordinator or sent by a contact. They count at once."""

from datetime import datetime

from arshjul.actions.contacts.learning import add_learnt, judged_learnt, refuse_same
from arshjul.actions.contacts.told_outside import refuse_told_outside
from arshjul.actions.draft.draft import AlreadyDone, Draft, Item, asked_draft, opened_draft
from arshjul.domain.entries.learnt import CARDS, latest_cards
from arshjul.errors import InputError, Refused
from arshjul.formats.schema.declared import mapping
from arshjul.formats.words import local_time
from arshjul.store.store import Store, Transaction


def enter_card(
    store: Store, item: Item, actor: str, now: datetime, *, was: str | None = None, is_sure: bool = False
) -> None:
    """Enters what a party may do, which takes the place of what stood there.

    InputError or Refused if it is unusable or names a place; AlreadyDone if it says nothing else; StaleEntry if the
    party has another card than the one of the mark `was`.
    """
    with store.writing() as db:
        draft = opened_draft(db)
        refuse_told_outside(draft, CARDS, item)
        _enter(db, draft, item, actor, now, was=was, is_sure=is_sure)


def _enter(
    db: Transaction, draft: Draft, item: Item, actor: str, now: datetime, *, was: str | None = None, is_sure: bool
) -> None:
    written = judged_learnt(draft, CARDS, item, now, is_sure=is_sure)
    there = latest_cards(draft.learnt_plan.entries.cards).get(str(written["party"]))
    refuse_same(written, None if there is None else mapping(there.card), was)
    add_learnt(db, CARDS, written, actor, now)


def card_of_contact(db: Transaction, item: Item, contact: str, said: datetime, now: datetime) -> bool:
    """Enters the card that a contact has sent; False if it is unusable.

    What becomes of it says nothing of the sites, or whoever sends names would learn which are to be visited. A card
    that names one is shown to its own party and the coordinator alone.
    """
    draft = asked_draft(db)
    try:
        _enter(db, draft, {"reported": local_time(draft.moment(said)), **item}, contact, now, is_sure=True)
    except AlreadyDone:
        return True
    except (InputError, Refused):
        return False
    return True
