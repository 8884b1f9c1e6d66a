"""The first page: what now? What is hit and how it can be saved, what waits, what is unpublished, what is missing."""

from datetime import datetime

from arshjul.actions.ask import questions
from arshjul.actions.draft import ANSWERS, Draft, set_clock, start_over, take_back
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.visit import Visit
from arshjul.errors import InputError, Message
from arshjul.planning.today import Today
from arshjul.planning.today import today as state_of
from arshjul.planning.today_note import note
from arshjul.planning.year_log import year_log


def show(visit: Visit) -> Answer:
    """The morning's note, with what waits for a plan and what is not published yet."""
    draft = visit.draft
    found, asked = _state(visit, draft), questions(draft)
    return Html(
        "today.html",
        {
            "draft": draft,
            "today": found,
            "paragraphs": [] if found is None else list(note(found)),
            "waiting": waiting(draft),
            "n_asked": len(asked),
            "n_answered": sum(one.answer != "asked" for one in asked),
            "moment": draft.moment(visit.now),
        },
    )


def _state(visit: Visit, draft: Draft) -> Today | None:
    plan = draft.plan
    if plan is None:
        return None
    moment = max(draft.moment(visit.now), plan.as_of)
    return visit.years.today(draft, moment, lambda: state_of(draft.scenario, plan, draft.asked(), moment))


def waiting(draft: Draft) -> list[tuple[int, Message]]:
    """The entries that wait for a plan, each with its number and in a sentence."""
    return [
        (number, line.text) for number, one in draft.each_waiting(but=ANSWERS) for line in year_log(draft.scenario, one)
    ]


def withdraw_entry(visit: Visit) -> Answer:
    """Takes back what was entered by mistake, and no plan has answered yet."""
    number = visit.form.number("entry")
    if not isinstance(number, int):
        raise InputError(Message("There is no such entry."))
    take_back(visit.store, number, visit.person, visit.now, visit.form.text("seen"), visit.year_words)
    return SeeOther("/")


def go_back(visit: Visit) -> Answer:
    """Goes back to what is published; what was entered waits again."""
    start_over(visit.store, visit.form.text("seen"), visit.year_words)
    return SeeOther("/")


def clock(visit: Visit) -> Answer:
    """Sets a rehearsal's clock."""
    try:
        moment = datetime.fromisoformat(visit.form.text("moment"))
    except ValueError:
        raise InputError(Message("{given} is no moment.", {"given": visit.form.text("moment")})) from None
    set_clock(visit.store, moment, visit.form.text("seen"), visit.year_words)
    return SeeOther("/")


pages = (
    Page("/", "GET", "see-today", READING, show),
    Page("/take-back", "POST", "take-back", CHANGING, withdraw_entry),
    Page("/start-over", "POST", "start-over", CHANGING, go_back),
    Page("/clock", "POST", "set-clock", CHANGING, clock),
)
