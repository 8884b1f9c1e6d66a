"""Calendar addresses: given out, revoked, and when each was last fetched."""

from contextlib import AbstractContextManager

from arshjul.errors import ArshjulError, Message, named
from arshjul.office.console.visit import CHANGING, READING, Page, Visit
from arshjul.office.subscribers.read_feed import is_this_computer
from arshjul.office.subscribers.subscribe import (
    CLIENTS,
    LABEL,
    Handed,
    Wanted,
    hand_out_to_all,
    mail_to_all,
    reissue,
    subscribe,
    unsubscribe,
    without_address,
    without_mail,
)
from arshjul.office.subscribers.subscribers import (
    STATES,
    address_book,
    closed_said,
    end_said,
    program_said,
    published_scenario,
    subscribers,
)
from arshjul.serving.pages import WORKBOOK, Answer, Bytes, Html, SeeOther
from arshjul.year.agenda.channel import CONTENT_NAMES, GOOGLE_STEPS, LEVEL_NAMES, PROGRAMS, SEEN
from arshjul.year.agenda.party import COORDINATOR, Party, parties
from arshjul.year.agenda.view import last_day

NOBODY_LACKS = Message("Every party within reach has an address.")


def show(visit: Visit, handed: Handed | None = None, wrong: Message | None = None, status: int = 200) -> Html:
    values = {
        "draft": visit.draft,
        "closed": closed_said(visit.store),
        "ending": end_said(visit.store, visit.now, visit.scenario.zone),
        "known": subscribers(visit.store),
        "lacking": {
            name: [_named(visit, each) for each in without_address(visit.store, name, visit.now)]
            for name in CONTENT_NAMES
        },
        "to_mail": [[_named(visit, each) for each in kind] for kind in without_mail(visit.store, visit.now)],
        "parties": {str(party): _named(visit, party) for party in parties(visit.scenario)},
        "levels": dict(reversed(LEVEL_NAMES.items())),
        "contents": CONTENT_NAMES,
        "clients": CLIENTS,
        "handed": handed,
        "feeds_url": visit.feeds_url,
        "inside_alone": _inside_alone(visit),
        "is_here_alone": bool(visit.feeds_url) and is_this_computer(visit.feeds_url),
        "steps": () if handed is None else GOOGLE_STEPS if handed.subscriber.client else (*PROGRAMS, *SEEN),
        "states": STATES,
        "program_said": program_said,
        "wrong": wrong,
        "now": visit.now,
        "is_open_outside": lambda at: (
            visit.portal_sync is not None and visit.portal_sync.carries_feeds and visit.portal_sync.is_still_open(at)
        ),
        "last_day": last_day,
        "zone": visit.scenario.zone,
    }
    return Html("subscribers.html", values, status)


def _inside_alone(visit: Visit) -> str:
    """The party whose calendars are served inside alone where the others are carried outside: they have titles."""
    return str(COORDINATOR) if visit.portal_sync is not None and visit.portal_sync.carries_feeds else ""


def _named(visit: Visit, party: Party) -> str:
    if not party.id:
        return visit.words("The coordinator")
    known = visit.scenario.agencies if party.kind == "agency" else visit.scenario.police
    return known[party.id].name


def hand_out(visit: Visit) -> Answer:
    form = visit.form
    wanted = Wanted(form.text("party"), form.text("level"), form.text("content"), form.text("client"))
    try:
        handed = subscribe(visit.store, wanted, form.text("label"), None, visit.person, visit.now)
    except ArshjulError as error:
        labels = {LABEL: visit.words("Recipient")}
        return show(visit, wrong=named(error.message, lambda key: labels.get(key, "")), status=422)
    return show(visit, handed)


def hand_out_anew(visit: Visit) -> Answer:
    again = reissue(visit.store, None, visit.person, visit.now)
    return _in_a_book(visit, again, Message("No address is closed by a restore."))


def _in_a_book(visit: Visit, handing: AbstractContextManager[list[Handed]], nobody: Message) -> Answer:
    """The addresses, which take effect once the workbook is made; a refusal if there are none."""
    scenario = published_scenario(visit.store)
    with handing as handed:
        book = address_book(scenario, handed, visit.feeds_url, _inside_alone(visit))
    if not handed:
        return show(visit, wrong=nobody, status=409)
    return Bytes(book, WORKBOOK, visit.words("addresses") + ".xlsx")


def hand_out_all(visit: Visit) -> Answer:
    content = visit.form.text("content")
    if content not in CONTENT_NAMES:
        return show(visit, wrong=Message("There is no such calendar."), status=422)
    return _in_a_book(visit, hand_out_to_all(visit.store, content, visit.person, visit.now), NOBODY_LACKS)


def mail_all(visit: Visit) -> Answer:
    if not mail_to_all(visit.store, visit.person, visit.now):
        return show(visit, wrong=NOBODY_LACKS, status=409)
    return SeeOther("/outbox")


def revoke(visit: Visit) -> Answer:
    unsubscribe(visit.store, visit.form.row("subscriber"), visit.person, visit.now)
    visit.close_outside()
    return SeeOther("/subscribers")


pages = (
    Page("/subscribers", "GET", READING, show),
    Page("/subscribers", "POST", CHANGING, hand_out),
    Page("/subscribers/anew", "POST", CHANGING, hand_out_anew),
    Page("/subscribers/all", "POST", CHANGING, hand_out_all),
    Page("/subscribers/mail", "POST", CHANGING, mail_all),
    Page("/subscribers/revoke", "POST", CHANGING, revoke),
)
