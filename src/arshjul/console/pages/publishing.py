"""The difference as each party will see it, and publishing it; the button publishes only what was shown."""

from arshjul.actions.draft.draft import Draft, OvertakenDraft
from arshjul.actions.draft.kept_edit import is_edited
from arshjul.actions.draft.publish_draft import (
    DraftDifference,
    NotAnswered,
    OtherDifference,
    difference,
    publish_draft,
)
from arshjul.actions.draft.undecided import unanswered
from arshjul.actions.publishing.publish import Cause
from arshjul.agenda.cause import kind_of
from arshjul.agenda.channel import Channel
from arshjul.agenda.feed_history import FeedHistory
from arshjul.agenda.party import COORDINATOR, parties
from arshjul.agenda.view import view
from arshjul.agenda.when import time_said
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.pages.outbox import to_call
from arshjul.console.visit import Visit
from arshjul.errors import InputError, Message
from arshjul.texts import counted


def show(visit: Visit) -> Answer:
    """The difference that would be published, or a note that there is none."""
    return _page(visit)


def _page(visit: Visit, wrong: Message | None = None, status: int = 200) -> Html:
    draft, found = visit.draft, _difference(visit)
    values = {
        "draft": draft,
        "found": found,
        "is_edited": is_edited(draft),
        "silent": None if found is None else _silent(draft, found),
        "wrong": wrong,
        "reason": visit.form.text("reason") or _reason(visit),
        "published": _number(visit.query.number("published")),
        "parties": draft.contacts,
        "mail": visit.form.is_checked("mail") or not visit.form.fields,
        **to_call(visit),
    }
    return Html("publish.html", values, status)


def _silent(draft: Draft, found: DraftDifference) -> Message:
    """The number of parties that have not answered, and the effect of publishing on them."""
    parties = draft.named.parties
    return counted(
        len(found.silent),
        "{parties} was asked, and has not answered. Publishing decides it without that answer, and the party is told "
        "that it need not answer any more.",
        "{n} parties were asked, and have not answered: {parties}. Publishing decides it without their answers, and "
        "they are told that they need not answer any more.",
        parties=[parties[id].name if id in parties else id for id in found.silent],
    )


def _number(given: int | str | None) -> int | None:
    return given if isinstance(given, int) else None


def _difference(visit: Visit) -> DraftDifference | None:
    draft = visit.draft
    if draft.plan is None or draft.is_published or draft.is_overtaken:
        return None
    with visit.store.reading() as db:
        return difference(draft, visit.year_words, unanswered(db, draft))


def _reason(visit: Visit) -> str:
    """The causes of the entries that this plan answers and the served one does not, as a suggested reason."""
    draft = visit.draft
    if draft.plan is None or draft.served is None:
        return visit.words("the year's first plan")
    known = draft.served.plan.entries.withdrawals
    new = [visit.words.say(kind_of(one)) for one in draft.plan.entries.withdrawals if one not in known]
    return visit.words.enumeration(list(dict.fromkeys(new)))


def publish(visit: Visit) -> Answer:
    """Publishes what was shown. If it has changed, the page comes back with the present difference."""
    draft = visit.draft
    cause = Cause(visit.form.text("reason"), visit.person, visit.now, draft.is_rehearsal)
    try:
        digest, mail, is_sure = visit.form.text("digest"), visit.form.is_checked("mail"), visit.form.is_checked("sure")
        done = publish_draft(visit.store, digest, cause, visit.year_words, mail=mail, is_sure=is_sure)
    except (OtherDifference, OvertakenDraft, NotAnswered) as error:
        return _page(visit, error.message, 409)
    except InputError as error:
        return _page(visit, error.message, 422)
    return SeeOther(f"/publish?published={done.revision.number}")


def show_part(visit: Visit) -> Answer:
    """The calendar of one party with the draft's plan, without the parts that it has been told before."""
    scenario, plan = visit.scenario, visit.draft.made_plan
    party = next((one for one in parties(scenario) if str(one) == visit.path["party"] != str(COORDINATOR)), None)
    if party is None:
        raise InputError(Message("There is no such page."))
    entries = view(plan, scenario, Channel(party), FeedHistory(), visit.year_words).entries
    events = sorted((entry.event for entry in entries), key=lambda event: (event.day, str(event.starts)))
    values = {
        "draft": visit.draft,
        "name": scenario.parties[party.id].name,
        "events": [(time_said(event, scenario.zone), event) for event in events],
    }
    return Html("part.html", values)


pages = (
    Page("/publish", "GET", "see-difference", READING, show),
    Page("/publish/{party}", "GET", "see-part", READING, show_part),
    Page("/publish", "POST", "publish", CHANGING, publish),
)
