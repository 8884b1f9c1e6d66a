"""`Hem`: the party's operations of the next weeks and of all the year, and what became of what it sent."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from starlette.responses import Response

from arshjul.actions.parties.entries import SentEntry, is_over, sent_entries, sent_entry, standing_questions, today
from arshjul.actions.parties.evaluations import is_said
from arshjul.actions.parties.offers import party_calls
from arshjul.actions.parties.sheet_copy import names_in
from arshjul.actions.parties.sheets import Writer, may_read
from arshjul.agenda.party_entry import STATES, TITLES, reference
from arshjul.domain.feature import is_kind_used
from arshjul.domain.party_view import PartyView, ViewEvent
from arshjul.errors import InputError, Message
from arshjul.formats.schema.given_sections import read_given
from arshjul.formats.schema.party_entry import EVALUATING, NOMINATIONS, SHEET
from arshjul.portal.access import ANY_CONTACT, ENTRIES_OF_PAGE, PartyPage
from arshjul.portal.pages.sheet_list import by_urgency, summaries
from arshjul.portal.said import lines_of
from arshjul.portal.visit import PortalVisit

AHEAD = timedelta(weeks=6)
MOST_DUE = 2
"""The milestones that are listed, the next first: the calendar has all of them."""
MOST_NEWS = 20
"""The most changes that are listed: after a first plan all is new."""
OPEN = ("sent", "waits")
"""The states of what nothing has become of yet."""


def show(visit: PortalVisit) -> Response:
    """The page; or the only one that the contact's address opens."""
    if visit.only_page:
        return visit.see(f"/{visit.only_page}?as={visit.contact.id}")
    _, view = visit.view()
    day = today(view, visit.now)
    asked = standing_questions(visit.portal, view)
    events = [one for one in view.events if not one.is_milestone]
    said = is_said(visit.portal, view) if view.evaluations else frozenset()
    visited = None if visit.session is None else visit.session.visited_at
    news = [one for one in events if visited and one.told_at and one.told_at >= visited]
    values = {
        "view": view,
        "published": None if view.published is None else view.published.astimezone(ZoneInfo(view.timezone)),
        "today": day,
        "visited": None if visited is None else visited.astimezone(ZoneInfo(view.timezone)),
        "news": news[:MOST_NEWS],
        "n_more": max(0, len(news) - MOST_NEWS),
        "near": [one for one in events if day <= one.first <= day + AHEAD],
        "months": _by_month(events),
        "due": [one for one in view.events if one.is_milestone and day <= one.first][:MOST_DUE],
        "calls": [one for one in party_calls(visit.portal, view, day) if one.row is None] if view.calls else [],
        "sheets": by_urgency(visit, view, day) if visit.sheets and "sheet" in visit.contact.may else None,
        "names": summaries(view),
        "to_evaluate": [one for one in view.evaluations if one.is_open(day) and one.operation not in said],
        "away": [one for one in view.withdrawals if one.last >= day],
        "n_asked": 0 if is_over(view, visit.now) else sum(one.is_open for one in asked),
        "deadline": None if view.deadline is None else view.deadline.astimezone(ZoneInfo(view.timezone)),
        "sent": [one for one in sent_entries(visit.portal, visit.contact) if _is_shown(one, view)],
        "states": STATES,
        "titles": TITLES,
        "reference": reference,
        "contacts": () if visit.session is None else visit.session.contacts,
    }
    return visit.page("home.html", values)


def _is_shown(one: SentEntry, view: PartyView) -> bool:
    return one.row.kind != EVALUATING and is_kind_used(one.row.kind, view.uses)


def _by_month(events: list[ViewEvent]) -> list[tuple[date, list[ViewEvent]]]:
    return [(first, list(there)) for first, there in groupby(events, key=lambda one: one.first.replace(day=1))]


def receipt(visit: PortalVisit) -> Response:
    """What was sent, when, and what became of it."""
    sent = sent_entry(visit.portal, visit.contact, visit.path["entry"])
    if visit.only_page and sent.row.kind not in ENTRIES_OF_PAGE[visit.only_page]:
        raise InputError(Message("There is no such page."))
    mark, view = visit.view()
    if not is_kind_used(sent.row.kind, view.uses):
        raise InputError(Message("There is no such page."))
    values = {
        "view": view,
        "sent": sent,
        "states": STATES,
        "reference": reference,
        "lines": lines_of(sent, view, visit.words),
        "may_read": list(_may_read(visit, view, sent)) if sent.row.kind == SHEET else (),
        "has_changed": bool(sent.row.seen) and sent.row.seen != mark and sent.state in OPEN,
        "may_be_retracted": sent.row.kind in NOMINATIONS and sent.state in OPEN,
        "at": sent.row.reported.astimezone(ZoneInfo(view.timezone)),
    }
    return visit.page("receipt.html", values)


def _may_read(
    visit: PortalVisit, view: PartyView, sent: SentEntry
) -> Iterator[tuple[str, dict[str, tuple[str, ...]], dict[str, str]]]:
    """The letter of each section that was given, who reads it now, and the names of all."""
    given = read_given(sent.body)
    sheet = next((one for one in view.sheets if one.operation == given.operation), None)
    if visit.sheets is not None and sheet is not None and "sheet" in visit.contact.may:
        found = may_read(visit.portal, visit.sheets.keys, Writer(visit.contact, "", view, sheet))
        for one in given.sections:
            if one.section in found:
                yield one.section[0], found[one.section], names_in(view, given.operation)


pages = (
    PartyPage("/", "GET", ANY_CONTACT, show),
    PartyPage("/receipts/{entry}", "GET", ANY_CONTACT, receipt),
)
