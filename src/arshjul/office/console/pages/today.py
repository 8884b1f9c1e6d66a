"""The first page: affected operations and their ways out, waiting entries, unpublished and missing things.

And the outcomes that are missing, all on one page: a result for each, or all as planned.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from arshjul.errors import InputError, Message
from arshjul.office.console.entry_forms import SURE, refused, to_options
from arshjul.office.console.pages.operation import OUTCOME, results
from arshjul.office.console.pages.publishing import to_call
from arshjul.office.console.to_do import HELD, ToDo, lines, may_be_ticked
from arshjul.office.console.visit import ALL, CHANGING, READING, Page, Visit, press
from arshjul.office.contacts.ledger import IMPROVEMENTS, MEETING_ACTIONS, change
from arshjul.office.contacts.reports import (
    enter_reports,
    from_portal,
    lock_and_put_aside,
    put_aside,
    put_back,
    see_faults,
)
from arshjul.office.draft.draft import AlreadyDone, Item, StaleDraft
from arshjul.office.draft.edit_operation import set_clock
from arshjul.office.draft.enter import enter, enter_held, entries_known, reported, way_out
from arshjul.office.draft.options import options_at
from arshjul.office.draft.take_back import Contested, is_edited, start_over, take_back, take_back_edit, take_back_one
from arshjul.serving.forms import FieldProblem, Form, Problems, ShownForm
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.serving.rendering import brief_hours
from arshjul.year.domain.entries.amendment import RESULTS
from arshjul.year.domain.feature import OF_MEETINGS
from arshjul.year.domain.operation import Placement
from arshjul.year.planning.morning_note import free_said, none_said, ready_said
from arshjul.year.planning.today import AHEAD_DAYS, Today, away, in_brief
from arshjul.year.texts import counted

MOST_AT_ONCE = 100  # the most operations on the page; the others follow when these have their outcomes
REST = "rest"  # the field of the button by which all that nothing is chosen for went as planned


def missing(found: Today | None) -> list[Placement]:
    if found is None:
        return []
    by_id = {id: found.begun[id] for id in found.no_outcome}
    return [
        placement
        for placement in by_id.values()
        if found.scenario.moments(found.scenario.slots(placement)[-1])[1] <= found.as_of
    ]


def show_outcomes(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    draft, today = visit.draft, state(visit)
    there = missing(today)
    values = {
        "draft": draft,
        "missing": [(placement, draft.scenario.operations[placement.operation]) for placement in there[:MOST_AT_ONCE]],
        "doubtful": {} if today is None else today.doubtful,
        "more": len(there[MOST_AT_ONCE:]),
        "results": lambda operation: results(visit, operation),
        "form": ShownForm("", visit.form, problems=problems),
    }
    return Html("outcomes.html", values, status)


def state(visit: Visit) -> Today | None:
    draft = visit.draft
    if draft.plan is None:
        return None
    told = visit.years.told(visit.store)
    return visit.years.today(draft.scenario, draft.plan, draft.usable(visit.now)[0], visit.moment, told)


def take_outcomes(visit: Visit) -> Answer:
    """Enters the chosen outcomes; of the others that they went as planned, if she says so, but of doubtful ones."""
    form, today = visit.form, state(visit)
    shown = form.several("operation")
    there = [placement for placement in missing(today) if placement.operation in shown]
    if shown and not there:
        raise AlreadyDone(Message("The page's outcomes are entered already."))
    if len(there) != len(set(shown)):
        raise StaleDraft
    rest = "done" if form.text(REST) else ""
    doubtful = () if today is None else today.doubtful
    items: list[tuple[str, Item]] = []
    unsaid: list[FieldProblem] = []
    for placement in there:
        chosen, officers = form.text(f"result.{placement.operation}"), form.text(f"officers.{placement.operation}")
        result = chosen or ("" if placement.operation in doubtful else rest)
        if officers and not result:
            unsaid.append(FieldProblem("", Message("Choose how {operation} went.", {"operation": placement.operation})))
        elif result:
            sent = Form.of([("result", result), ("officers", officers)])
            known = {"operation": placement.operation, "date": placement.slot.day.isoformat()}
            items.append((OUTCOME.list, OUTCOME.item(sent, **known)))
    if unsaid:
        return show_outcomes(visit, tuple(unsaid), 422)
    if not items:
        return SeeOther("/outcomes")
    wrong = refused(
        partial(show_outcomes, visit),
        (OUTCOME.list, ""),
        lambda: enter(visit.store, items, visit.person, visit.now, form.text("seen"), is_sure=form.is_checked(SURE)),
    )
    if wrong is not None:
        return wrong
    if any(item.get("result") == "called-off" for _, item in items):
        return to_options(visit, "fewest-changes")
    return SeeOther("/" if len(items) == len(there) else "/outcomes")


NOTED = ("held", "outcomes")  # the entries that say how it went: they ask for no other plan, and wait for the next one
MOST_FIRST = 3  # the most lines of what must be done that stand unfolded: a calm morning is read at a glance


@dataclass(frozen=True, slots=True)
class Ahead:
    """An operation on one of its next dates, or a meeting. `about`: what is to be known of it besides."""

    day: date
    hours: str
    title: str
    page: str = ""
    id: str = ""
    lead: str = ""
    police: str = ""
    about: tuple[str, ...] = ()


def show(visit: Visit) -> Answer:
    """The first page: tasks, and the next operations; a viewer is shown the year only."""
    if visit.session is not None and visit.session.role not in READING:
        return SeeOther("/year")
    draft = visit.draft
    entries, problems = draft.usable(visit.now)
    today = state(visit)
    edit = visit.years.edit(draft, draft.begun(visit.now), visit.words)
    moment, told = draft.moment(visit.now), to_call(visit)
    refused = draft.refused(visit.now) if problems else {}
    noted = {entry.number for entry in draft.waiting if entry.list in NOTED and entry.number not in refused}
    said, sent = visit.years.sentences(draft).waiting(), from_portal(visit.store, draft, visit.now)
    to_do = lines(visit, today, missing(today), len(told["calls"]))
    hit = [] if today is None else in_brief(today)
    urgent = bool(hit or sent.reports) or any(call.urgent for call in told["calls"])
    visit.years.waits = (sum(do.verb is not None for do in to_do) + len(hit) + len(sent.reports), urgent)
    return Html(
        "today.html",
        {
            **told,
            **_folded(to_do, moment.date(), 0 if hit else MOST_FIRST),
            "hits": hit,
            "absent": {unit for withdrawal in entries.withdrawals for unit in withdrawal.police},
            "none_said": None if today is None else partial(none_said, today),
            "clock_asked": visit.clock_asked,
            "from_portal": sent,
            "carried_late": None if visit.portal_sync is None else visit.portal_sync.late,
            "away": None if draft.plan is None else away(draft.named, draft.plan, moment.date()),
            "withdrawals_said": partial(_withdrawals_said, visit),
            "days_ahead": AHEAD_DAYS,
            "ahead": [] if today is None else [*_ahead(visit, today)],
            "until": moment.date() + timedelta(days=AHEAD_DAYS),
            "ready": [] if today is None else [*ready_said(today)],
            "free": [] if today is None else [*free_said(today)],
            "waiting": [line for line in said if line[0] not in noted],
            "noted": [line for line in said if line[0] in noted],
            "options_at": options_at(visit.store, draft) if said or draft.given else None,
            "edit": edit,
            "edits": visit.years.edits(visit.store, draft, visit.words),
            "is_edited": is_edited(draft),
            "is_told": visit.query.text("ticked") == "told",
            "is_left": visit.query.text("left") == "report",
            "has_ended": visit.query.text("ended") == "question" and draft.proposal is None,
            "is_taken": visit.query.text("taken") == "workbook",
            "edit_said": None if edit is None else visit.words.say(edit.summary),
            "refused": refused,
            "moment": moment,
            "today": moment.date(),
            "hours": lambda id: brief_hours(draft.scenario.shift(id).start, draft.scenario.shift(id).end),
        },
    )


def _withdrawals_said(visit: Visit) -> Message:
    draft, today = visit.draft, visit.draft.moment(visit.now).date()
    n = sum(row.until >= today for row in reported(draft, entries_known(draft, visit.now)))
    said = counted(n, "One withdrawal in force or to come", "{n} withdrawals in force or to come")
    return said if n else Message("No withdrawals")


def _folded(there: list[ToDo], today: date, most: int) -> dict[str, object]:
    """The first lines of what can be done, and the others, which can wait; and the late milestones of all."""
    now = [do for do in there if do.verb][:most]
    later, late = [do for do in there if do not in now], [do for do in there if do.due and do.due < today]
    ticked = [value for do in late if do.press and do.press[0] == HELD for value in do.press[2]]
    n_late = sum(do in late for do in later)
    return {"now": now, "later": later, "n_late": n_late, "ticked": ticked}


def _ahead(visit: Visit, found: Today) -> Iterator[Ahead]:
    scenario, hit = found.scenario, {affected.operation for affected in found.hit}
    parties, made = scenario.parties, list[Ahead]()
    for occasion in found.operations:
        id, shift = occasion.placement.operation, scenario.shift(occasion.slot.shift)
        operation, slots, about = scenario.operations[id], scenario.slots(occasion.placement), list[Message]()
        if len(slots) > 1:
            about.append(Message("day {n} of {all}", {"n": slots.index(occasion.slot) + 1, "all": len(slots)}))
        if occasion.result is not None:
            about.append(RESULTS[occasion.result])
        if id in hit:
            about.append(Message("affected"))
        hours = brief_hours(shift.start, shift.end)
        police = "" if occasion.placement.police is None else parties[occasion.placement.police].name
        lead = parties[operation.lead_agency].name if operation.lead_agency in parties else ""
        page = f"/operations/{id}"
        made.append(
            Ahead(occasion.slot.day, hours, operation.title, page, id, lead, police, (*map(visit.words.say, about),))
        )
    for ahead in found.meetings:
        meeting, start = ahead.meeting, ahead.meeting.starts_at(ahead.day)
        page = f"/meetings/{meeting.id}/{ahead.day}" if OF_MEETINGS in visit.uses else ""
        made.append(Ahead(ahead.day, "" if start is None else f"{start:%H:%M}", meeting.name, page))
    yield from sorted(made, key=lambda one: (one.day, one.hours))


def tick(visit: Visit) -> Answer:
    wanted = set(visit.form.several("milestone"))
    today = state(visit)
    items = [
        (due.operation, due.milestone.id, due.day)
        for due in (() if today is None else today.due)
        if today is not None and f"{due.operation} {due.milestone.id}" in wanted and may_be_ticked(today, due)
    ]
    enter_held(visit.store, items, visit.person, visit.now, visit.form.text("seen"))
    return SeeOther("/")


def end_to_do(visit: Visit) -> Answer:
    action, improvement = visit.form.text("action"), visit.form.text("improvement")
    ledger, id = (IMPROVEMENTS, improvement) if improvement else (MEETING_ACTIONS, action)
    change(visit.store, ledger, {"id": id, "state": "done"}, visit.person, visit.now, is_sure=True)
    return SeeOther("/")


def take_way(visit: Visit) -> Answer:
    form = visit.form
    today = state(visit)
    items = way_out(today, form.text("operation"), form.number("way"))
    if items:
        enter(visit.store, items, visit.person, visit.now, form.text("seen"))
    return to_options(visit, "fewest-changes")


def enter_report(visit: Visit) -> Answer:
    form = visit.form
    is_all = enter_reports(visit.store, form.text("contact"), visit.person, visit.now, form.text("seen"))
    return to_options(visit, "fewest-changes") if is_all else SeeOther("/?left=report")


def withdrawing(act: Callable[..., bool], field: str = "") -> Callable[[Visit], Answer]:
    """Withdraws what was made by mistake and no plan has answered yet: the one with the number in the field, or all."""

    def answer(visit: Visit) -> Answer:
        numbers = [visit.form.row(field)] if field else []
        has_ended = act(visit.store, *numbers, visit.person, visit.now, visit.form.text("seen"))
        return SeeOther("/?ended=question" if has_ended else "/")

    return answer


def go_back(visit: Visit) -> Answer:
    """Returns to the published plan; entries wait again, and edits too if their box is ticked.

    Where what is published was changed in the same places, each is shown, and asked about first.
    """
    form, keeps = visit.form, visit.form.is_checked("keep")
    sides = {side: form.text(side) for side in ("mine", "theirs")}
    try:
        start_over(visit.store, visit.person, visit.now, form.text("seen"), keep_edit=keeps, **sides)
    except Contested as error:
        values = {"draft": visit.draft, "text": error.message, "found": error.difference, "mark": error.mark}
        return Html("start_over.html", {**values, "keeps": keeps}, 409)
    return SeeOther("/")


def clock(visit: Visit) -> Answer:
    try:
        moment = datetime.fromisoformat(visit.form.text("moment"))
    except ValueError:
        raise InputError(Message("{given} is no moment.", {"given": visit.form.text("moment")})) from None
    set_clock(visit.store, moment, visit.person, visit.now, visit.form.text("seen"))
    return SeeOther("/")


pages = (
    Page("/", "GET", ALL, show),
    Page("/way", "POST", CHANGING, take_way),
    Page("/reports", "POST", CHANGING, enter_report),
    Page("/reports/aside", "POST", CHANGING, press("/", lock_and_put_aside, "contact", closes=True)),
    Page("/reports/one-aside", "POST", CHANGING, press("/", put_aside, "entry")),
    Page("/reports/back", "POST", CHANGING, press("/", put_back, "entry")),
    Page("/portal-faults", "POST", CHANGING, press("/", see_faults)),
    Page(HELD, "POST", CHANGING, tick),
    Page("/done", "POST", CHANGING, end_to_do),
    Page("/take-back", "POST", CHANGING, withdrawing(take_back, "entry")),
    Page("/take-back-edit", "POST", CHANGING, withdrawing(take_back_edit)),
    Page("/take-back-one-edit", "POST", CHANGING, withdrawing(take_back_one, "edit")),
    Page("/start-over", "POST", CHANGING, go_back),
    Page("/clock", "POST", CHANGING, clock),
    Page("/clock-is-right", "POST", CHANGING, lambda _: SeeOther("/")),  # what is said is noted before
    Page("/outcomes", "GET", CHANGING, show_outcomes),
    Page("/outcomes", "POST", CHANGING, take_outcomes),
)
