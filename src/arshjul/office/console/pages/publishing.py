"""The difference as each party will see it, and publishing it; the button publishes only what was shown.

And the outbox: calls to make, and waiting mail; both can be ticked after doing them by hand, and put back.
"""

from functools import partial
from typing import Any
from urllib.parse import quote

from arshjul.errors import InputError, Message, Refused
from arshjul.office.console.entry_forms import to_options
from arshjul.office.console.visit import CHANGING, READING, Page, Visit
from arshjul.office.draft.draft import OvertakenDraft, StaleDraft
from arshjul.office.draft.publish_draft import (
    NotAnswered,
    OtherDifference,
    first_reason,
    last_publishing,
    part_of,
    publish_draft,
    silent_said,
    undo,
)
from arshjul.office.draft.take_back import is_edited
from arshjul.office.mail.mailing import Mailing, part_book, take_back, tick, ticks, to_tell
from arshjul.office.mail.post import doubt_said, fault_said
from arshjul.office.publishing.publish import BegunMeanwhile, Cause, begun_meanwhile
from arshjul.serving.forms import whole_number
from arshjul.serving.pages import WORKBOOK, Answer, Bytes, Html, SeeOther
from arshjul.year.agenda.party import COORDINATOR, parties
from arshjul.year.agenda.revised import alarms
from arshjul.year.agenda.time_text import time_said
from arshjul.year.planning.check.secret_places import secret_doubts
from arshjul.year.planning.letters.party_mail import calendar_said
from arshjul.year.texts import Words


def show_outbox(visit: Visit) -> Answer:
    return Html("outbox.html", {**to_call(visit), "ticks": ticks(visit.store, visit.now)})


def to_call(visit: Visit) -> dict[str, Any]:
    """The values of `calls.html`, and the mails that wait."""
    draft = visit.draft
    tell = to_tell(visit.store, visit.now, draft.moment(visit.now))
    values: dict[str, Any] = {"draft": draft, "calls": tell.calls, "waits": tell.mails, "parties": draft.contacts}
    values["at_contacts"] = tell.at_contacts
    said = {"fault_said": fault_said, "doubt_said": doubt_said, "mailto": partial(_mail_by_hand, visit.year_words)}
    return {**values, **said, "zone": draft.scenario.zone}


def _mail_by_hand(words: Words, address: str, mailing: Mailing) -> str:
    """Without the whole list, which mail programs cut off: it is in the workbook."""
    enclosed = calendar_said(words) if mailing.is_first else ""
    return mailto(address, mailing.subject, mailing.in_short().text(enclosed=enclosed))


def mailto(address: str, subject: str, text: str) -> str:
    """The mailto address of a mail, which opens it in a person's mail program to be sent by hand."""
    said, body = (quote(part, safe="", errors="replace") for part in (subject, text))
    return f"mailto:{quote(address, safe='@', errors='replace')}?subject={said}&body={body}"


def give_part(visit: Visit) -> Answer:
    book = part_book(visit.store, visit.path["party"])
    if book is None:
        raise InputError(Message("There is no such page."))
    return Bytes(book.data, WORKBOOK, book.name)


def take_out(visit: Visit) -> Answer:
    tick(visit.store, _numbers(visit), visit.person, visit.now, visit.draft.moment(visit.now))
    return SeeOther("/?ticked=told" if visit.form.text("from") == "today" else "/outbox")


def put_back(visit: Visit) -> Answer:
    take_back(visit.store, _numbers(visit), visit.person, visit.now)
    return SeeOther("/outbox")


def _numbers(visit: Visit) -> list[int]:
    numbers = [whole_number(text) for text in visit.form.several("message")]
    if not all(isinstance(number, int) for number in numbers):
        raise InputError(Message("There is no such page."))
    return [*map(int, numbers)]


def show(visit: Visit, wrong: Message | None = None, status: int = 200) -> Html:
    draft = visit.draft
    difference = visit.years.to_publish(visit.store, draft, visit.year_words)
    known = {} if draft.served is None else draft.served.plan.placed
    values = {
        "draft": draft,
        "found": difference,
        "is_edited": is_edited(draft),
        "alarms": () if difference is None or draft.plan is None else alarms(draft.scenario, draft.plan.placed, known),
        "silent": None if difference is None else silent_said(draft, difference),
        "begun": [] if difference is None else _begun(visit),
        "secret": [] if difference is None else [doubt.text for doubt in secret_doubts(draft.scenario)],
        "wrong": wrong,
        "reason": visit.form.text("reason") or first_reason(draft, visit.words),
        "published": _number(visit.query.number("published")),
        "parties": draft.contacts,
        "mail": visit.form.is_checked("mail") or not visit.form.text("digest"),
        "undoable": last_publishing(visit.store),
        "entered": visit.form.text("entered"),
        **to_call(visit),
    }
    return Html("publish.html", values, status)


def _begun(visit: Visit) -> list[str]:
    draft = visit.draft
    if draft.is_rehearsal:
        return []
    return sorted(begun_meanwhile(draft.served, draft.scenario, draft.made_plan, visit.now))


def _number(given: int | str | None) -> int | None:
    return given if isinstance(given, int) else None


def publish(visit: Visit) -> Answer:
    """Publishes what was shown. If it has changed, the page comes back with the present difference."""
    draft = visit.draft
    begun = frozenset(visit.form.several("begun"))
    cause = Cause(visit.form.text("reason"), visit.person, visit.now, draft.is_rehearsal, begun)
    try:
        digest, mail, is_sure = visit.form.text("digest"), visit.form.is_checked("mail"), visit.form.is_checked("sure")
        done = publish_draft(visit.store, digest, cause, mail=mail, is_sure=is_sure)
    except (OtherDifference, OvertakenDraft, NotAnswered, BegunMeanwhile) as error:
        return show(visit, error.message, 409)
    except InputError as error:
        return show(visit, error.message, 422)
    return SeeOther(f"/publish?published={done.revision.plan_revision}")


def undo_last(visit: Visit) -> Answer:
    """Enters that a publishing is taken back, and starts a solve; the page comes back if it cannot be."""
    form = visit.form
    number = form.row("revision")
    again = form.text("entered") == "again"
    try:
        undo(visit.store, number, visit.person, visit.now, form.text("seen"), again=again)
    except StaleDraft:
        raise
    except (InputError, Refused) as error:
        return show(visit, error.message, 409)
    return to_options(visit, "fewest-changes")


def show_part(visit: Visit) -> Answer:
    """The calendar of one party with the draft's plan, without the parts that it has been told before."""
    scenario = visit.scenario
    party = next((party for party in parties(scenario) if str(party) == visit.path["party"] != str(COORDINATOR)), None)
    if party is None:
        raise InputError(Message("There is no such page."))
    events = part_of(visit.draft, party, visit.year_words)
    values = {
        "name": scenario.parties[party.id].name,
        "events": [(time_said(event, scenario.zone), event) for event in events],
    }
    return Html("part.html", values)


pages = (
    Page("/publish", "GET", READING, show),
    Page("/publish/{party}", "GET", READING, show_part),
    Page("/publish", "POST", CHANGING, publish),
    Page("/publish/undo", "POST", CHANGING, undo_last),
    Page("/outbox/{party}", "GET", READING, give_part),
    Page("/outbox", "GET", READING, show_outbox),
    Page("/outbox", "POST", CHANGING, take_out),
    Page("/outbox/back", "POST", CHANGING, put_back),
)
