"""The difference, party by party, as each will see it; and its publishing, which is bound to what was shown."""

from arshjul.actions.publish import Cause
from arshjul.actions.publish_draft import DraftDifference, OtherDifference, difference, publish_draft
from arshjul.actions.stale_revision import StaleRevision
from arshjul.agenda.cause import kind_of
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.visit import Visit
from arshjul.errors import InputError, Message
from arshjul.planning.notices import Notices
from arshjul.store import outbox


def show(visit: Visit) -> Answer:
    """The difference that would be published, or that there is none."""
    return _page(visit)


def _page(visit: Visit, wrong: Message | None = None, status: int = 200) -> Html:
    draft, found = visit.draft, _difference(visit)
    values = {
        "draft": draft,
        "found": found,
        "wrong": wrong,
        "reason": visit.form.text("reason") or _reason(visit),
        "published": visit.query.text("published"),
    }
    return Html("publish.html", values, status)


def _difference(visit: Visit) -> DraftDifference | None:
    draft = visit.draft
    return None if draft.plan is None or draft.is_published else difference(draft, visit.year_words)


def _reason(visit: Visit) -> str:
    """The causes of what this plan answers and the served one does not, as a first word for the reason."""
    draft = visit.draft
    if draft.plan is None or draft.served is None:
        return visit.words("the year's first plan")
    known = draft.served.plan.entries.withdrawals
    new = [visit.words.say(kind_of(one)) for one in draft.plan.entries.withdrawals if one not in known]
    return visit.words.enumeration(list(dict.fromkeys(new)))


def publish(visit: Visit) -> Answer:
    """Publishes what was shown. Otherwise the page comes back, with what would be published now."""
    draft = visit.draft
    cause = Cause(visit.form.text("reason"), visit.person, visit.now, draft.is_rehearsal)
    try:
        done = publish_draft(visit.store, visit.form.text("digest"), cause, visit.year_words)
    except (OtherDifference, StaleRevision) as error:
        return _page(visit, error.message, 409)
    except InputError as error:
        return _page(visit, error.message, 422)
    if visit.form.is_checked("mail") and done.news is not None:
        _write(visit, done.news)
    return SeeOther(f"/publish?published={done.revision.number}")


def _write(visit: Visit, news: Notices) -> None:
    """Puts each party's message into the outbox, as far as there is an address for it."""
    say, scenario = visit.year_words, visit.scenario
    with visit.store.writing() as db:
        for letter in news.letters:
            known = scenario.agencies.get(letter.to.id) or scenario.police.get(letter.to.id)
            if known is not None and known.email:
                body = "\n".join(say.say(line) for line in letter.lines)
                text = (say("Changes in {name}", name=scenario.name), body, "")
                outbox.add(db, letter.to.id, known.email, text, visit.person, visit.now)


pages = (
    Page("/publish", "GET", "see-difference", READING, show),
    Page("/publish", "POST", "publish", CHANGING, publish),
)
