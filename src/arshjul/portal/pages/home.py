"""`Hem`: what is asked of the party, its next six weeks and all its year, and what became of what it sent.

And `Allt som begärs`: the one list of a police unit, by date, with who may order what.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

from arshjul.errors import InputError, Message
from arshjul.portal.actions.entries import (
    MOST_SHOWN,
    SentEntry,
    is_over,
    is_said,
    moment,
    sent_entries,
    sent_entry,
    sent_of,
    standing_questions,
    today,
)
from arshjul.portal.actions.offers import party_calls
from arshjul.portal.actions.sheet_copy import names_in
from arshjul.portal.actions.sheets import Writer, may_read
from arshjul.portal.entry_text import gist, lines_of, span_said, when
from arshjul.portal.pages.sending import new_key
from arshjul.portal.pages.sheets import by_urgency, summaries
from arshjul.portal.visit import ANY_CONTACT, ENTRIES_OF_PAGE, PartyPage, PortalVisit
from arshjul.serving.pages import Answer, Bytes, NoSuchPage, SeeOther
from arshjul.year.agenda.party_entry import STATES, TITLES, reference
from arshjul.year.domain.feature import is_kind_used
from arshjul.year.domain.party_view import PartyView, UnitList, ViewEvent
from arshjul.year.domain.share import ROLE_NAMES
from arshjul.year.folder.pdf import pdf_of
from arshjul.year.formats.schema.party_entry import ANSWER, NOMINATIONS, SHEET, URGENT, read_given
from arshjul.year.formats.unit_list import about, clash_said, needs_said, officers_said, unit_list_pages, what_for

AHEAD = timedelta(weeks=6)
MOST_NEWS = 20  # the most changes that are listed: after a first plan all is new
OPEN = ("sent", "waits")  # the states of what nothing has become of yet


def show(visit: PortalVisit) -> Answer:
    if visit.only_page:
        return SeeOther(f"/{visit.only_page}?as={visit.contact.id}")
    mark, view = visit.view()
    now = moment(view, visit.now)
    day = now.date()
    events = [event for event in view.events if not event.is_milestone]
    near = [event for event in events if day <= event.first <= day + AHEAD]
    sent = [one for one in sent_entries(visit.portal, visit.contact) if is_kind_used(one.row.kind, view.uses)]
    reported = sent_of(visit.portal, visit.contact, URGENT)
    values = {
        "view": view,
        "published": _local(view, view.published),
        "now": now,
        "today": day,
        "asked": asked_of(visit, view, day),
        "most_sheets": MOST_SHEETS,
        "deadline": _local(view, view.deadline),
        "names": summaries(view),
        "key": new_key(),
        "seen": mark,
        **_news(visit, view, events),
        "near": [event for event in near if _is_operation(event)],
        "meetings": [event for event in near if not _is_operation(event)],
        "months": _by_month(events),
        "n_year": len({event.operation for event in events if event.operation}),
        "roles": ROLE_NAMES,
        "when": partial(when, visit.words, today=day),
        "away": [withdrawal for withdrawal in view.withdrawals if withdrawal.last >= day],
        "reported": [entry for entry in reported if entry.state in (*OPEN, "taken")][:MOST_SHOWN],
        "span_said": partial(span_said, visit.words),
        "sent": sent,
        "states": STATES,
        "titles": TITLES,
        "gist": lambda one: gist(one, view, visit.words),
        "contacts": () if visit.session is None else visit.session.contacts,
    }
    return visit.page("home.html", values)


def _local(view: PartyView, at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(ZoneInfo(view.timezone))


def _news(visit: PortalVisit, view: PartyView, events: Sequence[ViewEvent]) -> dict[str, object]:
    since = visit.now if visit.session is None else visit.session.visited_at
    news = [event for event in events if event.told_at and event.told_at >= since]
    return {"visited": _local(view, since), "news": news[:MOST_NEWS], "n_more": max(0, len(news) - MOST_NEWS)}


def _is_operation(one: ViewEvent) -> bool:
    """True also for one that was called off, which is nobody's part any more."""
    return bool(one.operation) or one.status == "CANCELLED"


def _by_month(events: list[ViewEvent]) -> list[tuple[date, list[ViewEvent]]]:
    return [(first, list(there)) for first, there in groupby(events, key=lambda one: one.first.replace(day=1))]


def receipt(visit: PortalVisit) -> Answer:
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
        "titles": TITLES,
        "reference": reference,
        "lines": list(lines_of(sent, view, visit.words)),
        "may_read": list(_may_read(visit, view, sent)) if sent.row.kind == SHEET else (),
        "has_changed": bool(sent.row.seen) and sent.row.seen != mark and sent.state in OPEN,
        "may_be_changed": sent.row.kind == ANSWER and "answer" in visit.contact.may and not is_over(view, visit.now),
        "deadline": _local(view, view.deadline),
        "may_be_retracted": sent.row.kind in NOMINATIONS and "nominate" in visit.contact.may and sent.state in OPEN,
        "at": _local(view, sent.row.reported),
    }
    return visit.page("receipt.html", values)


def _may_read(
    visit: PortalVisit, view: PartyView, sent: SentEntry
) -> Iterator[tuple[str, dict[str, tuple[str, ...]], dict[str, str]]]:
    """The letter of each section that was given, who reads it now, and the names of all."""
    given = read_given(sent.body)
    sheet = next((sheet for sheet in view.sheets if sheet.operation == given.operation), None)
    if visit.sheets is not None and sheet is not None and "sheet" in visit.contact.may:
        found = may_read(visit.portal, visit.sheets.keys, Writer(visit.contact, "", view, sheet))
        for section in given.sections:
            if section.section in found:
                yield section.section[0], found[section.section], names_in(view, given.operation)


MOST_SHEETS = 5  # the sheets that are listed: their own page has all


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """Something that is asked. `of`: what of its kind. `due`: up to when; None if nobody has said."""

    kind: str
    of: object
    due: date | None
    is_late: bool = False


def asked_of(visit: PortalVisit, view: PartyView, day: date) -> list[ToAnswer]:
    answers = [*_answered(visit, view, day), *_written(visit, view, day)]
    return sorted(answers, key=lambda answer: (not answer.is_late, answer.due or date.max))


def _answered(visit: PortalVisit, view: PartyView, day: date) -> Iterator[ToAnswer]:
    may, due = visit.contact.may, None if view.deadline is None else view.deadline.date()
    if "answer" in may and not is_over(view, visit.now):
        yield from (
            ToAnswer("question", question, due)
            for question in standing_questions(visit.portal, view)
            if question.is_open
        )
    if "offer" in may and view.calls:
        calls = (call.call for call in party_calls(visit.portal, view, day) if call.row is None)
        yield from (ToAnswer("offer", call, call.due, call.due < day) for call in calls)


def _written(visit: PortalVisit, view: PartyView, day: date) -> Iterator[ToAnswer]:
    may = visit.contact.may
    if visit.sheets is not None and "sheet" in may:
        sheets = by_urgency(visit, view, day)
        for some, is_late in ((sheets.late, True), (sheets.soon, False)):
            if some:
                yield ToAnswer("sheets", some, min(one.due for one, _ in some if one.due), is_late)
    if "evaluate" in may and view.evaluations:
        said = is_said(visit.portal, view)
        there = (
            evaluation
            for evaluation in view.evaluations
            if evaluation.is_open(day) and evaluation.operation not in said
        )
        yield from (ToAnswer("evaluation", evaluation, evaluation.closes) for evaluation in there)
    actions = (*view.learnt.to_do, *view.meetings.actions)
    yield from (ToAnswer("action", action, action.due, action.due < day) for action in actions)


def show_list(visit: PortalVisit) -> Answer:
    """The unit list: rights to order, and the orders from today on, with those before them folded."""
    view, unit_list = _list(visit)
    day = today(view, visit.now)
    values = {
        "view": view,
        "found": unit_list,
        "about": about(unit_list, visit.words),
        "coming": [order for order in unit_list.orders if order.day >= day],
        "past": [order for order in unit_list.orders if order.day < day],
        "what_for": what_for,
        "officers_said": officers_said,
        "clash_said": clash_said,
        "needs_said": needs_said,
    }
    return visit.page("unit_list.html", values)


def as_pdf(visit: PortalVisit) -> Answer:
    view, unit_list = _list(visit)
    pages = unit_list_pages(unit_list, today(view, visit.now), visit.words)
    made = pdf_of(pages, is_raised=visit.is_raised)
    return Bytes(made, "application/pdf", "lista.pdf")


def _list(visit: PortalVisit) -> tuple[PartyView, UnitList]:
    """NoSuchPage for an agency, and before anything is published."""
    _, view = visit.view()
    if view.unit_list is None:
        raise NoSuchPage
    return view, view.unit_list


pages = (
    PartyPage("/", "GET", ANY_CONTACT, show),
    PartyPage("/receipts/{entry}", "GET", ANY_CONTACT, receipt),
    PartyPage("/unit-list", "GET", ANY_CONTACT, show_list),
    PartyPage("/unit-list/pdf", "POST", ANY_CONTACT, as_pdf, most_a_day=50),
)
