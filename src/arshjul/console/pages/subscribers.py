"""Calendar addresses: given out, revoked, and when each was last fetched."""

from arshjul.actions.subscribers.address_book import address_book, published_scenario
from arshjul.actions.subscribers.public_address import is_this_computer
from arshjul.actions.subscribers.subscribe import CLIENTS, Handed, Wanted, reissue, subscribe, unsubscribe
from arshjul.actions.subscribers.subscribers import STATES, closed_said, end_said, program_said, subscribers
from arshjul.agenda.address_end import last_day
from arshjul.agenda.channel import CONTENT_NAMES, LEVEL_NAMES
from arshjul.agenda.party import Party, parties
from arshjul.agenda.programs import GOOGLE_STEPS, PROGRAMS, SEEN
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import WORKBOOK, Answer, Bytes, Html, SeeOther
from arshjul.console.visit import Visit
from arshjul.errors import ArshjulError, Message


def show(visit: Visit) -> Answer:
    """All subscribers."""
    return _page(visit)


def _page(visit: Visit, handed: Handed | None = None, wrong: Message | None = None, status: int = 200) -> Html:
    values = {
        "draft": visit.draft,
        "closed": closed_said(visit.store),
        "ending": end_said(visit.store, visit.now, visit.scenario.zone),
        "known": subscribers(visit.store),
        "parties": {str(party): _named(visit, party) for party in parties(visit.scenario)},
        "levels": dict(reversed(LEVEL_NAMES.items())),
        "contents": CONTENT_NAMES,
        "clients": CLIENTS,
        "handed": handed,
        "feeds_url": visit.feeds_url,
        "is_here_alone": bool(visit.feeds_url) and is_this_computer(visit.feeds_url),
        "steps": () if handed is None else GOOGLE_STEPS if handed.subscriber.client else (*PROGRAMS, *SEEN),
        "states": STATES,
        "program_said": program_said,
        "wrong": wrong,
        "now": visit.now,
        "last_day": last_day,
        "zone": visit.scenario.zone,
    }
    return Html("subscribers.html", values, status)


def _named(visit: Visit, party: Party) -> str:
    if not party.id:
        return visit.words("The coordinator")
    known = visit.scenario.agencies if party.kind == "agency" else visit.scenario.police
    return known[party.id].name


def hand_out(visit: Visit) -> Answer:
    """Gives out an address, which is shown once."""
    form = visit.form
    wanted = Wanted(form.text("party"), form.text("level"), form.text("content"), form.text("client"))
    try:
        handed = subscribe(visit.store, wanted, form.text("label"), None, visit.person, visit.now)
    except ArshjulError as error:
        return _page(visit, wrong=error.message, status=422)
    return _page(visit, handed)


def hand_out_anew(visit: Visit) -> Answer:
    """A new address for each that a restore has revoked: a workbook of all, which is given once."""
    scenario = published_scenario(visit.store)
    with reissue(visit.store, None, visit.person, visit.now) as handed:
        book = address_book(scenario, handed, visit.feeds_url)
    if not handed:
        return _page(visit, wrong=Message("Nobody's address is closed by a restore any more."), status=409)
    return Bytes(book, WORKBOOK, visit.words("addresses") + ".xlsx")


def revoke(visit: Visit) -> Answer:
    """Revokes a subscriber's addresses."""
    unsubscribe(visit.store, visit.form.row("subscriber"), visit.person, visit.now)
    return SeeOther("/subscribers")


pages = (
    Page("/subscribers", "GET", "see-subscribers", READING, show),
    Page("/subscribers", "POST", "hand-out-address", CHANGING, hand_out),
    Page("/subscribers/anew", "POST", "hand-out-addresses-anew", CHANGING, hand_out_anew),
    Page("/subscribers/revoke", "POST", "revoke-address", CHANGING, revoke),
)
