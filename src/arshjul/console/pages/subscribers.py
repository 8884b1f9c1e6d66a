"""Addresses of calendars: handed out, revoked, and when each was last fetched."""

from arshjul.actions.subscribe import CLIENTS, Handed, Wanted, subscribe
from arshjul.actions.subscribers import STATES, subscribers
from arshjul.actions.unsubscribe import unsubscribe
from arshjul.agenda.channel import CONTENT_NAMES, LEVEL_NAMES
from arshjul.agenda.party import Party, parties
from arshjul.agenda.programs import GOOGLE_STEPS, HOW_OFTEN, PROGRAMS
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.visit import Visit
from arshjul.errors import ArshjulError, InputError, Message

DAYS = 400


def show(visit: Visit) -> Answer:
    """Everybody who has an address."""
    return _page(visit)


def _page(visit: Visit, handed: Handed | None = None, wrong: Message | None = None, status: int = 200) -> Html:
    values = {
        "draft": visit.draft,
        "known": subscribers(visit.store),
        "parties": {str(party): _named(visit, party) for party in parties(visit.scenario)},
        "levels": dict(reversed(LEVEL_NAMES.items())),
        "contents": CONTENT_NAMES,
        "clients": CLIENTS,
        "handed": handed,
        "feeds_url": visit.feeds_url,
        "steps": () if handed is None else GOOGLE_STEPS if handed.subscriber.client else (*PROGRAMS, HOW_OFTEN),
        "states": STATES,
        "wrong": wrong,
        "now": visit.now,
        "zone": visit.scenario.zone,
    }
    return Html("subscribers.html", values, status)


def _named(visit: Visit, party: Party) -> str:
    if not party.id:
        return visit.words("The coordinator")
    known = visit.scenario.agencies if party.kind == "agency" else visit.scenario.police
    return known[party.id].name


def hand_out(visit: Visit) -> Answer:
    """Hands out an address, which is shown once."""
    form = visit.form
    wanted = Wanted(form.text("party"), form.text("level"), form.text("content"), form.text("client"))
    try:
        handed = subscribe(visit.store, wanted, form.text("label"), DAYS, visit.person, visit.now)
    except ArshjulError as error:
        return _page(visit, wrong=error.message, status=422)
    return _page(visit, handed)


def revoke(visit: Visit) -> Answer:
    """Takes a subscriber's addresses back."""
    number = visit.form.number("subscriber")
    if not isinstance(number, int):
        raise InputError(Message("There is no such page."))
    unsubscribe(visit.store, number, visit.person, visit.now)
    return SeeOther("/subscribers")


pages = (
    Page("/subscribers", "GET", "see-subscribers", READING, show),
    Page("/subscribers", "POST", "hand-out-address", CHANGING, hand_out),
    Page("/subscribers/revoke", "POST", "revoke-address", CHANGING, revoke),
)
