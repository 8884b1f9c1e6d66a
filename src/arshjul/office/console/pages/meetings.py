"""The year's own meetings: what parties propose and what is dealt with, agenda and minutes, and what is to be done."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import groupby

from arshjul.errors import InputError, Message
from arshjul.office.console.entry_forms import NEVER_ASKED, EntryForm, learn, refused, shown
from arshjul.office.console.visit import CHANGING, READING, Page, Visit
from arshjul.office.contacts.ledger import MEETING_ACTIONS, change, mark_of
from arshjul.office.draft.enter import enter_held
from arshjul.serving.fields import SEVERAL, kinds_of
from arshjul.serving.forms import Form, Problems
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.year.agenda.meetings import HeldMeeting, meetings
from arshjul.year.agenda.milestone_times import due_at_meetings, has_milestone
from arshjul.year.agenda.party import concerns, parties
from arshjul.year.agenda.view import times_told
from arshjul.year.domain.entries.learnt import ACTION_STATES, AgendaPoint, MeetingAction, MeetingMinutes
from arshjul.year.domain.plan import Plan, held_on
from arshjul.year.domain.settings import Milestone
from arshjul.year.formats.schema.declared import mapping, shape

ABOUT = ("meeting", "date", NEVER_ASKED)
MINUTES = EntryForm("minutes", kinds_of(shape(MeetingMinutes), *ABOUT, came=SEVERAL), is_marked=True)
ACTION = EntryForm("meeting_actions", kinds_of(shape(MeetingAction), *ABOUT, "id", "state"))
POINT = EntryForm("agenda_points", kinds_of(shape(AgendaPoint), *ABOUT))
forms = (MINUTES, ACTION, POINT)
STATE = "state"
HELD = "held"


@dataclass(frozen=True, slots=True)
class DueHere:
    """A milestone of an operation that is dealt with at a meeting. `held`: the date on which it was, if it was."""

    milestone: Milestone
    operation: str
    title: str
    held: date | None

    @property
    def name(self) -> str:
        return f"{self.operation} {self.milestone.id}"


def show(visit: Visit) -> Answer:
    there = list(_meetings(visit, visit.draft.made_plan))
    coming = [meeting for meeting in there if meeting.day >= _today(visit)]
    earlier = [meeting for meeting in there if meeting.day < _today(visit)]
    return Html("meetings.html", {"coming": coming, "earlier": earlier})


def _today(visit: Visit) -> date:
    return visit.moment.date()


def _with_waiting(visit: Visit) -> Plan:
    """The plan with what is entered and waits: a tick counts at once."""
    plan = visit.draft.made_plan
    return replace(plan, entries=plan.entries.and_then(visit.draft.usable(visit.now)[0]))


def _meetings(visit: Visit, plan: Plan) -> Iterator[HeldMeeting]:
    """All of them, with what calendars list at each and what is due again."""
    times = times_told(visit.scenario, plan, visit.years.told(visit.store))
    yield from meetings(visit.scenario, visit.plan_now, due_at_meetings(visit.scenario, plan, times, plan.held()))


def _due(visit: Visit, held: HeldMeeting, plan: Plan) -> list[DueHere]:
    known, found = plan.held(), []
    for milestone, place in held.due:
        title = visit.scenario.operations[place.operation].title
        found.append(DueHere(milestone, place.operation, title, held_on(known, milestone, place)))
    return found


def _who_comes(visit: Visit, held: HeldMeeting) -> dict[str, str]:
    scenario, invited = visit.scenario, visit.scenario.invited(held.meeting)
    return {
        party.id: scenario.parties[party.id].name
        for party in parties(scenario)
        if party.id in invited
        or (
            party.id
            and any(concerns(scenario, party, at) and has_milestone(scenario, party, of, at) for of, at in held.due)
        )
    }


def _meeting(visit: Visit) -> HeldMeeting:
    path = visit.path["meeting"], visit.path["date"]
    held_meetings = (
        meeting for meeting in _meetings(visit, _with_waiting(visit)) if (meeting.meeting.id, str(meeting.day)) == path
    )
    one = next(held_meetings, None)
    if one is None:
        raise InputError(Message("There is no such page."))
    return one


def show_one(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    held, scenario = _meeting(visit), visit.scenario
    due = _due(visit, held, _with_waiting(visit))
    there = None if held.minutes is None else mapping(held.minutes)
    values = {
        "draft": visit.draft,
        "held": held,
        "due": [(one, list(these)) for one, these in groupby(due, key=lambda one: one.milestone)],
        "is_left": held.day <= _today(visit) and any(here.held is None for here in due),
        "invited": [(id, scenario.parties[id].name) for id in scenario.invited(held.meeting)],
        "comers": list(_who_comes(visit, held).items()),
        "parties": visit.choices["parties"],
        "names": dict(visit.choices["parties"]),
        "minutes": shown(visit, MINUTES.list, MINUTES.filled(there or {}), problems, was=mark_of(held.minutes)),
        "action": shown(visit, ACTION.list, Form(), problems),
        "point": shown(visit, POINT.list, Form(), problems),
        "today": _today(visit),
        "problems": problems,
    }
    return Html("meeting.html", values, status)


def write(visit: Visit) -> Answer:
    held, form, again = _meeting(visit), visit.form, partial(show_one, visit)
    about, name = {"meeting": held.meeting.id, "date": str(held.day)}, form.text("ask")

    def act() -> None:
        if name == STATE and form.text(STATE) in ACTION_STATES:
            state = {"id": form.text("id"), "state": form.text(STATE)}
            change(visit.store, MEETING_ACTIONS, state, visit.person, visit.now, is_sure=True)
        elif name == HELD:
            _tick(visit, held)
        else:
            raise InputError(Message("There is no such page."))

    entry = next((form for form in forms if form.list == name), None)
    back = learn(visit, entry, entry.item(form, **about), again) if entry else refused(again, (name, ""), act)
    return back or SeeOther(f"/meetings/{held.meeting.id}/{held.day}")


def _tick(visit: Visit, held: HeldMeeting) -> None:
    ticked, is_over = set(visit.form.several("milestone")), held.day <= _today(visit)
    there = _due(visit, held, _with_waiting(visit)) if is_over else []
    open_ones = (here for here in there if here.held is None and here.name in ticked)
    items = [(due.operation, due.milestone.id, held.day) for due in open_ones]
    enter_held(visit.store, items, visit.person, visit.now, visit.form.text("seen"))


pages = (
    Page("/meetings", "GET", READING, show),
    Page("/meetings/{meeting}/{date}", "GET", READING, show_one),
    Page("/meetings/{meeting}/{date}", "POST", CHANGING, write),
)
