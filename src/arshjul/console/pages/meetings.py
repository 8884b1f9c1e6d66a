"""The year's own meetings: what parties propose, agenda and minutes, and what is to be done until it is."""

from arshjul.actions.contacts.learning import mark_of
from arshjul.actions.contacts.meetings import decide_action, end_action, enter_point, next_action, write_minutes
from arshjul.agenda.meetings import HeldMeeting, is_invited, meetings
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.entry_forms import NEVER_ASKED, SURE, WAS, EntryForm, refused, shown
from arshjul.console.visit import Visit
from arshjul.domain.entries.meeting import ACTION_STATES
from arshjul.errors import InputError, Message
from arshjul.formats.schema.meeting import WrittenAgendaPoint, WrittenMeetingAction, WrittenMinutes
from arshjul.serving.fields import SEVERAL, kinds_of
from arshjul.serving.forms import Form
from arshjul.serving.shown_form import Problems

ABOUT = ("meeting", "date", NEVER_ASKED)
MINUTES = EntryForm("minutes", kinds_of(WrittenMinutes, *ABOUT, came=SEVERAL))
ACTION = EntryForm("meeting_actions", kinds_of(WrittenMeetingAction, *ABOUT, "id", "state"))
POINT = EntryForm("agenda_points", kinds_of(WrittenAgendaPoint, *ABOUT))
forms = (MINUTES, ACTION, POINT)
STATE = "state"


def show(visit: Visit) -> Answer:
    """All meetings of the year, with what is open after each."""
    values = {"draft": visit.draft, "meetings": list(meetings(visit.scenario, visit.plan_now)), "today": _today(visit)}
    return Html("meetings.html", values)


def _today(visit: Visit) -> object:
    return visit.moment.date()


def show_one(visit: Visit) -> Answer:
    """A meeting on one of its dates."""
    return _one(visit)


def _meeting(visit: Visit) -> HeldMeeting:
    path = visit.path["meeting"], visit.path["date"]
    found = (one for one in meetings(visit.scenario, visit.plan_now) if (one.meeting.id, str(one.day)) == path)
    one = next(found, None)
    if one is None:
        raise InputError(Message("There is no such page."))
    return one


def _one(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    held, scenario = _meeting(visit), visit.scenario
    there = None if held.minutes is None else WrittenMinutes.of(held.minutes).mapping()
    values = {
        "draft": visit.draft,
        "held": held,
        "invited": [(id, one.name) for id, one in scenario.agencies.items() if is_invited(scenario, held.meeting, id)],
        "parties": [(id, one.name) for id, one in scenario.parties.items()],
        "names": {id: one.name for id, one in scenario.parties.items()},
        "minutes": shown(visit, MINUTES.list, MINUTES.filled(there or {}), problems, was=mark_of(there)),
        "action": shown(visit, ACTION.list, Form(), problems),
        "point": shown(visit, POINT.list, Form(), problems),
        "id": visit.form.text("id") or next_action(visit.draft),
        "today": _today(visit),
        "problems": problems,
    }
    return Html("meeting.html", values, status)


def write(visit: Visit) -> Answer:
    """Enters agenda and minutes, an action, or that an action is done."""
    held, form, is_sure = _meeting(visit), visit.form, visit.form.is_checked(SURE)
    about, name = {"meeting": held.meeting.id, "date": str(held.day)}, form.text("ask")

    def act() -> None:
        if name == MINUTES.list:
            item, was = MINUTES.item(form, **about), form.text(WAS)
            write_minutes(visit.store, item, visit.person, visit.now, was=was, is_sure=is_sure)
        elif name == POINT.list:
            enter_point(visit.store, POINT.item(form, **about), visit.person, visit.now, is_sure=is_sure)
        elif name == ACTION.list:
            item = ACTION.item(form, id=form.text("id"), **about)
            decide_action(visit.store, item, visit.person, visit.now, is_sure=is_sure)
        elif name == STATE and form.text(STATE) in ACTION_STATES:
            end_action(visit.store, form.text("id"), form.text(STATE), visit.person, visit.now)
        else:
            raise InputError(Message("There is no such page."))

    id = form.text("id") if name == ACTION.list else ""
    back = refused(lambda problems, status: _one(visit, problems, status), (name, id), act)
    return back or SeeOther(f"/meetings/{held.meeting.id}/{held.day}")


pages = (
    Page("/meetings", "GET", "see-meetings", READING, show),
    Page("/meetings/{meeting}/{date}", "GET", "see-meeting", READING, show_one),
    Page("/meetings/{meeting}/{date}", "POST", "write-meeting", CHANGING, write),
)
