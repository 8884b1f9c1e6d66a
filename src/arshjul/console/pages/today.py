"""The first page: affected operations and their ways out, waiting entries, unpublished and missing things."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from arshjul.actions.contacts.learning import change_improvement
from arshjul.actions.contacts.meetings import end_action
from arshjul.actions.contacts.nominations import n_waiting
from arshjul.actions.contacts.offers import n_offers
from arshjul.actions.contacts.owed_sheets import SHEET_REMIND_DAYS
from arshjul.actions.contacts.reports import (
    enter_reports,
    from_portal,
    lock_and_put_aside,
    put_aside,
    put_back,
    see_faults,
)
from arshjul.actions.contacts.sheets import due_sheets
from arshjul.actions.draft.answers import questions
from arshjul.actions.draft.clock import set_clock
from arshjul.actions.draft.draft import AlreadyDone, Draft
from arshjul.actions.draft.edits import take_back_one
from arshjul.actions.draft.enter import enter, way_out
from arshjul.actions.draft.kept_edit import is_edited
from arshjul.actions.draft.take_back import Contested, start_over, take_back, take_back_edit
from arshjul.agenda.improvements import followed
from arshjul.agenda.meetings import open_actions
from arshjul.console.access import ALL, CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.pages.outbox import to_call
from arshjul.console.pages.outcomes import missing
from arshjul.console.visit import Visit
from arshjul.console.working_out import to_options
from arshjul.domain.calendar import week_of
from arshjul.domain.entries.entries import Entries
from arshjul.domain.entries.picture import latest_themes
from arshjul.domain.feature import OF_NOMINATIONS
from arshjul.errors import InputError, Message
from arshjul.planning.today.note import happening, note
from arshjul.planning.today.today import AHEAD_DAYS, Due, Today
from arshjul.planning.today.units_away import away

NEAR = timedelta(days=14)
"""What a party has to do is shown from so long before it is due."""

NEXT_YEAR_AHEAD = timedelta(days=92)
"""From so long before its last date on, the plan is said to end: a quarter, in which the next year is prepared."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """What a party has to do by a date, after a meeting or to improve something. `page`: where it stands."""

    id: str
    what: str
    party: str
    due: date
    page: str
    is_improvement: bool = False


def show(visit: Visit) -> Answer:
    """The state of the plan, with waiting and unpublished changes; a viewer is shown the year only."""
    if visit.session is not None and visit.session.role not in READING:
        return SeeOther("/year")
    draft = visit.draft
    (entries, problems), asked = draft.usable(visit.now), questions(draft)
    found = _state(visit, draft, entries)
    edit = visit.years.edit(draft, draft.begun(visit.now), visit.words)
    return Html(
        "today.html",
        {
            **to_call(visit),
            "clock_asked": visit.clock_asked,
            "from_portal": from_portal(visit.store, draft, visit.now),
            "carried_late": None if visit.carrier is None else visit.carrier.late,
            "today": found,
            "away": None if draft.plan is None else away(draft.named, draft.plan, draft.moment(visit.now).date()),
            "days_ahead": AHEAD_DAYS,
            "happening": None if found is None else happening(found),
            "paragraphs": [] if found is None else list(note(found)),
            "n_missing": len(missing(found)),
            "n_nominated": n_waiting(visit.store) if OF_NOMINATIONS in visit.uses else 0,
            "n_offered": n_offers(visit.store, draft),
            "sheets": due_sheets(visit.store, draft, visit.now) if visit.has_sheets else [],
            "remind_days": SHEET_REMIND_DAYS,
            "meeting_names": {one.id: one.name for one in draft.scenario.cycle.meetings},
            "due": [] if found is None else _by_week(found),
            "to_do": [] if draft.plan is None else _to_do(visit),
            "n_pictures": 0 if draft.plan is None else _n_pictures(visit),
            "waiting": visit.years.sentences(draft).waiting(),
            "edit": edit,
            "edits": visit.years.edits(visit.store, draft, visit.words),
            "is_edited": is_edited(draft),
            "is_told": visit.query.text("ticked") == "told",
            "is_left": visit.query.text("left") == "report",
            "has_ended": visit.query.text("ended") == "question" and draft.proposal is None,
            "is_taken": visit.query.text("taken") == "workbook",
            "edit_said": None if edit is None else visit.words.say(edit.summary),
            "refused": draft.refused(visit.now) if problems else {},
            "n_asked": len(asked),
            "is_over": draft.is_over(visit.now),
            "n_answered": sum(not one.is_open for one in asked),
            "moment": draft.moment(visit.now),
            "year_ends": _year_ends(visit, draft),
        },
    )


def _state(visit: Visit, draft: Draft, asked: Entries) -> Today | None:
    """The state of the plan; without a proposal, no unanswered questions are shown."""
    plan = draft.plan
    if plan is None:
        return None
    told = visit.years.told(visit.store, draft)
    found = visit.years.today(draft.scenario, plan, asked, visit.moment, told)
    return found if draft.proposal is not None else replace(found, unanswered=())  # they can no longer be answered


def _year_ends(visit: Visit, draft: Draft) -> date | None:
    """The last date of the plan, if it is near and nothing beyond it waits."""
    last = draft.scenario.span.last
    is_near = last - draft.moment(visit.now).date() <= NEXT_YEAR_AHEAD
    return last if draft.plan is not None and draft.given is None and is_near else None


def _to_do(visit: Visit) -> list[ToDo]:
    """What parties have to do within two weeks, or should have done, the oldest first."""
    last = visit.moment.date() + NEAR
    return sorted((one for one in _all_to_do(visit) if one.due <= last), key=lambda one: (one.due, one.id))


def _all_to_do(visit: Visit) -> Iterator[ToDo]:
    for action in open_actions(visit.plan_now):
        page = f"/meetings/{action.meeting}/{action.day}"
        yield ToDo(action.id, action.action, action.party, action.due, page)
    for one in followed(visit.scenario, visit.plan_now, visit.moment.date()):
        if one.state == "open":
            known = one.improvement
            yield ToDo(known.id, known.action, known.owner, known.due, "/evaluations#improvements", is_improvement=True)


def _n_pictures(visit: Visit) -> int:
    """The themes of the situation picture that propose something, and wait for her."""
    themes = latest_themes(visit.plan_now.entries.pictures, visit.draft.present)
    return sum(one.proposes(visit.moment.date()) for one in themes)


def _by_week(found: Today) -> list[tuple[date, list[Due]]]:
    """The milestones that may be ticked, by the Monday of their weeks: those whose day has come.

    What follows an operation waits for it.
    """
    begun, today = found.scenario.has_begun, found.as_of.date()
    held = (d for d in found.due if d.day <= today and (not d.milestone.comes_after or begun(d.slot, found.as_of)))
    return [(monday, list(due)) for monday, due in groupby(held, key=lambda one: week_of(one.day).first)]


def tick(visit: Visit) -> Answer:
    """Enters milestones as held, one or all of a week, each on its date."""
    draft, form = visit.draft, visit.form
    found = _state(visit, draft, draft.usable(visit.now)[0])
    asked = form.text("milestone"), form.text("week")
    there = [] if found is None else _by_week(found)
    items = [
        ("held", {"operation": d.operation, "milestone": d.milestone.id, "date": d.day.isoformat()})
        for monday, due in there
        for d in due
        if asked in {(f"{d.operation} {d.milestone.id}", ""), ("", monday.isoformat())}
    ]
    if not items:
        raise AlreadyDone(Message("Nothing is left to tick here: it is ticked already, or it stands elsewhere now."))
    enter(visit.store, items, visit.person, visit.now, form.text("seen"))
    return SeeOther("/")


def end_to_do(visit: Visit) -> Answer:
    """What a party had to do is done."""
    action, improvement = visit.form.text("action"), visit.form.text("improvement")
    if improvement:
        change_improvement(visit.store, improvement, {"state": "done"}, visit.person, visit.now, is_sure=True)
    else:
        end_action(visit.store, action, "done", visit.person, visit.now)
    return SeeOther("/")


def take_way(visit: Visit) -> Answer:
    """Enters a way out that the page offers, and starts a solve."""
    draft, form = visit.draft, visit.form
    found = _state(visit, draft, draft.usable(visit.now)[0])
    items = way_out(found, form.text("operation"), form.number("way"))
    if items:
        enter(visit.store, items, visit.person, visit.now, form.text("seen"))
    return to_options(visit, "fewest-changes")


def enter_report(visit: Visit) -> Answer:
    """Enters what a contact has reported, and starts a solve; what cannot be entered is looked at before that."""
    form = visit.form
    is_all = enter_reports(visit.store, form.text("contact"), visit.person, visit.now, form.text("seen"))
    return to_options(visit, "fewest-changes") if is_all else SeeOther("/?left=report")


def put_report_aside(visit: Visit) -> Answer:
    """Puts aside one thing that a contact has sent."""
    put_aside(visit.store, visit.form.text("entry"), visit.person, visit.now)
    return SeeOther("/")


def put_report_back(visit: Visit) -> Answer:
    """Lets one thing wait again that was put aside."""
    put_back(visit.store, visit.form.text("entry"), visit.person, visit.now)
    return SeeOther("/")


def lock_contact(visit: Visit) -> Answer:
    """Shuts a contact out, and puts aside what it has sent."""
    lock_and_put_aside(visit.store, visit.form.text("contact"), visit.person, visit.now)
    visit.close_outside()
    return SeeOther("/")


def put_faults_away(visit: Visit) -> Answer:
    """Puts away what was not taken in from the portal."""
    see_faults(visit.store, visit.person, visit.now)
    return SeeOther("/")


def withdraw_entry(visit: Visit) -> Answer:
    """Withdraws an entry made by mistake that no plan has answered yet."""
    number = visit.form.number("entry")
    if not isinstance(number, int):
        raise InputError(Message("There is no such entry."))
    has_ended = take_back(visit.store, number, visit.person, visit.now, visit.form.text("seen"), visit.year_words)
    return SeeOther("/?ended=question" if has_ended else "/")


def withdraw_edit(visit: Visit) -> Answer:
    """Withdraws an edit that no plan has answered yet."""
    has_ended = take_back_edit(visit.store, visit.person, visit.now, visit.form.text("seen"), visit.year_words)
    return SeeOther("/?ended=question" if has_ended else "/")


def withdraw_one_edit(visit: Visit) -> Answer:
    """Withdraws one edit, and leaves the others."""
    number = visit.form.number("edit")
    if not isinstance(number, int):
        raise InputError(Message("There is no such entry."))
    has_ended = take_back_one(visit.store, number, visit.person, visit.now, visit.form.text("seen"), visit.year_words)
    return SeeOther("/?ended=question" if has_ended else "/")


def go_back(visit: Visit) -> Answer:
    """Returns to the published plan; entries wait again, and edits too if their box is ticked.

    Where what is published was changed in the same places, each is shown, and asked about first.
    """
    form, keeps = visit.form, visit.form.is_checked("keep")
    sides = {side: form.text(side) for side in ("mine", "theirs")}
    try:
        start_over(visit.store, visit.person, visit.now, form.text("seen"), visit.year_words, keep_edit=keeps, **sides)
    except Contested as error:
        values = {"draft": visit.draft, "text": error.message, "found": error.difference, "mark": error.mark}
        return Html("start_over.html", {**values, "keeps": keeps}, 409)
    return SeeOther("/")


def clock(visit: Visit) -> Answer:
    """Sets the clock of a rehearsal."""
    try:
        moment = datetime.fromisoformat(visit.form.text("moment"))
    except ValueError:
        raise InputError(Message("{given} is no moment.", {"given": visit.form.text("moment")})) from None
    set_clock(visit.store, moment, visit.person, visit.now, visit.form.text("seen"), visit.year_words)
    return SeeOther("/")


pages = (
    Page("/", "GET", "see-today", ALL, show),
    Page("/way", "POST", "take-way-out", CHANGING, take_way),
    Page("/reports", "POST", "enter-report", CHANGING, enter_report),
    Page("/reports/aside", "POST", "lock-contact", CHANGING, lock_contact),
    Page("/reports/one-aside", "POST", "put-aside", CHANGING, put_report_aside),
    Page("/reports/back", "POST", "put-report-back", CHANGING, put_report_back),
    Page("/portal-faults", "POST", "see-portal-faults", CHANGING, put_faults_away),
    Page("/held", "POST", "tick-milestones", CHANGING, tick),
    Page("/done", "POST", "end-to-do", CHANGING, end_to_do),
    Page("/take-back", "POST", "take-back", CHANGING, withdraw_entry),
    Page("/take-back-edit", "POST", "take-back-edit", CHANGING, withdraw_edit),
    Page("/take-back-one-edit", "POST", "take-back-one-edit", CHANGING, withdraw_one_edit),
    Page("/start-over", "POST", "start-over", CHANGING, go_back),
    Page("/clock", "POST", "set-clock", CHANGING, clock),
    Page("/clock-is-right", "POST", "confirm-clock", CHANGING, lambda _: SeeOther("/")),  # what is said is noted before
)
